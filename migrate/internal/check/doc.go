// SPDX-License-Identifier: Apache-2.0

// Package check type-checks rewritten code in memory, before anything is written.
package check
