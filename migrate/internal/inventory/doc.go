// SPDX-License-Identifier: Apache-2.0

// Package inventory finds what a program uses of OpenTracing: uses, dependencies, libraries,
// set-ups.
package inventory
