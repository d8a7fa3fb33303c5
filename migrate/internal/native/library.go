// SPDX-License-Identifier: Apache-2.0

package native

// isLibrary tells whether a package is one of a library that is built on OpenTracing, and
// has a counterpart.
func isLibrary(string) bool { return false }
