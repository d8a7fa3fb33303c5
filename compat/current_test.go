// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TestOpenTracingSpanWithoutInstall asks for a span without a global tracer of this
// package: the span's own provider serves.
func TestOpenTracingSpanWithoutInstall(t *testing.T) {
	keepGlobals(t)
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	_, native := provider.Tracer("native").Start(context.Background(), "native")
	seen := OpenTracingSpan(native)
	seen.Tracer().StartSpan("child", opentracing.ChildOf(seen.Context())).Finish()
	if child := namedSpans(recorder)["child"]; child == nil || child.Parent().SpanID() != native.SpanContext().SpanID() {
		t.Errorf("child: %v, want one of the span", child)
	}
}

func TestActiveSpan(t *testing.T) {
	keepGlobals(t)
	tracer, _ := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	s := tracer.StartSpan("s")
	ctx := opentracing.ContextWithSpan(context.Background(), s)
	_, native := tracer.provider.records.Tracer("native").Start(context.Background(), "native")
	before := opentracing.ContextWithSpan(context.Background(), opentracing.NoopTracer{}.StartSpan(""))
	for _, c := range []struct {
		explanation string
		ctx         context.Context
		want        trace.Span
	}{
		{"the span", ctx, OTelSpan(s)},
		{"the span as the provider started it, which span processors know", trace.ContextWithSpan(ctx, s.(*span).otel), OTelSpan(s)},
		{"a span below that of a no-op tracer", trace.ContextWithSpan(before, native), native},
	} {
		if got := OTelSpan(SpanFromContext(c.ctx)).SpanContext(); !got.Equal(c.want.SpanContext()) {
			t.Errorf("%s: %v, want %v", c.explanation, got, c.want.SpanContext())
		}
	}
	if SpanFromContext(trace.ContextWithSpan(ctx, s.(*span).otel)) != s {
		t.Error("the span as the provider started it is another one")
	}
	if got := SpanFromContext(before); got == nil {
		t.Error("the no-op span isn't found")
	}
	opts := append(make([]opentracing.StartSpanOption, 0, 2), opentracing.Tag{Key: "k", Value: 1})
	StartSpanFromContext(ctx, "child", opts...)
	if opts[:2][1] != nil {
		t.Error("the caller's options are written to")
	}
}

type valueKey struct{}

func TestContextOfAStartedSpan(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	parent := tracer.StartSpan("parent").SetBaggageItem("k", "v")
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), valueKey{}, 7))
	ctx = withItems(t, opentracing.ContextWithSpan(ctx, parent), "explicit", "1")
	started, native := tracer.TracerProvider().Tracer("native").Start(ctx, "native")
	defer native.End()
	child, below := opentracing.StartSpanFromContextWithTracer(started, tracer, "child")
	defer child.Finish()
	if got := child.BaggageItem("k") + child.BaggageItem("explicit"); got != "v1" {
		t.Errorf("baggage of the span of OpenTelemetry code is %q, want both items", got)
	}
	cancel()
	for name, ctx := range map[string]context.Context{"OpenTelemetry": started, "OpenTracing": below} {
		if ctx.Value(valueKey{}) != 7 || ctx.Err() == nil {
			t.Errorf("%s: value %v, error %v, want those of the caller's context", name, ctx.Value(valueKey{}), ctx.Err())
		}
		if hasDeferredSetup(ctx) {
			t.Errorf("%s: the mark of a start is still in the context: a raw bridge would not activate its spans", name)
		}
	}
}

