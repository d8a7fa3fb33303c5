// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// scopeName is the instrumentation scope of spans that OpenTracing code starts
// (OpenTelemetry specification, compatibility/opentracing.md, "Create an
// OpenTracing Tracer Shim").
const scopeName = "opentracing-shim"

// shimScope returns that scope with its version.
func shimScope() (name string, version trace.TracerOption) {
	return scopeName, trace.WithInstrumentationVersion(Version)
}

// Options are the optional settings of a [Tracer]. The zero value is ready to
// use.
type Options struct {
	// TextMap propagates span contexts in the formats opentracing.TextMap and
	// opentracing.Binary. Nil is the global propagator, looked up at each call;
	// where none was ever set, W3C trace context and baggage. A composite takes the
	// trace that its last propagator finds.
	TextMap propagation.TextMapPropagator
	// HTTPHeaders propagates span contexts in the format
	// opentracing.HTTPHeaders. Nil is as TextMap.
	HTTPHeaders propagation.TextMapPropagator
	// LinkAllReferences makes every reference of a new span a link, a ChildOf
	// parent's too, as the specification's letter has it. By default a ChildOf
	// parent is the parent only: a link on every child says nothing more, and some
	// backends bill it.
	LinkAllReferences bool
	// DecorateContext returns what the method Context of a span, and Extract, return in
	// the place of sc, for code that asserts the type of another client's contexts. The
	// result needs a method Unwrap() opentracing.SpanContext that returns sc: by it this
	// package knows the context again. span is the OpenTelemetry span that sc is the
	// context of; for Extract, one that has the remote span context and does nothing. It is
	// called from any goroutine, each time that a context is asked for. Nil: contexts
	// are returned as they are.
	DecorateContext func(sc opentracing.SpanContext, span trace.Span) opentracing.SpanContext
	// DecorateSpan returns what OpenTracing code gets in the place of span, for a tracer
	// with spans of a type of its own. The result needs a method Unwrap() opentracing.Span
	// that returns span: by it this package knows the span again. otelSpan is the span as
	// the provider started it. It is called from any goroutine, when the span starts and
	// each time that OpenTracing code gets it, and returns the same each time. Nil: spans
	// are returned as they are.
	//
	// Such a tracer is known to be over this one by a method
	// CompatTracer(of opentracing.Tracer) *Tracer, which returns this one where of is the
	// receiver. Where of embeds it, the method returns nil, since spans are to be started
	// by of.
	DecorateSpan func(span opentracing.Span, otelSpan trace.Span) opentracing.Span
}

// Tracer is an opentracing.Tracer whose spans are recorded by an OpenTelemetry
// provider, through the OpenTracing bridge. Make one with [NewTracer] or [Install];
// the spans of the zero value are no-ops. All methods are safe for concurrent use.
type Tracer struct {
	options  Options
	provider *provider
	shim     trace.Tracer // starts the spans of OpenTracing code
	// startsKept says that the provider may keep what it starts a span with.
	startsKept bool

	closed atomic.Bool
	// installed says that the global provider is to be this tracer's; until it was
	// found to be another one.
	installed atomic.Bool
	shutOnce  sync.Once
	shut      chan struct{} // closed when the first Shutdown is over
	shutErr   error         // what it returned
	onceReports
}

var (
	_ opentracing.Tracer                         = (*Tracer)(nil)
	_ opentracing.TracerContextWithSpanExtension = (*Tracer)(nil)
)

// tracerOf returns the tracer of this package that records the spans of tracer; nil for
// none. Who decorates the spans of one has a method CompatTracer.
func tracerOf(tracer opentracing.Tracer) *Tracer {
	if own, ok := tracer.(*Tracer); ok {
		return own
	}
	if over, ok := tracer.(interface {
		CompatTracer(of opentracing.Tracer) *Tracer
	}); ok && !isNilPointer(tracer) {
		return over.CompatTracer(tracer)
	}
	return nil
}

// closedTracer starts the spans of a tracer that was closed. They pass their
// parent's context on.
var closedTracer = noop.NewTracerProvider().Tracer(scopeName)

// NewTracer returns a tracer whose spans provider records. It touches no global;
// [Install] does. Nil options are the defaults. A nil provider is reported through
// otel.Handle, and the spans are no-ops then.
func NewTracer(provider trace.TracerProvider, opts *Options) *Tracer {
	t := &Tracer{shut: make(chan struct{})}
	if opts != nil {
		t.options = *opts
		t.options.TextMap, t.options.HTTPHeaders = newFixedFields(opts.TextMap), newFixedFields(opts.HTTPHeaders)
	}
	records, err := recordingProvider(provider)
	if err != nil {
		otel.Handle(err)
	}
	t.startsKept = keepsStarts(records)
	t.provider = newProvider(t, records)
	t.shim = t.provider.bridge.otelTracer(shimScope())
	return t
}

// recordingProvider returns the provider to wrap for the one that was given: one
// that is wrapped already is unwrapped.
func recordingProvider(given trace.TracerProvider) (trace.TracerProvider, error) {
	const fix = "spans are dropped; pass a provider such as the SDK's sdktrace.NewTracerProvider"
	if given == nil || isNilPointer(given) {
		return noop.NewTracerProvider(), errors.New("compat: nil TracerProvider: " + fix)
	}
	if wrapped, ok := given.(*provider); ok {
		return wrapped.records, nil
	}
	// The global default passes calls on to the provider that is set later. When
	// that is ours, calls would go round for ever.
	if isPointerOf(given, globalPackage) {
		return noop.NewTracerProvider(), errors.New("compat: otel.GetTracerProvider() where none was set: " + fix)
	}
	return given, nil
}

// keepsStarts reports whether a provider may keep the options, the attributes and
// the context that it starts a span with. The SDK copies them; but while it
// observes itself each of its spans keeps its context.
func keepsStarts(records trace.TracerProvider) bool {
	if !isPointerOf(records, "go.opentelemetry.io/otel/sdk/trace") {
		return true
	}
	return strings.EqualFold(cmp.Or(os.Getenv("OTEL_GO_X_OBSERVABILITY"), os.Getenv("OTEL_GO_X_SELF_OBSERVABILITY")), "true")
}

// globalPackage has what is global until somebody sets another.
const globalPackage = "go.opentelemetry.io/otel/internal/global"

// isPointerOf reports whether value is a pointer to a type of that package.
func isPointerOf(value any, pkg string) bool {
	kind := reflect.TypeOf(value)
	return kind.Kind() == reflect.Pointer && kind.Elem().PkgPath() == pkg
}

// Install makes a tracer with [NewTracer] and sets these globals:
//
//   - opentracing.SetGlobalTracer: the tracer,
//   - otel.SetTracerProvider: its [Tracer.TracerProvider],
//   - otel.SetTextMapPropagator: opts.HTTPHeaders, since OpenTelemetry code propagates by
//     headers mostly, else opts.TextMap, else the global propagator that is
//     set already, else W3C trace context and baggage; wrapped, so that baggage
//     items of OpenTracing spans reach requests that OpenTelemetry code sends.
//
// Call it once, first thing in main, instead of otel.SetTracerProvider: a tracer
// that was taken from a global provider set before stays bound to that one, and
// OpenTracing code sees its spans only through [StartSpanFromContext] and
// [SpanFromContext].
func Install(provider trace.TracerProvider, opts *Options) *Tracer {
	t := NewTracer(provider, opts)
	t.install(t)
	return t
}

// TracerProvider returns the provider for OpenTelemetry code: its spans are
// recorded by the provider that the tracer was made with, and are seen by
// OpenTracing code.
func (t *Tracer) TracerProvider() trace.TracerProvider {
	if t.provider == nil {
		return noop.NewTracerProvider()
	}
	return t.provider
}

// StartSpan starts a span. Its parent is the first ChildOf reference, else the
// first reference, and it has the baggage of all of them. Without a reference it
// starts a new trace; [StartSpanFromContext] takes the parent from a context.
func (t *Tracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return t.startSpan(context.Background(), operationName, opts).decorated()
}

func (t *Tracer) startSpan(ctx context.Context, operationName string, opts []opentracing.StartSpanOption) *span {
	start := startOptions(opts)
	defer t.release(start)
	parent, links := t.resolve(start.References)
	return t.start(ctx, operationName, parent, links, start)
}

// start starts a span. Values of ctx reach samplers and span processors; the
// parent and the baggage are those of parent.
func (t *Tracer) start(ctx context.Context, operationName string, parent *spanContext, links []trace.Link, start *spanStart) *span {
	if t.installed.Load() {
		t.checkInstalled()
	}
	ctx = newStartContext(ctx, parent, t.startsKept)
	var otelSpan trace.Span
	if t.closed.Load() || t.shim == nil {
		_, otelSpan = closedTracer.Start(ctx, operationName)
	} else {
		_, otelSpan = t.shim.Start(ctx, validUTF8(operationName), start.options(links)...)
	}
	if started, ok := ctx.(*startContext); ok && t.startsKept {
		started.release()
	}
	s := newSpan(t, otelSpan, parent)
	if value, tagged := start.Tags[errorKey]; tagged && s.recording {
		s.setError(value)
	}
	return s
}

