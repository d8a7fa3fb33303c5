// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// recording is what one case left behind, as testdata/goldenprogram writes it.
type recording struct {
	Spans  []*goldenSpan
	Wire   []string
	Output string
	Panic  string
	Stack  string
	Errors string
}

type goldenSpan struct {
	Name, Kind, Status, Parent, Start, End string
	Open, Late                             bool
	Attributes                             map[string]string
	Links                                  []struct {
		To         string
		Attributes map[string]string
	}
	Events []struct {
		Name, Time string
		Attributes map[string]string
	}
	Children []*goldenSpan
}

// text draws a recording: what is compared, stored in the case and read by people.
func (r *recording) text() string {
	var b strings.Builder
	for _, s := range r.Spans {
		s.draw(&b, "")
	}
	if len(r.Wire) > 0 {
		b.WriteString("wire:\n\t" + strings.Join(r.Wire, "\n\t") + "\n")
	}
	if r.Output != "" {
		b.WriteString("stdout:\n")
		for line := range strings.Lines(r.Output) {
			b.WriteString("\t" + strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	if r.Panic != "" {
		b.WriteString("panic: " + r.Panic + "\n")
	}
	return b.String()
}

func (s *goldenSpan) draw(b *strings.Builder, indent string) {
	b.WriteString(indent + s.Name)
	for _, note := range []struct{ label, value string }{
		{"", s.Kind}, {"status ", s.Status}, {"parent ", s.Parent}, {"started ", s.Start}, {"ended ", s.End},
	} {
		if note.value != "" {
			b.WriteString(" [" + note.label + note.value + "]")
		}
	}
	if s.Open {
		b.WriteString(" [never ended]")
	}
	b.WriteString("\n")
	in := indent + "    "
	drawAttributes(b, in, s.Attributes)
	for _, l := range s.Links {
		fmt.Fprintf(b, "%slink to %s\n", in, l.To)
		drawAttributes(b, in+"    ", l.Attributes)
	}
	for _, e := range s.Events {
		fmt.Fprintf(b, "%sevent %q", in, e.Name)
		if e.Time != "" {
			fmt.Fprintf(b, " [%s]", e.Time)
		}
		b.WriteString("\n")
		drawAttributes(b, in+"    ", e.Attributes)
	}
	for _, c := range s.Children {
		c.draw(b, indent+"  > ")
	}
}

func drawAttributes(b *strings.Builder, indent string, attrs map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(attrs)) {
		fmt.Fprintf(b, "%s%s = %s\n", indent, k, attrs[k])
	}
}

func countSpans(spans []*goldenSpan) int {
	n := len(spans)
	for _, s := range spans {
		n += countSpans(s.Children)
	}
	return n
}

// lateKinds counts the spans of each name whose kind was set after their start, where no sampler sees it.
func lateKinds(spans []*goldenSpan, names map[string]int) map[string]int {
	for _, s := range spans {
		if s.Late {
			names[s.Name]++
		}
		lateKinds(s.Children, names)
	}
	return names
}
