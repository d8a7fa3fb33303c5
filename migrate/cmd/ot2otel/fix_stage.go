// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// checkStage returns an error if there is no such stage, or a flag is given that says how to
// rewrite spans, which stage 1 leaves as they are.
func checkStage(flags *flag.FlagSet, stage int) (err error) {
	if stage != 0 && stage != 1 {
		return fmt.Errorf("-stage is %d, not 1 (without -stage, spans are rewritten)", stage)
	}
	flags.Visit(func(f *flag.Flag) {
		if stage == 1 && err == nil && !slices.Contains([]string{"stage", "tags", "diff", "format", "get", "force"}, f.Name) {
			err = fmt.Errorf("-%s says how to rewrite spans, which -stage 1 leaves as they are", f.Name)
		}
	})
	return err
}

// printMoves lists what moved to the twins, what stays, and what to look at.
func printMoves(w io.Writer, result *migrate.Result, dry bool) {
	done := "moved"
	if dry {
		done = "would move"
	}
	c := result.Counts
	switch {
	case c.Sites == 0 && len(result.Skipped) > 0:
		terminal.Printf(w, "nothing to move to the twins in the packages that compile\n")
	case c.Sites == 0:
		terminal.Printf(w, "nothing to move to the twins\n")
	default:
		terminal.Printf(w, "%s %d of %s to the twins in %s\n", done, c.Rewritten, terminal.Count(c.Sites, "place"), terminal.Count(c.Files, "file"))
	}
	for _, s := range result.Converted {
		terminal.Printf(w, "%s: %s → %s\n", place(s.Pos), s.Symbol, s.Note)
	}
	if len(result.Staying) > 0 {
		terminal.Printf(w, "\n%s stay:\n", terminal.Count(len(result.Staying), "place"))
		for _, s := range result.Staying {
			terminal.Printf(w, "\t%s: %s\n", place(s.Pos), s.Symbol)
		}
		terminal.Printf(w, "What keeps them:\n")
		printPlaces(w, result.Holds)
	}
	if len(result.Leftovers) > 0 {
		terminal.Printf(w, "\nTo do by hand:\n")
		printPlaces(w, result.Leftovers)
	}
	if len(result.Traps) > 0 {
		terminal.Printf(w, "\nBreaks silently once the tracer is OpenTelemetry's. See %s\n", migrate.StageOne)
		for _, t := range result.Traps {
			terminal.Printf(w, "\t%s: %s\n", place(t.Pos), t.Text)
		}
	}
}

func printPlaces(w io.Writer, places []migrate.Place) {
	for _, p := range places {
		terminal.Printf(w, "\t%s: %s\n", place(p.Pos), p.Text)
	}
}

// printNext says which command comes after stage 1.
func printNext(w io.Writer, patterns []string) {
	terminal.Printf(w, "next: ot2otel fix %s\n", strings.Join(orAll(patterns), " "))
}
