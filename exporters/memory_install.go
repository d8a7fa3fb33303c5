// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// TracerProvider returns a provider whose spans m keeps, the same at each call until it is shut
// down: for code that takes a provider or a tracer. All of its spans are sampled, and its resource is empty.
// OT2OTEL_RECORD adds a recording, as for [NewProvider].
func (m *Memory) TracerProvider() *sdktrace.TracerProvider {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.provider == nil {
		m.provider = newTestProvider(m)
	}
	return m.provider
}

// newTestProvider returns a provider whose spans an exporter gets at once.
func newTestProvider(exporter sdktrace.SpanExporter) *sdktrace.TracerProvider {
	get := sdktrace.NewSimpleSpanProcessor(exporter)
	provider, err := NewProvider(context.Background(), &Config{
		Exporter: "none", Processors: []sdktrace.SpanProcessor{get}, Sampler: sdktrace.AlwaysSample(), Quiet: true,
		// As on the twin of mocktracer: recordings of tests differ in their spans only.
		Options: []sdktrace.TracerProviderOption{sdktrace.WithResource(resource.Empty())},
	})
	if err != nil { // of the environment, on which a test doesn't depend
		otel.Handle(err)
		return sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithSpanProcessor(LateSpanKind(get)))
	}
	return provider
}

// Install has m keep the spans of OpenTelemetry's global provider, for a test:
//
//	var memory exporters.Memory
//	t.Cleanup(memory.Install())
//
// It sets otel.SetTracerProvider, and otel.SetTextMapPropagator to W3C trace context and
// baggage. It may be called as often as wanted, by one test after the other: the spans of a
// tracer that code keeps in a package variable, as of otel.Tracer, go to the Memory that was
// installed last, and to none when all are restored. Known limit: OpenTelemetry binds such a
// variable to the first provider that is ever made global, so where that is another one, as
// in a TestMain, call Install before it.
//
// The function that it returns restores what was there before, once. A span that ends after
// that goes to the Memory which is in use then. Tests that run in
// parallel need a Memory each, and hand its TracerProvider to the code.
//
// Code under test can't shut the global provider down, which the next test needs. A nil
// Memory is reported through otel.Handle, and nothing is installed.
func (m *Memory) Install() (restore func()) {
	if m == nil {
		otel.Handle(errors.New("exporters: Install of a nil Memory: nothing is installed"))
		return func() {}
	}
	one := installedMemories.push(m)
	return sync.OnceFunc(func() { installedMemories.remove(one) })
}

// installedMemories is what Install sets. OpenTelemetry's globals are the process's, and what
// code takes of them is bound to the first ones for ever.
var installedMemories memories

// memories are those that are installed, the last one in use. It is the exporter of the one
// provider that is global then.
type memories struct {
	mu       sync.Mutex
	all      []*installation
	provider *sdktrace.TracerProvider
	before   struct { // what was global before the first of all
		provider trace.TracerProvider
		textMap  propagation.TextMapPropagator
	}
}

type installation struct{ memory *Memory }

// lastingProvider is a provider that whoever finds it can't shut down.
type lastingProvider struct {
	embedded.TracerProvider
	provider *sdktrace.TracerProvider
}

// Tracer returns the provider's tracer.
func (p lastingProvider) Tracer(name string, opts ...trace.TracerOption) trace.Tracer {
	return p.provider.Tracer(name, opts...)
}

// ForceFlush does what the provider's does.
func (p lastingProvider) ForceFlush(ctx context.Context) error { return p.provider.ForceFlush(ctx) }

func (s *memories) push(m *Memory) *installation {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		s.provider = newTestProvider(s)
	}
	if len(s.all) == 0 {
		s.before.provider, s.before.textMap = otel.GetTracerProvider(), otel.GetTextMapPropagator()
	}
	one := &installation{m}
	s.all = append(s.all, one)
	otel.SetTracerProvider(lastingProvider{provider: s.provider})
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	return one
}

func (s *memories) remove(one *installation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(other *installation) bool { return other == one })
	if len(s.all) > 0 {
		return
	}
	otel.SetTracerProvider(s.before.provider)
	otel.SetTextMapPropagator(s.before.textMap)
	s.before.provider, s.before.textMap = nil, nil
}

// ExportSpans hands spans to the Memory in use.
func (s *memories) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.all) - 1; last >= 0 {
		return s.all[last].memory.ExportSpans(ctx, spans)
	}
	return nil
}

// Shutdown does nothing: the provider is the process's.
func (s *memories) Shutdown(context.Context) error { return nil }
