// SPDX-License-Identifier: Apache-2.0

package opentracing_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// TestCheatSheet holds that docs/cheatsheet.md names every symbol but mocktracer's, whose
// twin has them.
func TestCheatSheet(t *testing.T) {
	page, err := os.ReadFile("../../../docs/cheatsheet.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range opentracing.Symbols() {
		if s.Path == opentracing.MocktracerPath {
			continue
		}
		name := s.String()
		if pkg, rest, _ := strings.Cut(name, "."); strings.Contains(rest, ".") {
			name = strings.TrimPrefix(name, pkg+".")
		}
		if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+name+"(") {
			t.Errorf("docs/cheatsheet.md has no row for %s (as `%s`)", s, name)
		}
	}
}

// TestInstead holds that what has a replacement is a symbol.
func TestInstead(t *testing.T) {
	known := 0
	for _, s := range opentracing.Symbols() {
		if opentracing.Instead(s.String()) != "" {
			known++
		}
	}
	if want := opentracing.InsteadCount(); known != want {
		t.Errorf("%d of %d replacements are those of symbols", known, want)
	}
}
