// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

// ProviderOf returns a provider whose spans are recorded by an OpenTracing tracer: the
// way from OpenTelemetry's API to a tracer that stays, such as jaeger-client-go's. It is
// the other direction of [NewTracer].
//
//	opentracing.SetGlobalTracer(tracer)
//	otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))
//	otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))
//
// It sets no global. Call it after opentracing.SetGlobalTracer, since it keeps the tracer
// that it is given. Closing that tracer remains with who made it.
//
// # The tracer
//
// The provider of a [Tracer], of any tracer with a method TracerProvider()
// trace.TracerProvider, and of one that tells such a tracer by a method Unwrap()
// opentracing.Tracer, is that tracer's own: no second span is made. A nil tracer is
// reported through otel.Handle, and the spans are no-ops; so they are for
// opentracing.NoopTracer, which is reported where no global tracer was set.
//
// # Spans
//
// A new span is a child of the active span of either API, and OpenTracing code that is
// called with its context finds the tracer's own span there. Attributes are tags, the
// kind is the tag span.kind, links are FollowsFrom references, events and errors are logs,
// the status Error is the tag error with a log, and baggage of the context becomes baggage
// items. docs/providerof.md says what is kept and what is lost.
//
// # Identity
//
// The SpanContext of a span has the IDs of the tracer, where it tells them: Jaeger's
// client by its contexts, others by what they inject into a text map: uber-trace-id, B3,
// ot-tracer-traceid (basictracer, LightStep), Datadog's headers, mockpfx-ids-traceid, or
// traceparent. Any other tracer's spans get IDs that stand for theirs; its parents and
// baggage are right all the same. IDs of 64 bits are padded with zeros on the left.
//
// # Propagation
//
// [PropagatorOf] speaks the tracer's format for HTTP headers. A tracer of the provider has it
// by a method Propagator() propagation.TextMapPropagator, and by TextMapPropagator() that of
// the format for text maps, for code which was handed the tracer alone. So has one of a
// [Tracer]'s provider. Tracers of other providers and no-ops have neither method.
//
// A panic of the tracer ends in otel.Handle, each message once, and so does a nil span, in
// whose place there is a no-op. All methods are safe for concurrent use where the
// tracer's are.
func ProviderOf(tracer opentracing.Tracer) trace.TracerProvider {
	switch tracer := recordingTracer(tracer).(type) {
	case nil:
		otel.Handle(errors.New("compat: ProviderOf: nil Tracer: spans are dropped; pass a tracer such as opentracing.GlobalTracer() after opentracing.SetGlobalTracer"))
		return noop.NewTracerProvider()
	case interface{ TracerProvider() trace.TracerProvider }:
		if provider := tracer.TracerProvider(); provider != nil {
			return provider
		}
		otel.Handle(fmt.Errorf("compat: ProviderOf: the TracerProvider of a %T is nil: spans are dropped", tracer))
		return noop.NewTracerProvider()
	case opentracing.NoopTracer, *opentracing.NoopTracer:
		if !opentracing.IsGlobalTracerRegistered() {
			otel.Handle(errors.New("compat: ProviderOf: opentracing.NoopTracer, and no global tracer is set: spans are dropped; call ProviderOf after opentracing.SetGlobalTracer"))
		}
		return noop.NewTracerProvider()
	default:
		return newLegacyProvider(tracer)
	}
}

// recordingTracer returns the tracer that tells its provider, where tracer decorates one,
// else tracer itself; nil for a nil pointer too.
func recordingTracer(tracer opentracing.Tracer) opentracing.Tracer {
	inner := tracer
	for range maxDecorators {
		if inner == nil || isNilPointer(inner) {
			break
		}
		if _, ok := inner.(interface{ TracerProvider() trace.TracerProvider }); ok {
			return inner
		}
		decorator, ok := inner.(interface{ Unwrap() opentracing.Tracer })
		if !ok {
			break
		}
		inner = decorator.Unwrap()
	}
	if tracer == nil || isNilPointer(tracer) {
		return nil
	}
	return tracer
}

