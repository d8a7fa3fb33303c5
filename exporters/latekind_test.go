// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

func TestLateSpanKind(t *testing.T) {
	tests := []struct {
		explanation string
		start       trace.SpanKind
		late        attribute.KeyValue
		kind        trace.SpanKind
		kept        bool // the attribute stays
	}{
		{"client becomes the kind", trace.SpanKindInternal, attribute.String("span.kind", "client"), trace.SpanKindClient, false},
		{"server becomes the kind", trace.SpanKindInternal, attribute.String("span.kind", "server"), trace.SpanKindServer, false},
		{"producer becomes the kind", trace.SpanKindInternal, attribute.String("span.kind", "producer"), trace.SpanKindProducer, false},
		{"consumer becomes the kind", trace.SpanKindInternal, attribute.String("span.kind", "consumer"), trace.SpanKindConsumer, false},
		{"case doesn't matter", trace.SpanKindInternal, attribute.String("span.kind", "SERVER"), trace.SpanKindServer, false},
		{"a late kind wins over the kind at start", trace.SpanKindServer, attribute.String("span.kind", "client"), trace.SpanKindClient, false},
		{"an unknown kind stays an attribute", trace.SpanKindServer, attribute.String("span.kind", "sidecar"), trace.SpanKindServer, true},
		{"no kind at all stays an attribute", trace.SpanKindInternal, attribute.String("span.kind", ""), trace.SpanKindInternal, true},
		{"internal names no kind of OpenTracing", trace.SpanKindServer, attribute.String("span.kind", "internal"), trace.SpanKindServer, true},
		{"a number isn't a kind", trace.SpanKindInternal, attribute.Int("span.kind", 2), trace.SpanKindInternal, true},
		{"another key isn't a kind", trace.SpanKindInternal, attribute.String("kind", "server"), trace.SpanKindInternal, true},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			var mem exporters.Memory
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
				exporters.LateSpanKind(sdktrace.NewSimpleSpanProcessor(&mem))))
			_, span := provider.Tracer("t").Start(context.Background(), "op", trace.WithSpanKind(tt.start))
			span.SetAttributes(attribute.String("before", "b"))
			span.SetAttributes(tt.late)
			span.SetAttributes(attribute.String("after", "a"))
			span.End()

			got := mem.Spans()[0]
			if got.SpanKind != tt.kind {
				t.Errorf("kind = %v, want %v", got.SpanKind, tt.kind)
			}
			want := []attribute.KeyValue{attribute.String("before", "b")}
			if tt.kept {
				want = append(want, tt.late)
			}
			want = append(want, attribute.String("after", "a"))
			if diff := cmp.Diff(want, got.Attributes, valueComparer); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

var valueComparer = cmp.Comparer(func(a, b attribute.Value) bool { return a == b })

// The span of the application must not change: only what exporters see does.
func TestLateSpanKindLeavesTheSpanAlone(t *testing.T) {
	var raw, repaired exporters.Memory
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewSimpleSpanProcessor(&repaired))),
		sdktrace.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(&raw)))
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.SetAttributes(attribute.String("span.kind", "client"))
	span.End()

	if got, want := repaired.String(), "op [client]\n"; got != want {
		t.Errorf("behind the processor: %q, want %q", got, want)
	}
	if got, want := raw.String(), "op span.kind=client\n"; got != want {
		t.Errorf("beside the processor: %q, want %q", got, want)
	}
}

func TestLateSpanKindPassesEverythingThrough(t *testing.T) {
	next := &recordingProcessor{}
	p := exporters.LateSpanKind(next)
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(p))
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.End()
	if err := provider.ForceFlush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"start op", "end op", "flush", "shutdown"}, next.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestLateSpanKindOfNil(t *testing.T) {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(exporters.LateSpanKind(nil)))
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.SetAttributes(attribute.String("span.kind", "client"))
	span.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A span without the attribute costs no allocation.
func TestLateSpanKindAllocations(t *testing.T) {
	var mem exporters.Memory
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
	_, span := provider.Tracer("t").Start(context.Background(), "op")
	span.SetAttributes(attribute.String("http.method", "GET"), attribute.Int("http.status_code", 200))
	span.End()
	ended := mem.Spans()[0].Snapshot()

	p := exporters.LateSpanKind(nil)
	if got := testing.AllocsPerRun(100, func() { p.OnEnd(ended) }); got != 0 {
		t.Errorf("%v allocations a span, want 0", got)
	}
}

// recordingProcessor notes the calls it gets.
type recordingProcessor struct{ calls []string }

func (p *recordingProcessor) OnStart(_ context.Context, s sdktrace.ReadWriteSpan) {
	p.calls = append(p.calls, "start "+s.Name())
}
func (p *recordingProcessor) OnEnd(s sdktrace.ReadOnlySpan) {
	p.calls = append(p.calls, "end "+s.Name())
}
func (p *recordingProcessor) Shutdown(context.Context) error {
	p.calls = append(p.calls, "shutdown")
	return nil
}
func (p *recordingProcessor) ForceFlush(context.Context) error {
	p.calls = append(p.calls, "flush")
	return nil
}
