// SPDX-License-Identifier: Apache-2.0

// Command ot2otel takes a Go code base from the OpenTracing API to the
// OpenTelemetry API.
//
//	ot2otel report [flags] [packages]   count the uses of OpenTracing
//	ot2otel check [flags] [packages]    fail on uses that are not in a baseline
//	ot2otel fix [flags] [packages]      rewrite uses of OpenTracing to OpenTelemetry
//	ot2otel compare [flags] A B         find what differs between the spans of two runs
//	ot2otel explain [category]          say why fix leaves a use, and what to do
//	ot2otel doctor [flags] [packages]   find what compiles and breaks a migration all the same
//	ot2otel help [command]              say how to use a command
//	ot2otel version                     print the version
//
// Packages are patterns of the go command. The default is ./... in the current directory.
// Flags may come before or after the packages.
//
// It is safe to run ot2otel on code that you don't trust. It runs git and the go command.
// Git does not read the configuration of the checkout, so it runs no monitors, filters,
// hooks or helpers from there. The go command compiles the packages, as go build does, but
// does not run them. To compile, it may
//
//   - run the C, C++ and Fortran compilers, pkg-config and SWIG for packages with cgo,
//     with the flags that it allows, unless CGO_ENABLED=0 is set
//   - download the modules that go.mod requires, according to GOPROXY and GOSUMDB, unless
//     GOPROXY=off is set
//   - download and run the Go toolchain that go.mod names, if the checksum database knows
//     it, unless GOTOOLCHAIN=local is set
//
// Both commands get the environment of the user. ot2otel escapes what it prints: names and
// messages can't control a terminal or imitate its own output. There are two exceptions. A
// diff that does not go to a terminal has the lines of files unchanged. As a vet tool of the
// go command, ot2otel prints file names unchanged.
//
// Results go to standard output, everything else to standard error. The exit code is 0 for
// success, 1 if there are findings, 2 for a wrong command line, and 3 if a part of the
// request failed; the other results are still printed. After an interruption it is 130.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// Exit codes.
const (
	exitOK       = 0
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3
	// exitInterrupted is that of a process that Ctrl-C has ended, as shells have it.
	exitInterrupted = 130
)

// A command is one of ot2otel's commands.
type command struct {
	name  string
	args  string // what follows the name in a usage line
	short string // one line for the list of commands
	long  string // the rest of its help, before its flags; ends without a newline
	run   func(ctx context.Context, cmd *command, std stdio, args []string) int
}

// commands returns the table of commands, in the order of help.
func commands() []*command {
	return []*command{
		reportCommand(),
		checkCommand(),
		fixCommand(),
		compareCommand(),
		explainCommand(),
		doctorCommand(),
	}
}

// stdio is what a command reads from and writes to.
type stdio struct {
	out, err    io.Writer
	terminal    bool // err is a terminal: progress may be shown on it
	outTerminal bool // so is out: nothing may drive it
}

// whole returns where a result goes that has what others wrote as it is, so that programs
// can use it: a diff, JSON. A terminal does not get to see what it would obey.
func (s stdio) whole() io.Writer {
	if s.outTerminal {
		return terminal.Writer(s.out)
	}
	return s.out
}

func main() { os.Exit(mainCode()) }

// mainCode runs the command line of the process.
func mainCode() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(20) // nearly all that is loaded of a module stays to the end
	}
	isTerminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	std := stdio{out: os.Stdout, err: os.Stderr, terminal: isTerminal(os.Stderr), outTerminal: isTerminal(os.Stdout)}
	return run(ctx, std, os.Args[1:])
}

// run runs a command line without the program's name and returns its exit code.
func run(ctx context.Context, std stdio, args []string) int {
	if runsAsVetTool(args) {
		vetTool()
	}
	if len(args) == 0 {
		printHelp(std.err)
		return exitUsage
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(std, rest)
	case "version", "-version", "--version":
		if len(rest) > 0 {
			return usageError(std, "version takes no arguments, got %s", strings.Join(rest, " "))
		}
		fmt.Fprintln(std.out, "ot2otel", version())
		return exitOK
	}
	for _, cmd := range commands() {
		if cmd.name == name {
			return cmd.run(ctx, cmd, std, rest)
		}
	}
	return usageError(std, "unknown command %q%s (ot2otel help lists them)", name, didYouMean(name, commandNames()))
}

func help(std stdio, args []string) int {
	if len(args) == 0 {
		printHelp(std.out)
		return exitOK
	}
	for _, cmd := range commands() {
		if cmd.name == args[0] && len(args) == 1 {
			return cmd.run(context.Background(), cmd, std, []string{"-help"})
		}
	}
	return usageError(std, "no help on %q%s (ot2otel help lists the commands)", strings.Join(args, " "), didYouMean(args[0], commandNames()))
}

func commandNames() (names []string) {
	for _, cmd := range commands() {
		names = append(names, cmd.name)
	}
	return append(names, "help", "version")
}

func printHelp(w io.Writer) {
	fmt.Fprint(w, "ot2otel takes a Go code base from OpenTracing to OpenTelemetry.\n\nUsage: ot2otel <command> [flags] [packages]\n\n")
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-8s  %s\n", cmd.name, cmd.short)
	}
	fmt.Fprint(w, `  help      say how to use a command: ot2otel help report
  version   print the version

Packages are patterns of the go command. The default is ./... in the current directory.
Flags may come before or after the packages.
Exit codes: 0 success, 1 findings, 2 wrong command line, 3 failure, 130 interrupted.

Code that you don't trust:
ot2otel type-checks the code of a checkout, and does not run it. The go command may run C
compilers, unless you set CGO_ENABLED=0. It may download the Go toolchain that go.mod names,
unless you set GOTOOLCHAIN=local.
`)
}

// version returns the version that the go command has built in.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return fmt.Sprintf("%s (%s)", info.Main.Version, info.GoVersion)
}

// usageError says what is wrong with the command line.
func usageError(std stdio, format string, args ...any) int {
	terminal.Printf(std.err, "ot2otel: "+format+"\n", args...)
	return exitUsage
}

// failure says why a command could not do its work.
func failure(std stdio, err error) int {
	if errors.Is(err, context.Canceled) {
		terminal.Printf(std.err, "ot2otel: interrupted\n")
		return exitInterrupted
	}
	terminal.Printf(std.err, "ot2otel: %s\n", terminal.Lines(strings.TrimPrefix(err.Error(), "migrate: ")))
	return exitFailure
}
