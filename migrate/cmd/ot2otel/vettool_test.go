// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
)

// Only the command lines of the go command are taken for its own.
func TestRunsAsVetTool(t *testing.T) {
	for _, tt := range []struct {
		args string
		want bool
	}{
		{"-V=full", true},
		{"-flags", true},
		{"/tmp/b001/vet.cfg", true},
		{"-json -c=3 /tmp/b001/vet.cfg", true},
		{"", false},
		{"report odd.cfg", false},
		{"fix -force ./odd.cfg", false},
		{"fix -diff", false},
		{"report -flags", false},
		{"vet.cfg report", false},
	} {
		if got := runsAsVetTool(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.args, got, tt.want)
		}
	}
}
