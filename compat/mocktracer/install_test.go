// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// What code keeps of OpenTelemetry's globals in package variables.
var (
	packageTracer     = otel.Tracer("package variable")
	packagePropagator = otel.GetTextMapPropagator()
)

// startByVariable starts and ends a span by the package variable.
func startByVariable(name string) trace.SpanContext {
	_, span := packageTracer.Start(context.Background(), name)
	span.End()
	return span.SpanContext()
}

// fieldsByVariable returns what the package variable injects.
func fieldsByVariable(ctx context.Context) []string {
	carrier := propagation.MapCarrier{}
	packagePropagator.Inject(ctx, carrier)
	keys := carrier.Keys()
	slices.Sort(keys)
	return keys
}

// remote is a context with a span of nobody's.
func remote() context.Context {
	return trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{0xff, 15: 1}, SpanID: trace.SpanID{0xff, 7: 1}, TraceFlags: trace.FlagsSampled, Remote: true,
	}))
}

var bothFormats = []string{"mockpfx-ids-sampled", "mockpfx-ids-spanid", "mockpfx-ids-traceid", "traceparent"}

// TestInstall has one test after the other install its tracer.
func TestInstall(t *testing.T) {
	for _, name := range []string{"first", "second", "third"} {
		t.Run(name, func(t *testing.T) {
			mock := install(t)
			if got := opentracing.GlobalTracer(); got != opentracing.Tracer(mock) {
				t.Errorf("OpenTracing's global tracer is %v of %T", got, got)
			}
			startByVariable("by variable")
			_, span := otel.Tracer("asked for").Start(context.Background(), "asked for")
			span.End()
			opentracing.StartSpan("legacy").Finish()
			if got := len(finished(t, mock)); got != 3 {
				t.Errorf("%d spans have finished, want 3", got)
			}
			if got := fieldsByVariable(remote()); !slices.Equal(got, bothFormats) {
				t.Errorf("the propagator in a variable injects %v, want %v", got, bothFormats)
			}
		})
	}
}

// TestRestore has the globals as they were, and what code keeps of them follow.
func TestRestore(t *testing.T) {
	tracer, provider, textMap := opentracing.GlobalTracer(), otel.GetTracerProvider(), otel.GetTextMapPropagator()
	outer, inner := mocktracer.New(), mocktracer.New()
	restoreOuter := mocktracer.Install(outer)
	kept := otel.GetTracerProvider()
	restoreInner := mocktracer.Install(inner)
	startByVariable("to inner")
	restoreInner()
	restoreInner()
	startByVariable("to outer")
	restoreOuter()
	if sc := startByVariable("to nobody"); sc.IsValid() {
		t.Errorf("a span is started where nothing is installed: %v", sc)
	}
	if got := fieldsByVariable(remote()); len(got) > 0 {
		t.Errorf("where nothing is installed, %v is injected", got)
	}
	if opentracing.GlobalTracer() != tracer || otel.GetTracerProvider() != provider || otel.GetTextMapPropagator() != textMap {
		t.Error("the globals are other ones than before")
	}
	for mock, want := range map[*mocktracer.MockTracer]string{outer: "to outer", inner: "to inner"} {
		if spans := mock.FinishedSpans(); len(spans) != 1 || spans[0].OperationName != want {
			t.Errorf("spans %v, want %q", spans, want)
		}
	}

	// A test that has nothing to do with this package.
	sdk := sdktrace.NewTracerProvider()
	otel.SetTracerProvider(sdk)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	defer otel.SetTracerProvider(provider)
	defer otel.SetTextMapPropagator(textMap)
	if sc := startByVariable("to the SDK"); !sc.IsValid() {
		t.Error("a package variable doesn't follow to the provider that is set afterwards")
	}
	ctx, parent := packageTracer.Start(context.Background(), "parent")
	if _, child := packageTracer.Start(ctx, "child"); child.SpanContext().SpanID() == parent.SpanContext().SpanID() {
		t.Error("a child of such a span is not started")
	}
	if got := fieldsByVariable(remote()); !slices.Equal(got, []string{"traceparent"}) {
		t.Errorf("%v is injected, want a traceparent alone", got)
	}
	extracted := packagePropagator.Extract(context.Background(), propagation.MapCarrier{"traceparent": "00-0000000000000000000000000000000a-000000000000000b-01"})
	if !trace.SpanContextFromContext(extracted).IsValid() {
		t.Error("a propagator in a package variable extracts nothing")
	}

	// One that has made what was global here global again.
	otel.SetTracerProvider(roundabout{TracerProvider: kept})
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(packagePropagator))
	if sc := startByVariable("round and round"); sc.IsValid() {
		t.Errorf("a span is started by nobody: %v", sc)
	}
	fieldsByVariable(remote())
	packagePropagator.Extract(context.Background(), propagation.MapCarrier{})
	packagePropagator.Fields()
}

// roundabout is a provider that passes on to another one.
type roundabout struct{ trace.TracerProvider }

// TestRestoreOutOfOrder has tests that install a tracer each at once.
func TestRestoreOutOfOrder(t *testing.T) {
	tracer := opentracing.GlobalTracer()
	first, second := mocktracer.New(), mocktracer.New()
	restoreFirst := mocktracer.Install(first)
	restoreSecond := mocktracer.Install(second)
	restoreFirst()
	startByVariable("to second")
	restoreFirst()
	if got := opentracing.GlobalTracer(); got != opentracing.Tracer(second) {
		t.Errorf("the global tracer is %v", got)
	}
	restoreSecond()
	if got := opentracing.GlobalTracer(); got != tracer {
		t.Errorf("the global tracer is %v of %T after all were restored", got, got)
	}
	if len(first.FinishedSpans()) > 0 || len(second.FinishedSpans()) != 1 {
		t.Errorf("spans of the first %v, of the second %v", first.FinishedSpans(), second.FinishedSpans())
	}
}

// TestRestoreProvider has another provider that was global before.
func TestRestoreProvider(t *testing.T) {
	mocktracer.Install(mocktracer.New())() // the variable is bound to this package from here on
	before := otel.GetTracerProvider()
	sdk := sdktrace.NewTracerProvider()
	otel.SetTracerProvider(sdk)
	defer otel.SetTracerProvider(before)
	mock := mocktracer.New()
	restore := mocktracer.Install(mock)
	startByVariable("to mock")
	restore()
	if got := otel.GetTracerProvider(); got != trace.TracerProvider(sdk) {
		t.Errorf("the global provider is a %T, want the one before", got)
	}
	if got := mock.FinishedSpans(); len(got) != 1 {
		t.Errorf("spans %v, want one", got)
	}
	if sc := startByVariable("to the SDK"); !sc.IsValid() {
		t.Error("the package variable doesn't follow to the provider before")
	}
}

func TestInstallNil(t *testing.T) {
	said := reports(t)
	before := opentracing.GlobalTracer()
	restore := mocktracer.Install(nil)
	if got := opentracing.GlobalTracer(); got != before {
		t.Errorf("the global tracer is %v", got)
	}
	restore()
	if errs := said(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "nil tracer") {
		t.Errorf("reports %v, want one of a nil tracer", errs)
	}
}
