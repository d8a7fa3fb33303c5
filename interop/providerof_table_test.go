// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/internal/document"
)

// providerOfRow is a thing that OpenTelemetry's API says, and how to see that a tracer
// keeps it. The span of the check is named "s".
type providerOfRow struct {
	what, as string
	keeps    func(t tracerTarget, tracer trace.Tracer) bool
}

// recordedBy starts a span, does something with it, and returns what the tracer has.
func recordedBy(t tracerTarget, tracer trace.Tracer, do func(ctx context.Context, s trace.Span), opts ...trace.SpanStartOption) *tracedSpan {
	ctx, s := tracer.Start(context.Background(), "s", opts...)
	if do != nil {
		do(ctx, s)
	}
	s.End()
	return t.span("s")
}

func says(value any, want string) bool { return fmt.Sprint(value) == want }

// hasLog reports whether a log has the fields, given as "key=value".
func (s *tracedSpan) hasLog(fields ...string) bool {
	for _, log := range s.logs {
		all := true
		for _, field := range fields {
			key, value, _ := strings.Cut(field, "=")
			got, ok := log.fields[key]
			all = all && ok && says(got, value)
		}
		if all {
			return true
		}
	}
	return false
}

var linked = trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 7}, SpanID: trace.SpanID{7: 8}, TraceFlags: trace.FlagsSampled})

// bagOf returns ctx with baggage as W3C's header has it.
func bagOf(ctx context.Context, header string) context.Context {
	bag, err := baggage.Parse(header)
	if err != nil {
		panic(err)
	}
	return baggage.ContextWithBaggage(ctx, bag)
}

