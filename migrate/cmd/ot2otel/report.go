// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
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
		long: `Report counts every use of the OpenTracing API in the packages. A use is an identifier
that refers to opentracing-go or to its ext, log or mocktracer package. Import names don't
matter, and promoted methods and type aliases count. A use that calls a function is a call.
Every other use is a reference.

Report also says how many uses ot2otel fix rewrites with its default flags, how many stay,
and why. To save the time that this takes, use -plan=false. The text format prints a summary
that ends with the next command. -v adds all sections. -section adds some of them:
` + strings.Join(migrate.ReportSections(), ", ") + `.
The other formats have all sections. If a package does not compile, report names it, counts
the others, and exits with 3.`,
		run: runReport,
	}
}

func runReport(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags    = newFlags(cmd)
		load     loadFlags
		format   = flags.String("format", "text", "format of the report: "+strings.Join(migrate.ReportFormats(), ", "))
		baseline = flags.String("baseline", "", "show the progress since this baseline `file` (ot2otel check -write writes one)")
		verbose  = flags.Bool("v", false, "write all sections, not only the summary")
		parts    = flags.String("section", "", "write these sections after the summary, separated by `commas`")
		plan     = flags.Bool("plan", true, "say what ot2otel fix would do")
	)
	load.register(flags)
	patterns, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	if code, ok := checkFormat(std, cmd, *format, migrate.ReportFormats()); !ok {
		return code
	}
	chosen := strings.FieldsFunc(*parts, func(r rune) bool { return r == ',' || r == ' ' })
	for _, part := range chosen {
		if !slices.Contains(migrate.ReportSections(), part) {
			return usageError(std, "report: unknown section %q in -section%s (there are %s)", part, didYouMean(part, migrate.ReportSections()), strings.Join(migrate.ReportSections(), ", "))
		}
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
		done := progress(std, "looking for what can be rewritten")
		err := report.AddPlan(ctx, program)
		done()
		if err != nil {
			return failure(std, err)
		}
	}
	if *format == "text" {
		if *verbose {
			chosen = migrate.ReportSections()
		}
		// Its names are harmless, and what it tells a terminal is its own.
		err = report.WriteText(std.out, &migrate.TextOptions{Sections: chosen, Bold: std.outTerminal && os.Getenv("NO_COLOR") == ""})
	} else {
		err = report.Write(std.whole(), *format)
	}
	if err != nil {
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
	done := progress(std, "loading "+strings.Join(orAll(patterns), " "))
	program, err := migrate.Load(ctx, opts, patterns...)
	done()
	if err != nil {
		return nil, err
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