// spanStart collects what a span is started with.
type spanStart struct {
	opentracing.StartSpanOptions
	opts      []trace.SpanStartOption
	reference [1]opentracing.SpanReference // the storage of the usual one reference
}

var spanStarts = sync.Pool{New: func() any { return new(spanStart) }}

func startOptions(opts []opentracing.StartSpanOption) *spanStart {
	start := spanStarts.Get().(*spanStart)
	start.References = start.reference[:0]
	for _, opt := range opts {
		start.apply(opt)
	}
	return start
}

// apply applies an option. One of somebody else may keep what it is given, so it
// is given a copy.
func (s *spanStart) apply(opt opentracing.StartSpanOption) {
	switch opt.(type) {
	case nil:
	case opentracing.SpanReference, opentracing.Tag, opentracing.Tags, opentracing.StartTime:
		opt.Apply(&s.StartSpanOptions)
	default:
		given := s.StartSpanOptions
		given.References = append([]opentracing.SpanReference(nil), given.References...)
		opt.Apply(&given)
		s.StartSpanOptions = given
	}
}

// release gives the struct back, unless the provider may have kept its options.
// More references and tags may be the caller's own, so they aren't used again.
func (t *Tracer) release(s *spanStart) {
	if t.startsKept {
		return
	}
	clear(s.opts)
	*s = spanStart{opts: s.opts[:0]}
	spanStarts.Put(s)
}

// options returns the OpenTelemetry options. Tags are attributes of the start, in
// the order of their keys, so that samplers see them.
func (s *spanStart) options(links []trace.Link) []trace.SpanStartOption {
	if len(s.Tags) > 0 {
		attributes, kind := startAttributes(s.Tags)
		if len(attributes) > 0 {
			s.opts = append(s.opts, trace.WithAttributes(attributes...))
		}
		if kind != trace.SpanKindUnspecified {
			s.opts = append(s.opts, trace.WithSpanKind(kind))
		}
	}
	if len(links) > 0 {
		s.opts = append(s.opts, trace.WithLinks(links...))
	}
	if !s.StartTime.IsZero() {
		s.opts = append(s.opts, trace.WithTimestamp(s.StartTime))
	}
	return s.opts
}

// startAttributes returns the attributes and the kind that tags of a new span
// stand for. The error tag is its status, set after the start.
func startAttributes(tags map[string]any) ([]attribute.KeyValue, trace.SpanKind) {
	kind := trace.SpanKindUnspecified
	attributes := make([]attribute.KeyValue, 0, len(tags))
	for key, value := range tags {
		switch key {
		case errorKey:
			continue
		case spanKindKey:
			if known, ok := spanKindOf(value); ok {
				kind = known
				continue
			}
		}
		attributes = append(attributes, attributeOf(key, value))
	}
	slices.SortFunc(attributes, func(a, b attribute.KeyValue) int {
		return strings.Compare(string(a.Key), string(b.Key))
	})
	return attributes, kind
}

// ContextWithSpanHook makes a span that is activated by opentracing.ContextWithSpan
// the active one for OpenTelemetry code too. Baggage that OpenTelemetry code put
// into ctx becomes baggage of the span. It is called by the opentracing package.
func (t *Tracer) ContextWithSpanHook(ctx context.Context, activated opentracing.Span) context.Context {
	s := spanOf(activated)
	if s == nil {
		return ctx
	}
	if ctx == nil {
		ctx = context.Background()
	}
	s.adoptBaggage(explicitItems(ctx))
	return activate(ctx, s)
}

// referenced returns a context that a span refers to as one of this package; nil
// when there is none. A context of a tracer that has nothing to do with
// OpenTelemetry gives its baggage, and is reported once.
func (t *Tracer) referenced(sc opentracing.SpanContext) *spanContext {
	own, known := ownSpanContext(sc)
	if own != nil && !known && sc != noopSpanContext {
		t.reportOnce(fmt.Sprintf("compat: %T is a span context of another tracer: its baggage is kept, its trace is cut here; "+
			"start the span it belongs to with this tracer, or inject and extract it", sc))
	}
	return own
}

// noopSpanContext is what spans have that were started before a tracer was
// installed. They are no mistake worth a report.
var noopSpanContext = opentracing.NoopTracer{}.StartSpan("").Context()
