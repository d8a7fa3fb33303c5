// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A table is rows under a header. The first column and those whose header begins
// with "<" are text, aligned left; the others are numbers, aligned right.
type table struct {
	header []string
	rows   [][]any
}

func newTable(header ...string) *table { return &table{header: header} }

// add adds a row, each cell as fmt.Sprint prints it and as the style shows it.
func (t *table) add(cells ...any) { t.rows = append(t.rows, cells) }

// lines returns the header and the rows in a style.
func (t *table) lines(s style) [][]string {
	lines := [][]string{t.titles()}
	for _, row := range t.rows {
		line := make([]string, len(row))
		for i, value := range row {
			line[i] = cell(s, value)
		}
		lines = append(lines, line)
	}
	return lines
}

func (t *table) left(column int) bool {
	return column == 0 || strings.HasPrefix(t.header[column], "<")
}

func (t *table) titles() []string {
	titles := make([]string, len(t.header))
	for i, h := range t.header {
		titles[i] = strings.TrimPrefix(h, "<")
	}
	return titles
}

// writeText writes columns two spaces apart, without trailing spaces, so that
// both an eye and a pipe into awk can read them. Of a table that is too wide for a
// terminal only because of its first column, long cells of that get a line of their own.
func (t *table) writeText(w io.Writer, s style) {
	lines := t.lines(s)
	width := make([]int, len(t.header))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	total := 2 * (len(width) - 1)
	for _, n := range width {
		total += n
	}
	const least = 16 // for the first column
	if room := width[0] - (total - textWidth); total > textWidth && room >= least {
		width[0] = room
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line[0]) > width[0] {
			fmt.Fprintln(w, line[0])
			line = append([]string{""}, line[1:]...)
		}
		var b strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				b.WriteString("  ")
			}
			if t.left(i) {
				b.WriteString(cell + pad)
			} else {
				b.WriteString(pad + cell)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// writeMarkdown writes the table in GitHub's form.
func (t *table) writeMarkdown(w io.Writer, s style) {
	lines := t.lines(s)
	rule := make([]string, len(t.header))
	for i := range rule {
		rule[i] = "--:"
		if t.left(i) {
			rule[i] = "---"
		}
	}
	for _, line := range slices.Insert(lines, 1, rule) {
		fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | "))
	}
}
