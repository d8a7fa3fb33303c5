// SPDX-License-Identifier: Apache-2.0

//go:build race

package compat

// raceEnabled is true where the test runs with -race, which has sync.Pool drop what it holds.
const raceEnabled = true
