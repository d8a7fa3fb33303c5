// SPDX-License-Identifier: Apache-2.0

//go:build !race

package jaeger_test

// raceEnabled is false where the test runs without -race, which has sync.Pool drop what it holds.
const raceEnabled = false
