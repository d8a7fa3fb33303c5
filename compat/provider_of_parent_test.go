// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ot2otel/ot2otel/compat"
)

type contextKey struct{}

// embeddingContext and hidingContext are contexts of somebody else.
type embeddingContext struct{ context.Context }

type hidingContext struct{ under context.Context }

func (hidingContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }
func (hidingContext) Done() <-chan struct{}                   { return nil }
func (hidingContext) Err() error                              { return nil }
func (c hidingContext) Value(key any) any                     { return c.under.Value(key) }

// The span that was put into a context last is the parent, whichever API did it.
func TestProviderOfLatestParent(t *testing.T) {
	mock, tracer := mocked()
	name := map[int]string{0: "none"}
	named := func(sp opentracing.Span) opentracing.Span {
		started := sp.(*mocktracer.MockSpan)
		name[started.SpanContext.SpanID] = started.OperationName
		return sp
	}
	middleware := named(mock.StartSpan("middleware"))
	nativeCtx, native := tracer.Start(context.Background(), "native")
	named(opentracing.SpanFromContext(nativeCtx))
	_, below := tracer.Start(opentracing.ContextWithSpan(context.Background(), middleware), "below")
	named(compat.OpenTracingSpan(below))
	name[8] = "remote"
	headers := propagation.MapCarrier{"mockpfx-ids-traceid": "7", "mockpfx-ids-spanid": "8"}
	propagator := compat.PropagatorOf(mock)
	remote := trace.SpanContextFromContext(propagator.Extract(context.Background(), headers))

	type step = func(ctx context.Context) context.Context
	legacy := func(sp opentracing.Span) step {
		return func(ctx context.Context) context.Context { return opentracing.ContextWithSpan(ctx, sp) }
	}
	otelSpan := func(s trace.Span) step {
		return func(ctx context.Context) context.Context { return trace.ContextWithSpan(ctx, s) }
	}
	spanContext := func(sc trace.SpanContext) step {
		return func(ctx context.Context) context.Context { return trace.ContextWithSpanContext(ctx, sc) }
	}
	start := func(context.Context) context.Context { return nativeCtx }
	extract := func(ctx context.Context) context.Context { return propagator.Extract(ctx, headers) }
	extractNothing := func(ctx context.Context) context.Context {
		ctx = trace.ContextWithSpanContext(baggage.ContextWithoutBaggage(ctx), trace.SpanContext{})
		return propagator.Extract(ctx, propagation.MapCarrier{})
	}
	value := func(ctx context.Context) context.Context { return context.WithValue(ctx, contextKey{}, 1) }
	cancel := func(ctx context.Context) context.Context {
		ctx, stop := context.WithCancel(ctx)
		t.Cleanup(stop)
		return ctx
	}
	timeout := func(ctx context.Context) context.Context {
		ctx, stop := context.WithTimeout(ctx, time.Hour)
		t.Cleanup(stop)
		return ctx
	}
	without := func(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
	embed := func(ctx context.Context) context.Context { return &embeddingContext{ctx} }
	hide := func(ctx context.Context) context.Context { return hidingContext{ctx} }
	for _, tc := range []struct {
		explanation string
		steps       []step
		want        string
	}{
		{"a span of OpenTelemetry code", []step{legacy(middleware), otelSpan(native)}, "native"},
		{"its context", []step{legacy(middleware), spanContext(native.SpanContext())}, "native"},
		{"a remote context", []step{legacy(middleware), spanContext(remote)}, "remote"},
		{"one that was extracted", []step{legacy(middleware), extract}, "remote"},
		{"one that was started below the middleware's", []step{legacy(middleware), otelSpan(below)}, "below"},
		{"OpenTracing code goes on with its span", []step{otelSpan(native), legacy(middleware)}, "middleware"},
		{"a span of OpenTracing code below a remote context", []step{spanContext(remote), legacy(middleware)}, "middleware"},
		{"the middleware's span again", []step{legacy(middleware), otelSpan(below), legacy(middleware)}, "middleware"},
		{"a span where a started one is active", []step{start, legacy(middleware), otelSpan(below)}, "below"},
		{"OpenTracing code below both", []step{start, otelSpan(below), legacy(middleware)}, "middleware"},
		{"a started span's own again", []step{start, extract, legacy(compat.OpenTracingSpan(native))}, "native"},
		{"a started span's own again, below another", []step{start, otelSpan(below), legacy(compat.OpenTracingSpan(native))}, "native"},
		{"none", []step{legacy(middleware), spanContext(trace.SpanContext{})}, "none"},
		{"none, by a span that does nothing", []step{legacy(middleware), otelSpan(noop.Span{})}, "none"},
		{"none, below a started span", []step{start, legacy(middleware), otelSpan(trace.SpanFromContext(context.Background()))}, "none"},
		{"none, by OpenTracing code", []step{legacy(middleware), legacy(nil)}, "none"},
		{"nothing was extracted", []step{legacy(middleware), extractNothing}, "none"},
		{"with the contexts that programs have between", []step{legacy(middleware), value, cancel, without, timeout, otelSpan(native), value, cancel, without, timeout, embed}, "native"},
		{"and the other way round", []step{otelSpan(native), value, cancel, without, timeout, embed, legacy(middleware), value, cancel, without, timeout}, "middleware"},
		{"a context that hides what it is made of", []step{legacy(middleware), otelSpan(below), hide}, "below"},
	} {
		ctx := context.Background()
		for _, step := range tc.steps {
			ctx = step(ctx)
		}
		_, s := tracer.Start(ctx, "s")
		if got := name[compat.OpenTracingSpan(s).(*mocktracer.MockSpan).ParentID]; got != tc.want {
			t.Errorf("%s: the parent is %s, want %s", tc.explanation, got, tc.want)
		}
		sent := propagation.MapCarrier{}
		propagator.Inject(ctx, sent)
		if sc, _ := mock.Extract(opentracing.TextMap, opentracing.TextMapCarrier(sent)); tc.want != "none" && name[sc.(mocktracer.MockSpanContext).SpanID] != tc.want {
			t.Errorf("%s: sent %v, want %s", tc.explanation, sent, tc.want)
		}
		globals(t, mock)
		active := compat.SpanFromContext(ctx)
		if tc.want == "none" {
			continue
		}
		if got := name[active.Context().(mocktracer.MockSpanContext).SpanID]; got != tc.want {
			t.Errorf("%s: SpanFromContext is %s, want %s", tc.explanation, got, tc.want)
		}
		child, _ := compat.StartSpanFromContext(ctx, "child")
		if got := name[child.(*mocktracer.MockSpan).ParentID]; got != tc.want {
			t.Errorf("%s: StartSpanFromContext has the parent %s, want %s", tc.explanation, got, tc.want)
		}
	}
}

// rewrappedContext is a context that its tracer has wrapped.
type rewrappedContext struct{ opentracing.SpanContext }

func (c rewrappedContext) Unwrap() opentracing.SpanContext { return c.SpanContext }

// rewrappingTracer knows contexts of its own type alone.
type rewrappingTracer struct{ *mocktracer.MockTracer }

func (t rewrappingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	var options opentracing.StartSpanOptions
	for _, o := range opts {
		o.Apply(&options)
	}
	opts = nil
	for _, ref := range options.References {
		opts = append(opts, opentracing.ChildOf(ref.ReferencedContext.(rewrappedContext).SpanContext))
	}
	return t.MockTracer.StartSpan(name, opts...)
}

func (t rewrappingTracer) Inject(sc opentracing.SpanContext, format, carrier any) error {
	if wrapped, ok := sc.(rewrappedContext); ok {
		return t.MockTracer.Inject(wrapped.SpanContext, format, carrier)
	}
	return opentracing.ErrInvalidSpanContext
}

// silentTracer can't send anything.
type silentTracer struct{ *mocktracer.MockTracer }

func (silentTracer) Inject(opentracing.SpanContext, any, any) error {
	return opentracing.ErrUnsupportedFormat
}

// ContextWithSpanContext is to a tracer behind ProviderOf what opentracing.ChildOf is to a start.
func TestContextWithSpanContextBehindProviderOf(t *testing.T) {
	for _, tc := range []struct {
		explanation string
		tracer      func(mock *mocktracer.MockTracer) opentracing.Tracer
		context     func(sc opentracing.SpanContext) opentracing.SpanContext
		otherParent bool // it isn't sc's span
	}{
		{"a span's context", nil, nil, false},
		{"a tracer with contexts of its own, which can be unwrapped", func(mock *mocktracer.MockTracer) opentracing.Tracer { return rewrappingTracer{mock} },
			func(sc opentracing.SpanContext) opentracing.SpanContext { return rewrappedContext{sc} }, false},
		{"a tracer that can't send", func(mock *mocktracer.MockTracer) opentracing.Tracer { return silentTracer{mock} }, nil, false},
		{"a tracer that speaks for another one", func(mock *mocktracer.MockTracer) opentracing.Tracer { return decoratingTracer{mock} }, nil, false},
		{"another tracer's context", nil, func(opentracing.SpanContext) opentracing.SpanContext { return &opaqueSpan{name: "other"} }, true},
		{"the context of a no-op span", nil, func(opentracing.SpanContext) opentracing.SpanContext {
			return opentracing.NoopTracer{}.StartSpan("").Context()
		}, true},
		{"no context", nil, func(opentracing.SpanContext) opentracing.SpanContext { return nil }, true},
	} {
		for _, set := range []bool{false, true} {
			mock := mocktracer.New()
			var tracer opentracing.Tracer = mock
			if tc.tracer != nil {
				tracer = tc.tracer(mock)
			}
			reports := catchReports(t)
			if set {
				globals(t, tracer)
			}
			native := compat.ProviderOf(tracer).Tracer("")
			named := mock.StartSpan("named").(*mocktracer.MockSpan)
			named.SetBaggageItem("tenant", "acme")
			sc, want := named.Context(), named.SpanContext.SpanID
			if tc.context != nil {
				sc = tc.context(sc)
			}
			if tc.otherParent {
				want = 0
			}
			// A span that is active already isn't the parent.
			base, _ := native.Start(context.Background(), "base")
			ctx := compat.ContextWithSpanContext(opentracing.ContextWithSpan(base, mock.StartSpan("middleware")), sc)
			_, s := native.Start(ctx, "s")
			started := compat.OpenTracingSpan(s).(*mocktracer.MockSpan)
			if started.ParentID != want || (want != 0) != (started.BaggageItem("tenant") == "acme") {
				t.Errorf("%s, globals set %t: the parent is %d, want %d; baggage %v; reports %q", tc.explanation, set, started.ParentID, want, started.SpanContext.Baggage, reports())
			}
			if got := opentracing.SpanFromContext(ctx); got != nil {
				t.Errorf("%s: OpenTracing code finds %v, want none", tc.explanation, got)
			}
			if tc.otherParent || tc.tracer != nil {
				continue
			}
			sent := propagation.MapCarrier{}
			compat.PropagatorOf(tracer).Inject(ctx, sent)
			if got, err := mock.Extract(opentracing.TextMap, opentracing.TextMapCarrier(sent)); err != nil || got.(mocktracer.MockSpanContext).SpanID != want {
				t.Errorf("%s: sent %v, want the span %d", tc.explanation, sent, want)
			}
			if sc := trace.SpanContextFromContext(ctx); sc.IsValid() != set {
				t.Errorf("%s, globals set %t: the context's IDs are %v", tc.explanation, set, sc)
			}
			if got := trace.SpanFromContext(ctx).TracerProvider(); set && got != otel.GetTracerProvider() {
				t.Errorf("%s: the provider is a %T, want the global one", tc.explanation, got)
			}
			if !set {
				before := opentracing.GlobalTracer()
				opentracing.SetGlobalTracer(tracer)
				defer opentracing.SetGlobalTracer(before)
			}
			if got := compat.SpanFromContext(ctx); got == nil || got.Context().(mocktracer.MockSpanContext).SpanID != want || got.Tracer() != tracer {
				t.Errorf("%s, globals set %t: SpanFromContext is %v, want the span %d", tc.explanation, set, got, want)
			}
			child, _ := compat.StartSpanFromContext(ctx, "child")
			if got := child.(*mocktracer.MockSpan).ParentID; got != want {
				t.Errorf("%s, globals set %t: StartSpanFromContext has the parent %d, want %d", tc.explanation, set, got, want)
			}
		}
	}
}

// A compat tracer over ProviderOf takes the contexts of the tracer below it.
func TestContextWithSpanContextBelowATracer(t *testing.T) {
	mock := mocktracer.New()
	tracer := compat.NewTracer(compat.ProviderOf(mock), nil)
	named := mock.StartSpan("named").(*mocktracer.MockSpan)
	_, s := tracer.TracerProvider().Tracer("").Start(compat.ContextWithSpanContext(context.Background(), named.Context()), "s")
	s.End()
	if got := finished(mock)["s"].ParentID; got != named.SpanContext.SpanID {
		t.Errorf("the parent is %d, want %d", got, named.SpanContext.SpanID)
	}
}

// smallIDs are IDs that mocktracer can have.
type smallIDs struct{}

func (smallIDs) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	return trace.TraceID{15: 7}, trace.SpanID{7: 8}
}

