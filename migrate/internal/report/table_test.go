// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	tab := newTable("name", "n", "<note", "m")
	tab.add("ä|b", 1, "", 10)
	tab.add("c", 200, "x", 3)

	var text, markdown strings.Builder
	tab.writeText(&text, textStyle{})
	tab.writeMarkdown(&markdown, markdownStyle{})
	wantText := `
name    n  note   m
ä|b     1        10
c     200  x      3
`
	wantMarkdown := `
| name | n | note | m |
| --- | --: | --- | --: |
| ä\|b | 1 |  | 10 |
| c | 200 | x | 3 |
`
	if diff := cmp.Diff(wantText, "\n"+text.String()); diff != "" {
		t.Errorf("text: columns are aligned by characters, numbers right (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantMarkdown, "\n"+markdown.String()); diff != "" {
		t.Errorf("markdown: a bar in a cell is escaped (-want +got):\n%s", diff)
	}
}
