// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"go/token"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
)

// guide says what each reason means.
const guide = "https://github.com/ot2otel/ot2otel/blob/main/MIGRATION.md"

// printResult lists what was done and what was left.
func printResult(w io.Writer, result *migrate.Result, dry bool) {
	done := "rewrote"
	if dry {
		done = "would rewrite"
	}
	c := result.Counts
	switch {
	case c.Sites == 0 && len(result.Skipped) > 0:
		fmt.Fprintln(w, "no OpenTracing found in the packages that compile")
	case c.Sites == 0:
		fmt.Fprintln(w, "no OpenTracing found")
	default:
		fmt.Fprintf(w, "%s %d of %s of OpenTracing in %s\n", done, c.Rewritten, count(c.Sites, "use"), count(c.Files, "file"))
	}
	printAPIChanges(w, result.ExportedAPIChanges)
	for _, s := range result.TelemetryChanges {
		fmt.Fprintf(w, "%s: telemetry changes: %s\n", place(s.Pos), s.Note)
	}
	for _, a := range result.Adapters {
		fmt.Fprintf(w, "%s: an adapter joins the two APIs, so %s is still used\n", place(a.Pos), a.Symbol)
	}
	obstacles := obstacles(result.Refusals)
	if len(obstacles) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s of OpenTracing stay, and work on. What keeps them, and what it holds back:\n", count(len(result.Refusals), "use"))
	for _, o := range obstacles {
		fmt.Fprintf(w, "\n%s: %s (%s): %s\n", place(o.pos), o.category, count(len(o.uses), "use"), o.text())
		for _, line := range o.places() {
			fmt.Fprintf(w, "\t%s\n", line)
		}
	}
	fmt.Fprintf(w, "\nWhat to do by hand:\n")
	for _, category := range categories(obstacles) {
		about, _ := migrate.LookupCategory(category)
		fmt.Fprintf(w, "\t%s. See %s#%s\n", about.Title, guide, category)
	}
	printMockedTests(w, result)
}

// printAPIChanges lists the exported declarations whose types change, each on a line.
func printAPIChanges(w io.Writer, changes []migrate.APIChange) {
	for len(changes) > 0 {
		first, n := changes[0], 0
		var types []string
		for n < len(changes) && changes[n].Name == first.Name {
			types = append(types, changes[n].Old+" → "+changes[n].New)
			n++
		}
		fmt.Fprintf(w, "%s: exported API changes: %s: %s\n", place(first.Pos), first.Name, strings.Join(types, ", "))
		changes = changes[n:]
	}
}

// printMockedTests warns of tests whose spans are recorded by mocktracer.
func printMockedTests(w io.Writer, result *migrate.Result) {
	var files []string
	for _, r := range result.Refusals {
		if name := relative(r.Pos.Filename); r.Test && strings.HasPrefix(r.Symbol, "mocktracer.") && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	if len(files) > 0 && result.Counts.Rewritten > 0 {
		fmt.Fprintf(w, "\nMocktracer does not see the spans of rewritten code, so tests may miss them in %s. See %s#in-tests\n", strings.Join(files, ", "), guide)
	}
}

// printNotLookedAt names what else there is.
func printNotLookedAt(w io.Writer, result *migrate.Result) {
	for _, s := range result.Skipped {
		fmt.Fprintf(w, "ot2otel: %s does not compile and was left alone: %s\n", s.Path, s.Reason)
	}
	if len(result.Excluded) > 0 {
		fmt.Fprintf(w, "ot2otel: not looked at, since build constraints exclude them (run again with -tags, or with GOOS and GOARCH set): %s\n", strings.Join(result.Excluded, " "))
	}
	for _, dir := range result.Workspace {
		if len(result.ExportedAPIChanges) > 0 {
			fmt.Fprintf(w, "ot2otel: %s is another module of the workspace and was not looked at; what it uses of the exported API that changes has to change, too\n", relative(dir))
		}
	}
	for _, n := range result.Nested {
		if n.OpenTracing {
			fmt.Fprintf(w, "ot2otel: %s is a module of its own and was not looked at; run: cd %s && ot2otel fix\n", cmp.Or(n.Path, "it"), relative(n.Dir))
		}
	}
}

// An obstacle is one reason, at one place, with the uses that it holds back.
type obstacle struct {
	pos      token.Position
	category string
	reason   string
	symbol   string // of the use that is the reason; empty if none is
	uses     []migrate.Refusal
}

// obstacles groups refusals by what they are due to, those that hold back most first.
func obstacles(refusals []migrate.Refusal) []*obstacle {
	type key struct {
		pos              token.Position
		category, reason string
	}
	var all []*obstacle
	known := make(map[key]*obstacle)
	for _, r := range refusals {
		pos := r.Pos
		if r.Cause.IsValid() {
			pos = r.Cause
		}
		k := key{token.Position{Filename: pos.Filename, Line: pos.Line}, r.Category, r.Reason}
		if known[k] == nil {
			known[k] = &obstacle{pos: pos, category: r.Category, reason: r.Reason}
			all = append(all, known[k])
		}
		o := known[k]
		if !r.Cause.IsValid() {
			o.symbol = r.Symbol
		}
		o.uses = append(o.uses, r)
	}
	slices.SortStableFunc(all, func(a, b *obstacle) int { return len(b.uses) - len(a.uses) })
	return all
}

func (o *obstacle) text() string {
	if o.symbol == "" || strings.Contains(o.reason, o.symbol) {
		return o.reason
	}
	return o.symbol + ": " + o.reason
}

// places lists the lines of the uses, a file at a time.
func (o *obstacle) places() []string {
	var lines []string
	var file string
	var numbers []string
	flush := func() {
		if len(numbers) > 0 {
			lines = append(lines, file+":"+strings.Join(numbers, ","))
		}
		numbers = nil
	}
	for _, u := range o.uses {
		if name := relative(u.Pos.Filename); name != file {
			flush()
			file = name
		}
		if n := strconv.Itoa(u.Pos.Line); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	flush()
	if only := place(o.pos); len(lines) == 1 && lines[0] == only {
		return nil // said already
	}
	return lines
}

// categories returns the reasons that occur, by name.
func categories(all []*obstacle) []string {
	var names []string
	for _, o := range all {
		names = append(names, o.category)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func place(pos token.Position) string { return fmt.Sprintf("%s:%d", relative(pos.Filename), pos.Line) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