// legacyProvider is OpenTelemetry's API on a tracer that is OpenTracing's alone. What
// is called legacy in this package belongs to such a tracer.
type legacyProvider struct {
	embedded.TracerProvider
	onceReports
	tracer     opentracing.Tracer
	comparable bool
	// hook is the tracer's, if it has one: what its own instrumentation finds in a context.
	hook opentracing.TracerContextWithSpanExtension
	// copiesTags says that the tracer doesn't keep the tags that a span is started with.
	copiesTags bool
	starter    legacyTracer
	// unpooled counts the starts that found no legacyStart to use again, as those that
	// never end do; looped says that the tracer starts its spans by this provider.
	unpooled atomic.Uint32
	looped   atomic.Bool
	// decorated is the tracer that the spans named last, where it isn't tracer.
	decorated atomic.Pointer[decoratedTracer]
}

func newLegacyProvider(tracer opentracing.Tracer) *legacyProvider {
	p := &legacyProvider{tracer: tracer, comparable: reflect.ValueOf(tracer).Comparable()}
	p.hook, _ = tracer.(opentracing.TracerContextWithSpanExtension)
	p.copiesTags = isPointerOf(tracer, "github.com/uber/jaeger-client-go")
	p.starter.provider = p
	return p
}

// records reports whether the provider's tracer is the given one.
func (p *legacyProvider) records(tracer opentracing.Tracer) bool {
	return p.comparable && tracer != nil && reflect.ValueOf(tracer).Comparable() && p.tracer == tracer
}

// Tracer returns the tracer. OpenTracing has no instrumentation scopes, so it is the same
// for all names.
func (p *legacyProvider) Tracer(string, ...trace.TracerOption) trace.Tracer { return &p.starter }

// legacyTracer starts the spans of a legacyProvider.
type legacyTracer struct {
	embedded.Tracer
	provider *legacyProvider
}

// Start starts a span by the OpenTracing tracer, and activates it in the returned context
// for both APIs. Where the tracer can't start one, the result is a no-op span that passes
// its parent's context on.
func (t *legacyTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	if ctx == nil {
		ctx = context.Background()
	}
	p := t.provider
	config := trace.NewSpanStartConfig(opts...)
	start := legacyStarts.Get().(*legacyStart)
	start.startTime, start.kind, start.attributes = config.Timestamp(), config.SpanKind(), config.Attributes()
	start.kindIsText = hasKindText(opts)
	active := activeLegacyIn(ctx)
	s := &legacySpan{provider: p, under: active.openTracing}
	start.references = s.parent[:0]
	var parent opentracing.SpanContext
	if !config.NewRoot() {
		parent = p.contextOf(&active)
		start.refer(opentracing.ChildOfRef, parent)
	}
	unreferred := p.refer(start, config.Links(), config.NewRoot())
	if s.openTracing = p.startSpan(name, start); s.openTracing == nil {
		return p.drop(ctx, &active, parent)
	}
	for _, link := range unreferred {
		s.AddLink(link)
	}
	if parent == nil && !config.NewRoot() {
		s.follow(config.Links())
	}
	explicit := s.inheritBaggage(p.baggageIn(ctx, &active, parent), active.context)
	return s.activate(ctx, parent, explicit), s
}

// refer makes references of links. Those that it returns can't be ones: OpenTracing
// would make a new root the child of what it links to, and not each context of
// OpenTelemetry is one that the tracer knows.
func (p *legacyProvider) refer(start *legacyStart, links []trace.Link, newRoot bool) (unreferred []trace.Link) {
	if newRoot {
		return links
	}
	for _, link := range links {
		linked := p.contextFor(link.SpanContext)
		if linked == nil {
			unreferred = append(unreferred, link)
			continue
		}
		kind := opentracing.FollowsFromRef
		for _, kv := range link.Attributes {
			if kv == childOfRefType {
				kind = opentracing.ChildOfRef
			}
		}
		start.refer(kind, linked)
	}
	return unreferred
}

