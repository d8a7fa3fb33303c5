// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// mocked returns a tracer of OpenTracing, and OpenTelemetry's API on it.
func mocked() (*mocktracer.MockTracer, trace.Tracer) {
	mock := mocktracer.New()
	return mock, compat.ProviderOf(mock).Tracer("test")
}

// finished returns the finished spans by their names.
func finished(mock *mocktracer.MockTracer) map[string]*mocktracer.MockSpan {
	spans := map[string]*mocktracer.MockSpan{}
	for _, s := range mock.FinishedSpans() {
		spans[s.OperationName] = s
	}
	return spans
}

// loggedBy returns the fields of a span's logs, without their times.
func loggedBy(s *mocktracer.MockSpan) []map[string]string {
	var logs []map[string]string
	for _, record := range s.Logs() {
		fields := map[string]string{}
		for _, f := range record.Fields {
			fields[f.Key] = f.ValueString
		}
		logs = append(logs, fields)
	}
	return logs
}

func TestProviderOfTags(t *testing.T) {
	mock, tracer := mocked()
	start := time.Unix(1_000_000, 0)
	_, s := tracer.Start(t.Context(), "first", trace.WithTimestamp(start), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.type", "sql"), attribute.Int("http.status_code", 200)))
	s.SetName("s")
	s.SetAttributes(attribute.Bool("cached", true), attribute.Int("rows", 1000), attribute.Float64("ratio", 0.5),
		attribute.StringSlice("hosts", []string{"a", "b"}), attribute.Int("http.status_code", 99999), attribute.Int("peer.ipv4", 1),
		attribute.Int("peer.port", 80))
	s.End(trace.WithTimestamp(start.Add(time.Second)))
	s.SetAttributes(attribute.Bool("late", true))
	s.SetName("late")
	s.End()
	spans := mock.FinishedSpans()
	if len(spans) != 1 {
		t.Fatalf("%d spans finished, want 1", len(spans))
	}
	got := spans[0]
	want := map[string]any{
		"span.kind": ext.SpanKindRPCClientEnum, "db.type": "sql", "cached": true, "rows": 1000, "ratio": 0.5, "hosts": `["a","b"]`,
		"http.status_code": 99999, "peer.ipv4": uint32(1), "peer.port": uint16(80),
	}
	if diff := cmp.Diff(want, got.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if got.OperationName != "s" || !got.StartTime.Equal(start) || !got.FinishTime.Equal(start.Add(time.Second)) {
		t.Errorf("%s from %v to %v", got.OperationName, got.StartTime, got.FinishTime)
	}
}

func TestProviderOfLogs(t *testing.T) {
	mock, tracer := mocked()
	at := time.Unix(1_000_000, 0)
	for _, tc := range []struct {
		name, explanation string
		record            func(trace.Span)
		want              []map[string]string
		failed            any // the tag error
	}{
		{"event", "an event is a log", func(s trace.Span) { s.AddEvent("miss", trace.WithAttributes(attribute.Int("try", 2))) },
			[]map[string]string{{"event": "miss", "try": "2"}}, nil},
		{"event without attributes", "it is a log with one field", func(s trace.Span) { s.AddEvent("miss") },
			[]map[string]string{{"event": "miss"}}, nil},
		{"exception", "an exception has OpenTracing's names", func(s trace.Span) {
			s.AddEvent("exception", trace.WithAttributes(attribute.String("exception.type", "E"), attribute.String("exception.message", "m"), attribute.String("exception.stacktrace", "main.go:1")))
		}, []map[string]string{{"event": "error", "error.kind": "E", "message": "m", "stack": "main.go:1"}}, nil},
		{"error", "an error is an object, and doesn't fail the span", func(s trace.Span) { s.RecordError(errors.New("boom"), trace.WithAttributes(attribute.Int("try", 2))) },
			[]map[string]string{{"event": "error", "error.object": "boom", "try": "2"}}, nil},
		{"status", "a status is the tag and a log", func(s trace.Span) { s.SetStatus(codes.Error, "boom") },
			[]map[string]string{{"event": "error", "message": "boom"}}, true},
		{"status without a description", "there is nothing to log", func(s trace.Span) { s.SetStatus(codes.Error, "") }, nil, true},
		{"error and status", "the same text isn't logged twice", func(s trace.Span) {
			s.RecordError(errors.New("boom"))
			s.SetStatus(codes.Error, "boom")
		}, []map[string]string{{"event": "error", "error.object": "boom"}}, true},
		{"ok", "Ok is final", func(s trace.Span) {
			s.SetStatus(codes.Error, "")
			s.SetStatus(codes.Ok, "")
			s.SetStatus(codes.Error, "boom")
			s.SetStatus(codes.Unset, "")
		}, nil, false},
		{"link", "a late link is a log", func(s trace.Span) {
			s.AddLink(trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})})
		}, []map[string]string{{"event": "link", "trace_id": "01000000000000000000000000000000", "span_id": "0200000000000000"}}, nil},
		{"broken error", "an error that panics is text", func(s trace.Span) { s.RecordError(silentError{}) },
			[]map[string]string{{"event": "error", "error.object": "%!v(PANIC=Error method: runtime error: invalid memory address or nil pointer dereference)"}}, nil},
		{"no error", "a nil error is none", func(s trace.Span) { s.RecordError(nil) }, nil, nil},
		{"times", "a log with a time waits for the end", func(s trace.Span) { s.AddEvent("old", trace.WithTimestamp(at)) },
			[]map[string]string{{"event": "old"}}, nil},
	} {
		_, s := tracer.Start(t.Context(), tc.name)
		tc.record(s)
		s.End()
		got := finished(mock)[tc.name]
		if diff := cmp.Diff(tc.want, loggedBy(got)); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", tc.name, tc.explanation, diff)
		}
		if got.Tag("error") != tc.failed {
			t.Errorf("%s: %s: error = %v, want %v", tc.name, tc.explanation, got.Tag("error"), tc.failed)
		}
		if age := time.Since(got.FinishTime); age > time.Minute {
			t.Errorf("%s finished %v ago", tc.name, age)
		}
	}
	if got := finished(mock)["times"].Logs()[0].Timestamp; !got.Equal(at) {
		t.Errorf("the event's time is %v, want %v", got, at)
	}
}

