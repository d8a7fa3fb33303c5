// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"os"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestVersions holds the versions that go get is asked for to those of go.mod.
func TestVersions(t *testing.T) {
	const name = "../../../go.mod"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(name, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if mod.Go.Version != GoVersion {
		t.Errorf("GoVersion is %s, go.mod has %s", GoVersion, mod.Go.Version)
	}
	for _, r := range mod.Require {
		if r.Mod.Path == OTelPath && r.Mod.Version != OTelVersion {
			t.Errorf("OTelVersion is %s, go.mod has %s", OTelVersion, r.Mod.Version)
		}
	}
}
