// SPDX-License-Identifier: Apache-2.0

//go:build race

package ot2otel_test

// raceDetector is true where the test runs with -race.
const raceDetector = true
