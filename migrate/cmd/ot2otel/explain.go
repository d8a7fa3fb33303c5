// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func explainCommand() *command {
	return &command{
		name:  "explain",
		args:  "[category]",
		short: "say why fix leaves a use of OpenTracing, and what to do",
		long: `Explain prints what a reason of report or fix means, such as own-tracer, and what to do
by hand. Without an argument, it lists the reasons. docs/refusals.md has the same texts.`,
		run: runExplain,
	}
}

func runExplain(_ context.Context, cmd *command, std stdio, args []string) int {
	names, code, done := parseFlags(cmd, newFlags(cmd), std, args)
	if done {
		return code
	}
	var known []string
	width := 0
	for _, c := range migrate.Categories() {
		known = append(known, c.Name)
		width = max(width, len(c.Name))
	}
	switch len(names) {
	case 0:
		for _, c := range migrate.Categories() {
			fmt.Fprintf(std.out, "%-*s  %s\n", width, c.Name, c.Title)
		}
		return exitOK
	case 1:
	default:
		return usageError(std, "explain takes one category, got %s", strings.Join(names, " "))
	}
	about, ok := migrate.LookupCategory(names[0])
	if !ok {
		return usageError(std, "explain: unknown category %q%s (ot2otel explain lists them)", names[0], didYouMean(names[0], known))
	}
	fmt.Fprintf(std.out, "%s: %s\n", about.Name, about.Title)
	for _, paragraph := range []string{about.Why, "To do: " + about.Todo, about.Link()} {
		fmt.Fprintf(std.out, "\n%s\n", strings.Join(terminal.Wrapped(plainText(paragraph), 80), "\n"))
	}
	return exitOK
}

var markdownLink = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)

// plainText returns a text of Markdown for a terminal.
func plainText(s string) string {
	return strings.ReplaceAll(markdownLink.ReplaceAllString(s, "$1"), "`", "")
}
