// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
)

func fixCommand() *command {
	return &command{
		name:  "fix",
		args:  "[flags] [packages]",
		short: "rewrite uses of OpenTracing to OpenTelemetry",
		long: `Fix rewrites the packages, and what has to change with them in the same module,
from the OpenTracing API to the OpenTelemetry API. What can't be rewritten safely
stays as it is, works on, and is listed with the reason.

The git work tree has to be clean, and its Go files committed, so that git diff
shows what was done. Everything is type-checked before anything is written, and all
files are written together. Lines that don't change keep their layout. A second run
changes nothing.

What stays is listed by what keeps it, with all places that this holds back: a span
and everything that it flows through is rewritten as a whole or not at all. Each
reason is a heading in MIGRATION.md, which says what to do by hand.

The exit code is 0 when all was rewritten or nothing was to do, 1 when uses of
OpenTracing are left, 3 when a package could not be looked at.`,
		run: runFix,
	}
}

func runFix(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags    = newFlags(cmd)
		opts     migrate.FixOptions
		tags     = flags.String("tags", "", "build tags to satisfy, separated by `commas`")
		diff     = flags.Bool("diff", false, "print the changes as a diff and write nothing")
		only     = flags.String("only", "", "apply only these `rules`, separated by commas: "+strings.Join(migrate.Rules(), ", "))
		get      = flags.Bool("get", false, "run go get for the modules that the new code needs, instead of printing the lines")
		force    = flags.Bool("force", false, "rewrite although the git work tree is not clean, or is none")
		adapters = flags.Int("max-adapters", -1, "refuse what would need more than `n` adapters; below 0 is 3, or one for each 20 uses where that is more")
	)
	flags.BoolVar(&opts.Tests, "tests", false, "rewrite code that only tests use even where the code under test stays")
	flags.BoolVar(&opts.BreakTests, "break-tests", false, "rewrite code although a test looks at its spans by a tracer that it brings, and may fail then")
	flags.BoolVar(&opts.KeepAPI, "keep-api", false, "keep exported signatures of importable packages OpenTracing")
	flags.BoolVar(&opts.RecordErrors, "record-errors", false, "record logged errors as exceptions, which changes telemetry")
	flags.BoolVar(&opts.ShortTraceIDs, "short-trace-ids", false, "write 16 digits of a trace ID where the code took it out of Jaeger's span context")
	flags.StringVar(&opts.FollowsFrom, "followsfrom", "parent", "what a FollowsFrom reference alone becomes: `parent` (and link) or link")
	patterns, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	fields := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
	}
	opts.Tags, opts.Only, opts.DryRun = fields(*tags), fields(*only), *diff
	for _, rule := range opts.Only {
		if !slices.Contains(migrate.Rules(), rule) {
			return usageError(std, "fix: unknown rule %q in -only (there are %s)", rule, strings.Join(migrate.Rules(), ", "))
		}
	}
	if opts.FollowsFrom != "parent" && opts.FollowsFrom != "link" {
		return usageError(std, "fix: -followsfrom is %q, not parent or link", opts.FollowsFrom)
	}
	switch opts.MaxAdapters = *adapters; {
	case *adapters == 0:
		opts.MaxAdapters = -1
	case *adapters < 0:
		opts.MaxAdapters = 0
	}
	if !*diff && !*force {
		if err := cleanTree(ctx); err != nil {
			return failure(std, err)
		}
	}
	if std.terminal {
		fmt.Fprintf(std.err, "loading %s …", strings.Join(orAll(patterns), " "))
	}
	result, err := migrate.Fix(ctx, &opts, patterns...)
	if std.terminal {
		fmt.Fprint(std.err, "\r\033[K")
	}
	if err != nil {
		return failure(std, err)
	}
	if *diff {
		if err := printDiff(ctx, std.out, result); err != nil {
			return failure(std, err)
		}
	}
	summary := std.out
	if *diff {
		summary = std.err // the diff is the result
	}
	printResult(summary, result, *diff)
	if opts.BreakTests {
		printMockedTests(summary, result)
	}
	printNotLookedAt(std.err, result)
	if code := goGet(ctx, std, result, *get && !*diff); code != exitOK {
		return code
	}
	switch {
	case len(result.Skipped) > 0:
		return exitFailure
	case result.Counts.Rewritten < result.Counts.Sites:
		return exitFindings
	}
	return exitOK
}

// cleanTree reports what git knows as changed, since a rewrite on top of it could
// not be told from it, nor undone.
func cleanTree(ctx context.Context) error {
	status := func(args ...string) (string, error) {
		out, err := exec.CommandContext(ctx, "git", append([]string{"status", "--porcelain"}, args...)...).CombinedOutput()
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("this is no git work tree, so the rewrite could not be undone; use -force to rewrite all the same (git: %s)", bytes.TrimSpace(out))
		}
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return first, err
	}
	changed, err := status("--untracked-files=no")
	if err != nil {
		return err
	}
	if changed != "" {
		return fmt.Errorf("the git work tree has uncommitted changes (%s); commit or stash them, or use -force", changed)
	}
	added, err := status("--untracked-files=all", "--", "*.go")
	if err != nil {
		return err
	}
	if name, ok := strings.CutPrefix(added, "?? "); ok {
		return fmt.Errorf("git does not know %s, so a rewrite of it could not be undone; add and commit it, or use -force", name)
	}
	return nil
}

func relative(name string) string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, name); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return name
}

// printDiff prints what would change, as git shows it.
func printDiff(ctx context.Context, w io.Writer, result *migrate.Result) error {
	dir, err := os.MkdirTemp("", "ot2otel-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, name := range slices.Sorted(maps.Keys(result.Files)) {
		to := filepath.Join(dir, "new.go")
		if err := os.WriteFile(to, result.Files[name], 0o600); err != nil {
			return err
		}
		from := name
		if _, err := os.Stat(name); err != nil {
			from = os.DevNull
		}
		// Exit code 1 means that there are differences.
		out, _ := exec.CommandContext(ctx, "git", "diff", "--no-index", "--no-color", "--", from, to).Output()
		rel := filepath.ToSlash(relative(name))
		_, body, _ := strings.Cut(string(out), "\n@@")
		old := "a/" + rel
		if from == os.DevNull {
			old = "/dev/null"
		}
		fmt.Fprintf(w, "--- %s\n+++ b/%s\n@@%s", old, rel, body)
	}
	return nil
}

// goGet fetches the modules that the new code needs, or prints how to.
func goGet(ctx context.Context, std stdio, result *migrate.Result, run bool) int {
	if len(result.GoGet) == 0 {
		return exitOK
	}
	commands := [][]string{append([]string{"get"}, result.GoGet...)}
	if result.Vendored {
		commands = append(commands, []string{"mod", "vendor"})
	}
	if !run {
		fmt.Fprintln(std.err, "The new code needs packages that the module can't build yet. Run:")
	}
	for _, args := range commands {
		line := "go " + strings.Join(args, " ")
		if !run {
			fmt.Fprintln(std.err, "\t"+line)
			continue
		}
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Stdout, cmd.Stderr = std.err, std.err
		if err := cmd.Run(); err != nil {
			return failure(std, fmt.Errorf("%s: %w; the code has been rewritten", line, err))
		}
	}
	return exitOK
}
