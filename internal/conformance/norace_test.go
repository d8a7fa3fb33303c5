// SPDX-License-Identifier: Apache-2.0

//go:build !race

package conformance_test

// raceDetector is true where the test runs with -race.
const raceDetector = false
