// SPDX-License-Identifier: Apache-2.0

// Command goldenprogram runs every golden case, one after the other, over an OpenTelemetry SDK
// with compat installed, and writes what each of them recorded as JSON. It is built
// twice: with the cases as they were written (OpenTracing) and as they were rewritten.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"golden.example/cases/internal/registry"
)

// caseTimeout bounds one case; all of them take milliseconds.
const caseTimeout = 10 * time.Second

// recording is what one case leaves behind.
type recording struct {
	Spans  []*span `json:"spans"`
	Output string  `json:"output,omitempty"` // what it wrote to stdout
	Panic  string  `json:"panic,omitempty"`
	Stack  string  `json:"stack,omitempty"`
	Errors string  `json:"errors,omitempty"` // what went to otel's error handler
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "goldenprogram:", err)
		os.Exit(1)
	}
}

func run(file string) error {
	rec := &recorder{}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(rec),
		sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewSimpleSpanProcessor(rec))),
	)
	compat.Install(provider, nil)

	all := make(map[string]*recording)
	for _, c := range registry.Cases {
		fmt.Fprintln(os.Stderr, "running", c.Name)
		r, err := runCase(rec, c)
		if err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
		all[c.Name] = r
	}
	data, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
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
	return r, nil
}
