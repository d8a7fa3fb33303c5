// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// newRecorded returns a tracer and what its spans are recorded in.
func newRecorded(t *testing.T, opts *Options) (*Tracer, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), opts)
	t.Cleanup(func() {
		if err := tracer.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return tracer, recorder
}

// keepGlobals puts the globals that Install sets back after the test. The
// provider can't be: the OpenTelemetry API takes none back.
func keepGlobals(t *testing.T) {
	tracer, propagator := opentracing.GlobalTracer(), otel.GetTextMapPropagator()
	t.Cleanup(func() {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(propagator)
	})
}

// namedSpans returns the ended spans by name.
func namedSpans(recorder *tracetest.SpanRecorder) map[string]sdktrace.ReadOnlySpan {
	spans := map[string]sdktrace.ReadOnlySpan{}
	for _, s := range recorder.Ended() {
		spans[s.Name()] = s
	}
	return spans
}

// reportsOf returns what do reports through otel.Handle.
func reportsOf(do func()) []string {
	var reports []string
	previous := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { reports = append(reports, err.Error()) }))
	defer otel.SetErrorHandler(previous)
	do()
	return reports
}

func TestInstallSetsTheGlobalsThatItLists(t *testing.T) {
	keepGlobals(t)
	recorder := tracetest.NewSpanRecorder()
	tracer := Install(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), nil)
	if opentracing.GlobalTracer() != tracer {
		t.Error("opentracing.GlobalTracer isn't the tracer")
	}
	if otel.GetTracerProvider() != tracer.TracerProvider() {
		t.Error("otel.GetTracerProvider isn't the tracer's provider")
	}
	span, ctx := opentracing.StartSpanFromContext(context.Background(), "a")
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	if want := "00-" + span.Context().(*spanContext).TraceID().String(); !strings.HasPrefix(carrier["traceparent"], want) {
		t.Errorf("the global propagator injects %v, want a traceparent that begins with %s", carrier, want)
	}
}

func TestInstallKeepsAPropagatorThatWasSet(t *testing.T) {
	keepGlobals(t)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	first := Install(sdktrace.NewTracerProvider(), nil)
	again := Install(first.TracerProvider(), nil)
	if got := otel.GetTextMapPropagator().Fields(); len(got) != 2 {
		t.Errorf("fields %v, want those of trace context alone", got)
	}
	if again.provider.records != first.provider.records {
		t.Error("a wrapped provider is wrapped again")
	}
	if _, twice := otel.GetTextMapPropagator().(*livePropagator).TextMapPropagator.(*livePropagator); twice {
		t.Error("the propagator is wrapped twice")
	}
}

