// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"go/token"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// printResult lists what was done and what was left.
func printResult(w io.Writer, result *migrate.Result, dry bool) {
	done := "rewrote"
	if dry {
		done = "would rewrite"
	}
	c := result.Counts
	switch {
	case c.Sites == 0 && len(result.Skipped) > 0:
		terminal.Printf(w, "no OpenTracing found in the packages that compile\n")
	case c.Sites == 0:
		terminal.Printf(w, "no OpenTracing found\n")
	default:
		terminal.Printf(w, "%s %d of %s of OpenTracing in %s\n", done, c.Rewritten, terminal.Count(c.Sites, "use"), terminal.Count(c.Files, "file"))
	}
	printAPIChanges(w, result)
	for _, s := range result.TelemetryChanges {
		terminal.Printf(w, "%s: telemetry changes: %s\n", place(s.Pos), s.Note)
	}
	for _, a := range result.Adapters {
		terminal.Printf(w, "%s: an adapter joins the two APIs, so %s is still used\n", place(a.Pos), a.Symbol)
	}
	for _, p := range result.Providers {
		terminal.Printf(w, "%s: the OpenTracing tracer stays; compat.ProviderOf records the spans of rewritten code with it\n", place(p.Pos))
	}
	for _, pos := range result.Comments {
		terminal.Printf(w, "%s: a comment mentions OpenTracing, but the code does not use it\n", place(pos))
	}
	printCauses(w, result)
	printForeignTracers(w, result)
}

// printCauses lists what keeps uses, and which.
func printCauses(w io.Writer, result *migrate.Result) {
	causes := result.Causes()
	if len(causes) == 0 {
		return
	}
	terminal.Printf(w, "\n%s of OpenTracing stay, and keep working. The causes, and what each holds back:\n", terminal.Count(len(result.Refusals), "use"))
	for _, c := range causes {
		terminal.Printf(w, "\n%s: %s (%s): %s\n", place(c.Pos), c.Category, terminal.Count(len(c.Uses), "use"), c.Reason)
		places := c.Places(relative)
		if len(places) == 1 && places[0] == place(c.Pos) {
			continue // said already
		}
		for _, line := range places {
			terminal.Printf(w, "\t%s\n", line)
		}
	}
	terminal.Printf(w, "\nWhat to do by hand:\n")
	for _, category := range slices.Sorted(maps.Keys(result.Counts.Refused)) {
		about, _ := migrate.LookupCategory(category)
		terminal.Printf(w, "\t%s. See %s\n", about.Title, about.Link())
	}
}

// printForeignTracers says that the tracer has to be set up first, where it has.
func printForeignTracers(w io.Writer, result *migrate.Result) {
	if len(result.ForeignTracers) == 0 || len(result.Converted) == 0 {
		return
	}
	terminal.Printf(w, "\nStage 1 comes first. %s See %s\n", migrate.StageOneFirst, migrate.StageOne)
	for _, t := range result.ForeignTracers {
		terminal.Printf(w, "\t%s: %s\n", place(t.Pos), t)
	}
	terminal.Printf(w, "%s\n", migrate.KeepTracer)
	for _, line := range migrate.KeepTracerLines() {
		terminal.Printf(w, "\t%s\n", line)
	}
	if result.Withheld {
		terminal.Printf(w, "Nothing was written. Set up OpenTelemetry's tracer there first, or run again with -before-stage-1.\n")
	}
}

// printAPIChanges lists the exported declarations whose types change, each on a line.
func printAPIChanges(w io.Writer, result *migrate.Result) {
	for _, changes := range result.ChangedAPI() {
		var types []string
		for _, c := range changes {
			types = append(types, c.Old+" → "+c.New)
		}
		terminal.Printf(w, "%s: exported API changes: %s: %s\n", place(changes[0].Pos), changes[0].Name, strings.Join(types, ", "))
	}
}

// printAdded names the files that are new, which git knows nothing of.
func printAdded(w io.Writer, result *migrate.Result) {
	var added []string
	for _, name := range result.Added() {
		added = append(added, relative(name))
	}
	if len(added) > 0 {
		terminal.Printf(w, "\nadded: %s; git commit -a leaves new files out, so run git add -A first\n", strings.Join(added, ", "))
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
		terminal.Printf(w, "\nMocktracer does not see the spans of rewritten code, so tests may miss them in %s. See %s#in-tests\n", strings.Join(files, ", "), migrate.Guide)
	}
}

// printNotLookedAt names what else there is.
func printNotLookedAt(w io.Writer, result *migrate.Result, command string) {
	for _, s := range result.Skipped {
		terminal.Printf(w, "ot2otel: %s does not compile and was left alone: %s\n", s.Path, s.Reason)
	}
	if len(result.Excluded) > 0 {
		terminal.Printf(w, "ot2otel: not looked at, because build constraints exclude them and no other build that has them could be loaded (use -tags, or set GOOS and GOARCH): %s\n", strings.Join(result.Excluded, " "))
	}
	for _, dir := range result.Workspace {
		if len(result.ExportedAPIChanges) > 0 {
			terminal.Printf(w, "ot2otel: %s is another module of the workspace and was not looked at; if it uses the exported API that changes, change it, too\n", relative(dir))
		}
	}
	for _, n := range result.Nested {
		if n.OpenTracing {
			terminal.Printf(w, "ot2otel: %s is a module of its own and was not looked at; run: cd %s && %s\n", cmp.Or(n.Path, "it"), terminal.Path(relative(n.Dir)), command)
		}
	}
}

func place(pos token.Position) string { return fmt.Sprintf("%s:%d", relative(pos.Filename), pos.Line) }
