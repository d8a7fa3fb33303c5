// SPDX-License-Identifier: Apache-2.0

package ot2otel_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	documentLink    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	documentHeading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor     = regexp.MustCompile(`[^\w\- ]`)
)

// TestLinks follows the links between the documents, and to places in them.
func TestLinks(t *testing.T) {
	names := []string{"README.md", "MIGRATION.md", "CONTRIBUTING.md", "SECURITY.md"}
	for _, pattern := range []string{"docs/*.md", "examples/*/README.md", "migrate/cmd/*/README.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, more...)
	}
	followed := 0
	for _, name := range names {
		for _, m := range documentLink.FindAllStringSubmatch(readFile(t, name), -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), filepath.FromSlash(path))
			}
			followed++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			} else if anchor != "" && !hasAnchor(readFile(t, target), anchor) {
				t.Errorf("%s links to %s, which has no such place", name, m[1])
			}
		}
	}
	if followed < 50 {
		t.Errorf("followed %d links", followed)
	}
}

// hasAnchor tells whether a document has a place, by the name that is given or that a
// heading has.
func hasAnchor(text, anchor string) bool {
	if strings.Contains(text, `<a name="`+anchor+`"></a>`) {
		return true
	}
	for _, m := range documentHeading.FindAllStringSubmatch(text, -1) {
		if strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