func TestProvidersThatRecordNothingAreReported(t *testing.T) {
	var typedNil *sdktrace.TracerProvider
	for name, provider := range map[string]trace.TracerProvider{"nil": nil, "a nil pointer": typedNil} {
		var tracer *Tracer
		reports := reportsOf(func() { tracer = NewTracer(provider, nil) })
		if len(reports) != 1 || !strings.Contains(reports[0], "sdktrace.NewTracerProvider") {
			t.Errorf("%s: reports %q, want one that names the mend", name, reports)
		}
		span := tracer.StartSpan("s", opentracing.Tag{Key: "k", Value: 1})
		span.SetTag("k", "v").SetBaggageItem("k", "v")
		span.LogKV("k", "v")
		span.Finish()
		if err := tracer.Close(); err != nil {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

// delegatingProvider is the global provider before any test sets one.
var delegatingProvider = otel.GetTracerProvider()

// TestDelegatingProvider guards against a stack overflow: the provider that is
// global until one is set passes its calls on to the one that Install sets.
func TestDelegatingProvider(t *testing.T) {
	if _, err := recordingProvider(delegatingProvider); err == nil {
		t.Errorf("%T is accepted", delegatingProvider)
	}
	if _, err := recordingProvider(noop.NewTracerProvider()); err != nil {
		t.Errorf("the no-op provider: %v", err)
	}
}

func TestRawSpansAtTheBorder(t *testing.T) {
	keepGlobals(t)
	tracer, _ := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	_, raw := tracer.provider.records.Tracer("raw").Start(context.Background(), "raw")
	defer raw.End()
	seen := OpenTracingSpan(raw)
	if seen.Tracer() != tracer {
		t.Error("the tracer of a raw span isn't the global one")
	}
	if got := OTelSpan(seen).SpanContext(); !got.Equal(raw.SpanContext()) {
		t.Errorf("there and back: %v, want %v", got, raw.SpanContext())
	}
	own := tracer.StartSpan("own")
	if OpenTracingSpan(OTelSpan(own)) != own {
		t.Error("there and back isn't the same span")
	}
	if OpenTracingSpan(nil) != nil {
		t.Error("OpenTracingSpan(nil) isn't nil")
	}
	for name, none := range map[string]opentracing.Span{
		"nil": nil, "no-op": opentracing.NoopTracer{}.StartSpan("n"), "nil pointer": (*span)(nil),
	} {
		if got := OTelSpan(none); got == nil || got.IsRecording() {
			t.Errorf("OTelSpan of %s is %v, want a no-op", name, got)
		}
	}
	if _, ok := OTelSpanContext(own.Context()); !ok {
		t.Error("no OTelSpanContext of an own span")
	}
	if _, ok := OTelSpanContext(nil); ok {
		t.Error("an OTelSpanContext of nil")
	}
}

// embedder is a span as wrappers without Unwrap have it.
type embedder struct{ opentracing.Span }

func TestEmbeddedSpanIsActivated(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	ctx := opentracing.ContextWithSpan(context.Background(), embedder{span})
	if got := trace.SpanContextFromContext(ctx); !got.Equal(OTelSpan(span).SpanContext()) {
		t.Errorf("OpenTelemetry code sees %v", got)
	}
	if _, ok := SpanFromContext(ctx).(embedder); !ok {
		t.Errorf("SpanFromContext is a %T, want the wrapper that was activated", SpanFromContext(ctx))
	}
}

// TestWithoutKnowingKeys runs the mixed case as it is when the other modules'
// context keys can't be learnt.
func TestWithoutKnowingKeys(t *testing.T) {
	learnt := contextKeys
	contextKeys = privateKeys{}
	defer func() { contextKeys = learnt }()
	if !learnt.learnt {
		t.Error("the keys can't be learnt with the pinned versions")
	}
	tracer, recorder := newRecorded(t, nil)
	outer, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), tracer, "outer")
	outer.SetBaggageItem("k", "v")
	ctx = opentracing.ContextWithSpan(ctx, outer)
	if got := baggage.FromContext(ctx).Member("k").Value(); got != "v" {
		t.Errorf("baggage in the context: %q", got)
	}
	ctx, native := tracer.TracerProvider().Tracer("native").Start(ctx, "native")
	inner, _ := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "inner", opentracing.ChildOf(SpanFromContext(ctx).Context()))
	if got := inner.BaggageItem("k"); got != "v" {
		t.Errorf("inherited baggage: %q", got)
	}
	inner.Finish()
	native.End()
	outer.Finish()
	spans := namedSpans(recorder)
	for child, parent := range map[string]string{"native": "outer", "inner": "native"} {
		if spans[child].Parent().SpanID() != spans[parent].SpanContext().SpanID() {
			t.Errorf("%s isn't a child of %s", child, parent)
		}
	}
}

func TestStatusAcrossBothAPIs(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	ctx, native := tracer.TracerProvider().Tracer("native").Start(context.Background(), "ended by OpenTelemetry code")
	opentracing.SpanFromContext(ctx).SetTag("error", false)
	native.End()
	span := tracer.StartSpan("failed in OpenTelemetry code", opentracing.Tag{Key: "error", Value: false})
	OTelSpan(span).SetStatus(codes.Error, "inner")
	span.Finish()
	spans := namedSpans(recorder)
	if got := spans["ended by OpenTelemetry code"].Status().Code; got != codes.Ok {
		t.Errorf("status %v, want the Ok that OpenTracing code tagged", got)
	}
	if got := spans["failed in OpenTelemetry code"].Status(); got.Code != codes.Error || got.Description != "inner" {
		t.Errorf("status %v, want the error that OpenTelemetry code set", got)
	}
}

