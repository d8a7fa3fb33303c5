// SPDX-License-Identifier: Apache-2.0

// Command goldenprogram runs every golden case, one after the other, under one of the set-ups
// (see [setUps]), and writes what each of them recorded as JSON. It is built twice: with the
// cases as they were written (OpenTracing) and as they were rewritten.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel"

	"golden.example/cases/internal/registry"
)

// caseTimeout bounds one case; all of them take milliseconds.
const caseTimeout = 10 * time.Second

// recording is what one case leaves behind.
type recording struct {
	Spans  []*span  `json:"spans"`
	Wire   []string `json:"wire,omitempty"`   // what it injected, a line for each time
	Output string   `json:"output,omitempty"` // what it wrote to stdout
	Panic  string   `json:"panic,omitempty"`
	Stack  string   `json:"stack,omitempty"`
	Errors string   `json:"errors,omitempty"` // what went to otel's error handler
}

// The arguments are the set-up, the file to write, and at which case to begin: by default the
// first.
func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "goldenprogram:", err)
		os.Exit(1)
	}
}

func run(name, file string, from []string) error {
	setUp := setUps[name]
	if setUp == nil {
		return fmt.Errorf("no set-up is called %q", name)
	}
	all, first := make(map[string]*recording), 0
	if len(from) > 0 {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(data, &all); err != nil {
			return err
		}
		if first, err = strconv.Atoi(from[0]); err != nil {
			return err
		}
	}
	rec := newRecorder()
	usable := setUp(rec)
	if !usable() {
		return fmt.Errorf("a package sets a global before its case runs")
	}
	next := first
	for next < len(registry.Cases) && usable() {
		c := registry.Cases[next]
		fmt.Fprintln(os.Stderr, "running", c.Name)
		r, err := runCase(rec, c)
		if err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
		all[c.Name] = r
		next++
	}
	data, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o600); err != nil || next == len(registry.Cases) {
		return err
	}
	// The case has set a global, which the others need as it was.
	cmd := exec.Command(os.Args[0], name, file, strconv.Itoa(next))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func runCase(rec *recorder, c registry.Case) (*recording, error) {
	rec.reset()
	r := &recording{}
	var errors strings.Builder
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { fmt.Fprintln(&errors, err) }))

	stdout := os.Stdout
	tmp, err := os.CreateTemp("", "stdout")
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	os.Stdout = tmp

	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				r.Panic = fmt.Sprint(v)
				r.Stack = string(debug.Stack())
			}
		}()
		c.Run(context.Background())
	}()
	select {
	case <-done:
	case <-time.After(caseTimeout):
		os.Stdout = stdout
		return nil, fmt.Errorf("still running after %v", caseTimeout)
	}
	os.Stdout = stdout
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	out, err := io.ReadAll(tmp)
	if err != nil {
		return nil, err
	}
	r.Output = string(out)
	r.Errors = errors.String()
	r.Spans = rec.trees()
	r.Wire = rec.wire.lines()
	return r, nil
}