var providerOfRows = []providerOfRow{
	{"span name, also set later", "operation name", func(t tracerTarget, tracer trace.Tracer) bool {
		_, s := tracer.Start(context.Background(), "first")
		s.SetName("s")
		s.End()
		return t.span("s") != nil
	}},
	{"start and end time", "start and finish time", func(t tracerTarget, tracer trace.Tracer) bool {
		at := time.Unix(1_000_000, 0)
		_, s := tracer.Start(context.Background(), "s", trace.WithTimestamp(at))
		s.End(trace.WithTimestamp(at.Add(time.Second)))
		got := t.span("s")
		return got.start.Equal(at) && got.end.Equal(at.Add(time.Second))
	}},
	{"parent: a span of OpenTelemetry code", "ChildOf", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, parent := tracer.Start(context.Background(), "parent")
		_, s := tracer.Start(ctx, "s")
		s.End()
		parent.End()
		return t.span("s").parentID == t.span("parent").spanID
	}},
	{"parent: a span of OpenTracing code", "ChildOf", func(t tracerTarget, tracer trace.Tracer) bool {
		parent, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), t.tracer, "parent")
		_, s := tracer.Start(ctx, "s")
		s.End()
		parent.Finish()
		return t.span("s").parentID == t.span("parent").spanID
	}},
	{"parent: what was put into the context last, by either API", "ChildOf", func(t tracerTarget, tracer trace.Tracer) bool {
		middleware := t.tracer.StartSpan("middleware")
		ctx := opentracing.ContextWithSpan(context.Background(), middleware)
		_, explicit := tracer.Start(context.Background(), "explicit")
		_, s := tracer.Start(trace.ContextWithSpan(ctx, explicit), "s")
		s.End()
		explicit.End()
		_, last := tracer.Start(opentracing.ContextWithSpan(trace.ContextWithSpan(ctx, explicit), middleware), "last")
		last.End()
		middleware.Finish()
		return t.span("s").parentID == t.span("explicit").spanID && t.span("last").parentID == t.span("middleware").spanID
	}},
	{"parent: a context of OpenTracing code, by `compat.ContextWithSpanContext`", "ChildOf", func(t tracerTarget, tracer trace.Tracer) bool {
		parent := t.tracer.StartSpan("parent")
		_, s := tracer.Start(compat.ContextWithSpanContext(context.Background(), parent.Context()), "s")
		s.End()
		parent.Finish()
		return t.span("s").parentID == t.span("parent").spanID
	}},
	{"a span of OpenTracing code below", "it has the span as its parent", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, parent := tracer.Start(context.Background(), "parent")
		s, _ := opentracing.StartSpanFromContextWithTracer(ctx, t.tracer, "s")
		s.Finish()
		parent.End()
		return t.span("s").parentID == t.span("parent").spanID
	}},
	{"new root", "no reference", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, parent := tracer.Start(context.Background(), "parent")
		_, s := tracer.Start(ctx, "s", trace.WithNewRoot())
		s.End()
		parent.End()
		return t.span("s").traceID != t.span("parent").traceID
	}},
	{"kind: server, client, producer, consumer", "tag `span.kind` at the start", func(t tracerTarget, tracer trace.Tracer) bool {
		return says(recordedBy(t, tracer, nil, trace.WithSpanKind(trace.SpanKindServer)).tags["span.kind"], "server")
	}},
	{"kind: internal", "nothing; OpenTracing has no tag for it", func(t tracerTarget, tracer trace.Tracer) bool {
		return t.name == "compat" || recordedBy(t, tracer, nil, trace.WithSpanKind(trace.SpanKindInternal)).tags["span.kind"] != nil
	}},
	{"attributes at the start", "tags at the start", func(t tracerTarget, tracer trace.Tracer) bool {
		return says(recordedBy(t, tracer, nil, trace.WithAttributes(attribute.String("k", "v"))).tags["k"], "v")
	}},
	{"attributes set later", "tags", func(t tracerTarget, tracer trace.Tracer) bool {
		return says(recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.SetAttributes(attribute.String("k", "v")) }).tags["k"], "v")
	}},
	{"types: text, bool, int, float", "`string`, `bool`, `int`, `float64`", func(t tracerTarget, tracer trace.Tracer) bool {
		tags := recordedBy(t, tracer, func(_ context.Context, s trace.Span) {
			s.SetAttributes(attribute.Bool("b", true), attribute.Int64("i", math.MaxInt64), attribute.Float64("f", 0.5))
		}).tags
		return tags["b"] == true && reflect.ValueOf(tags["i"]).Int() == math.MaxInt64 && tags["f"] == 0.5
	}},
	{"types: lists, maps, bytes", "their text, as JSON", func(t tracerTarget, tracer trace.Tracer) bool {
		got := recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.SetAttributes(attribute.IntSlice("l", []int{1, 2})) }).tags["l"]
		return says(got, "[1,2]") || says(got, "[1 2]")
	}},
	{"a parent that another propagator extracted, 64 bits", "ChildOf", func(t tracerTarget, tracer trace.Tracer) bool {
		_, s := tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), linked), "s")
		s.End()
		return t.span("s").parentID == linked.SpanID().String() && strings.HasSuffix(linked.TraceID().String(), t.span("s").traceID)
	}},
	{"a parent that another propagator extracted, 128 bits", "ChildOf, of a trace with all bits", func(t tracerTarget, tracer trace.Tracer) bool {
		wide := linked.WithTraceID(trace.TraceID{1, 2, 15: 7})
		_, s := tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), wide), "s")
		s.End()
		return t.span("s").parentID == wide.SpanID().String() && t.span("s").traceID == wide.TraceID().String()
	}},
	{"links at the start, beside a parent", "FollowsFrom", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, parent := tracer.Start(context.Background(), "parent")
		_, s := tracer.Start(ctx, "s", trace.WithLinks(trace.Link{SpanContext: linked}))
		s.End()
		parent.End()
		return t.span("s").parentID == t.span("parent").spanID && t.span("s").links == 1
	}},
	{"links of a root", "they are links, and not the parent", func(t tracerTarget, tracer trace.Tracer) bool {
		return t.name == "compat" || recordedBy(t, tracer, nil, trace.WithLinks(trace.Link{SpanContext: linked})).parentID == noID
	}},
	{"links of a root with WithNewRoot, and links added later", "log `event=link` with `trace_id` and `span_id`", func(t tracerTarget, tracer trace.Tracer) bool {
		s := recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.AddLink(trace.Link{SpanContext: linked}) },
			trace.WithNewRoot(), trace.WithLinks(trace.Link{SpanContext: linked}))
		return s.links == 2 || len(s.logs) == 2 && s.hasLog("event=link", "trace_id="+linked.TraceID().String(), "span_id="+linked.SpanID().String())
	}},
	{"attributes of links at the start", "nothing", func(t tracerTarget, tracer trace.Tracer) bool {
		s := recordedBy(t, tracer, nil, trace.WithLinks(trace.Link{SpanContext: linked, Attributes: []attribute.KeyValue{attribute.String("why", "batch")}}))
		return t.name == "compat" || s.tags["why"] != nil || s.hasLog("why=batch")
	}},
	{"events with attributes", "log with `event`", func(t tracerTarget, tracer trace.Tracer) bool {
		return recordedBy(t, tracer, func(_ context.Context, s trace.Span) {
			s.AddEvent("miss", trace.WithAttributes(attribute.Int("try", 2)))
		}).hasLog("event=miss", "try=2")
	}},
	{"time of events", "time of the log; it is handed over at the end", func(t tracerTarget, tracer trace.Tracer) bool {
		at := time.Unix(1_000_000, 0)
		s := recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.AddEvent("old", trace.WithTimestamp(at)) })
		return len(s.logs) == 1 && s.logs[0].at.Equal(at)
	}},
	{"RecordError", "log `event=error` with the error in `error.object`", func(t tracerTarget, tracer trace.Tracer) bool {
		return recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.RecordError(errors.New("boom")) }).hasLog("event=error", "error.object=boom")
	}},
	{"a panic that passes a deferred End", "the same log", func(t tracerTarget, tracer trace.Tracer) bool {
		func() {
			defer func() { _ = recover() }()
			_, s := tracer.Start(context.Background(), "s")
			defer s.End()
			panic("boom")
		}()
		return t.span("s").hasLog("event=error", "error.object=boom")
	}},
	{"status Error", "tag `error=true`, and a log with the description", func(t tracerTarget, tracer trace.Tracer) bool {
		s := recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.SetStatus(codes.Error, "boom") })
		return s.tags["error"] == true && s.hasLog("event=error", "message=boom")
	}},
	{"status Ok", "tag `error=false`", func(t tracerTarget, tracer trace.Tracer) bool {
		return recordedBy(t, tracer, func(_ context.Context, s trace.Span) { s.SetStatus(codes.Ok, "") }).tags["error"] == false
	}},
	{"baggage of the context", "baggage items", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, s := tracer.Start(bagOf(context.Background(), "tenant=acme"), "s")
		s.End()
		return opentracing.SpanFromContext(ctx).BaggageItem("tenant") == "acme"
	}},
	{"baggage items, also set later", "`baggage.FromContext` of the span's context", func(_ tracerTarget, tracer trace.Tracer) bool {
		ctx, s := tracer.Start(context.Background(), "s")
		defer s.End()
		opentracing.SpanFromContext(ctx).SetBaggageItem("tenant", "acme")
		return baggage.FromContext(ctx).Member("tenant").Value() == "acme"
	}},
	{"an item taken out of the context's baggage", "the item stays: OpenTracing can't take one away", func(_ tracerTarget, tracer trace.Tracer) bool {
		ctx, parent := tracer.Start(bagOf(context.Background(), "tenant=acme"), "parent")
		defer parent.End()
		ctx, s := tracer.Start(baggage.ContextWithoutBaggage(ctx), "s")
		defer s.End()
		return opentracing.SpanFromContext(ctx).BaggageItem("tenant") == ""
	}},
	{"metadata of baggage, in what is sent", "nothing", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, s := tracer.Start(bagOf(context.Background(), "tenant=acme;ttl=1"), "s")
		defer s.End()
		carrier := propagation.MapCarrier{}
		compat.PropagatorOf(t.tracer).Inject(ctx, carrier)
		return strings.Contains(fmt.Sprint(carrier), "ttl")
	}},
	{"trace and span ID, in `SpanContext`", "the tracer's", func(t tracerTarget, tracer trace.Tracer) bool {
		var sc trace.SpanContext
		s := recordedBy(t, tracer, func(_ context.Context, s trace.Span) { sc = s.SpanContext() })
		return sc.IsValid() && strings.HasSuffix(sc.TraceID().String(), s.traceID) && sc.SpanID().String() == s.spanID
	}},
	{"the sampled flag, in `SpanContext`", "the tracer's", func(t tracerTarget, tracer trace.Tracer) bool {
		var before, after bool
		recordedBy(t, tracer, func(_ context.Context, s trace.Span) {
			before = s.SpanContext().IsSampled()
			s.SetAttributes(attribute.Int("sampling.priority", 0))
			after = s.SpanContext().IsSampled()
		})
		return before && (!after || t.name == "basictracer" || t.name == "compat") // which don't know that tag
	}},
	{"`IsRecording` of a span that isn't sampled", "false", func(t tracerTarget, tracer trace.Tracer) bool {
		_, s := tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), linked.WithTraceFlags(0)), "s")
		defer s.End()
		return !s.IsRecording()
	}},
	{"trace state", "nothing", func(_ tracerTarget, tracer trace.Tracer) bool {
		state, err := trace.ParseTraceState("vendor=1")
		if err != nil {
			panic(err)
		}
		_, s := tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), linked.WithTraceState(state)), "s")
		defer s.End()
		return s.SpanContext().TraceState().Len() == 1
	}},
	{"instrumentation scope: a tracer's name and version", "nothing", func(t tracerTarget, _ trace.Tracer) bool {
		s := recordedBy(t, compat.ProviderOf(t.tracer).Tracer("scope-of-library"), nil)
		return t.name == "compat" || strings.Contains(fmt.Sprint(s), "scope-of-library")
	}},
	{"`opentracing.SpanFromContext` below a span", "the tracer's own span, of its own type", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, s := tracer.Start(context.Background(), "s")
		defer s.End()
		own := t.tracer.StartSpan("own")
		defer own.Finish()
		return reflect.TypeOf(opentracing.SpanFromContext(ctx)) == reflect.TypeOf(own)
	}},
	{"`trace.SpanFromContext` below a span that OpenTracing code activated", "that span; otherwise use `compat.OTelSpan`", func(t tracerTarget, _ trace.Tracer) bool {
		s, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), t.tracer, "s")
		defer s.Finish()
		return trace.SpanContextFromContext(ctx).IsValid()
	}},
	{"`baggage.FromContext` below a span that OpenTracing code activated", "its items; otherwise start a span first", func(t tracerTarget, _ trace.Tracer) bool {
		s := t.tracer.StartSpan("s").SetBaggageItem("tenant", "acme")
		defer s.Finish()
		return baggage.FromContext(opentracing.ContextWithSpan(context.Background(), s)).Len() == 1
	}},
	{"propagation by `PropagatorOf`", "trace, parent and baggage, in the tracer's format", func(t tracerTarget, tracer trace.Tracer) bool {
		propagator := compat.PropagatorOf(t.tracer)
		ctx, client := tracer.Start(bagOf(context.Background(), "tenant=a%20b"), "client")
		header := propagation.HeaderCarrier{}
		propagator.Inject(ctx, header)
		ctx, s := tracer.Start(propagator.Extract(context.Background(), header), "s")
		s.End()
		client.End()
		// What OpenTracing code extracts is the same.
		legacy, err := t.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		if err != nil {
			return false
		}
		t.tracer.StartSpan("legacy", opentracing.ChildOf(legacy)).Finish()
		parent := t.span("client").spanID
		return t.span("s").parentID == parent && t.span("legacy").parentID == parent &&
			opentracing.SpanFromContext(ctx).BaggageItem("tenant") == "a b" && itemsOf(legacy)["tenant"] == "a b"
	}},
	{"baggage of a context below the active span, by `PropagatorOf`", "sent with the span's, which doesn't get it", func(t tracerTarget, tracer trace.Tracer) bool {
		ctx, s := tracer.Start(context.Background(), "s")
		defer s.End()
		header := propagation.HeaderCarrier{}
		compat.PropagatorOf(t.tracer).Inject(bagOf(ctx, "tenant=acme"), header)
		sc, err := t.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		return err == nil && itemsOf(sc)["tenant"] == "acme" && opentracing.SpanFromContext(ctx).BaggageItem("tenant") == ""
	}},
	{"baggage without a span, by `PropagatorOf`", "nothing", func(t tracerTarget, _ trace.Tracer) bool {
		header := propagation.HeaderCarrier{}
		compat.PropagatorOf(t.tracer).Inject(bagOf(context.Background(), "tenant=acme"), header)
		return len(header) > 0
	}},
}