func TestDeferredEndRecordsAPanic(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v", got)
			}
		}()
		_, native := tracer.TracerProvider().Tracer("native").Start(context.Background(), "s")
		defer native.End()
		panic("boom")
	}()
	events := namedSpans(recorder)["s"].Events()
	if len(events) != 1 || events[0].Name != "exception" {
		t.Errorf("events %v, want an exception as the SDK records it", events)
	}
}

func TestErrorKeepsTheDescriptionOfOpenTelemetryCode(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	OTelSpan(span).SetStatus(codes.Error, "no stock")
	ext.Error.Set(span, true)
	span.Finish()
	if got := namedSpans(recorder)["s"].Status().Description; got != "no stock" {
		t.Errorf("description %q", got)
	}
}

func TestTimesThatAreGivenAreKept(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	then := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)
	span := tracer.StartSpan("s", opentracing.StartTime(then), opentracing.Tag{Key: "error", Value: false})
	span.FinishWithOptions(opentracing.FinishOptions{
		FinishTime:  then.Add(time.Second),
		BulkLogData: []opentracing.LogData{{Timestamp: then.Add(time.Millisecond), Event: "old"}},
	})
	got := namedSpans(recorder)["s"]
	if !got.StartTime().Equal(then) || !got.EndTime().Equal(then.Add(time.Second)) {
		t.Errorf("from %v to %v, want %v and a second", got.StartTime(), got.EndTime(), then)
	}
	if events := got.Events(); len(events) != 1 || events[0].Name != "old" || !events[0].Time.Equal(then.Add(time.Millisecond)) {
		t.Errorf("events %v, want the one of BulkLogData", events)
	}
	if got.Status().Code != codes.Ok {
		t.Errorf("status %v, want the Ok of error=false", got.Status())
	}
	if len(got.Attributes()) != 0 {
		t.Errorf("attributes %v, want none: the tag error is the status", got.Attributes())
	}
}

func TestReferencesThatNameNoTrace(t *testing.T) {
	tracer, recorder := newRecorded(t, &Options{TextMap: w3c})
	baggageAlone, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"baggage": "k=v"})
	if err != nil {
		t.Fatal(err)
	}
	noop := opentracing.NoopTracer{}.StartSpan("").Context()
	reports := reportsOf(func() {
		tracer.StartSpan("s", opentracing.FollowsFrom(baggageAlone), opentracing.FollowsFrom(noop)).Finish()
	})
	if len(reports) != 0 {
		t.Errorf("a span from before the tracer is reported: %q", reports)
	}
	if links := namedSpans(recorder)["s"].Links(); len(links) != 0 {
		t.Errorf("links %v to nothing", links)
	}
}

// TestAllocations pins what the workload of the benchmarks allocates.
func TestAllocations(t *testing.T) {
	for _, c := range []struct {
		name    string
		sampler sdktrace.Sampler
		most    float64
	}{
		{"sampled", sdktrace.AlwaysSample(), 22},
		{"unsampled", sdktrace.NeverSample(), 13},
	} {
		tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSampler(c.sampler), sdktrace.WithSpanProcessor(discard{})), nil)
		got := testing.AllocsPerRun(200, func() {
			root, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), tracer, "root")
			ext.SpanKindRPCServer.Set(root)
			root.SetTag("db.type", "sql")
			root.SetTag("db.instance", "orders")
			root.SetTag("rows", 1000)
			child, _ := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "child")
			child.LogFields(log.String("event", "cache miss"), log.Int("attempt", 2))
			child.Finish()
			root.Finish()
		})
		if got > c.most && !raceEnabled {
			t.Errorf("%s: %v allocations, want at most %v", c.name, got, c.most)
		}
	}
}

type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }
