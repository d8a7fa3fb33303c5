// SPDX-License-Identifier: Apache-2.0

// Package refusal has the type of the reasons for which code stays OpenTracing. Each package
// declares its own.
package refusal
