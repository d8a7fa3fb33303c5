// SPDX-License-Identifier: Apache-2.0

// Package move has the places of a program that change from one package to another, which
// is decided for parts of the code as a whole: what takes part, what holds it, and what a
// person is left with.
package move
