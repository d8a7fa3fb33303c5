// SPDX-License-Identifier: Apache-2.0

//go:build nobridge

package migrate_test

// goldenTags are the build tags of the golden programs: those of this test.
const goldenTags = "nobridge"