// TestProviderOfTable holds docs/providerof.md to what is kept and lost.
func TestProviderOfTable(t *testing.T) {
	var table strings.Builder
	table.WriteString("| OpenTelemetry | becomes | jaeger-client-go | basictracer | mocktracer | compat |\n|---|---|:-:|:-:|:-:|:-:|\n")
	for _, row := range providerOfRows {
		fmt.Fprintf(&table, "| %s | %s |", row.what, row.as)
		for _, made := range tracerTargets {
			target := made.make(t)
			kept := map[bool]string{true: "yes", false: "–"}[row.keeps(target, compat.ProviderOf(target.tracer).Tracer("table"))]
			fmt.Fprintf(&table, " %s |", kept)
		}
		table.WriteByte('\n')
	}
	document.Check(t, "../docs/providerof.md", "kept", table.String(), *updateDocs)
}

// TestProviderOfUnsampled has Jaeger's client drop a trace: nothing is recorded, and the
// decision goes on.
func TestProviderOfUnsampled(t *testing.T) {
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("test", jaeger.NewConstSampler(false), reporter)
	defer closeQuietly(t, closer)
	ctx, s := compat.ProviderOf(tracer).Tracer("").Start(t.Context(), "s")
	if s.IsRecording() || s.SpanContext().IsSampled() || !s.SpanContext().IsValid() {
		t.Errorf("recording %t, %v", s.IsRecording(), s.SpanContext())
	}
	carrier := propagation.MapCarrier{}
	compat.PropagatorOf(tracer).Inject(ctx, carrier)
	if got := carrier["uber-trace-id"]; !strings.HasSuffix(got, ":0") {
		t.Errorf("injected %q, want the flag 0", got)
	}
	s.SetAttributes(attribute.Int("sampling.priority", 1))
	if !s.IsRecording() || !s.SpanContext().IsSampled() {
		t.Error("sampling.priority doesn't sample")
	}
	s.End()
	if reporter.SpansSubmitted() != 1 {
		t.Errorf("%d spans, want 1", reporter.SpansSubmitted())
	}
}
