// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// activeContext is a context in which a span is the active one of both APIs.
//
// It answers the keys of OpenTracing, of OpenTelemetry's span and of its
// baggage from one place. So there is one allocation where nested
// context.WithValue calls would need three, and the baggage is a live view: an
// item that is set after activation is seen by OpenTelemetry code that holds the
// context.
type activeContext struct {
	context.Context
	span *span
	// activated holds the baggage at activation. What it has and a context
	// further down lacks was taken away by OpenTelemetry code.
	activated *spanContext
}

type activeContextKey struct{}

func (c *activeContext) Value(key any) any {
	switch key {
	case contextKeys.otelSpan:
		return c.span.view
	case contextKeys.openTracing:
		return c.span.decorated()
	case contextKeys.otelBaggage:
		return c.span.current().baggageState()
	case contextKeys.deferred:
		// The mark that a span is started without context set-up ends here.
		return nil
	case activeContextKey{}:
		return c
	}
	return c.activated.valueIn(c.Context, key)
}

// String makes a context printable without printing a span's internals.
func (c *activeContext) String() string { return "compat.activeContext" }

// activate returns a context in which s is the active span of both APIs.
func activate(ctx context.Context, s *span) context.Context {
	sc := s.current()
	active := &activeContext{Context: ctx, span: s, activated: sc}
	if contextKeys.learnt {
		return active
	}
	// The other modules look their values up in a way that is not known here:
	// set them through their own functions; the baggage is a snapshot then.
	ctx = trace.ContextWithSpan(active, s.view)
	ctx = baggage.ContextWithBaggage(ctx, sc.baggage())
	return context.WithValue(ctx, activeContextKey{}, active)
}

// activeIn returns the innermost context of ctx in which a span of this package
// was activated, or nil.
func activeIn(ctx context.Context) *activeContext {
	if ctx == nil {
		return nil
	}
	active, _ := ctx.Value(activeContextKey{}).(*activeContext)
	return active
}

// startContext is the context that a span is started with: it has a parent, that
// parent's baggage, and the bridge's mark that the context set-up is done by the
// caller.
type startContext struct {
	context.Context
	parent atomic.Pointer[spanContext]
}

func (c *startContext) Value(key any) any {
	parent := c.parent.Load()
	if value, found := parent.startValue(key); found {
		return value
	}
	return parent.valueIn(c.Context, key)
}

// release ends the start: who keeps the context doesn't keep the parent, and with
// it the parent's parent and so on, but what identifies it.
func (c *startContext) release() {
	parent := c.parent.Load()
	c.parent.Store(&spanContext{foreign: &contextSpan{noopSpan, parent.otel()}, items: parent.items, extracted: parent.extracted})
}

// parentContext is a startContext over the background context: the span context
// itself, so that the child of a span context costs no allocation.
type parentContext spanContext

func (*parentContext) Deadline() (deadline time.Time, ok bool) { return time.Time{}, false }
func (*parentContext) Done() <-chan struct{}                   { return nil }
func (*parentContext) Err() error                              { return nil }

func (c *parentContext) Value(key any) any {
	parent := (*spanContext)(c)
	if value, found := parent.startValue(key); found {
		return value
	}
	return parent.extractedValue(key)
}

// startValue returns what a context to start a child of c with has under key.
func (c *spanContext) startValue(key any) (value any, found bool) {
	switch key {
	case contextKeys.otelSpan:
		return c.parentSpan(), true
	case contextKeys.otelBaggage:
		return c.baggageState(), true
	case contextKeys.deferred:
		return contextKeys.deferredMark, true
	}
	return nil, false
}

// newStartContext returns the context to start a child of parent with, or to
// inject parent from. Values other than span and baggage come from ctx, else from what
// parent was extracted into. When it is kept, the result is a startContext to release
// after the start.
func newStartContext(ctx context.Context, parent *spanContext, kept bool) context.Context {
	switch {
	case !contextKeys.learnt:
		if parent.extracted != nil {
			ctx = &extractedContext{ctx, parent}
		}
		ctx = trace.ContextWithSpan(withDeferredSetup(ctx), parent.parentSpan())
		return baggage.ContextWithBaggage(ctx, parent.baggage())
	case ctx == context.Background() && !kept:
		return (*parentContext)(parent)
	}
	start := &startContext{Context: ctx}
	start.parent.Store(parent)
	return start
}

// extractedContext is a context with the values that parent was extracted with, where
// it has none of its own.
type extractedContext struct {
	context.Context
	parent *spanContext
}

func (c *extractedContext) Value(key any) any {
	return c.parent.valueIn(c.Context, key)
}