// silentError has an Error method that panics, as a struct has that embeds a nil error.
type silentError struct{ error }

func TestProviderOfNesting(t *testing.T) {
	mock, tracer := mocked()
	other := mocktracer.New()
	background := context.Background()
	type step func(ctx context.Context, name string) context.Context
	var open []func()
	native := func(ctx context.Context, name string) context.Context {
		ctx, s := tracer.Start(ctx, name)
		open = append(open, func() { s.End() })
		return ctx
	}
	legacy := func(ctx context.Context, name string) context.Context {
		s, ctx := opentracing.StartSpanFromContextWithTracer(ctx, mock, name)
		open = append(open, s.Finish)
		return ctx
	}
	// activated starts a span, and activates it as rewritten code does.
	activated := func(ctx context.Context, name string) context.Context {
		_, s := tracer.Start(ctx, name)
		open = append(open, func() { s.End() })
		return trace.ContextWithSpan(ctx, s)
	}
	// second is another provider of the same tracer.
	second := func(ctx context.Context, name string) context.Context {
		ctx, s := compat.ProviderOf(mock).Tracer("").Start(ctx, name)
		open = append(open, func() { s.End() })
		return ctx
	}
	for _, tc := range []struct {
		explanation string
		steps       []step
	}{
		{"OpenTelemetry's below OpenTelemetry's", []step{native, native, native}},
		{"OpenTracing's below OpenTelemetry's", []step{native, legacy}},
		{"OpenTelemetry's below OpenTracing's", []step{legacy, native}},
		{"alternating", []step{native, legacy, native, legacy, native}},
		{"alternating, the other way", []step{legacy, native, legacy, native, native}},
		{"a span that was activated by trace.ContextWithSpan", []step{native, activated, native}},
		{"the same below OpenTracing's", []step{legacy, activated, native}},
		{"the same twice below OpenTracing's", []step{legacy, activated, activated, native}},
		{"two providers of one tracer", []step{native, second, native, legacy, second}},
	} {
		mock.Reset()
		ctx, parent := background, 0
		var names []string
		for i, step := range tc.steps {
			name := string(rune('a' + i))
			ctx = step(ctx, name)
			names = append(names, name)
		}
		for _, end := range open {
			end()
		}
		open = nil
		spans := finished(mock)
		for _, name := range names {
			s := spans[name]
			if s.ParentID != parent {
				t.Errorf("%s: the parent of %s is %d, want %d", tc.explanation, name, s.ParentID, parent)
			}
			parent = s.SpanContext.SpanID
		}
	}
	// Another tracer's span can't be the parent, and isn't forced to be.
	reports := catchReports(t)
	foreign, ctx := opentracing.StartSpanFromContextWithTracer(background, opentracing.NoopTracer{}, "noop")
	foreign.Finish()
	_, s := tracer.Start(ctx, "below noop")
	s.End()
	if got := finished(mock)["below noop"]; got == nil || got.ParentID != 0 {
		t.Errorf("below a no-op span: %v", got)
	}
	if got := reports(); len(got) != 0 || len(other.FinishedSpans()) != 0 {
		t.Errorf("reports %q", got)
	}
}

