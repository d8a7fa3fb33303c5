// SPDX-License-Identifier: Apache-2.0

//go:build !race

package migrate_test

import "testing"

// skipUndetected is for runs with the race detector.
func skipUndetected(*testing.T) {}

// skipTexts skips a test that compares rewritten texts of whole modules where it would only cost time.
func skipTexts(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("rewrites or builds modules of some hundred packages several times")
	}
}
