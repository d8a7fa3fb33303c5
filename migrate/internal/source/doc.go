// SPDX-License-Identifier: Apache-2.0

// Package source loads the code of a module: packages, types, files, and what lies outside of the
// build.
package source