// ContextWithSpanContext returns ctx for OpenTelemetry code that starts a child of sc, or
// injects it: sc's span is the active one, and the baggage is sc's, in the place of
// those of ctx. It is to sc what opentracing.ChildOf(sc) is to a start. A nil sc, and
// one that names no trace, leave no span active. A context of an OpenTracing tracer is
// the parent of the spans of its [ProviderOf].
//
// trace.ContextWithSpanContext does the same for a context of OpenTelemetry, which has
// no baggage.
func ContextWithSpanContext(ctx context.Context, sc opentracing.SpanContext) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	parent, _ := ownSpanContext(sc)
	switch _, own := undecorated(sc).(*spanContext); {
	case parent == nil:
		parent = noParent
	case !own && sc != noopSpanContext:
		parent.foreign = newReferredSpan(sc, parent.otel())
	}
	if contextKeys.learnt {
		return &referredContext{Context: ctx, parent: parent}
	}
	if parent.extracted != nil {
		ctx = &extractedContext{ctx, parent}
	}
	ctx = context.WithValue(ctx, activeContextKey{}, (*activeContext)(nil))
	ctx = context.WithValue(ctx, legacyContextKey{}, (*legacyContext)(nil))
	ctx = trace.ContextWithSpan(ctx, parent.parentSpan())
	return baggage.ContextWithBaggage(ctx, parent.baggage())
}

// SpanContextFromContext returns the span context of the active span of ctx, whichever API
// activated it, or of what a propagator extracted into ctx, with the baggage of ctx. It is
// what opentracing.ChildOf needs for a child in ctx. Without a span and baggage it is nil.
// What is extracted keeps the values of ctx.
func SpanContextFromContext(ctx context.Context) opentracing.SpanContext {
	if ctx == nil {
		return nil
	}
	extracted := trace.SpanFromContext(ctx)
	_, legacy := legacyActiveIn(ctx)
	if active := activeSpan(ctx); active != nil && (legacy || !extracted.SpanContext().IsRemote()) {
		if s := spanOf(active); s != nil {
			return s.tracer.decorated(s.current().in(ctx), s.otel)
		}
		return active.Context()
	}
	sc := &spanContext{foreign: extracted, items: newContextItems(contextBaggage(ctx)), extracted: ctx}
	if !sc.otel().IsValid() && !sc.otel().IsSampled() && sc.items == nil {
		return nil
	}
	if t := tracerOf(opentracing.GlobalTracer()); t != nil {
		return t.decorated(sc, extracted)
	}
	return sc
}

// referredContext is a context in which the span and the baggage of a span context
// are active. Unlike in an activeContext, the baggage is not a live view, since a span
// context never changes.
type referredContext struct {
	context.Context
	parent *spanContext
}

func (c *referredContext) Value(key any) any {
	switch key {
	case contextKeys.otelSpan:
		if c.parent.span != nil {
			return c.parent.span.view
		}
		return c.parent.parentSpan()
	case contextKeys.openTracing:
		if c.parent.span != nil {
			return c.parent.span.decorated()
		}
		return nil
	case contextKeys.otelBaggage:
		return c.parent.baggageState()
	case contextKeys.deferred, activeContextKey{}, legacyContextKey{}:
		return nil // what ctx has of them is another span's
	}
	return c.parent.valueIn(c.Context, key)
}

// String makes the context printable without printing a span's internals.
func (c *referredContext) String() string { return "compat.referredContext" }

// contextKeys are the keys under which the other modules keep their values in a
// context. They are private there, so they are learnt once by asking; when that
// fails, learnt is false and only their public functions are used.
var contextKeys = learnContextKeys()

type privateKeys struct {
	learnt                                       bool
	openTracing, otelSpan, otelBaggage, deferred any
	deferredMark                                 any
}

// keyProbe is a context that notes which key it is asked for.
type keyProbe struct {
	context.Context
	asked any
}

func (p *keyProbe) Value(key any) any {
	p.asked = key
	return nil
}

func learnContextKeys() privateKeys {
	background := context.Background()
	probe := &keyProbe{Context: background}
	var k privateKeys
	opentracing.SpanFromContext(probe)
	k.openTracing, probe.asked = probe.asked, nil
	trace.SpanFromContext(probe)
	k.otelSpan, probe.asked = probe.asked, nil
	baggage.FromContext(probe)
	k.otelBaggage, probe.asked = probe.asked, nil
	hasDeferredSetup(probe)
	k.deferred = probe.asked
	if k.openTracing == nil || k.otelSpan == nil || k.otelBaggage == nil || k.deferred == nil {
		return k
	}
	k.deferredMark = withDeferredSetup(background).Value(k.deferred)
	member, err := baggage.NewMemberRaw("probe", "probe")
	if err != nil {
		return k
	}
	bag, err := baggage.New(member)
	if err != nil {
		return k
	}
	// Trust a key only when a value that is found under it can be read back.
	state := baggage.ContextWithBaggage(background, bag).Value(k.otelBaggage)
	readBack := baggage.FromContext(context.WithValue(background, k.otelBaggage, state)) //nolint:staticcheck // the key is theirs
	k.learnt = k.deferredMark != nil && readBack.Member("probe").Value() == "probe"
	return k
}

// baggageStateOf returns bag in the form in which OpenTelemetry keeps it in a
// context, nil when it is empty.
func baggageStateOf(bag baggage.Baggage) any {
	if bag.Len() == 0 || !contextKeys.learnt {
		return nil
	}
	return baggage.ContextWithBaggage(context.Background(), bag).Value(contextKeys.otelBaggage)
}

// baggageStateIn is baggageStateOf for the baggage of ctx, without a copy.
func baggageStateIn(ctx context.Context) any {
	if !contextKeys.learnt {
		return nil
	}
	return ctx.Value(contextKeys.otelBaggage)
}