func TestProviderOfSeenByCompat(t *testing.T) {
	mock, _ := mocked()
	globals(t, mock)
	tracer := otel.Tracer("rewritten")
	ctx, s := tracer.Start(context.Background(), "native")
	raw := opentracing.SpanFromContext(ctx)
	if _, ok := raw.(*mocktracer.MockSpan); !ok {
		t.Errorf("OpenTracing code finds a %T, want the tracer's own span", raw)
	}
	if compat.OpenTracingSpan(s) != raw || compat.SpanFromContext(ctx) != raw {
		t.Error("OpenTracingSpan and SpanFromContext don't find the tracer's own span")
	}
	activated := trace.ContextWithSpan(context.Background(), s)
	if compat.SpanFromContext(activated) != raw {
		t.Error("SpanFromContext doesn't find a span that trace.ContextWithSpan activated")
	}
	child, _ := compat.StartSpanFromContext(activated, "child")
	child.Finish()
	compat.OTelSpan(raw).SetAttributes(attribute.Int("rows", 3))
	if got := compat.OTelSpan(raw).SpanContext(); !got.Equal(s.SpanContext()) || !got.IsValid() {
		t.Errorf("OTelSpan has %v, want %v", got, s.SpanContext())
	}
	s.End()
	legacy := mock.StartSpan("legacy")
	_, below := tracer.Start(trace.ContextWithSpan(opentracing.ContextWithSpan(context.Background(), legacy), compat.OTelSpan(legacy)), "below")
	below.End()
	spans := finished(mock)
	if got, want := spans["child"].ParentID, spans["native"].SpanContext.SpanID; got != want {
		t.Errorf("the parent of child is %d, want %d", got, want)
	}
	if got, want := spans["below"].ParentID, legacy.Context().(mocktracer.MockSpanContext).SpanID; got != want {
		t.Errorf("the parent of below is %d, want %d", got, want)
	}
	if got := spans["native"].Tag("rows"); got != 3 {
		t.Errorf("rows = %v, want 3", got)
	}
}

// globals sets OpenTracing's tracer, and OpenTelemetry's provider and propagator on it,
// until the test ends.
func globals(t *testing.T, tracer opentracing.Tracer) {
	t.Helper()
	before, provider, propagator := opentracing.GlobalTracer(), otel.GetTracerProvider(), otel.GetTextMapPropagator()
	opentracing.SetGlobalTracer(tracer)
	otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))
	otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))
	t.Cleanup(func() {
		opentracing.SetGlobalTracer(before)
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagator)
	})
}

// wrappedTracer is a tracer around another one.
type wrappedTracer struct{ opentracing.Tracer }

func (d wrappedTracer) Unwrap() opentracing.Tracer { return d.Tracer }

// embedding is a tracer around one of this package that needs no method to tell it.
type embedding struct{ *compat.Tracer }

func TestProviderOfACompatTracer(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	sdk := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	tracer := compat.NewTracer(sdk, &compat.Options{TextMap: propagation.TraceContext{}})
	for name, given := range map[string]opentracing.Tracer{
		"the tracer": tracer, "decorated": wrappedTracer{tracer}, "twice": wrappedTracer{wrappedTracer{tracer}}, "embedded": embedding{tracer}, "decorated and embedded": wrappedTracer{embedding{tracer}},
	} {
		if got := compat.ProviderOf(given); got != tracer.TracerProvider() {
			t.Errorf("%s: the provider is a %T, want the tracer's own", name, got)
		}
	}
	globals(t, tracer)
	ctx, native := otel.Tracer("native").Start(context.Background(), "native")
	legacy, _ := opentracing.StartSpanFromContext(ctx, "legacy")
	legacy.Finish()
	native.End()
	if got := recorder.Ended(); len(got) != 2 || got[0].Parent().SpanID() != got[1].SpanContext().SpanID() {
		t.Errorf("recorded %v, want each span once", got)
	}
	// The propagator is the one that Install sets, and doesn't ask itself.
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	if carrier["traceparent"] == "" {
		t.Errorf("injected %v, want a traceparent", carrier)
	}
}

