// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func reportCommand() *command {
	return &command{
		name:  "report",
		args:  "[flags] [packages]",
		short: "count the uses of OpenTracing, and say what fix does with them",
		long: `Report counts every use of the OpenTracing API in the packages: each identifier
that resolves to an object of opentracing-go, its ext, log or mocktracer package,
under whatever import name, also as a promoted method or through a type alias.
A call is a use whose function is called; every other use is a reference.

It says how many of them ot2otel fix rewrites with its default flags, how many stay
and why; -plan=false leaves that out and takes less time. It also lists the imports
of packages that are built on OpenTracing, and the dependencies that still use it.
Packages that do not compile are named and the others are still counted; the exit
code is then 3.`,
		run: runReport,
	}
}

func runReport(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags    = newFlags(cmd)
		load     loadFlags
		format   = flags.String("format", "text", "format of the report: "+strings.Join(migrate.ReportFormats(), ", "))
		baseline = flags.String("baseline", "", "show the progress since this baseline `file`, which ot2otel check -write has written")
		plan     = flags.Bool("plan", true, "say what ot2otel fix would do")
	)
	load.register(flags)
	patterns, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	if !slices.Contains(migrate.ReportFormats(), *format) {
		return usageError(std, "report: unknown -format %q (there are %s)", *format, strings.Join(migrate.ReportFormats(), ", "))
	}
	program, err := loadProgram(ctx, std, load.options(), patterns)
	if err != nil {
		return failure(std, err)
	}
	var known *migrate.Baseline
	if *baseline != "" {
		if known, err = readBaseline(program, *baseline); err != nil {
			return failure(std, err)
		}
	}
	report, err := migrate.NewReport(ctx, program)
	if err != nil {
		return failure(std, err)
	}
	if known != nil {
		report.CompareBaseline(program, known)
	}
	if *plan && len(report.Uses) > 0 {
		if std.terminal {
			terminal.Printf(std.err, "looking for what can be rewritten …")
		}
		err := report.AddPlan(ctx, program)
		if std.terminal {
			terminal.Printf(std.err, "\r\033[K")
		}
		if err != nil {
			return failure(std, err)
		}
	}
	if err := report.Write(std.whole(), *format); err != nil {
		return failure(std, err)
	}
	if len(program.Broken) > 0 {
		return exitFailure
	}
	return exitOK
}

// loadProgram loads the packages, shows progress on a terminal, and names the
// packages that do not compile.
func loadProgram(ctx context.Context, std stdio, opts *migrate.LoadOptions, patterns []string) (*migrate.Program, error) {
	if std.terminal {
		terminal.Printf(std.err, "loading %s …", strings.Join(orAll(patterns), " "))
		defer terminal.Printf(std.err, "\r\033[K") // back to the start of an empty line
	}
	program, err := migrate.Load(ctx, opts, patterns...)
	if err != nil {
		return nil, err
	}
	if std.terminal && len(program.Broken) > 0 {
		terminal.Printf(std.err, "\r\033[K")
	}
	printBroken(std, program)
	return program, nil
}

func orAll(patterns []string) []string {
	if len(patterns) == 0 {
		return []string{"./..."}
	}
	return patterns
}

// printBroken names the packages that do not compile, each with its first errors.
func printBroken(std stdio, program *migrate.Program) {
	const most = 5 // errors of one package
	for _, b := range program.Broken {
		what := "does not compile and is not counted"
		if b.TestsOnly {
			what = "is counted without its tests, which do not compile"
		}
		terminal.Printf(std.err, "ot2otel: %s %s:\n", b.Path, what)
		texts := b.Texts(program)
		for i, text := range texts {
			if i == most {
				terminal.Printf(std.err, "\tand %d more errors\n", len(texts)-most)
				break
			}
			terminal.Printf(std.err, "\t%s\n", terminal.Lines(text))
		}
	}
}
