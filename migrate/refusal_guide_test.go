// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate"
)

// TestGuideNamesEveryRefusal compares the guide with the table of categories, to
// whose headings diagnostics link.
func TestGuideNamesEveryRefusal(t *testing.T) {
	const file, begin, end = "../MIGRATION.md", "<!-- refusals: begin -->\n", "<!-- refusals: end -->\n"
	guide, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(guide), begin)
	written, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s lacks the lines %q and %q", file, begin, end)
	}
	if written == migrate.RefusalsMarkdown() {
		return
	}
	if *updateGolden {
		if err := os.WriteFile(file, []byte(before+begin+migrate.RefusalsMarkdown()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s says something else than the table of categories; run go test -run TestGuideNamesEveryRefusal -update ./migrate", file)
}

// TestGuideHasPlaces holds the guide to the places in it that messages lead to.
func TestGuideHasPlaces(t *testing.T) {
	guide, err := os.ReadFile("../MIGRATION.md")
	if err != nil {
		t.Fatal(err)
	}
	_, stage, _ := strings.Cut(migrate.StageOne, "#")
	for _, place := range []string{`<a name="` + stage + `"></a>` + "\n\n## Stage 1: ", "### In tests\n"} {
		if !strings.Contains(string(guide), "\n"+place) {
			t.Errorf("MIGRATION.md has no %q", place)
		}
	}
}
