// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

const (
	maxRows = 200 // of a table
	maxCell = 60  // characters of a cell
)

// WriteJSON writes the result as one JSON object. Nothing in it drives a terminal.
func (r *Result) WriteJSON(w io.Writer) error { return terminal.WriteJSON(w, r) }

// WriteText writes the result as a table for a person, or a line that says that there are
// no differences. Nothing in it drives a terminal.
func (r *Result) WriteText(w io.Writer) error {
	var out bytes.Buffer
	if len(r.Differences) == 0 {
		terminal.Printf(&out, "no differences: %s, %s\n", r.A, r.B)
		_, err := w.Write(out.Bytes())
		return err
	}
	total := 0
	for _, d := range r.Differences {
		total += d.Count
	}
	terminal.Printf(&out, "%s (- %s, + %s):\n\n", terminal.Count(total, "difference"), r.A, r.B)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "KIND\tCOUNT\tSPAN\tOF\t-\t+\tLINES\n")
	list := rows(r.Differences)
	for i, d := range list {
		if i == maxRows {
			break
		}
		terminal.Printf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Kind, strconv.Itoa(d.Count), d.where(), cell(d.of()), cell(d.A), cell(d.B), d.lines())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := len(list) - maxRows; more > 0 {
		fmt.Fprintf(&out, "\nand %s: -format json has all\n", terminal.Count(more, "more row"))
	}
	_, err := w.Write(trimmed(out.Bytes()))
	return err
}

// trimmed returns text without spaces at the ends of lines.
func trimmed(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return []byte(strings.Join(lines, "\n"))
}

// String says how much was compared.
func (c Counts) String() string {
	return fmt.Sprintf("%s: %s in %s", c.File, terminal.Count(c.Spans, "span"), terminal.Count(c.Traces, "trace"))
}

// where is the place of a difference.
func (d *Difference) where() string {
	if len(d.Span) == 0 {
		return cell("resource of " + d.Service)
	}
	// The end of a path tells more than its begin.
	names := make([]string, len(d.Span))
	for i, name := range d.Span {
		names[i] = cell(name)
	}
	return strings.Join(names, " > ")
}

// of is what of the span differs.
func (d *Difference) of() string {
	var parts []string
	if d.Event != "" {
		parts = append(parts, "event "+d.Event)
	}
	if d.Link != "" {
		parts = append(parts, "link to "+d.Link)
	}
	if d.Key != "" {
		parts = append(parts, d.Key)
	}
	return strings.Join(parts, ": ")
}

func (d *Difference) lines() string {
	line := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return line(d.LineA) + ":" + line(d.LineB)
}

// cell clips a text.
func cell(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	runes := 0
	for i := range s {
		if runes++; runes == maxCell {
			return s[:i] + "…"
		}
	}
	return s
}