// legacyStart is the one option that a span of an OpenTracing tracer is started with. It
// is used again, but for what the tracer may keep.
type legacyStart struct {
	references []opentracing.SpanReference
	startTime  time.Time
	kind       trace.SpanKind
	kindIsText bool // as it was in the code before: see WithSpanKindText
	attributes []attribute.KeyValue
	tags       map[string]any                 // of a tracer that doesn't keep them
	option     [1]opentracing.StartSpanOption // the struct itself, as the tracer gets it
	used       bool                           // before, by another span
	applied    bool                           // the tracer has the tags
}

var legacyStarts = sync.Pool{New: func() any {
	start := new(legacyStart)
	start.option[0] = start
	return start
}}

// release gives the struct back.
func (s *legacyStart) release() {
	clear(s.tags)
	s.references, s.attributes = nil, nil // the references belong to the span
	s.option[0] = s                       // the tracer may have wrapped it in place
	s.used, s.applied = true, false
	legacyStarts.Put(s)
}

// refer adds a reference, if there is a context to refer to.
func (s *legacyStart) refer(kind opentracing.SpanReferenceType, sc opentracing.SpanContext) {
	if sc != nil {
		s.references = append(s.references, opentracing.SpanReference{Type: kind, ReferencedContext: sc})
	}
}

// Apply sets the options of a start. A tracer that hands them to several others has them
// applied several times, and each gets tags of its own.
func (s *legacyStart) Apply(options *opentracing.StartSpanOptions) {
	options.References = s.references
	options.StartTime = s.startTime
	kind, hasKind := kindTag(s.kind, s.kindIsText)
	if !hasKind && len(s.attributes) == 0 {
		return
	}
	if s.tags == nil || s.applied {
		s.tags = make(map[string]any, 1+len(s.attributes))
	}
	s.applied = true
	if hasKind {
		s.tags[spanKindKey] = kind
	}
	for _, kv := range s.attributes {
		s.tags[string(kv.Key)] = tagValue(kv)
	}
	options.Tags = s.tags
}

// startSpan starts a span by the tracer; nil where that can't be done.
func (p *legacyProvider) startSpan(name string, start *legacyStart) (started opentracing.Span) {
	if p.looped.Load() {
		return nil
	}
	defer p.reportPanic("StartSpan")
	if !start.used && p.unpooled.Add(1)%manyStarts == 0 && p.isLooping() {
		return nil
	}
	started = p.tracer.StartSpan(name, start.option[:]...)
	if !p.copiesTags {
		start.tags = nil
	}
	start.release()
	if started == nil || isNilPointer(started) {
		p.reportOnce(fmt.Sprintf("compat: %T starts nil spans: spans are dropped", p.tracer))
		return nil
	}
	return started
}

// manyStarts is the number of starts that found nothing to use again at which isLooping
// has a look at the stack: more than run at a time in most programs.
const manyStarts = 1000

// deepStarts is the number of starts inside of each other, as far as isLooping sees, from
// which on they are a loop. Providers and decorators may be put on top of each other, and a
// tracer may start a span of its own for each span.
const deepStarts = 16

// isLooping reports whether startSpan was called by itself: the tracer starts its spans
// by OpenTelemetry's global provider, which is p. It would go on until the stack is
// full, which ends the program.
func (p *legacyProvider) isLooping() bool {
	var stack [512]uintptr
	frames := runtime.CallersFrames(stack[:runtime.Callers(2, stack[:])]) // from startSpan on
	self, more := frames.Next()
	again := 0
	for more {
		var frame runtime.Frame
		if frame, more = frames.Next(); frame.Function == self.Function {
			again++
		}
	}
	if again < deepStarts {
		return false
	}
	p.looped.Store(true)
	p.reportOnce(fmt.Sprintf("compat: ProviderOf: %T starts its spans by otel.GetTracerProvider(), which is its own provider: spans are dropped; "+
		"pass a tracer that records by itself", p.tracer))
	return true
}

// reportPanic is deferred around calls of the tracer: the program goes on.
func (p *legacyProvider) reportPanic(method string) {
	if value := recover(); value != nil {
		p.reportOnce(fmt.Sprintf("compat: panic in %s of %T: %v", method, p.tracer, panicAsError(value)))
	}
}