// TestContextWithSpanContext starts spans by OpenTelemetry below a span context, in a
// context in which another span with baggage is active.
func TestContextWithSpanContext(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	native := tracer.TracerProvider().Tracer("native")
	parent := tracer.StartSpan("parent").SetBaggageItem("of", "parent")
	sc := parent.Context()
	parent.SetBaggageItem("later", "1")
	_, unwrapped := tracer.provider.records.Tracer("unwrapped").Start(context.Background(), "unwrapped")
	remote := &spanContext{foreign: unwrapped, items: newContextItems(baggage.FromContext(withItems(t, context.Background(), "of", "remote")))}

	other := tracer.StartSpan("other").SetBaggageItem("of", "other")
	outer := opentracing.ContextWithSpan(context.WithValue(context.Background(), valueKey{}, 7), other)
	other.SetBaggageItem("since", "1")
	for _, learnt := range []bool{true, false} {
		if !learnt {
			keys := contextKeys
			contextKeys = privateKeys{}
			defer func() { contextKeys = keys }()
		}
		for name, c := range map[string]struct {
			sc     opentracing.SpanContext
			parent trace.SpanID
			items  string
		}{
			"a span's": {sc, OTelSpan(parent).SpanContext().SpanID(), "of=parent"},
			"a remote": {remote, unwrapped.SpanContext().SpanID(), "of=remote"},
			"none":     {nil, trace.SpanID{}, ""},
			"a noop":   {noopSpanContext, trace.SpanID{}, ""},
		} {
			ctx := ContextWithSpanContext(outer, c.sc)
			if ctx.Value(valueKey{}) != 7 {
				t.Errorf("%s: the values of ctx are lost", name)
			}
			started, span := native.Start(ctx, name)
			if got := baggage.FromContext(started).String(); got != c.items {
				t.Errorf("%s: the child has the baggage %q, want that of the span context, %q", name, got, c.items)
			}
			span.End()
			if got := namedSpans(recorder)[name].Parent().SpanID(); got != c.parent {
				t.Errorf("%s: the child's parent is %v, want %v", name, got, c.parent)
			}
			if got := baggage.FromContext(ctx).String(); got != c.items {
				t.Errorf("%s: what is injected has the baggage %q, want %q", name, got, c.items)
			}
			var none context.Context
			if ctx := ContextWithSpanContext(none, c.sc); trace.SpanContextFromContext(ctx).SpanID() != c.parent {
				t.Errorf("%s: without a context the active span is another one", name)
			}
		}
	}
}

// TestSpanContextFromContext takes span contexts out of contexts, and starts children of them
// by OpenTracing's API.
func TestSpanContextFromContext(t *testing.T) {
	keepGlobals(t)
	tracer, recorder := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	parent := tracer.StartSpan("parent").SetBaggageItem("of", "parent")
	active := opentracing.ContextWithSpan(context.Background(), parent)
	nativeCtx, native := tracer.TracerProvider().Tracer("native").Start(active, "native")
	remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled, Remote: true})
	extracted := trace.ContextWithRemoteSpanContext(context.Background(), remote)
	spanID := func(span opentracing.Span) trace.SpanID { return OTelSpan(span).SpanContext().SpanID() }
	for name, c := range map[string]struct {
		ctx    context.Context
		parent trace.SpanID
		items  string
	}{
		"a span of OpenTracing":           {active, spanID(parent), "of=parent"},
		"one of OpenTelemetry":            {nativeCtx, native.SpanContext().SpanID(), "of=parent"},
		"baggage that was added":          {withItems(t, nativeCtx, "added", "1"), native.SpanContext().SpanID(), "added=1,of=parent"},
		"what a propagator extracted":     {withItems(t, extracted, "of", "remote"), remote.SpanID(), "of=remote"},
		"baggage without a trace":         {withItems(t, context.Background(), "alone", "1"), trace.SpanID{}, "alone=1"},
		"what ContextWithSpanContext has": {ContextWithSpanContext(context.Background(), parent.Context()), spanID(parent), "of=parent"},
	} {
		sc := SpanContextFromContext(c.ctx)
		if sc == nil {
			t.Fatalf("%s: no span context", name)
		}
		var items []string
		sc.ForeachBaggageItem(func(k, v string) bool {
			items = append(items, k+"="+v)
			return true
		})
		slices.Sort(items)
		if got := strings.Join(items, ","); got != c.items {
			t.Errorf("%s: baggage %q, want %q", name, got, c.items)
		}
		tracer.StartSpan(name, opentracing.ChildOf(sc)).Finish()
		if got := namedSpans(recorder)[name].Parent().SpanID(); got != c.parent {
			t.Errorf("%s: the child's parent is %v, want %v", name, got, c.parent)
		}
	}
	if sc := SpanContextFromContext(context.Background()); sc != nil {
		t.Errorf("an empty context has %v", sc)
	}
	var none context.Context
	if sc := SpanContextFromContext(none); sc != nil {
		t.Errorf("no context has %v", sc)
	}
}