// TestTracerOverProviderOf is the way round: a compat tracer whose spans an OpenTracing
// tracer records.
func TestTracerOverProviderOf(t *testing.T) {
	mock := mocktracer.New()
	tracer := compat.NewTracer(compat.ProviderOf(mock), nil)
	parent, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), tracer, "parent")
	parent.SetBaggageItem("tenant", "acme")
	child, ctx := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "child")
	_, native := tracer.TracerProvider().Tracer("").Start(ctx, "native")
	_, direct := compat.ProviderOf(mock).Tracer("").Start(ctx, "direct")
	for _, end := range []func(){func() { direct.End() }, func() { native.End() }, child.Finish, parent.Finish} {
		end()
	}
	spans := finished(mock)
	for name, above := range map[string]string{"child": "parent", "native": "child", "direct": "child"} {
		if got, want := spans[name].ParentID, spans[above].SpanContext.SpanID; got != want {
			t.Errorf("the parent of %s is %d, want %d", name, got, want)
		}
		if got := spans[name].BaggageItem("tenant"); got != "acme" {
			t.Errorf("the baggage of %s has tenant = %q", name, got)
		}
	}
}

func TestProviderOfBaggage(t *testing.T) {
	mock, tracer := mocked()
	item := func(ctx context.Context, key, value string) context.Context {
		member, err := baggage.NewMemberRaw(key, value)
		if err != nil {
			t.Fatal(err)
		}
		bag, err := baggage.FromContext(ctx).SetMember(member)
		if err != nil {
			t.Fatal(err)
		}
		return baggage.ContextWithBaggage(ctx, bag)
	}
	ctx, parent := tracer.Start(item(context.Background(), "tenant", "acme"), "parent")
	legacy := opentracing.SpanFromContext(ctx)
	if got := legacy.BaggageItem("tenant"); got != "acme" {
		t.Errorf("OpenTracing code finds tenant = %q", got)
	}
	legacy.SetBaggageItem("user", "7")
	if got := baggage.FromContext(ctx).String(); !strings.Contains(got, "user=7") || !strings.Contains(got, "tenant=acme") {
		t.Errorf("OpenTelemetry code finds %q", got)
	}
	copied := item(ctx, "region", "eu")
	legacy.SetBaggageItem("tenant", "other")
	_, child := tracer.Start(copied, "child")
	_, overriding := tracer.Start(item(ctx, "user", "9"), "overriding")
	child.End()
	overriding.End()
	parent.End()
	spans := finished(mock)
	if diff := cmp.Diff(map[string]string{"tenant": "other", "user": "9"}, spans["overriding"].SpanContext.Baggage); diff != "" {
		t.Errorf("baggage of overriding (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"tenant": "other", "user": "7"}, spans["parent"].SpanContext.Baggage); diff != "" {
		t.Errorf("baggage of parent (-want +got):\n%s", diff)
	}
	// The copy's tenant is stale: it is that of the activation, and the span has another one.
	if diff := cmp.Diff(map[string]string{"tenant": "other", "user": "7", "region": "eu"}, spans["child"].SpanContext.Baggage); diff != "" {
		t.Errorf("baggage of child (-want +got):\n%s", diff)
	}
}

func TestProviderOfLinks(t *testing.T) {
	recording := &referenceTracer{MockTracer: mocktracer.New()}
	tracer := compat.ProviderOf(recording).Tracer("")
	_, linked := tracer.Start(context.Background(), "linked")
	ctx, parent := tracer.Start(context.Background(), "parent")
	link := trace.Link{SpanContext: linked.SpanContext()}
	for _, tc := range []struct {
		name, explanation string
		ctx               context.Context
		options           []trace.SpanStartOption
		want              string
		logs              int
	}{
		{"child", "the parent comes first", ctx, []trace.SpanStartOption{trace.WithLinks(link)}, "ChildOf parent FollowsFrom linked", 0},
		{"root", "OpenTracing knows no link that isn't a parent", context.Background(), []trace.SpanStartOption{trace.WithLinks(link)}, "FollowsFrom linked", 0},
		{"new root", "it must not get into the trace", ctx, []trace.SpanStartOption{trace.WithLinks(link), trace.WithNewRoot()}, "", 1},
		{"child of two", "a link that was a ChildOf reference is one", ctx,
			[]trace.SpanStartOption{trace.WithLinks(trace.Link{SpanContext: linked.SpanContext(), Attributes: []attribute.KeyValue{attribute.String("opentracing.ref_type", "child_of")}})},
			"ChildOf parent ChildOf linked", 0},
		{"far", "mocktracer can't have an ID of 128 bits", ctx,
			[]trace.SpanStartOption{trace.WithLinks(trace.Link{SpanContext: trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 15: 1}, SpanID: trace.SpanID{0xff}})})}, "ChildOf parent", 1},
	} {
		catchReports(t)
		_, s := tracer.Start(tc.ctx, tc.name, tc.options...)
		s.End()
		names := map[int]string{}
		for name, span := range map[string]trace.Span{"parent": parent, "linked": linked} {
			id := span.SpanContext().SpanID()
			names[int(id[7])] = name
		}
		var got []string
		for _, ref := range recording.last {
			kind := map[opentracing.SpanReferenceType]string{opentracing.ChildOfRef: "ChildOf", opentracing.FollowsFromRef: "FollowsFrom"}[ref.Type]
			got = append(got, kind, names[ref.ReferencedContext.(mocktracer.MockSpanContext).SpanID&0xff])
		}
		if strings.Join(got, " ") != tc.want || len(finished(recording.MockTracer)[tc.name].Logs()) != tc.logs {
			t.Errorf("%s: %s: references %q, logs %v; want %q, %d logs", tc.name, tc.explanation, got, finished(recording.MockTracer)[tc.name].Logs(), tc.want, tc.logs)
		}
	}
}

