// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// opaqueTracer sends a header that nobody knows, and has spans that are their own contexts.
type opaqueTracer struct{}

type opaqueSpan struct {
	opentracing.Span
	name   string
	parent *opaqueSpan
}

func (s *opaqueSpan) Context() opentracing.SpanContext        { return s }
func (*opaqueSpan) ForeachBaggageItem(func(_, _ string) bool) {}

func (t opaqueTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	var options opentracing.StartSpanOptions
	for _, o := range opts {
		o.Apply(&options)
	}
	s := &opaqueSpan{Span: mocktracer.New().StartSpan(name), name: name}
	if len(options.References) > 0 {
		s.parent = options.References[0].ReferencedContext.(*opaqueSpan)
	}
	return s
}

func (opaqueTracer) Inject(sc opentracing.SpanContext, _, carrier any) error {
	carrier.(opentracing.TextMapWriter).Set("x-opaque", sc.(*opaqueSpan).name)
	return nil
}

func (opaqueTracer) Extract(_, carrier any) (found opentracing.SpanContext, err error) {
	err = opentracing.ErrSpanContextNotFound
	_ = carrier.(opentracing.TextMapReader).ForeachKey(func(key, value string) error {
		if key == "x-opaque" {
			found, err = &opaqueSpan{name: value}, nil
		}
		return nil
	})
	return found, err
}

// parentOf returns the name of the parent that the tracer was told.
func parentOf(s trace.Span) string {
	if parent := compat.OpenTracingSpan(s).(*opaqueSpan).parent; parent != nil {
		return parent.name
	}
	return ""
}

func TestProviderOfTracerWithoutIDs(t *testing.T) {
	tracer := compat.ProviderOf(opaqueTracer{}).Tracer("")
	ctx, root := tracer.Start(context.Background(), "root")
	_, other := tracer.Start(context.Background(), "other")
	childCtx, child := tracer.Start(ctx, "child")
	sc := root.SpanContext()
	if !sc.IsValid() || child.SpanContext().TraceID() != sc.TraceID() || child.SpanContext().SpanID() == sc.SpanID() || other.SpanContext().TraceID() == sc.TraceID() {
		t.Errorf("root %v, child %v, other %v: want valid ones, the first two of one trace", sc, child.SpanContext(), other.SpanContext())
	}
	if got := parentOf(child); got != "root" {
		t.Errorf("the child's parent is %q, want root", got)
	}

	// A second provider of the tracer, and a context of which nothing but the IDs is known.
	again := compat.ProviderOf(opaqueTracer{}).Tracer("")
	_, byID := again.Start(trace.ContextWithSpanContext(context.Background(), sc), "by ID")
	if got := parentOf(byID); got != "root" {
		t.Errorf("the parent by its IDs is %q, want root", got)
	}

	headers := propagation.MapCarrier{}
	propagator := compat.PropagatorOf(opaqueTracer{})
	propagator.Inject(childCtx, headers)
	remote := propagator.Extract(context.Background(), headers)
	if sc := trace.SpanContextFromContext(remote); headers["x-opaque"] != "child" || !sc.IsValid() || !sc.IsRemote() {
		t.Errorf("sent %v, extracted %v: want a valid remote one", headers, sc)
	}
	_, below := tracer.Start(remote, "below")
	if got := parentOf(below); got != "child" {
		t.Errorf("the parent of another process is %q, want child", got)
	}
	if sc := trace.SpanContextFromContext(propagator.Extract(context.Background(), propagation.MapCarrier{})); sc.IsValid() {
		t.Errorf("extracted of nothing: %v, want an invalid one", sc)
	}
}

// decoratingTracer hands out the spans of another tracer.
type decoratingTracer struct{ opentracing.Tracer }

func (t decoratingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return t.Tracer.StartSpan("decorated "+name, opts...)
}

