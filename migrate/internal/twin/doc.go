// SPDX-License-Identifier: Apache-2.0

// Package twin moves set-ups and tests to the twins of the packages that they are built on:
// compat/mocktracer and compat/jaegerclient. Code changes in its imports, and where it makes
// a tracer the global one.
package twin
