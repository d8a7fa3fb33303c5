// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// legacyContext is a context in which a span of an OpenTracing tracer is active for
// both APIs. As in an activeContext, the baggage is a live view.
type legacyContext struct {
	context.Context
	span *legacySpan
	// inherited is the context that the span has its baggage of; nil for none. explicit is
	// the baggage of the context that the span was started with.
	inherited opentracing.SpanContext
	explicit  baggage.Baggage
}

type legacyContextKey struct{}

func (c *legacyContext) Value(key any) any {
	switch key {
	case contextKeys.otelSpan:
		return c.span
	case contextKeys.openTracing:
		return c.openTracing()
	case contextKeys.otelBaggage:
		return baggageStateOf(c.baggage())
	case legacyContextKey{}:
		return c
	case activeContextKey{}:
		return nil // the baggage is not that of a Tracer's span
	}
	return c.Context.Value(key)
}

// openTracing is what OpenTracing code finds here. Who finds something else in a context
// below knows that it was activated since.
func (c *legacyContext) openTracing() opentracing.Span {
	if c.span.openTracing == nil { // a remote one
		return c.span.under
	}
	return c.span.openTracing
}

// String makes a context printable without printing a span's internals.
func (c *legacyContext) String() string { return "compat.legacyContext" }

// activate returns a context in which s is the active span of both APIs. The baggage is
// that of the span, and explicit, as the tracer may have none.
func (s *legacySpan) activate(ctx context.Context, inherited opentracing.SpanContext, explicit baggage.Baggage) context.Context {
	if s.openTracing != nil && s.provider.hook != nil {
		ctx = s.provider.runHook(ctx, s.openTracing)
	}
	active := &s.active
	*active = legacyContext{Context: ctx, span: s, inherited: inherited, explicit: explicit}
	if contextKeys.learnt {
		return active
	}
	ctx = trace.ContextWithSpan(active, s)
	if s.openTracing != nil {
		ctx = opentracing.ContextWithSpan(ctx, s.openTracing)
	}
	ctx = baggage.ContextWithBaggage(ctx, active.baggage())
	return context.WithValue(ctx, legacyContextKey{}, active)
}

// runHook has the tracer put into a context what its own instrumentation finds there.
func (p *legacyProvider) runHook(ctx context.Context, activated opentracing.Span) (hooked context.Context) {
	defer p.reportPanic("ContextWithSpanHook")
	hooked = ctx
	if added := p.hook.ContextWithSpanHook(ctx, activated); added != nil {
		hooked = added
	}
	return hooked
}

// activeLegacy is what is active in a context.
type activeLegacy struct {
	ctx         context.Context
	openTracing opentracing.Span // what OpenTracing code finds; nil for none
	otel        trace.Span       // what OpenTelemetry code finds
	context     *legacyContext   // the innermost one; nil for none
	isContext   bool             // nothing was put into a context below it
}

func activeLegacyIn(ctx context.Context) activeLegacy {
	if c, ok := ctx.(*legacyContext); ok {
		return activeLegacy{ctx: ctx, openTracing: c.openTracing(), otel: c.span, context: c, isContext: true}
	}
	active := activeLegacy{ctx: ctx, openTracing: opentracing.SpanFromContext(ctx), otel: trace.SpanFromContext(ctx)}
	active.context, _ = ctx.Value(legacyContextKey{}).(*legacyContext)
	return active
}

// isOpenTracings reports whether the active span is the one that OpenTracing code finds:
// it was activated after the one that OpenTelemetry code finds.
func (a *activeLegacy) isOpenTracings() bool {
	if a.isContext || a.openTracing == nil {
		return false
	}
	var same, unchanged bool // what the APIs find is what the innermost legacyContext has
	if c := a.context; c != nil {
		same, unchanged = isSame(a.openTracing, c.openTracing()), c.span.is(a.otel)
		if same && unchanged && c.span.openTracing != nil {
			return false // they find the same span
		}
	}
	switch {
	case spanOf(a.openTracing) != nil:
		return false // OpenTelemetry code finds it too
	case unchanged && !same, a.otel == noopSpan && !a.isDetached():
		return true
	}
	switch lastActivated(a.ctx) {
	case openTracingActivated:
		return true
	case otelActivated, bothActivated:
		return false
	}
	if same {
		return false
	}
	// One that was started where the other was active already is below it.
	local, ok := a.otel.(*legacySpan)
	if !ok || local.openTracing == nil {
		return true // what came from another process is above a span of this one
	}
	return !isSame(local.openTracing, a.openTracing) && !isSame(local.under, a.openTracing)
}

