// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// Install makes a tracer the one of both APIs, by these globals:
//
//   - opentracing.SetGlobalTracer: the tracer,
//   - otel.SetTracerProvider: a provider that passes on to the tracer's,
//   - otel.SetTextMapPropagator: a propagator that writes and reads W3C trace context and
//     baggage, and beside them what the tracer writes in the format opentracing.HTTPHeaders.
//     Where the test has registered an Injector for that format or opentracing.TextMap, it
//     writes by that alone; where it has registered an Extractor, it reads by that alone.
//
// The tracer may be any other one, too, such as one that a test has written for itself. Then
// the provider is compat.ProviderOf the tracer, and the propagator compat.PropagatorOf it.
//
// It may be called as often as wanted, by one test after the other: a tracer that code keeps
// in a package variable, as of otel.Tracer, follows. Known limit: OpenTelemetry binds such a
// variable to the first provider that is ever made global, so where that is another one, as
// in a TestMain, call Install before it.
//
// The function that it returns restores what was global before, once:
//
//	t.Cleanup(mocktracer.Install(mock))
//
// A nil tracer is reported through otel.Handle and changes nothing. Tests that run in
// parallel need a tracer each, handed to the code as a parameter: the globals are those of
// the tracer that was installed last and is not restored.
func Install(tracer opentracing.Tracer) (restore func()) {
	if isNil(tracer) {
		otel.Handle(errors.New("mocktracer: Install: nil tracer: the globals stay as they are; pass one of mocktracer.New"))
		return func() {}
	}
	one := installed.push(tracer)
	return sync.OnceFunc(func() { installed.remove(one) })
}

// installed is what [Install] sets. OpenTelemetry's globals are the process's, and what code
// takes of them is bound to the first ones for ever.
var installed = newGlobals()

// globals are the tracers that are installed, the last one in use.
type globals struct {
	mu       sync.Mutex
	tracers  []*installation
	provider *switchProvider
	textMap  *switchPropagator
	before   struct { // what was global before the first of tracers
		tracer   opentracing.Tracer
		provider trace.TracerProvider
		textMap  propagation.TextMapPropagator
	}
}

// An installation is a tracer, and what OpenTelemetry code starts spans and propagates by
// while it is installed.
type installation struct {
	tracer   opentracing.Tracer
	provider trace.TracerProvider
	textMap  propagation.TextMapPropagator
}

func newGlobals() *globals {
	return &globals{provider: new(switchProvider), textMap: new(switchPropagator)}
}

func (g *globals) push(tracer opentracing.Tracer) *installation {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.tracers) == 0 {
		g.before.tracer = opentracing.GlobalTracer()
		g.before.provider = otel.GetTracerProvider()
		g.before.textMap = otel.GetTextMapPropagator()
	}
	opentracing.SetGlobalTracer(tracer) // first: ProviderOf asks whether there is one
	one := &installation{tracer, compat.ProviderOf(tracer), g.propagatorOf(tracer)}
	g.tracers = append(g.tracers, one)
	g.use(one)
	return one
}

func (g *globals) remove(one *installation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tracers = slices.DeleteFunc(g.tracers, func(other *installation) bool { return other == one })
	if last := len(g.tracers) - 1; last >= 0 {
		g.use(g.tracers[last])
		return
	}
	g.provider.installed.Store(nil)
	g.textMap.installed.Store(nil)
	opentracing.SetGlobalTracer(g.before.tracer)
	otel.SetTracerProvider(g.before.provider)
	otel.SetTextMapPropagator(g.before.textMap)
	g.before.tracer, g.before.provider, g.before.textMap = nil, nil, nil
}

// use makes a tracer the global one.
func (g *globals) use(one *installation) {
	g.provider.installed.Store(&one.provider)
	g.textMap.installed.Store(&one.textMap)
	opentracing.SetGlobalTracer(one.tracer)
	otel.SetTracerProvider(g.provider)
	otel.SetTextMapPropagator(g.textMap)
}

// propagatorOf returns what OpenTelemetry code propagates by while a tracer is installed.
func (g *globals) propagatorOf(tracer opentracing.Tracer) propagation.TextMapPropagator {
	if mock, ok := tracer.(*MockTracer); ok {
		return mock.over().Propagator(&installedPropagator{mock, propagation.NewCompositeTextMapPropagator(
			propagation.TraceContext{}, propagation.Baggage{}, &propagator{mock, opentracing.HTTPHeaders})})
	}
	textMap := compat.PropagatorOf(tracer)
	if installed := g.textMap.installed.Load(); installed != nil && textMap == propagation.TextMapPropagator(g.textMap) {
		return *installed // the global one is right for that tracer, and is not to go round
	}
	return textMap
}

// isUnset reports whether a global is the one that OpenTelemetry has until somebody sets
// another. It passes on to the first that is set.
func isUnset(global any) bool {
	kind := reflect.TypeOf(global)
	return kind == nil || kind.Kind() == reflect.Pointer && kind.Elem().PkgPath() == "go.opentelemetry.io/otel/internal/global"
}
