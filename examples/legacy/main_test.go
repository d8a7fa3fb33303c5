// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"github.com/ot2otel/ot2otel/exporters"

	"example.com/legacy-shop/shop"
)

// TestRun prints what a reader of the README sees.
func TestRun(t *testing.T) {
	keepGlobal(t)
	var out, traces bytes.Buffer
	err := run(t.Context(), &out, &exporters.Config{ServiceName: "legacy-shop", Exporter: "tree", Output: &traces, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "POST /orders                  → 201") {
		t.Errorf("no order was taken:\n%s", out.String())
	}
	for _, name := range []string{"gateway.charge", "audit.consume", "smtp.send", "ledger.append", "! GET /report"} {
		if !strings.Contains(traces.String(), name) {
			t.Errorf("the trees have no %q:\n%s", name, traces.String())
		}
	}
}

// TestSameSpans plays the scenario with a mock tracer and with the one that main
// installs: the spans must be the same, with their parents and tags.
func TestSameSpans(t *testing.T) {
	keepGlobal(t)
	mock := mocktracer.New()
	opentracing.SetGlobalTracer(recorder{mock})
	if err := shop.Run(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	names := make(map[int]string)
	for _, span := range mock.FinishedSpans() {
		names[span.SpanContext.SpanID] = span.OperationName
	}
	var want []string
	for _, span := range mock.FinishedSpans() {
		want = append(want, line(names[span.ParentID], span.OperationName, span.Tags(), len(span.Logs())))
	}

	var memory exporters.Memory
	if err := run(t.Context(), io.Discard, &exporters.Config{Memory: &memory, Quiet: true}); err != nil {
		t.Fatal(err)
	}
	spans := memory.Spans()
	byID := make(map[string]string)
	for _, span := range spans {
		byID[span.SpanContext.SpanID().String()] = span.Name
	}
	var got []string
	for _, span := range spans {
		got = append(got, line(byID[span.ParentID.String()], span.Name, span.Tags(), len(span.Events)))
	}

	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 {
		t.Fatal("the scenario made no spans")
	}
	for _, line := range want {
		i := slices.Index(got, line)
		if i < 0 {
			t.Errorf("the mock tracer has a span that OpenTelemetry has not:\n%s", line)
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, line := range got {
		t.Errorf("OpenTelemetry has a span that the mock tracer has not:\n%s", line)
	}
}

// line is a span in words. Values are compared as text: OpenTelemetry has one type
// of integers, and no Stringers.
func line(parent, name string, tags map[string]any, logs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s > %s: %d logs", parent, name, logs)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		fmt.Fprintf(&b, ", %s=%v", key, tags[key])
	}
	return b.String()
}

// recorder is a mock tracer that returns no context where it found none; see the
// tests of package shop.
type recorder struct{ *mocktracer.MockTracer }

func (r recorder) Extract(format, carrier any) (opentracing.SpanContext, error) {
	sc, err := r.MockTracer.Extract(format, carrier)
	if err != nil {
		return nil, err
	}
	return sc, nil
}

func keepGlobal(t *testing.T) {
	before := opentracing.GlobalTracer()
	t.Cleanup(func() { opentracing.SetGlobalTracer(before) })
}
