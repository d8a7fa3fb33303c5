// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ot2otel/ot2otel/compat"
)

// MockTracer is a tracer of both APIs that keeps its spans, for tests. Make one with [New].
// Its methods are safe for concurrent use.
type MockTracer struct {
	sync.RWMutex
	finishedSpans []*MockSpan
	injectors     map[any]Injector
	extractors    map[any]Extractor
	own           struct{ injectors, extractors map[any]bool } // the formats for which a test registered one

	once   sync.Once
	compat *compat.Tracer
}

var (
	_ opentracing.Tracer                         = (*MockTracer)(nil)
	_ opentracing.TracerContextWithSpanExtension = (*MockTracer)(nil)
)

// New returns a tracer that propagates by a [TextMapPropagator] in the formats
// opentracing.TextMap and opentracing.HTTPHeaders. It touches no global; [Install] does.
func New() *MockTracer {
	t := new(MockTracer)
	t.over()
	return t
}

// CompatTracer returns the tracer of package compat that starts the spans of t; nil for
// another tracer, such as one that embeds t. It is the method by which that package knows a
// MockTracer; a test needs none of it.
func (t *MockTracer) CompatTracer(of opentracing.Tracer) *compat.Tracer {
	if t == nil || of != opentracing.Tracer(t) {
		return nil
	}
	return t.over()
}

// over returns the tracer of package compat that starts the spans.
func (t *MockTracer) over() *compat.Tracer {
	t.once.Do(func() {
		text, headers := new(TextMapPropagator), &TextMapPropagator{HTTPHeaders: true}
		t.injectors = map[any]Injector{opentracing.TextMap: text, opentracing.HTTPHeaders: headers}
		t.extractors = map[any]Extractor{opentracing.TextMap: text, opentracing.HTTPHeaders: headers}
		t.own.injectors, t.own.extractors = make(map[any]bool), make(map[any]bool)
		t.compat = compat.NewTracer(newRecorder(t), &compat.Options{
			TextMap:         &propagator{t, opentracing.TextMap},
			HTTPHeaders:     &propagator{t, opentracing.HTTPHeaders},
			DecorateContext: decorateContext,
			DecorateSpan:    decorateSpan,
		})
	})
	return t.compat
}

// decorateSpan returns the MockSpan of a span.
func decorateSpan(span opentracing.Span, otelSpan trace.Span) opentracing.Span {
	recorded, ok := otelSpan.(*recordedSpan)
	if !ok {
		return span // of another provider
	}
	if recorded.mock.span == nil { // it has just been started
		recorded.mock.span = span
	}
	return recorded.mock
}

// decorateContext returns a context as a MockSpanContext.
func decorateContext(sc opentracing.SpanContext, otelSpan trace.Span) opentracing.SpanContext {
	if recorded, ok := otelSpan.(*recordedSpan); ok {
		return recorded.mock.issue(sc)
	}
	return contextOf(otelSpan.SpanContext(), sc)
}

// SpanOf returns the MockSpan of a span that OpenTelemetry code has, the same that
// FinishedSpans returns; nil for a span that is not of a MockTracer.
func SpanOf(span trace.Span) (mock *MockSpan) {
	defer func() { _ = recover() }() // of a span that embeds nil
	if isNil(span) || !span.SpanContext().IsValid() {
		return nil
	}
	mock, _ = compat.OpenTracingSpan(span).(*MockSpan)
	return mock
}

// TracerProvider returns the provider for OpenTelemetry code. Its spans are the tracer's.
func (t *MockTracer) TracerProvider() trace.TracerProvider {
	if t == nil {
		return noop.NewTracerProvider()
	}
	return t.over().TracerProvider()
}

// FinishedSpans returns the spans of both APIs that have finished since the last Reset, in
// the order in which they did.
func (t *MockTracer) FinishedSpans() []*MockSpan {
	if t == nil {
		return nil
	}
	t.RLock()
	defer t.RUnlock()
	return append(make([]*MockSpan, 0, len(t.finishedSpans)), t.finishedSpans...)
}

// Reset forgets the finished spans. Those that finish later are kept again, also where they
// were started before.
func (t *MockTracer) Reset() {
	if t == nil {
		return
	}
	t.Lock()
	defer t.Unlock()
	t.finishedSpans = nil
}

