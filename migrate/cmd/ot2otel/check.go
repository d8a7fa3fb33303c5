// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func checkCommand() *command {
	return &command{
		name:  "check",
		args:  "[flags] [packages]",
		short: "fail on uses of OpenTracing that are not in a baseline",
		long: `Check is a guard for continuous integration. It compares the uses of OpenTracing with a
baseline file. If a file uses a symbol more often than the baseline says, check exits with 1.
Line numbers don't matter. Check prints each new use as file:line: symbol, and then what to
write instead.

Write the baseline with ot2otel check -write, and commit it. Write it again when uses are
gone, so that they can't come back. Without a baseline file, every use is new.`,
		run: runCheck,
	}
}

func runCheck(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags  = newFlags(cmd)
		load   loadFlags
		file   = flags.String("baseline", "", "baseline `file` (default "+migrate.BaselineName+" in the root of the module or workspace)")
		format = flags.String("format", "text", "format of the new uses: text or json")
		write  = flags.Bool("write", false, "write the baseline file instead of failing")
	)
	load.register(flags)
	patterns, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	if code, ok := checkFormat(std, cmd, *format, textOrJSON); !ok {
		return code
	}
	program, err := loadProgram(ctx, std, load.options(), patterns)
	if err != nil {
		return failure(std, err)
	}
	target, err := openBaseline(program, *file)
	if err != nil {
		return failure(std, err)
	}
	defer target.close()
	known, err := target.read()
	target.missing = errors.Is(err, fs.ErrNotExist)
	if target.missing && (*write || *file == "") {
		known, err = migrate.NewBaseline(nil), nil
	}
	if err != nil {
		return failure(std, err)
	}
	if *write {
		return writeBaseline(std, program, target, known)
	}
	diff := known.Compare(program, migrate.Uses(program))
	if *format == "json" {
		if err := writeChecked(std.whole(), diff); err != nil {
			return failure(std, err)
		}
		std.out = io.Discard
	}
	code = compareBaseline(std, target, diff)
	if len(program.Broken) > 0 {
		terminal.Printf(std.err, "ot2otel: the check is not complete: there may be new uses in what does not compile\n")
		return exitFailure
	}
	return code
}

// checked is what check finds, for programs. Its slices are never null.
type checked struct {
	Version   int          `json:"version"`
	New       []checkedUse `json:"new"`       // uses of symbols that a file uses more often than the baseline says
	NewUses   int          `json:"newUses"`   // beyond the baseline
	GoneUses  int          `json:"goneUses"`  // of the baseline
	GoneFiles []string     `json:"goneFiles"` // files of the baseline that are gone
}

type checkedUse struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Symbol  string `json:"symbol"`
	Now     int    `json:"now"`   // uses of the symbol in the file
	Known   int    `json:"known"` // those in the baseline
	Instead string `json:"instead,omitempty"`
}

func writeChecked(w io.Writer, diff *migrate.BaselineDiff) error {
	c := checked{jsonVersion, []checkedUse{}, diff.NewUses(), diff.GoneUses(), append([]string{}, diff.GoneFiles...)}
	for _, entry := range diff.New {
		for _, use := range entry.Uses {
			c.New = append(c.New, checkedUse{use.File, use.Line, entry.Symbol, entry.Now, entry.Known, opentracing.Instead(entry.Symbol)})
		}
	}
	return terminal.WriteJSON(w, c)
}

// printInstead says what to write in the place of new uses, once for each symbol.
func printInstead(w io.Writer, diff *migrate.BaselineDiff) {
	said := make(map[string]bool)
	for _, entry := range diff.New {
		if instead := opentracing.Instead(entry.Symbol); instead != "" && !said[entry.Symbol] {
			said[entry.Symbol] = true
			terminal.Printf(w, "ot2otel: instead of %s write %s\n", entry.Symbol, instead)
		}
	}
	if len(diff.New) > 0 {
		terminal.Printf(w, "ot2otel: all names are in %s\n", opentracing.CheatSheet)
	}
}

// compareBaseline prints the new uses and what can be tightened.
func compareBaseline(std stdio, file *baselineFile, diff *migrate.BaselineDiff) int {
	for _, entry := range diff.New {
		for _, use := range entry.Uses {
			line := use.String()
			if entry.Known > 0 {
				// Which of them is the new one can't be told without line numbers.
				line += fmt.Sprintf(" (%d in this file, %d in the baseline)", entry.Now, entry.Known)
			}
			terminal.Printf(std.out, "%s\n", line)
		}
	}
	code := exitOK
	if n := diff.NewUses(); n > 0 {
		code = exitFindings
		against := "that " + file.shown + " does not know"
		if file.missing {
			against = "and no baseline: write one with " + file.command()
		}
		terminal.Printf(std.err, "ot2otel: %s of OpenTracing %s\n", terminal.Count(n, "new use"), against)
		printInstead(std.err, diff)
	}
	if n := diff.GoneUses(); n > 0 {
		are := "are"
		if n == 1 {
			are = "is"
		}
		terminal.Printf(std.err, "ot2otel: %s of the baseline %s gone: tighten it with %s\n", terminal.Count(n, "use"), are, file.command())
		if code != exitOK && len(diff.GoneFiles) > 0 {
			terminal.Printf(std.err, "ot2otel: the baseline has files that are gone (%s); if they were renamed, write it anew\n", strings.Join(diff.GoneFiles, ", "))
		}
	}
	return code
}

func writeBaseline(std stdio, program *migrate.Program, file *baselineFile, known *migrate.Baseline) int {
	if len(program.Broken) > 0 {
		terminal.Printf(std.err, "ot2otel: the baseline is not written: it would miss the uses in what does not compile\n")
		return exitFailure
	}
	updated := known.Update(program, migrate.Uses(program))
	was, is := known.Total(), terminal.Count(updated.Total(), "use")
	switch {
	case file.missing:
		is = "written with " + is
	case bytes.Equal(updated.Bytes(), known.Bytes()):
		terminal.Printf(std.err, "ot2otel: %s is up to date with %s\n", file.shown, is)
		return exitOK
	default:
		is = fmt.Sprintf("updated from %s to %d", terminal.Count(was, "use"), updated.Total())
	}
	if err := file.replace(updated.Bytes()); err != nil {
		return failure(std, err)
	}
	terminal.Printf(std.err, "ot2otel: %s %s\n", file.shown, is)
	return exitOK
}
