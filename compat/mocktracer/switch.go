// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

// switchProvider is a global provider whose tracers start a span by the provider that is in
// use then: that of the tracer that is installed, else the one that somebody else has made
// global.
type switchProvider struct {
	embedded.TracerProvider
	installed atomic.Pointer[trace.TracerProvider]
}

func (p *switchProvider) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return &switchTracer{provider: p, name: name, opts: opts}
}

type switchTracer struct {
	embedded.Tracer
	provider *switchProvider
	name     string
	opts     []trace.TracerOption
}

func (t *switchTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	if installed := t.provider.installed.Load(); installed != nil {
		return (*installed).Tracer(t.name, t.opts...).Start(ctx, name, opts...)
	}
	global := otel.GetTracerProvider()
	ctx, once := passOn(ctx)
	if isUnset(global) || global == trace.TracerProvider(t.provider) || once == nil {
		return noop.Tracer{}.Start(ctx, name, opts...)
	}
	defer once.end()
	return global.Tracer(t.name, t.opts...).Start(ctx, name, opts...)
}

// switchPropagator is the same for the global propagator.
type switchPropagator struct {
	installed atomic.Pointer[propagation.TextMapPropagator]
}

// Fields are those of the tracer that is installed.
func (p *switchPropagator) Fields() []string {
	if installed := p.installed.Load(); installed != nil {
		return (*installed).Fields()
	}
	return nil
}

func (p *switchPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if installed := p.installed.Load(); installed != nil {
		(*installed).Inject(ctx, carrier)
		return
	}
	global := otel.GetTextMapPropagator()
	if ctx, once := passOn(ctx); !isUnset(global) && global != propagation.TextMapPropagator(p) && once != nil {
		defer once.end()
		global.Inject(ctx, carrier)
	}
}

func (p *switchPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if installed := p.installed.Load(); installed != nil {
		return (*installed).Extract(ctx, carrier)
	}
	global := otel.GetTextMapPropagator()
	ctx, once := passOn(ctx)
	if isUnset(global) || global == propagation.TextMapPropagator(p) || once == nil {
		return ctx
	}
	defer once.end()
	return global.Extract(ctx, carrier)
}

// passing is a call that a switch passes on to what is global. Where that comes back to the
// switch, as it does when it was made of it, the call would go round for ever.
type passing struct{ over atomic.Bool }

type passingKey struct{}

// passOn returns ctx with the mark of a call that is passed on; nil for one that was already.
func passOn(ctx context.Context) (context.Context, *passing) {
	if ctx == nil {
		ctx = context.Background()
	}
	if outer, ok := ctx.Value(passingKey{}).(*passing); ok && !outer.over.Load() {
		return ctx, nil
	}
	once := new(passing)
	return context.WithValue(ctx, passingKey{}, once), once
}

func (p *passing) end() { p.over.Store(true) }
