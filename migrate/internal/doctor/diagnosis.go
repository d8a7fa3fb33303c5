// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// Version is the version of the schema of a [Diagnosis] as JSON. Within a version, fields
// and kinds are added, never renamed, removed or given another meaning.
const Version = 1

// A Kind is a sort of [Finding].
type Kind string

// The kinds of findings.
const (
	// KindVersions is an OpenTelemetry module at another version than the bridge.
	KindVersions Kind = "versions"
	// KindReplace is an OpenTelemetry module that go.mod replaces.
	KindReplace Kind = "replace"
	// KindTracer is a tracer of another library.
	KindTracer Kind = "tracer"
	// KindProvider is a provider beside that of Install.
	KindProvider Kind = "provider"
	// KindAssertion asks a span or a context for that of Jaeger's client.
	KindAssertion Kind = "assertion"
	// KindEarly keeps the global tracer before one is set.
	KindEarly Kind = "early"
	// KindPriority sets sampling.priority on a span that has started.
	KindPriority Kind = "priority"
	// KindDoubled are two middlewares on one path.
	KindDoubled Kind = "doubled"
	// KindPropagators are headers that peers send, and that the program does not read.
	KindPropagators Kind = "propagators"
	// KindVariable is a variable of Jaeger's client that means nothing, or something else.
	KindVariable Kind = "variable"
)

// A Finding is something to fix.
type Finding struct {
	Kind   Kind   `json:"kind"`
	File   string `json:"file"` // relative to the module or workspace, with slashes
	Line   int    `json:"line"`
	Reason string `json:"reason"` // what happens, and why
	Fix    string `json:"fix"`    // what to do: a command, or a line of text or code
}

// A Gap is what was not looked at.
type Gap struct {
	File   string `json:"file"`           // or the import path of a package
	Line   int    `json:"line,omitempty"` // 0 for all of it
	Reason string `json:"reason"`
	// Note is true where that is no failure: for templates, large files and links.
	Note bool `json:"note"`
}

// A Diagnosis is what there is to fix in a module, and what was not looked at. Its slices
// are never null in JSON.
type Diagnosis struct {
	Version  int       `json:"version"`
	Module   string    `json:"module"`
	Packages int       `json:"packages"` // how many were looked at
	Files    int       `json:"files"`    // go.mod files and manifests that were looked at
	Findings []Finding `json:"findings"`
	Gaps     []Gap     `json:"notLookedAt"`
}

// Complete tells whether everything was looked at that is not noted only.
func (d *Diagnosis) Complete() bool {
	return !slices.ContainsFunc(d.Gaps, func(g Gap) bool { return !g.Note })
}

// sort orders findings and gaps by file and line.
func (d *Diagnosis) sort() {
	slices.SortStableFunc(d.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, strings.Compare(string(a.Kind), string(b.Kind)))
	})
	d.Findings = slices.Compact(d.Findings)
	slices.SortStableFunc(d.Gaps, func(a, b Gap) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
}

// WriteJSON writes the diagnosis as one JSON object. Nothing in it drives a terminal.
func (d *Diagnosis) WriteJSON(w io.Writer) error {
	whole := *d
	whole.Findings, whole.Gaps = append([]Finding{}, d.Findings...), append([]Gap{}, d.Gaps...)
	return terminal.WriteJSON(w, whole)
}

// WriteText writes the diagnosis for a person: each file with its findings, what was not
// looked at, and how many there are. Nothing in it drives a terminal.
func (d *Diagnosis) WriteText(w io.Writer) error {
	var out bytes.Buffer
	for i, f := range d.Findings {
		if i > 0 && d.Findings[i-1].File != f.File {
			terminal.Printf(&out, "\n")
		}
		terminal.Printf(&out, "%s:%d: %s\n\tfix: %s\n", f.File, f.Line, f.Reason, f.Fix)
	}
	if len(d.Findings) > 0 {
		terminal.Printf(&out, "\n")
	}
	if len(d.Gaps) > 0 {
		terminal.Printf(&out, "Not looked at:\n")
		for _, g := range d.Gaps {
			place := g.File
			if g.Line > 0 {
				place = fmt.Sprintf("%s:%d", place, g.Line)
			}
			terminal.Printf(&out, "\t%s: %s\n", place, g.Reason)
		}
		terminal.Printf(&out, "\n")
	}
	found := "nothing found"
	if len(d.Findings) > 0 {
		found = d.counts()
	}
	terminal.Printf(&out, "%s in %s and %s of %s\n", found, terminal.Count(d.Packages, "package"), terminal.Count(d.Files, "other file"), cmp.Or(d.Module, "the workspace"))
	_, err := w.Write(out.Bytes())
	return err
}

// counts says how many findings there are, in all and of each kind.
func (d *Diagnosis) counts() string {
	var kinds []Kind
	of := make(map[Kind]int)
	for _, f := range d.Findings {
		if of[f.Kind]++; of[f.Kind] == 1 {
			kinds = append(kinds, f.Kind)
		}
	}
	slices.Sort(kinds)
	var each []string
	for _, k := range kinds {
		each = append(each, fmt.Sprintf("%d %s", of[k], k))
	}
	return fmt.Sprintf("%s (%s)", terminal.Count(len(d.Findings), "finding"), strings.Join(each, ", "))
}
