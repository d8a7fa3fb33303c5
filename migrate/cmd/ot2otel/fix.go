// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func fixCommand() *command {
	return &command{
		name:  "fix",
		args:  "[flags] [packages]",
		short: "rewrite uses of OpenTracing to OpenTelemetry",
		long: `Fix rewrites the packages from the OpenTracing API to the OpenTelemetry API, and what has
to change with them in the same module. It leaves code alone that it can't rewrite safely,
and prints the reason. That code keeps working.

The git work tree must be clean, and the rewritten files committed, so that git diff shows
what changed. Fix refuses files that git ignores or is told not to look at. It type-checks
everything before it writes, and writes all files together: only regular files below the root
of the module, and none with -diff. If a run is interrupted, the next run restores the old
files. Until then they are in your cache folder. Lines that don't change keep their layout.
A second run changes nothing.

Fix rewrites a span together with everything that it flows through, or not at all. It lists
each cause that keeps code, with all places that the cause holds back. The causes are headings
in docs/refusals.md, which says what to do by hand.

Stage 1 of MIGRATION.md comes first. If the program still sets up a tracer of another library,
the spans of rewritten code would be lost. Then fix names the places, writes nothing, and exits
with 3; -diff still shows the changes. Use -before-stage-1 to rewrite anyway. A tracer can stay
if compat.ProviderOf records the spans with it.

With -stage 1, fix moves tests and set-ups to the twins of mocktracer and of Jaeger's client.
It changes imports, turns opentracing.SetGlobalTracer(mock) into mocktracer.Install(mock), and
leaves the spans alone. It lists what has no twin, with what to do, and what breaks silently.
The next command is ot2otel fix, without -stage.

With -stage 4, the last one, fix removes compat and its twins. Programs set up OpenTelemetry's
provider and shut it down, tests read spans from exporters.Memory, and middlewares and
interceptors become otelhttp and otelgrpc. Fix lists what changes in telemetry. While spans are
left, it refuses and names the places.

The exit code is 0 if nothing is left, 1 if uses of OpenTracing or things to do by hand are left,
and 3 if fix could not look at a package or another stage comes first.
With -format json, standard output has the whole result, including the diff with -diff.`,
		run: runFix,
	}
}

func runFix(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags    = newFlags(cmd)
		opts     migrate.FixOptions
		tags     = flags.String("tags", "", "build tags to satisfy, separated by `commas`")
		diff     = flags.Bool("diff", false, "print the changes as a diff relative to the root of the module, and write nothing")
		only     = flags.String("only", "", "apply only these `rules`, separated by commas: "+strings.Join(migrate.Rules(), ", "))
		get      = flags.Bool("get", false, "run go get for the modules that the new code needs, instead of printing the lines")
		format   = flags.String("format", "text", "format of the output: text or json")
		force    = flags.Bool("force", false, "rewrite even if the git work tree is not clean, or there is none")
		adapters = flags.Int("max-adapters", -1, "refuse rewrites that need more than `n` adapters; default: 3, or one per 20 uses if that is more")
	)
	flags.IntVar(&opts.Stage, "stage", 0, "run this stage: 1 moves tests and set-ups to the twins, 4 removes the twins; default: rewrite spans")
	flags.Lookup("max-adapters").DefValue = "0" // its usage says what the default means
	flags.BoolVar(&opts.Tests, "tests", false, "rewrite code that only tests use, even if the code under test stays")
	flags.BoolVar(&opts.BreakTests, "break-tests", false, "rewrite code even if a test checks its spans with a tracer of its own, and may fail afterwards")
	flags.BoolVar(&opts.BeforeStage1, "before-stage-1", false, "rewrite even if the program sets up a tracer of another library, which loses the new spans")
	flags.BoolVar(&opts.KeepAPI, "keep-api", false, "keep OpenTracing types in the exported API of importable packages")
	flags.BoolVar(&opts.KeepNames, "keep-names", false, "with -stage 4, keep the names of the spans that middlewares and interceptors make")
	flags.StringVar(&opts.HTTP, "http", "", "what code on nethttp becomes: compat, for compat.Tracing, with -stage 1; otelhttp with -stage 4, its default")
	flags.BoolVar(&opts.RecordErrors, "record-errors", false, "record logged errors as exceptions, which changes telemetry")
	flags.BoolVar(&opts.ShortTraceIDs, "short-trace-ids", false, "write trace IDs with 16 digits where the code reads them from Jaeger's span context")
	flags.StringVar(&opts.FollowsFrom, "followsfrom", "parent", "what a single FollowsFrom reference becomes: `parent` (and link) or link")
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
	if code, ok := checkFormat(std, cmd, *format, textOrJSON); !ok {
		return code
	}
	if err := cmp.Or(checkStage(flags, opts.Stage), checkHTTP(opts.HTTP, opts.Stage)); err != nil {
		return usageError(std, "fix: %v", err)
	}
	switch opts.MaxAdapters = *adapters; {
	case *adapters == 0:
		opts.MaxAdapters = -1
	case *adapters < 0:
		opts.MaxAdapters = 0
	}
	if !*diff {
		if err := prepareTree(ctx, std, *force); err != nil {
			return failure(std, err)
		}
	}
	if !*force {
		opts.Approve = keptByGit
	}
	loaded := progress(std, "loading "+strings.Join(orAll(patterns), " "))
	result, err := migrate.Fix(ctx, &opts, patterns...)
	loaded()
	if err != nil {
		return failure(std, err)
	}
	summary, forProgram := std.out, *format == "json"
	var changes []byte
	if *diff {
		summary, changes = std.err, result.Diff(result.Rel) // which is the result
	}
	switch {
	case forProgram:
		err = writeFixed(std.whole(), result, opts.Stage, !*diff && !result.Withheld, changes)
	case *diff:
		_, err = std.whole().Write(changes)
	}
	if err != nil {
		return failure(std, err)
	}
	if !forProgram {
		printFixed(std, summary, result, &opts)
	}
	if run := *get && !*diff; !result.Withheld && (run || !forProgram) {
		if code := goGet(ctx, std, result, run); code != exitOK {
			return code
		}
	}
	if !forProgram {
		printNext(summary, result, nextCommand{opts.Stage, *diff, givenFlags(flags), patterns})
	}
	return resultCode(result)
}

