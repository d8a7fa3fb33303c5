// SPDX-License-Identifier: Apache-2.0

//go:build race

package jaeger_test

// raceEnabled is true where the test runs with -race, which has sync.Pool drop what it holds.
const raceEnabled = true
