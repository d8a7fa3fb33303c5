// SPDX-License-Identifier: Apache-2.0

//go:build !race

package migrate_test

const raceEnabled = false