// printFixed says what was done, or would be, and what was not.
func printFixed(std stdio, summary io.Writer, result *migrate.Result, opts *migrate.FixOptions) {
	command := "ot2otel fix"
	if opts.Stage != 0 {
		command += " -stage " + strconv.Itoa(opts.Stage)
		printMoves(summary, result, opts)
		printSpans(summary, result)
	} else {
		printResult(summary, result, opts.DryRun || result.Withheld)
	}
	if !opts.DryRun && !result.Withheld {
		printAdded(summary, result)
	}
	if opts.BreakTests {
		printMockedTests(summary, result)
	}
	printNotLookedAt(std.err, result, command)
}

// resultCode returns the exit code for a result.
func resultCode(result *migrate.Result) int {
	switch {
	case result.Withheld, len(result.Skipped) > 0:
		return exitFailure
	case result.Counts.Rewritten < result.Counts.Sites || len(result.Leftovers) > 0 || len(result.Traps) > 0:
		return exitFindings
	}
	return exitOK
}

// prepareTree puts back what an interrupted run has left half done, and makes sure that
// what this one does can be undone.
func prepareTree(ctx context.Context, std stdio, force bool) error {
	undone, err := migrate.Recover("")
	if len(undone) > 0 {
		terminal.Printf(std.err, "ot2otel: put back %s that an interrupted run had replaced\n", terminal.Count(len(undone), "file"))
	}
	if err != nil || force {
		return err
	}
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	return cleanTree(ctx, root)
}

// moduleRoot returns the folder of the module that the current folder is in, without
// symbolic links; the current folder if it is in none. It is that of the go command,
// which looks above the current folder by the name in $PWD.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for root := dir; ; root = filepath.Dir(root) {
		if info, err := os.Stat(filepath.Join(root, "go.mod")); err == nil && !info.IsDir() {
			return filepath.EvalSymlinks(root)
		}
		if root == filepath.Dir(root) {
			return filepath.EvalSymlinks(dir)
		}
	}
}

func relative(name string) string {
	if dir, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(dir, name); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return name
}

// goGet fetches the modules that the new code needs, or prints how to.
func goGet(ctx context.Context, std stdio, result *migrate.Result, run bool) int {
	var commands [][]string
	why := "The new code needs packages that the module can't build yet."
	if len(result.GoGet) > 0 {
		commands = append(commands, append([]string{"go", "get"}, result.GoGet...), append([]string{"go", "get", "-t"}, result.GoGetFor...))
	} else {
		why = "The module needs less than before."
	}
	if result.Tidy {
		commands = append(commands, []string{"go", "mod", "tidy"})
	}
	switch {
	case len(commands) == 0:
		return exitOK
	case result.Vendored:
		commands = append(commands, []string{"go", "mod", "vendor"})
	}
	for _, m := range result.Outgrown {
		terminal.Printf(std.err, "ot2otel: %s is built on an OpenTelemetry from before v1 and does not compile with a later one, so go get raises it too\n", m)
	}
	if !run {
		terminal.Printf(std.err, "%s Run:\n", why)
	} else if err := writableByGo(result.Root); err != nil {
		return failure(std, err)
	}
	for _, words := range commands {
		line := terminal.Command(words...)
		if !run {
			terminal.Printf(std.err, "\t%s\n", line)
			continue
		}
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir = result.Root
		said := terminal.Writer(std.err)
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Run(); err != nil {
			return failure(std, fmt.Errorf("%s: %w; the code has been rewritten", line, err))
		}
	}
	return exitOK
}

// writableByGo returns an error if go get would write through a symbolic link, to
// somewhere that is not of the module in the folder root.
func writableByGo(root string) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		if info, err := os.Lstat(filepath.Join(root, name)); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file, and go get would write to its target; replace it with a file, and run go get; the code has been rewritten", name)
		}
	}
	return nil
}