func TestUnsampledAndOtherSDKs(t *testing.T) {
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample())), nil)
	if got := OTelSpan(tracer.StartSpan("s")).TracerProvider(); got != tracer.TracerProvider() {
		t.Errorf("an unsampled span's provider is a %T, want the tracer's", got)
	}
	other := &statusSpan{Span: noopSpan}
	span := newSpan(tracer, other, noParent)
	span.SetTag("error", false)
	OTelSpan(span).End()
	if other.status != codes.Ok {
		t.Errorf("status %v at the End of another SDK's span, want the Ok of error=false", other.status)
	}
}

type statusSpan struct {
	trace.Span
	status codes.Code
}

func (*statusSpan) IsRecording() bool                     { return true }
func (s *statusSpan) SetStatus(code codes.Code, _ string) { s.status = code }

// valueSpan is a span of another SDK, of a type that can't be compared.
type valueSpan struct {
	trace.Span
	context trace.SpanContext
	_       []int
}

func (s valueSpan) SpanContext() trace.SpanContext { return s.context }

func TestSpansThatCantBeCompared(t *testing.T) {
	keepGlobals(t)
	tracer, recorder := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	id, _ := OTelSpanContext(tracer.StartSpan("s").Context())
	foreign := valueSpan{Span: noopSpan, context: id}
	ctx := opentracing.ContextWithSpan(context.Background(), OpenTracingSpan(foreign))
	child, _ := StartSpanFromContext(trace.ContextWithSpan(ctx, foreign), "child")
	child.Finish()
	if got := namedSpans(recorder)["child"].Parent().SpanID(); got != id.SpanID() {
		t.Errorf("parent %v, want %v", got, id.SpanID())
	}
}

// valueWatcher is a span processor that notes a value of the parent's context.
type valueWatcher struct {
	discard
	seen   []any
	parent trace.SpanContext
}

func (w *valueWatcher) OnStart(parent context.Context, _ sdktrace.ReadWriteSpan) {
	w.seen, w.parent = append(w.seen, parent.Value(valueKey{})), trace.SpanContextFromContext(parent)
}

func TestValuesOfTheContextReachSpanProcessors(t *testing.T) {
	keepGlobals(t)
	watcher := &valueWatcher{}
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(watcher)), nil)
	opentracing.SetGlobalTracer(tracer)
	root, ctx := StartSpanFromContext(context.WithValue(context.Background(), valueKey{}, 7), "root")
	StartSpanFromContext(ctx, "child")
	if len(watcher.seen) != 2 || watcher.seen[0] != 7 || watcher.seen[1] != 7 {
		t.Errorf("values %v, want those of the caller's context", watcher.seen)
	}
	if want := OTelSpan(root).SpanContext(); !watcher.parent.Equal(want) {
		t.Errorf("parent %v, want %v", watcher.parent, want)
	}
}

// TestSpanFromContextWithoutInstall asks contexts of OpenTelemetry code for spans where no
// tracer is installed: one that does nothing is a span, as it is in OpenTracing.
func TestSpanFromContextWithoutInstall(t *testing.T) {
	keepGlobals(t)
	opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	started, _ := noop.NewTracerProvider().Tracer("native").Start(context.Background(), "native")
	for _, c := range []struct {
		explanation string
		ctx         context.Context
		want        bool
	}{
		{"no context", nil, false},
		{"an empty one", context.Background(), false},
		{"one of a span that does nothing", started, true},
		{"one of a span of OpenTracing", opentracing.ContextWithSpan(context.Background(), opentracing.NoopTracer{}.StartSpan("s")), true},
	} {
		if got := SpanFromContext(c.ctx); (got != nil) != c.want {
			t.Errorf("%s: %v, want one: %v", c.explanation, got, c.want)
		}
	}
	tracer, _ := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	if got := SpanFromContext(started); got != nil {
		t.Errorf("where a tracer is installed, a span that does nothing: %v, want none", got)
	}
}
