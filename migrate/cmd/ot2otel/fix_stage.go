// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// checkStage returns an error if there is no such stage, or a flag is given that says how to
// rewrite spans, which stages 1 and 4 leave as they are.
func checkStage(flags *flag.FlagSet, stage int) (err error) {
	if !slices.Contains([]int{0, 1, 4}, stage) {
		return fmt.Errorf("-stage is %d, not 1 or 4 (without -stage, spans are rewritten)", stage)
	}
	flags.Visit(func(f *flag.Flag) {
		switch {
		case err != nil:
		case f.Name == "keep-names" && stage != 4:
			err = fmt.Errorf("-keep-names is for -stage 4")
		case f.Name == "keep-names", f.Name == "http":
		case stage != 0 && !slices.Contains([]string{"stage", "tags", "diff", "format", "get", "force"}, f.Name):
			err = fmt.Errorf("-%s says how to rewrite spans, which -stage %d leaves as they are", f.Name, stage)
		}
	})
	return err
}

// checkHTTP returns an error if nethttp can't become that at a stage.
func checkHTTP(becomes string, stage int) error {
	switch {
	case becomes == "", becomes == migrate.HTTPCompat && stage == 1, becomes == migrate.HTTPOTel && stage == 4:
		return nil
	case becomes == migrate.HTTPCompat:
		return errors.New("-http compat is for -stage 1")
	case becomes == migrate.HTTPOTel:
		return errors.New("-http otelhttp is for -stage 4: before that, spans below otelhttp's would start new traces")
	}
	return fmt.Errorf("-http is %q, not compat or otelhttp", becomes)
}

// printMoves lists what moved to the twins at stage 1 or away from them at stage 4, what
// stays, and what to look at.
func printMoves(w io.Writer, result *migrate.Result, opts *migrate.FixOptions) {
	done, where, stage := "moved", "to the twins", opts.Stage
	if opts.DryRun || result.Withheld {
		done = "would move"
	}
	switch {
	case stage == 4:
		where = "off compat and its twins"
	case opts.HTTP == migrate.HTTPCompat:
		where = "to the twins and compat.Tracing"
	}
	c := result.Counts
	switch {
	case c.Sites == 0 && len(result.Skipped) > 0:
		terminal.Printf(w, "nothing to move %s in the packages that compile\n", where)
	case c.Sites == 0:
		terminal.Printf(w, "nothing to move %s\n", where)
	default:
		terminal.Printf(w, "%s %d of %s %s in %s\n", done, c.Rewritten, terminal.Count(c.Sites, "place"), where, terminal.Count(c.Files, "file"))
	}
	for _, s := range result.Converted {
		terminal.Printf(w, "%s: %s → %s\n", place(s.Pos), s.Symbol, s.Note)
	}
	for _, s := range result.TelemetryChanges {
		terminal.Printf(w, "%s: telemetry changes: %s\n", place(s.Pos), s.Note)
	}
	if len(result.Staying) > 0 {
		terminal.Printf(w, "\n%s stay:\n", terminal.Count(len(result.Staying), "place"))
		for _, s := range result.Staying {
			terminal.Printf(w, "\t%s: %s\n", place(s.Pos), s.Symbol)
		}
		if stage == 4 {
			terminal.Printf(w, "The causes (%s#stage-4 has the lines to write by hand):\n", migrate.Guide)
		} else {
			terminal.Printf(w, "The causes:\n")
		}
		printPlaces(w, result.Holds)
	}
	if len(result.Leftovers) > 0 {
		terminal.Printf(w, "\nTo do by hand:\n")
		printPlaces(w, result.Leftovers)
	}
	if len(result.Traps) > 0 {
		terminal.Printf(w, "\nThis breaks silently once the tracer is OpenTelemetry's. See %s\n", migrate.StageOne)
		for _, t := range result.Traps {
			terminal.Printf(w, "\t%s: %s\n", place(t.Pos), t.Text)
		}
	}
}

