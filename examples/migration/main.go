// SPDX-License-Identifier: Apache-2.0

// Command migration runs the stages of a shop that moves from OpenTracing and
// jaeger-client-go to OpenTelemetry, and compares their spans.
//
//	go run . 3
//
// runs stage 3 and the one before it, and prints what differs. Without a number it does so
// for all stages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// A stage is one of the folders, and what its spans differ in from those of the stage before.
type stage struct {
	title string
	// ignore has the rules of ot2otel compare for differences that MIGRATION.md names.
	ignore []string
}

var stages = []stage{
	{title: "OpenTracing on jaeger-client-go"},
	{title: "the same code on the twin of jaeger-client-go", ignore: []string{
		"resource:jaeger.version",        // the twin isn't Jaeger's client
		"event:baggage",                  // Jaeger's client logs the items that are set
		"event:error", "event:exception", // the same log by both names
	}},
	{title: "package stock is rewritten"},
	{title: "all packages are rewritten, and the twins are left"},
	{title: "OpenTelemetry alone", ignore: []string{
		"span:HTTP POST", "span:POST", // of nethttp, and of otelhttp
	}},
}

func main() {
	first, last := 1, len(stages)-1
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil || n < 0 || n >= len(stages) || len(os.Args) > 2 {
			fmt.Fprintf(os.Stderr, "usage: migration [STAGE], which is one of 0 to %d\n", len(stages)-1)
			os.Exit(2)
		}
		first, last = n, n
	}
	folder, err := os.MkdirTemp("", "migration")
	if err == nil {
		err = errors.Join(run(context.Background(), folder, first, last, os.Stdout), os.RemoveAll(folder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "migration:", err)
		os.Exit(1)
	}
}

// run records stages, and compares each of them with the one before it.
func run(ctx context.Context, folder string, first, last int, out io.Writer) error {
	for n := max(0, first-1); n <= last; n++ {
		fmt.Fprintf(out, "stage %d: %s\n", n, stages[n].title)
		if err := record(ctx, folder, n, out); err != nil {
			return err
		}
		if n < first || n == 0 {
			continue
		}
		differences, err := differ(ctx, stages[n].ignore, recording(folder, n-1), recording(folder, n))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "beside stage %d: %s", n-1, differences)
	}
	return nil
}

// record runs a stage and records its spans.
func record(ctx context.Context, folder string, n int, out io.Writer) (err error) {
	command := exec.CommandContext(ctx, "go", "run", fmt.Sprintf("./stage%d", n))
	command.Stdout, command.Stderr = out, os.Stderr
	command.Env = append(os.Environ(), "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1")
	if n > 0 {
		command.Env = append(command.Env, "OT2OTEL_RECORD="+recording(folder, n), "OTEL_TRACES_EXPORTER=none")
		return command.Run()
	}
	c, err := newCollector(recording(folder, 0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	command.Env = append(command.Env, "JAEGER_ENDPOINT="+c.URL)
	return command.Run()
}

// differ returns what ot2otel compare prints of two recordings.
func differ(ctx context.Context, ignore []string, before, after string) (string, error) {
	args := []string{"tool", "ot2otel", "compare"}
	for _, rule := range ignore {
		args = append(args, "-ignore", rule)
	}
	command := exec.CommandContext(ctx, "go", append(args, before, after)...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() == 1 { // there are differences
		err = nil
	}
	return string(out), err
}

func recording(folder string, n int) string {
	return filepath.Join(folder, fmt.Sprintf("stage%d.jsonl", n))
}
