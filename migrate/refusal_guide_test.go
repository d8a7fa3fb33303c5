// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/document"
	"github.com/ot2otel/ot2otel/migrate"
)

// TestRefusalsPage compares docs/refusals.md with the table of categories, to whose
// headings diagnostics link.
func TestRefusalsPage(t *testing.T) {
	document.Check(t, "../docs/refusals.md", "refusals", migrate.RefusalsMarkdown(), *updateGolden)
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
