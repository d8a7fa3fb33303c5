// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"runtime/debug"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func compareCommand() *command {
	return &command{
		name:  "compare",
		args:  "[flags] A B",
		short: "find what differs between the spans of two runs",
		long: `Compare reads two recordings of spans, A from before a change and B from after it,
and prints what differs. The exit code is 0 if nothing does, and 1 if something does.

Record a program by the variable OT2OTEL_RECORD. Tracers of compat/jaegerclient and
compat/mocktracer read it, and so does exporters.NewProvider:

	OT2OTEL_RECORD=before.jsonl go run .
	ot2otel fix
	OT2OTEL_RECORD=after.jsonl go run .
	ot2otel compare before.jsonl after.jsonl

Record tests by go test -count=1 and the absolute path of the file: a result that is
cached records nothing.

A recording has JSON lines of stdouttrace, as in these commands, or of OTLP, as the
collector's file exporter and protojson write them. A and B may differ in that.

Compare looks at the trees of spans: names, kinds, status, attributes with their types,
events in their order, links and the spans they lead to, which root spans share a trace,
counts of dropped data, and resources. It ignores IDs, times, the order of siblings, and the
resource attributes that differ in any two runs: telemetry.*, process.*, host.*, os.*,
container.*, k8s.pod.*, service.instance.id, and Jaeger's client-uuid, hostname and ip.

The same difference at spans with the same path of names is one row, with a count. Where
the names of three or more rows differ in one word, as GET /orders/1 and GET /orders/2, the
table has one row for them, with * in its place; -format json has each. Values that look
like secrets are REDACTED.

A rule of -ignore is one of
	KIND            all differences of a kind
	attribute:KEY   attributes of spans, events and links
	value:KEY       their values, but not their types and whether there are any
	resource:KEY    attributes of resources
	event:NAME      events
	span:NAME       spans; those beneath them count as beneath their parents
In a KEY or NAME, * stands for any characters. Give -ignore once for each rule. A KIND is
` + kindsText() + ".",
		run: runCompare,
	}
}

// kindsText lists the kinds of differences in lines of a help text.
func kindsText() string {
	var lines []string
	line := ""
	for i, kind := range compare.Kinds() {
		if i > 0 {
			line += ", "
		}
		if len(line)+len(kind) > 85 {
			lines = append(lines, strings.TrimSpace(line))
			line = ""
		}
		line += string(kind)
	}
	return strings.Join(append(lines, line), "\n")
}

func runCompare(_ context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags  = newFlags(cmd)
		opts   compare.Options
		format = flags.String("format", "text", "format of the result: "+strings.Join(textOrJSON, ", "))
	)
	flags.BoolVar(&opts.Scope, "scope", false, "compare instrumentation scopes, too: a migration changes them")
	flags.Func("ignore", "leave out what this `rule` says; may be repeated", func(text string) error {
		rule, err := compare.ParseRule(text)
		opts.Ignore = append(opts.Ignore, rule)
		return err
	})
	files, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	if code, ok := checkFormat(std, cmd, *format, textOrJSON); !ok {
		return code
	}
	if len(files) != 2 {
		return usageError(std, "compare: got %s, want two: a recording from before and one from after (ot2otel help compare)", terminal.Count(len(files), "file"))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // most of what reading allocates does not stay
	}
	a, b, err := compare.ReadFiles(files[0], files[1])
	if err != nil {
		return failure(std, err)
	}
	result := compare.Compare(a, b, &opts)
	if *format == "json" {
		err = result.WriteJSON(std.whole())
	} else {
		err = result.WriteText(std.out)
	}
	if err != nil {
		return failure(std, err)
	}
	if len(result.Differences) > 0 {
		return exitFindings
	}
	return exitOK
}