// printPlaces prints places, those of one file that have the same text on one line.
func printPlaces(w io.Writer, places []migrate.Place) {
	type group struct{ file, text string }
	lines := make(map[group][]string)
	var order []group
	for _, p := range places {
		g := group{p.Pos.Filename, p.Text}
		if lines[g] == nil {
			order = append(order, g)
		}
		if line := strconv.Itoa(p.Pos.Line); !slices.Contains(lines[g][max(0, len(lines[g])-1):], line) {
			lines[g] = append(lines[g], line)
		}
	}
	for _, g := range order {
		terminal.Printf(w, "\t%s:%s: %s\n", relative(g.file), strings.Join(lines[g], ","), g.text)
	}
}

// printSpans says that the spans have to be rewritten first, where they have.
func printSpans(w io.Writer, result *migrate.Result) {
	if len(result.Spans) == 0 {
		return
	}
	terminal.Printf(w, "\nStage 3 comes first: %s of OpenTracing are neither set-up nor test. See %s#stage-3\n", terminal.Count(len(result.Spans), "use"), migrate.Guide)
	printPlaces(w, result.Spans)
	terminal.Printf(w, "Nothing was written. Rewrite these first, with ot2otel fix or by hand.\n")
}

// A nextCommand is the command line that another one follows.
type nextCommand struct {
	stage    int
	dry      bool
	flags    []string // that were given, as words
	patterns []string
}

// givenFlags returns the flags that another run takes, too: those that say how and of what.
func givenFlags(flags *flag.FlagSet) (words []string) {
	flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"stage", "diff", "get", "format"}, f.Name) {
			return
		}
		words = append(words, "-"+f.Name)
		switch b, ok := f.Value.(interface{ IsBoolFlag() bool }); {
		case !ok || !b.IsBoolFlag():
			words = append(words, f.Value.String())
		case f.Value.String() != "true":
			words[len(words)-1] += "=" + f.Value.String()
		}
	})
	return words
}

// at returns the command line of a stage, 0 for the spans, with words before the packages.
func (c nextCommand) at(stage int, words ...string) string {
	line := []string{"ot2otel", "fix"}
	if stage != 0 {
		line = append(line, "-stage", strconv.Itoa(stage))
	}
	if stage != c.stage {
		line = append(line, c.of("tags")...)
	} else {
		line = append(line, c.flags...)
	}
	return terminal.Command(slices.Concat(line, words, orAll(c.patterns))...)
}

// of returns a flag and its value, if it was given.
func (c nextCommand) of(name string) []string {
	if i := slices.Index(c.flags, "-"+name); i >= 0 {
		return c.flags[i : i+2]
	}
	return nil
}

// printNext says what comes after a stage.
func printNext(w io.Writer, result *migrate.Result, c nextCommand) {
	switch {
	case len(result.Spans) > 0:
		terminal.Printf(w, "next: %s; change by hand what it leaves, and run this again\n", c.at(0))
	case c.stage == 1 && c.dry && result.Counts.Rewritten > 0, c.stage == 4 && c.dry && result.Counts.Rewritten > 0:
		terminal.Printf(w, "next: %s\n", c.at(c.stage, "-get"))
	case c.stage == 1:
		terminal.Printf(w, "next: %s\n", c.at(0))
	case c.stage == 4 && result.Counts.Rewritten < result.Counts.Sites:
		terminal.Printf(w, "next: change by hand what stays, and run this again\n")
	case c.stage == 4:
		terminal.Printf(w, "next: build, test and compare; this was the last stage\n")
	case slices.ContainsFunc(result.Refusals, func(r migrate.Refusal) bool { return r.Category == "mocktracer" }):
		terminal.Printf(w, "next: %s, which moves the tests on mocktracer\n", c.at(1))
	case result.Done():
		terminal.Printf(w, "next: %s\n", c.at(4))
	}
}
