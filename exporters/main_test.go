// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"os"
	"testing"
	"time"
)

// TestMain fixes the time zone, which the tree prints times of day in.
func TestMain(m *testing.M) {
	time.Local = time.FixedZone("test", 2*60*60)
	os.Exit(m.Run())
}
