// SPDX-License-Identifier: Apache-2.0

// Package rewrite runs a rewrite from loading to writing, and sums it up.
package rewrite