// referenceTracer keeps the references of the last span.
type referenceTracer struct {
	*mocktracer.MockTracer
	last []opentracing.SpanReference
}

func (t *referenceTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	var options opentracing.StartSpanOptions
	for _, opt := range opts {
		opt.Apply(&options)
	}
	t.last = options.References
	return t.MockTracer.StartSpan(name, opts...)
}

func TestProviderOfRecordsAPanic(t *testing.T) {
	mock, tracer := mocked()
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v, want the panic to go on", got)
			}
		}()
		_, s := tracer.Start(context.Background(), "s")
		defer s.End(trace.WithStackTrace(true))
		panic("boom")
	}()
	logs := loggedBy(finished(mock)["s"])
	if len(logs) != 1 || logs[0]["error.object"] != "boom" || !strings.Contains(logs[0]["stack"], "TestProviderOfRecordsAPanic") {
		t.Errorf("logs %v, want the panic", logs)
	}
}

func TestProviderOfConcurrentSafe(t *testing.T) {
	mock, tracer := mocked()
	propagator := compat.PropagatorOf(mock)
	ctx, s := tracer.Start(context.Background(), "shared")
	const goroutines, times = 8, 50
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for range times {
				s.SetAttributes(attribute.Int("rows", 1))
				s.AddEvent("e", trace.WithTimestamp(time.Now()))
				s.RecordError(errors.New("boom"))
				s.SetStatus(codes.Error, "boom")
				opentracing.SpanFromContext(ctx).SetBaggageItem("tenant", "acme")
				_, child := tracer.Start(ctx, "child")
				_ = baggage.FromContext(ctx).Len()
				_, _ = child.SpanContext(), s.SpanContext().IsSampled()
				_ = s.IsRecording()
				carrier := propagation.MapCarrier{}
				propagator.Inject(ctx, carrier)
				propagator.Extract(context.Background(), carrier)
				_ = propagator.Fields()
				child.End()
			}
		})
	}
	group.Wait()
	for range goroutines {
		group.Go(func() { s.End() })
	}
	group.Wait()
	if got, want := len(mock.FinishedSpans()), goroutines*times+1; got != want {
		t.Errorf("%d spans, want %d", got, want)
	}
	if got, want := len(finished(mock)["shared"].Logs()), 2*goroutines*times; got < want {
		t.Errorf("%d logs, want %d at least", got, want)
	}
}
