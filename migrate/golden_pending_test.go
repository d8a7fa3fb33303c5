// SPDX-License-Identifier: Apache-2.0

package migrate_test

// goldenPending lists cases that the rewriter can't do yet, and why, or can't under one set-up: "NAME" or
// "NAME (SET-UP)". A case that passes has to be taken off it.
var goldenPending = map[string]string{}
