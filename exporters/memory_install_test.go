// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ot2otel/ot2otel/exporters"
)

var packageTracer = otel.Tracer("package")

func work(ctx context.Context) {
	_, span := packageTracer.Start(ctx, "work")
	span.End()
}

// The spans of a tracer that is kept for ever go to the Memory that is installed, one after
// another and one in the other.
func TestInstallMemory(t *testing.T) {
	var first, second exporters.Memory
	ctx := context.Background()
	restoreFirst := first.Install()
	work(ctx)
	restoreSecond := second.Install()
	work(ctx)
	work(ctx)
	restoreFirst() // the other one stays
	work(ctx)
	restoreSecond()
	restoreSecond() // does nothing more
	work(ctx)       // which nobody sees
	restoreAgain := first.Install()
	work(ctx)
	restoreAgain()
	if a, b := len(first.Spans()), len(second.Spans()); a != 2 || b != 3 {
		t.Errorf("the first has %d spans, the second %d, not 2 and 3", a, b)
	}
}

// What was global before is so again.
func TestInstallMemoryRestores(t *testing.T) {
	before, propagator := otel.GetTracerProvider(), otel.GetTextMapPropagator()
	t.Cleanup(func() { otel.SetTracerProvider(before); otel.SetTextMapPropagator(propagator) })
	own := noop.NewTracerProvider()
	otel.SetTracerProvider(own)
	var memory exporters.Memory
	restore := memory.Install()
	if fields := otel.GetTextMapPropagator().Fields(); len(fields) != 3 {
		t.Errorf("the propagator has the fields %q", fields)
	}
	restore()
	if otel.GetTracerProvider() != trace.TracerProvider(own) {
		t.Errorf("the global provider is a %T", otel.GetTracerProvider())
	}
}

// A Memory has one provider, whose spans are all sampled, and recorded where the environment
// says so.
func TestMemoryProvider(t *testing.T) {
	file := filepath.Join(t.TempDir(), "spans.jsonl")
	t.Setenv("OT2OTEL_RECORD", file)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	var memory exporters.Memory
	first, second := memory.TracerProvider(), memory.TracerProvider()
	if first != second {
		t.Error("there are two providers")
	}
	_, span := memory.TracerProvider().Tracer("test").Start(context.Background(), "get")
	span.SetAttributes(attribute.String("span.kind", "client"))
	span.End()
	if got := memory.String(); got != "get [client]\n" {
		t.Errorf("the spans are %q", got)
	}
	if attributes := memory.Spans()[0].Resource.Attributes(); len(attributes) > 0 {
		t.Errorf("the resource has %v", attributes)
	}
	recorded, err := os.ReadFile(file)
	if err != nil || strings.Count(string(recorded), "\n") != 1 {
		t.Errorf("recorded are %q, %v", recorded, err)
	}
}

// Code that shuts the provider of a Memory down costs the next test no span.
func TestMemoryProviderAfterShutdown(t *testing.T) {
	var memory exporters.Memory
	for _, name := range []string{"first", "second"} {
		_, span := memory.TracerProvider().Tracer("test").Start(context.Background(), name)
		span.End()
		if err := memory.TracerProvider().Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if got := memory.String(); got != "first\nsecond\n" {
		t.Errorf("the spans are %q", got)
	}
	if err := (*exporters.Memory)(nil).Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

// A malformed environment costs no span.
func TestMemoryProviderMalformed(t *testing.T) {
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "no pair")
	var memory exporters.Memory
	_, span := memory.TracerProvider().Tracer("test").Start(context.Background(), "get")
	span.End()
	if n := len(memory.Spans()); n != 1 {
		t.Errorf("%d spans", n)
	}
}

func TestSpanOf(t *testing.T) {
	var memory exporters.Memory
	_, span := memory.TracerProvider().Tracer("test").Start(context.Background(), "get")
	span.SetAttributes(attribute.Int("n", 1))
	span.SetStatus(codes.Error, "")
	got := exporters.SpanOf(span)
	if got == nil || got.Tag("n") != int64(1) || got.Tag("error") != true || !got.FinishTime.IsZero() {
		t.Errorf("the running span is %v", got)
	}
	span.End()
	if got := exporters.SpanOf(span); got.FinishTime.IsZero() {
		t.Error("the span has not ended")
	}
	if got := exporters.SpanOf(embeddedSpan{}); got != nil {
		t.Errorf("a span that embeds nil is %v", got)
	}
	if got := exporters.SpanOf(trace.SpanFromContext(context.Background())); got != nil {
		t.Errorf("what is not recorded is %v", got)
	}
}

// TestInstallLasts shuts the global provider down, as code under test may.
func TestInstallLasts(t *testing.T) {
	var first, second exporters.Memory
	restore := first.Install()
	if p, ok := otel.GetTracerProvider().(interface{ Shutdown(context.Context) error }); ok {
		_ = p.Shutdown(context.Background())
	}
	restore()
	t.Cleanup(second.Install())
	_, span := otel.Tracer("x").Start(context.Background(), "s")
	span.End()
	if got := len(second.FinishedSpans()); got != 1 {
		t.Errorf("%d spans after the global provider was shut down, want 1", got)
	}
	var none *exporters.Memory
	none.Install()() // is reported
}

// embeddedSpan is the SDK's but for what it changes.
type embeddedSpan struct{ sdktrace.ReadWriteSpan }