// isDetached reports whether OpenTelemetry code put a span that does nothing into the
// context, so that none is active.
func (a *activeLegacy) isDetached() bool {
	return a.context != nil || contextKeys.learnt && a.ctx.Value(contextKeys.otelSpan) != nil
}

// legacyActiveIn returns the active span of ctx for OpenTracing code, where OpenTelemetry code
// activated one that is for an OpenTracing tracer; ok is false where it did not.
func legacyActiveIn(ctx context.Context) (found opentracing.Span, ok bool) {
	otelSpan, global := trace.SpanFromContext(ctx), opentracing.GlobalTracer()
	s, legacy := otelSpan.(*legacySpan)
	switch {
	case legacy && s.openTracing == nil && tracerOf(global) != nil:
		return nil, false // for a Tracer it has its IDs alone
	case !legacy && (otelSpan == noopSpan || ownSpan(otelSpan) != nil || globalLegacyProvider() == nil || !otelSpan.SpanContext().IsValid()):
		return nil, false
	}
	active := activeLegacyIn(ctx)
	if active.isOpenTracings() {
		return active.openTracing, true
	}
	if legacy {
		return openTracingSpan(s, baggage.Baggage{}), true
	}
	p := active.providerOf(global)
	if p == nil {
		return nil, false
	}
	sc := p.contextOfSpan(otelSpan)
	if sc == nil {
		return nil, true
	}
	return &legacyView{openTracingSpan(otelSpan, contextBaggage(ctx)), otelSpan, newRemoteSpan(p, sc, nil)}, true
}

// legacyParentIn returns what a span that OpenTracing code starts in ctx by the global
// tracer has as its parent, where OpenTelemetry code activated a span of that tracer; nil
// otherwise.
func legacyParentIn(ctx context.Context) opentracing.SpanContext {
	active := activeLegacyIn(ctx)
	p := active.providerOf(opentracing.GlobalTracer())
	if p == nil || active.isOpenTracings() {
		return nil // which opentracing.StartSpanFromContext finds
	}
	return p.contextOfSpan(active.otel)
}

// providerOf returns the provider of a tracer, where OpenTelemetry code may have activated
// a span that is for that tracer; nil otherwise.
func (a *activeLegacy) providerOf(tracer opentracing.Tracer) *legacyProvider {
	if a.otel == noopSpan {
		return nil
	}
	s, ok := a.otel.(*legacySpan)
	if ok && s.provider.records(tracer) {
		return s.provider
	}
	if p := globalLegacyProvider(); p != nil && p.records(tracer) {
		return p
	}
	if ok && s.provider == unknownTracer {
		if p := newLegacyProvider(tracer); p.takes(s.context()) {
			return p
		}
	}
	return nil
}

// tracerOf returns the tracer of a span; nil for none.
func (p *legacyProvider) tracerOf(sp opentracing.Span) opentracing.Tracer {
	defer p.reportPanic("Tracer of a span")
	return sp.Tracer()
}

// isSame compares spans, whose types may be such that can't be compared. Most are
// pointers.
func isSame(a, b opentracing.Span) bool {
	if a == nil || b == nil {
		return false
	}
	kind := reflect.TypeOf(a)
	if kind != reflect.TypeOf(b) {
		return false
	}
	return (kind.Kind() == reflect.Pointer || reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable()) && a == b
}

// contextOf returns the context of the active span as one of p's tracer; nil where no
// span is active, or its context is not one that the tracer knows.
func (p *legacyProvider) contextOf(active *activeLegacy) opentracing.SpanContext {
	if active.isOpenTracings() {
		return p.spanContext(active.openTracing)
	}
	return p.contextOfSpan(active.otel)
}

// spanContext returns the context of a span of OpenTracing; nil for none.
func (p *legacyProvider) spanContext(sp opentracing.Span) (sc opentracing.SpanContext) {
	defer p.reportPanic("Context of a span")
	if sc = sp.Context(); sc == noopSpanContext {
		return nil
	}
	return sc
}