// keep adds a span that has finished.
func (t *MockTracer) keep(span *MockSpan) {
	if t == nil {
		return
	}
	t.Lock()
	defer t.Unlock()
	t.finishedSpans = append(t.finishedSpans, span)
}

// StartSpan starts a span, a *[MockSpan]. References may be contexts of either API.
func (t *MockTracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	start := new(startOptions)
	for _, opt := range opts {
		if opt != nil {
			opt.Apply((*opentracing.StartSpanOptions)(start))
		}
	}
	if t != nil {
		if span, ok := t.over().StartSpan(operationName, start).(*MockSpan); ok {
			span.started(operationName, start.Tags)
			return span
		}
	}
	return newLooseSpan(t, operationName, (*opentracing.StartSpanOptions)(start))
}

// startOptions are the options of a start as one.
type startOptions opentracing.StartSpanOptions

func (o *startOptions) Apply(to *opentracing.StartSpanOptions) {
	*to = opentracing.StartSpanOptions(*o)
}

// ContextWithSpanHook makes a span that is activated by opentracing.ContextWithSpan the
// active one for OpenTelemetry code too. It is called by the opentracing package.
func (t *MockTracer) ContextWithSpanHook(ctx context.Context, span opentracing.Span) context.Context {
	if t == nil {
		return ctx
	}
	return t.over().ContextWithSpanHook(ctx, span)
}

// RegisterInjector sets what writes contexts in a format. Nil makes the format unsupported.
func (t *MockTracer) RegisterInjector(format any, injector Injector) {
	if t.registers("RegisterInjector", format) {
		defer t.Unlock()
		t.injectors[format], t.own.injectors[format] = injector, true
	}
}

// RegisterExtractor sets what reads contexts in a format. Nil makes the format unsupported.
func (t *MockTracer) RegisterExtractor(format any, extractor Extractor) {
	if t.registers("RegisterExtractor", format) {
		defer t.Unlock()
		t.extractors[format], t.own.extractors[format] = extractor, true
	}
}

// registers locks t for a change; false where there is none to be made.
func (t *MockTracer) registers(method string, format any) bool {
	if t == nil {
		return false
	}
	if !reflect.ValueOf(format).Comparable() {
		otel.Handle(fmt.Errorf("mocktracer: %s: a %T can't be compared, so it is not a format; pass one such as opentracing.TextMap", method, format))
		return false
	}
	t.over()
	t.Lock()
	return true
}

// registered returns what is registered for a format; the zero value for nothing.
func registered[T any](t *MockTracer, of func() map[any]T, format any) (found T) {
	if t == nil || !reflect.ValueOf(format).Comparable() {
		return found
	}
	t.over()
	t.RLock()
	defer t.RUnlock()
	return of()[format]
}

// Inject writes a context by the Injector of the format. It takes the context of a span of
// either API.
//
// The errors are opentracing.ErrInvalidSpanContext for the context of another tracer,
// ErrUnsupportedFormat where no Injector is registered, and those of the Injector.
func (t *MockTracer) Inject(sm opentracing.SpanContext, format any, carrier any) (err error) {
	defer panicToError("inject", &err)
	mock, ok := asMock(sm)
	if !ok {
		return opentracing.ErrInvalidSpanContext
	}
	injector := registered(t, func() map[any]Injector { return t.injectors }, format)
	if injector == nil {
		return opentracing.ErrUnsupportedFormat
	}
	return injector.Inject(mock, carrier)
}

// Extract reads a context, a [MockSpanContext], by the Extractor of the format.
//
// The errors are opentracing.ErrUnsupportedFormat where no Extractor is registered, and those
// of the Extractor.
func (t *MockTracer) Extract(format any, carrier any) (_ opentracing.SpanContext, err error) {
	defer panicToError("extract", &err)
	extractor := registered(t, func() map[any]Extractor { return t.extractors }, format)
	if extractor == nil {
		return nil, opentracing.ErrUnsupportedFormat
	}
	return extractor.Extract(carrier)
}

// panicToError is deferred around Injectors and Extractors, and what they call.
func panicToError(doing string, err *error) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("mocktracer: %s: panic in a propagator or a carrier: %v", doing, value)
	}
}
