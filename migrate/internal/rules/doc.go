// SPDX-License-Identifier: Apache-2.0

// Package rules lists the families of rules.
package rules
