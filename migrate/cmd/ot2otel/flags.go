// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
)

// newFlags returns the flag set of a command. It prints nothing by itself:
// [parseFlags] does.
func newFlags(cmd *command) *flag.FlagSet {
	flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parseFlags parses args and returns the package patterns among them. Flags may
// stand before, between and after patterns; after "--" everything is a pattern.
// When done is true the command is to end with code: help was asked for, or the
// flags are wrong and that has been said.
func parseFlags(cmd *command, flags *flag.FlagSet, std stdio, args []string) (patterns []string, code int, done bool) {
	for len(args) > 0 {
		err := flags.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			printCommandHelp(std.out, cmd, flags)
			return nil, exitOK, true
		case err != nil:
			return nil, usageError(std, "%s: %v%s (ot2otel help %s lists the flags)", cmd.name, err, flagMeant(flags, err), cmd.name), true
		}
		rest := flags.Args()
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(patterns, rest...), exitOK, false
		}
		for len(rest) > 0 && (!strings.HasPrefix(rest[0], "-") || rest[0] == "-") {
			patterns = append(patterns, rest[0])
			rest = rest[1:]
		}
		args = rest
	}
	return patterns, exitOK, false
}

// flagMeant returns a question after the flag that is nearest to one that an error says is
// not defined.
func flagMeant(flags *flag.FlagSet, err error) string {
	name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return ""
	}
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, "-"+f.Name) })
	return didYouMean("-"+strings.TrimPrefix(name, "-"), known)
}

func printCommandHelp(w io.Writer, cmd *command, flags *flag.FlagSet) {
	fmt.Fprintf(w, "Usage: ot2otel %s %s\n\n%s\n\nFlags:\n", cmd.name, cmd.args, cmd.long)
	flags.SetOutput(w)
	flags.PrintDefaults()
}

// textOrJSON are the formats of commands that have no others.
var textOrJSON = []string{"text", "json"}

// checkFormat tells whether a command knows a format, and says so if not: then the command
// is to end with code.
func checkFormat(std stdio, cmd *command, format string, known []string) (code int, ok bool) {
	if slices.Contains(known, format) {
		return exitOK, true
	}
	return usageError(std, "%s: unknown -format %q (there are %s)", cmd.name, format, strings.Join(known, ", ")), false
}

// loadFlags are the flags of every command that loads packages.
type loadFlags struct {
	tests bool
	tags  string
}

func (l *loadFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&l.tests, "tests", true, "look at _test.go files too")
	flags.StringVar(&l.tags, "tags", "", "build tags to satisfy, separated by `commas`")
}

func (l *loadFlags) options() *migrate.LoadOptions {
	opts := &migrate.LoadOptions{Tests: l.tests}
	for tag := range strings.FieldsFuncSeq(l.tags, func(r rune) bool { return r == ',' || r == ' ' }) {
		opts.Tags = append(opts.Tags, tag)
	}
	return opts
}
