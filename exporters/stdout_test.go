// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// jsonSpan is what the tests read of a line.
type jsonSpan struct {
	Name       string
	Attributes []struct {
		Key   string
		Value struct {
			Type  string
			Value any
		}
	}
}

func decodeLines(t *testing.T, out string) []jsonSpan {
	t.Helper()
	var spans []jsonSpan
	for line := range strings.Lines(out) {
		var span jsonSpan
		if err := json.Unmarshal([]byte(line), &span); err != nil {
			t.Fatalf("line isn't JSON: %v\n%s", err, line)
		}
		spans = append(spans, span)
	}
	return spans
}

func TestStdoutWritesOneLineASpan(t *testing.T) {
	var out bytes.Buffer
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporters.Stdout(&out)))
	ctx, parent := provider.Tracer("t").Start(context.Background(), "parent")
	_, child := provider.Tracer("t").Start(ctx, "child")
	child.SetAttributes(attribute.String("text", "two\nlines"))
	child.End()
	parent.End()

	spans := decodeLines(t, out.String())
	if len(spans) != 2 || spans[0].Name != "child" || spans[1].Name != "parent" {
		t.Fatalf("want the lines child, parent; got:\n%s", out.String())
	}
}

func TestStdoutKeepsSpansWithNonFiniteNumbers(t *testing.T) {
	var out bytes.Buffer
	exporter := exporters.Stdout(&out)
	var failed error
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(failing{exporter, &failed}))
	_, span := provider.Tracer("t").Start(context.Background(), "op", trace.WithLinks(trace.Link{
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}}),
		Attributes:  []attribute.KeyValue{attribute.Float64("ratio", math.Inf(-1))},
	}))
	span.SetAttributes(
		attribute.Float64("nan", math.NaN()),
		attribute.Float64Slice("rates", []float64{1, math.Inf(1)}),
		attribute.Float64("half", 0.5))
	span.AddEvent("measured", trace.WithAttributes(attribute.Float64("mean", math.NaN())))
	span.End()

	if failed != nil {
		t.Fatalf("ExportSpans: %v", failed)
	}
	spans := decodeLines(t, out.String())
	if len(spans) != 1 {
		t.Fatalf("want one line, got:\n%s", out.String())
	}
	want := map[string]any{"nan": "NaN", "rates": []any{1.0, "Infinity"}, "half": 0.5}
	for _, kv := range spans[0].Attributes {
		if diff := cmp.Diff(want[kv.Key], kv.Value.Value); diff != "" || !strings.HasPrefix(kv.Value.Type, "FLOAT64") {
			t.Errorf("%s is %s (-want +got):\n%s", kv.Key, kv.Value.Type, diff)
		}
	}
	for _, text := range []string{`"-Infinity"`, `"mean"`} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("no %s in the line:\n%s", text, out.String())
		}
	}
}

// failing notes the error of the exporter it wraps.
type failing struct {
	sdktrace.SpanExporter
	err *error
}

func (f failing) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := f.SpanExporter.ExportSpans(ctx, spans)
	*f.err = errors.Join(*f.err, err)
	return err
}

func TestStdoutReturnsWriteErrors(t *testing.T) {
	broken := errors.New("broken pipe")
	exporter := exporters.Stdout(writerFunc(func([]byte) (int, error) { return 0, broken }))
	if err := exporter.ExportSpans(context.Background(), endedSpans(t, "op")); !errors.Is(err, broken) {
		t.Errorf("ExportSpans = %v, want %v", err, broken)
	}
}

func TestStdoutConcurrentSafe(t *testing.T) {
	var out bytes.Buffer // unguarded: the race detector sees two writes at once
	exporter := exporters.Stdout(&out)
	spans := endedSpans(t, "a", "b")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if err := exporter.ExportSpans(context.Background(), spans); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(decodeLines(t, out.String())); got != 800 {
		t.Errorf("%d lines, want 800", got)
	}
	if err := exporter.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	before := out.Len()
	if err := exporter.ExportSpans(context.Background(), spans); err != nil || out.Len() != before {
		t.Errorf("after Shutdown: err %v, %d more bytes", err, out.Len()-before)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// endedSpans returns ended root spans of these names.
func endedSpans(t testing.TB, names ...string) []sdktrace.ReadOnlySpan {
	t.Helper()
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	for _, name := range names {
		_, span := provider.Tracer("t").Start(context.Background(), name)
		span.End()
	}
	return mem.Spans().Stubs().Snapshots()
}
