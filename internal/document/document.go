// SPDX-License-Identifier: Apache-2.0

// Package document holds what documents say to what tests find out.
package document

import (
	"os"
	"strings"
	"testing"
)

// Check compares what stands in a document between the lines "<!-- name: begin -->"
// and "<!-- name: end -->" with want. With update it writes want there, else a
// difference fails t.
func Check(t *testing.T, file, name, want string, update bool) {
	t.Helper()
	begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->\n"
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(document), begin)
	written, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks the lines %q and %q", file, begin, end)
	}
	if written == want {
		return
	}
	if update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s says something else than the test; run go test -run '^%s$' -update .\nwant:\n%s\ngot:\n%s", file, t.Name(), want, written)
}
