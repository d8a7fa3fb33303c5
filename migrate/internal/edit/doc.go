// SPDX-License-Identifier: Apache-2.0

// Package edit makes new texts of files: replaced nodes, imports, names, layout.
package edit