// contextOfSpan is contextOf for a span of OpenTelemetry.
func (p *legacyProvider) contextOfSpan(otelSpan trace.Span) opentracing.SpanContext {
	switch s := otelSpan.(type) {
	case *legacySpan:
		sc := s.context()
		switch {
		case s.provider == p, p.records(s.provider.tracer), s.openTracing != nil && p.records(s.provider.tracerOf(s.openTracing)):
			return sc
		case s.openTracing == nil && p.takes(sc):
			return sc
		case s.provider == unknownTracer && !s.SpanContext().IsValid():
			p.reportCut()
			return nil
		}
	case *sdkSpan, *apiSpan:
		// A Tracer over this provider.
		if recorded, ok := ownSpan(otelSpan).otel.(*legacySpan); ok {
			return p.contextOfSpan(recorded)
		}
		if sc := OpenTracingSpan(otelSpan).Context(); p.knows(sc) {
			return sc
		}
	}
	return p.contextFor(otelSpan.SpanContext())
}

// baggageIn returns the baggage of ctx. parent is the context of the active span, if p's
// tracer knows it, which isn't asked for again then.
func (p *legacyProvider) baggageIn(ctx context.Context, a *activeLegacy, parent opentracing.SpanContext) baggage.Baggage {
	if a.isContext && parent != nil && a.context.span.provider == p {
		return a.context.baggageOf(parent)
	}
	return baggage.FromContext(ctx)
}

// inheritBaggage sets the baggage of the context on a new span, which has that of its parent
// already, and returns it.
//
// Baggage that OpenTelemetry code put into a context below the active span is a copy.
// An item of it that has the value which the span had at its activation, and has another
// one by now, is stale.
func (s *legacySpan) inheritBaggage(bag baggage.Baggage, active *legacyContext) baggage.Baggage {
	if bag.Len() == 0 {
		return bag
	}
	var activated baggage.Baggage
	if active != nil {
		activated = active.activated()
	}
	for _, item := range bag.Members() {
		inherited := s.baggageItem(item.Key())
		stale := inherited != "" && activated.Member(item.Key()).Value() == item.Value()
		if inherited != item.Value() && !stale {
			s.setBaggageItem(item.Key(), item.Value())
		}
	}
	return bag
}

// activated returns the baggage at the activation.
func (c *legacyContext) activated() baggage.Baggage {
	if c.inherited == nil {
		return c.explicit
	}
	return unionOf(c.explicit, c.span.provider.viewedBaggage(c.inherited))
}

// baggage returns the items that the span has by now, and what else it was started with.
func (c *legacyContext) baggage() baggage.Baggage {
	sc := c.span.context()
	if sc == nil {
		return c.explicit
	}
	return c.baggageOf(sc)
}

// baggageOf is baggage where sc is the context of the span.
func (c *legacyContext) baggageOf(sc opentracing.SpanContext) baggage.Baggage {
	return unionOf(c.span.provider.viewedBaggage(sc), c.explicit)
}

// viewedBaggage returns the items of a span context, as many as W3C's header has: more are
// slow to make baggage of, and this is asked for at each start.
func (p *legacyProvider) viewedBaggage(sc opentracing.SpanContext) (bag baggage.Baggage) {
	view := baggageViews.Get().(*baggageView)
	defer func() {
		clear(view.items)
		view.items = view.items[:0]
		baggageViews.Put(view)
	}()
	defer p.reportPanic("ForeachBaggageItem")
	sc.ForeachBaggageItem(view.handler)
	if len(view.items) > 0 {
		bag, _ = addItems(bag, view.items)
	}
	return bag
}

// baggageView collects the items of a span context. Most have none, and then it costs
// nothing.
type baggageView struct {
	items   []baggage.Member
	handler func(key, value string) bool
}

var baggageViews = sync.Pool{New: func() any {
	view := new(baggageView)
	view.handler = view.add
	return view
}}

func (v *baggageView) add(key, value string) bool {
	if item, err := baggage.NewMemberRaw(validUTF8(key), validUTF8(value)); err == nil {
		v.items = append(v.items, item)
	}
	return len(v.items) < maxW3CItems
}

// reportCut reports a parent that the tracer can't be told.
func (p *legacyProvider) reportCut() {
	p.reportOnce(fmt.Sprintf("compat: ProviderOf: %T can't be told the context of a span that it hasn't started: its trace is cut there; "+
		"set compat.PropagatorOf(tracer) as OpenTelemetry's propagator, and start the spans of a trace with one tracer", p.tracer))
}
