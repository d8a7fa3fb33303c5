// SPDX-License-Identifier: Apache-2.0

//go:build !race

package migrate_test

const raceEnabled = false

// randomPrograms is how many random programs a run rewrites.
const randomPrograms = 30
