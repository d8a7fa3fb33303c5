// SPDX-License-Identifier: Apache-2.0

// Package syntax answers questions about the syntax of one file: order of evaluation, assignments,
// scopes, values. It knows neither flows nor rules, and changes nothing.
package syntax
