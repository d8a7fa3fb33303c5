// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func (r *Report) writeProgress(w io.Writer, s style) {
	p := r.Progress
	if p == nil {
		return
	}
	s.heading(w, "Progress since the baseline")
	done := "nothing to do"
	if p.Known > 0 {
		done = fmt.Sprintf("%d of %d uses gone (%d %%)", p.Gone, p.Known, 100*p.Gone/p.Known) // 100 % are all of them
	}
	if p.New > 0 {
		done += fmt.Sprintf(", %d new", p.New)
	}
	s.line(w, sprintf(s, "%s, %d remaining.", done, p.Remaining))
	if len(p.Folders) == 0 {
		return
	}
	t := newTable("folder", "baseline", "gone", "new", "remaining")
	for _, f := range p.Folders {
		t.add(f.Folder, f.Known, f.Gone, f.New, f.Remaining)
	}
	s.table(w, t)
}

func (r *Report) writeInstrumentation(w io.Writer, s style) {
	if len(r.Instrumentation) == 0 {
		return
	}
	s.heading(w, "Instrumentation imports")
	t := newTable("import", "<role", "files", "test files", "<for OpenTelemetry")
	for _, i := range r.Instrumentation {
		t.add(i.Path, i.Role, len(i.Files), len(i.TestFiles), i.Instead)
	}
	s.table(w, t)
}

func (r *Report) writeDependencies(w io.Writer, s style) {
	if len(r.Dependencies) == 0 {
		return
	}
	s.heading(w, "Dependencies that use OpenTracing")
	t := newTable("module", "<version", "<how", "<in the build")
	for _, d := range r.Dependencies {
		how := "indirect"
		if d.Direct {
			how = "direct"
		}
		build := "no, its go.mod requires OpenTracing"
		if n := len(d.Packages); n > 0 {
			build = terminal.Count(n, "package")
			if d.TestOnly {
				build += ", of tests only"
			}
		}
		t.add(d.Path, d.Version, how, build)
	}
	s.table(w, t)
}

// writeTraps lists what breaks silently once the tracer is OpenTelemetry's.
func (r *Report) writeTraps(w io.Writer, s style) {
	if len(r.Traps) == 0 {
		return
	}
	s.heading(w, "Breaks silently at stage 1")
	var items []markup
	for _, t := range r.Traps {
		item := sprintf(s, "%s:%d: %s", t.File, t.Line, t.Text)
		if r.holdsOnTwin(t) {
			item += "; where ot2otel fix -stage 1 moves it to the twin, it holds as it is"
		}
		items = append(items, item)
	}
	s.items(w, items)
}

// writeNotCounted says what the numbers do not hold, and why.
func (r *Report) writeNotCounted(w io.Writer, s style) {
	section := func(heading markup, items []markup) {
		if len(items) > 0 {
			s.heading(w, heading)
			s.items(w, items)
		}
	}
	var broken, excluded, nested []markup
	for _, b := range r.Broken {
		name := b.Package
		if b.TestsOnly {
			name += " (its tests)"
		}
		broken = append(broken, sprintf(s, "%s: %s", name, source.Summary(b.Errors)))
	}
	for _, file := range r.Excluded {
		excluded = append(excluded, s.text(file))
	}
	for _, n := range r.Nested {
		line := sprintf(s, "%s (cd %s && ot2otel report ./...)", n.Path, terminal.Path(filepath.FromSlash(n.Dir)))
		if n.OpenTracing {
			line += ", requires OpenTracing"
		}
		nested = append(nested, line)
	}
	section("Not counted: packages that do not compile", broken)
	section("Not counted: files that build constraints exclude (try -tags, or GOOS and GOARCH)", excluded)
	section("Not counted: nested modules", nested)
}

// writeNotes says what else there is to say.
func (r *Report) writeNotes(w io.Writer, s style) {
	var notes []markup
	for _, note := range r.Notes {
		notes = append(notes, s.text(source.Summary(strings.Split(note, "\n"))))
	}
	if len(notes) > 0 {
		s.heading(w, "Notes")
		s.items(w, notes)
	}
}
