// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"net/http"
	"strconv"

	"github.com/opentracing/basictracer-go"
	"github.com/opentracing/opentracing-go"
	zipkintracer "github.com/openzipkin-contrib/zipkin-go-opentracing"
	zipkin "github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/reporter"
	jaegerclient "github.com/uber/jaeger-client-go"
	jaegerzipkin "github.com/uber/jaeger-client-go/zipkin"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Why a format has no such notion.
const (
	noDebugFlag  = "the format has no debug flag"
	noDebugID    = "the peer doesn't know debug IDs"
	noB3Baggage  = "B3 has no baggage"
	noClientFlag = "jaeger-client-go's package zipkin has no debug flag"
)

// newJaegerPeer is a service on jaeger-client-go.
func newJaegerPeer(options ...jaegerclient.TracerOption) (*peer, error) {
	tracer := func(sampled bool) (opentracing.Tracer, io.Closer) {
		return jaegerclient.NewTracer("peer", jaegerclient.NewConstSampler(sampled), jaegerclient.NewNullReporter(), options...)
	}
	sampled, closer1 := tracer(true)
	unsampled, closer2 := tracer(false)
	service := openTracingPeer{sampled: sampled, unsampled: unsampled, see: func(sc opentracing.SpanContext) seen {
		c := sc.(jaegerclient.SpanContext)
		return seen{Trace: c.TraceID().String(), Span: c.SpanID().String(), Sampled: c.IsSampled(), Debug: c.IsDebug(), Baggage: itemOf(sc)}
	}}
	url, stop, err := serve(service.handler())
	if err != nil {
		return nil, err
	}
	return &peer{url: url, stop: func() {
		stop()
		_, _ = closer1.Close(), closer2.Close()
	}}, nil
}

// newJaegerB3Peer is one that speaks B3 by jaeger-client-go's package zipkin.
func newJaegerB3Peer() (*peer, error) {
	b3 := jaegerzipkin.NewZipkinB3HTTPHeaderPropagator()
	p, err := newJaegerPeer(
		jaegerclient.TracerOptions.Injector(opentracing.HTTPHeaders, b3), jaegerclient.TracerOptions.Extractor(opentracing.HTTPHeaders, b3))
	if err == nil {
		p.without = map[notion]string{debugTo: noClientFlag, debugFrom: noClientFlag, debugIDTo: noClientFlag, debugIDFrom: noClientFlag}
	}
	return p, err
}

// newZipkinPeer is a service on zipkin-go-opentracing.
func newZipkinPeer(options ...zipkintracer.TracerOption) (*peer, error) {
	tracer := func(sampled bool) (opentracing.Tracer, error) {
		native, err := zipkin.NewTracer(reporter.NewNoopReporter(), zipkin.WithSampler(func(uint64) bool { return sampled }), zipkin.WithTraceID128Bit(true))
		if err != nil {
			return nil, err
		}
		return zipkintracer.Wrap(native, options...), nil
	}
	sampled, err := tracer(true)
	if err != nil {
		return nil, err
	}
	unsampled, err := tracer(false)
	if err != nil {
		return nil, err
	}
	service := openTracingPeer{sampled: sampled, unsampled: unsampled, see: func(sc opentracing.SpanContext) seen {
		c := sc.(zipkintracer.SpanContext)
		return seen{Trace: c.TraceID.String(), Span: c.ID.String(), Sampled: c.Debug || c.Sampled != nil && *c.Sampled, Debug: c.Debug}
	}}
	url, stop, err := serve(service.handler())
	if err != nil {
		return nil, err
	}
	return &peer{
		url: url, stop: stop, debugHeader: map[string]string{"X-B3-Flags": "1"},
		without: map[notion]string{baggageTo: noB3Baggage, baggageFrom: noB3Baggage, debugIDTo: noDebugID},
	}, nil
}

// newBasicPeer is a service on basictracer. It writes IDs without leading zeros, so its
// traces have IDs that would start with some.
func newBasicPeer() (*peer, error) {
	tracer := func(sampled bool) opentracing.Tracer {
		return basictracer.NewWithOptions(basictracer.Options{ShouldSample: func(uint64) bool { return sampled }, Recorder: noRecorder{}})
	}
	service := openTracingPeer{sampled: tracer(true), unsampled: tracer(false), shortID: func(sampled bool) opentracing.SpanContext {
		return basictracer.SpanContext{TraceID: 0xabc, SpanID: 0x1f, Sampled: sampled}
	}, see: func(sc opentracing.SpanContext) seen {
		c := sc.(basictracer.SpanContext)
		return seen{Trace: strconv.FormatUint(c.TraceID, 16), Span: strconv.FormatUint(c.SpanID, 16), Sampled: c.Sampled, Baggage: itemOf(sc)}
	}}
	url, stop, err := serve(service.handler())
	if err != nil {
		return nil, err
	}
	return &peer{
		url: url, stop: stop, trace64: true,
		without: map[notion]string{debugTo: noDebugFlag, debugFrom: noDebugFlag, debugIDTo: noDebugFlag, debugIDFrom: noDebugFlag},
	}, nil
}

type noRecorder struct{}

func (noRecorder) RecordSpan(basictracer.RawSpan) {}

// newW3CPeer is a service on OpenTelemetry's SDK and otelhttp, without this module.
func newW3CPeer() (*peer, error) {
	w3c := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	providers := map[bool]*sdktrace.TracerProvider{
		true:  sdktrace.NewTracerProvider(),
		false: sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample())),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /send", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		ctx, span := providers[query.Get("sampled") != "false"].Tracer("peer").Start(r.Context(), "send")
		defer span.End()
		item, err := baggage.NewMemberRaw(itemKey, itemValue)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		bag, err := baggage.New(item)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		sent := new(sentContext)
		transport := otelhttp.NewTransport(sent, otelhttp.WithPropagators(w3c))
		outgoing, err := http.NewRequestWithContext(baggage.ContextWithBaggage(ctx, bag), http.MethodGet, query.Get("target"), nil)
		if err == nil {
			err = answerOf(&http.Client{Transport: transport}, outgoing, nil)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		writeSeen(w, seen{Trace: sent.TraceID().String(), Span: sent.SpanID().String(), Sampled: sent.IsSampled(), Baggage: itemValue})
	})
	mux.HandleFunc("GET /receive", func(w http.ResponseWriter, r *http.Request) {
		ctx := w3c.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		sc := trace.SpanContextFromContext(ctx)
		writeSeen(w, seen{Trace: sc.TraceID().String(), Span: sc.SpanID().String(), Sampled: sc.IsSampled(), Baggage: baggage.FromContext(ctx).Member(itemKey).Value()})
	})
	url, stop, err := serve(mux)
	if err != nil {
		return nil, err
	}
	return &peer{
		url: url, stop: stop,
		without: map[notion]string{debugTo: noDebugFlag, debugFrom: noDebugFlag, debugIDTo: noDebugFlag, debugIDFrom: noDebugFlag},
	}, nil
}

// sentContext is a transport that notes the span context that a request is sent with: that
// of the client span in its context.
type sentContext struct{ trace.SpanContext }

func (s *sentContext) RoundTrip(r *http.Request) (*http.Response, error) {
	s.SpanContext = trace.SpanContextFromContext(r.Context())
	return http.DefaultTransport.RoundTrip(r)
}