// The provider of a span is that of its tracer, as span.Tracer() says.
func TestProviderOfSpansTracer(t *testing.T) {
	mock := mocktracer.New()
	ctx, s := compat.ProviderOf(decoratingTracer{mock}).Tracer("").Start(context.Background(), "s")
	_, below := s.TracerProvider().Tracer("").Start(ctx, "below")
	below.End()
	s.End()
	done := mock.FinishedSpans()
	if len(done) != 2 || done[0].OperationName != "below" || done[1].OperationName != "decorated s" || done[0].ParentID != done[1].SpanContext.SpanID {
		t.Errorf("finished %v, want below, which the mock started, under decorated s", done)
	}
	_, plain := compat.ProviderOf(mock).Tracer("").Start(context.Background(), "plain")
	if a, b := plain.TracerProvider(), plain.TracerProvider(); a != b {
		t.Errorf("the provider of a span is %v, then %v", a, b)
	}
}

// A tracer that decorates one of this package has its spans as parents, which are of this
// process.
func TestProviderOfDecoratedCompat(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), nil)
	ctx, outer := tracer.TracerProvider().Tracer("").Start(context.Background(), "outer")
	_, s := compat.ProviderOf(decoratingTracer{tracer}).Tracer("").Start(ctx, "s")
	s.End()
	outer.End()
	done := recorder.Ended()
	if len(done) != 2 || done[0].Name() != "decorated s" || done[0].Parent().SpanID() != outer.SpanContext().SpanID() || done[0].Parent().IsRemote() {
		t.Errorf("ended %v, want decorated s below outer, in this process", done)
	}
}

// addingTracer adds a header to what is sent, whatever the span.
type addingTracer struct{ opentracing.NoopTracer }

func (addingTracer) Inject(_ opentracing.SpanContext, _, carrier any) error {
	carrier.(opentracing.TextMapWriter).Set("x-added", "yes")
	return nil
}

// A tracer's own formats for headers and for text maps are those of its OpenTelemetry tracers.
func TestProviderOfPropagators(t *testing.T) {
	type propagators interface {
		Propagator() propagation.TextMapPropagator
		TextMapPropagator() propagation.TextMapPropagator
	}
	mock := mocktracer.New()
	ctx, _ := compat.ProviderOf(mock).Tracer("").Start(context.Background(), "s")
	of := compat.ProviderOf(addingTracer{}).Tracer("").(propagators)
	for explanation, p := range map[string]propagation.TextMapPropagator{"headers": of.Propagator(), "text map": of.TextMapPropagator()} {
		sent := propagation.MapCarrier{}
		p.Inject(ctx, sent) // of another tracer's span
		if sent["x-added"] != "yes" {
			t.Errorf("%s: sent %v, want what the tracer adds", explanation, sent)
		}
		p.Inject(context.Background(), sent)
	}
	sent := propagation.MapCarrier{}
	compat.ProviderOf(opaqueTracer{}).Tracer("").(propagators).Propagator().Inject(ctx, sent)
	if len(sent) > 0 {
		t.Errorf("sent %v of a context that is not the tracer's", sent)
	}
}

// injectCounter counts what is injected.
type injectCounter struct {
	propagation.TraceContext
	injected int
}

func (c *injectCounter) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	c.injected++
	c.TraceContext.Inject(ctx, carrier)
}

// A tracer of this package is asked whether it takes a context without injecting it.
func TestProviderOfAsksQuietly(t *testing.T) {
	counter := new(injectCounter)
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(), &compat.Options{TextMap: counter, HTTPHeaders: counter})
	_, s := compat.ProviderOf(decoratingTracer{tracer}).Tracer("").Start(context.Background(), "s")
	_, below := s.TracerProvider().Tracer("").Start(trace.ContextWithSpan(context.Background(), s), "below")
	below.End()
	s.End()
	if counter.injected > 0 {
		t.Errorf("%d injections, none of them by the program", counter.injected)
	}
}

// A parent of which the context alone is known is of this process for a tracer that decorates
// one of this package, too.
func TestProviderOfLocalContext(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder)), nil)
	_, outer := tracer.TracerProvider().Tracer("").Start(context.Background(), "outer")
	ctx := trace.ContextWithSpanContext(context.Background(), outer.SpanContext())
	_, s := compat.ProviderOf(decoratingTracer{tracer}).Tracer("").Start(ctx, "s")
	s.End()
	outer.End()
	if got, want := recorder.Ended()[0].Parent(), outer.SpanContext(); !got.Equal(want) {
		t.Errorf("the parent is %v, remote %t, want %v", got, got.IsRemote(), want)
	}
}
