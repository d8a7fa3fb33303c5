// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// everyFormat is what our services extract and inject.
var everyFormat = []jaeger.Format{
	jaeger.FormatJaeger, jaeger.FormatTraceContext, jaeger.FormatBaggage, jaeger.FormatB3, jaeger.FormatB3Multi, jaeger.FormatOT,
}

// api is one of the APIs that a service of ours is written in.
type api struct {
	name string
	// trace returns what traces the requests that are received, and those that are sent
	// by the given transport.
	trace func(*sdktrace.TracerProvider, propagation.TextMapPropagator) (func(http.Handler) http.Handler, func(http.RoundTripper) http.RoundTripper)
}

var apis = []api{
	{"OpenTracing", func(provider *sdktrace.TracerProvider, formats propagation.TextMapPropagator) (func(http.Handler) http.Handler, func(http.RoundTripper) http.RoundTripper) {
		tracing := compat.NewTracing(compat.NewTracer(provider, &compat.Options{TextMap: formats}), nil)
		return tracing.TraceAll, tracing.Transport
	}},
	{"OpenTelemetry", func(provider *sdktrace.TracerProvider, formats propagation.TextMapPropagator) (func(http.Handler) http.Handler, func(http.RoundTripper) http.RoundTripper) {
		options := []otelhttp.Option{otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(formats)}
		return func(h http.Handler) http.Handler { return otelhttp.NewHandler(h, "own", options...) },
			func(base http.RoundTripper) http.RoundTripper { return otelhttp.NewTransport(base, options...) }
	}},
}

// own is a service of ours.
type own struct {
	url  string
	stop func()

	mu       sync.Mutex
	remote   trace.SpanContext // the parent of the server span
	debugID  string            // its attribute
	received seen
	sent     trace.SpanContext
}

// newOwn starts a service whose new traces are sampled, or not.
func newOwn(a api, sampled bool) (*own, error) {
	formats, err := jaeger.NewFormats(&jaeger.FormatsOptions{Extract: everyFormat, B3BaggagePrefix: "baggage-"})
	if err != nil {
		return nil, err
	}
	o := new(own)
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(ownSampler{jaeger.Priority(jaeger.NewConstSampler(sampled)), o}))
	server, transport := a.trace(provider, formats)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /receive", func(_ http.ResponseWriter, r *http.Request) { o.note(r) })
	mux.HandleFunc("GET /send", func(w http.ResponseWriter, r *http.Request) {
		o.note(r)
		ctx := r.Context()
		item, err := baggage.NewMemberRaw(itemKey, itemValue)
		if err == nil {
			var bag baggage.Baggage
			bag, err = baggage.New(item)
			ctx = baggage.ContextWithBaggage(ctx, bag)
		}
		sent, answer := new(sentContext), seen{}
		var outgoing *http.Request
		if err == nil {
			outgoing, err = http.NewRequestWithContext(ctx, http.MethodGet, r.URL.Query().Get("target"), nil)
		}
		if err == nil {
			err = answerOf(&http.Client{Transport: transport(sent)}, outgoing, &answer)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		o.mu.Lock()
		o.sent = sent.SpanContext
		o.mu.Unlock()
		writeSeen(w, answer)
	})
	o.url, o.stop, err = serve(server(mux))
	return o, err
}

// last returns what the last request had, and the span context that was sent.
func (o *own) last() (received seen, sent trace.SpanContext) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.received, o.sent
}

// note keeps what a traced request's context has.
func (o *own) note(r *http.Request) {
	ctx := r.Context()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.received = seen{
		Trace:   o.remote.TraceID().String(),
		Span:    o.remote.SpanID().String(),
		Sampled: trace.SpanContextFromContext(ctx).IsSampled(),
		Debug:   isDebug(r),
		Baggage: baggage.FromContext(ctx).Member(itemKey).Value(),
		DebugID: o.debugID,
	}
}

// isDebug reports whether the next peer would be told that the trace is a debug trace.
func isDebug(r *http.Request) bool {
	carrier := propagation.MapCarrier{}
	jaeger.Propagator{}.Inject(r.Context(), carrier)
	return strings.HasSuffix(carrier[jaeger.TraceContextHeaderName], ":3")
}

// ownSampler notes what the sampler is asked, and answers, for the server span: of one
// that isn't sampled, nobody else is told its parent.
type ownSampler struct {
	sdktrace.Sampler
	service *own
}

func (s ownSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	result := s.Sampler.ShouldSample(p)
	if p.Kind != trace.SpanKindServer {
		return result
	}
	s.service.mu.Lock()
	defer s.service.mu.Unlock()
	s.service.remote, s.service.debugID = trace.SpanContextFromContext(p.ParentContext), ""
	for _, kv := range result.Attributes {
		if kv.Key == jaeger.JaegerDebugHeader {
			s.service.debugID = kv.Value.AsString()
		}
	}
	return result
}