func (smallIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID { return trace.SpanID{7: 8} }

// OpenTracing code finds a span for what a propagator extracted, as it does on a Tracer.
func TestSpanFromExtractedContext(t *testing.T) {
	mock, _ := mocked()
	globals(t, mock)
	headers := propagation.MapCarrier{"mockpfx-ids-traceid": "7", "mockpfx-ids-spanid": "8", "mockpfx-baggage-tenant": "acme"}
	for explanation, ctx := range map[string]context.Context{
		"the tracer's propagator":    compat.PropagatorOf(mock).Extract(context.Background(), headers),
		"IDs, of another propagator": trace.ContextWithRemoteSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 7}, SpanID: trace.SpanID{7: 8}})),
		"a context of OpenTracing's": compat.ContextWithSpanContext(context.Background(), mocktracer.MockSpanContext{TraceID: 7, SpanID: 8, Baggage: map[string]string{"tenant": "acme"}}),
	} {
		found := compat.SpanFromContext(ctx)
		child := mock.StartSpan("child", opentracing.ChildOf(found.Context())).(*mocktracer.MockSpan)
		if child.ParentID != 8 || child.SpanContext.TraceID != 7 || found.Tracer() != opentracing.Tracer(mock) {
			t.Errorf("%s: a child of it is %v", explanation, child)
		}
		if got := found.BaggageItem("tenant"); got != child.BaggageItem("tenant") || strings.HasPrefix(explanation, "IDs") != (got == "") {
			t.Errorf("%s: tenant = %q, the child's is %q", explanation, got, child.BaggageItem("tenant"))
		}
		// It is a span of another process: what is set on it is nowhere.
		found.SetOperationName("s").SetTag("k", "v").SetBaggageItem("tenant", "other").LogKV("event", "e")
		found.Finish()
		if got := found.SetTag("k", "v").Context().(mocktracer.MockSpanContext).SpanID; got != 8 {
			t.Errorf("%s: it is span %d after SetTag", explanation, got)
		}
		if again := compat.SpanFromContext(opentracing.ContextWithSpan(context.Background(), found)); again != found {
			t.Errorf("%s: activated by OpenTracing code, it is %v", explanation, again)
		}
		_, below := otel.Tracer("").Start(opentracing.ContextWithSpan(context.Background(), found), "below")
		if got := compat.OpenTracingSpan(below).(*mocktracer.MockSpan).ParentID; got != 8 {
			t.Errorf("%s: the parent of a span below is %d", explanation, got)
		}
		if got := compat.OTelSpan(found).SpanContext(); got.SpanID() != (trace.SpanID{7: 8}) || !got.IsRemote() {
			t.Errorf("%s: OTelSpan has %v", explanation, got)
		}
	}
	if got := mock.FinishedSpans(); len(got) != 0 {
		t.Errorf("finished %v", got)
	}

	// A span of another provider does what it is told, and its IDs are the parent.
	recorder := tracetest.NewSpanRecorder()
	ctx, own := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder), sdktrace.WithIDGenerator(smallIDs{})).Tracer("").Start(context.Background(), "own")
	found := compat.SpanFromContext(ctx).SetTag("rows", 3).SetOperationName("named")
	if got := mock.StartSpan("child", opentracing.ChildOf(found.Context())).(*mocktracer.MockSpan).ParentID; got != 8 || compat.OTelSpan(found) != own {
		t.Errorf("the parent of a child is %d, want 8", got)
	}
	found.Finish()
	if got := recorder.Ended(); len(got) != 1 || got[0].Name() != "named" || len(got[0].Attributes()) != 1 {
		t.Errorf("ended %v, want it named, with a tag", got)
	}

	// Without a provider as the global one, and on a tracer that tells no IDs.
	opaque := &opaqueTracer{}
	opentracing.SetGlobalTracer(opaque)
	ctx = compat.PropagatorOf(opaque).Extract(context.Background(), propagation.MapCarrier{"x-opaque": "producer"})
	found = compat.SpanFromContext(ctx)
	if got := found.Context().(*opaqueSpan).name; got != "producer" {
		t.Errorf("the tracer is handed %q, want producer", got)
	}
	// The tracer can't be told a context of which it knows the IDs alone.
	catchReports(t)
	globals(t, opaque)
	ctx = trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}}))
	if got := compat.SpanFromContext(ctx); got != nil {
		t.Errorf("SpanFromContext is %v, want none: its context would be of another type", got)
	}
}
