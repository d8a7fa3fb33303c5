// SPDX-License-Identifier: Apache-2.0

// Package apitype has the rules for types of the API in declarations, conversions, assertions and
// comparisons.
package apitype
