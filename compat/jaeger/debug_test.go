// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// recorder is a provider whose spans a test reads.
func recorder(t *testing.T, sampler sdktrace.Sampler) (*sdktrace.TracerProvider, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithSpanProcessor(spans))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	return provider, spans
}

// requestServer starts a server span and a child for a request's headers, ends them, and
// returns what is sent to the next peer.
type requestServer func(t *testing.T, provider *sdktrace.TracerProvider, p propagation.TextMapPropagator, header http.Header) (next http.Header)

var requestServers = map[string]requestServer{
	"OpenTelemetry": func(t *testing.T, provider *sdktrace.TracerProvider, p propagation.TextMapPropagator, header http.Header) http.Header {
		tracer := provider.Tracer("test")
		ctx := p.Extract(t.Context(), propagation.HeaderCarrier(header))
		ctx, server := tracer.Start(ctx, "server")
		ctx, child := tracer.Start(ctx, "child")
		next := http.Header{}
		p.Inject(ctx, propagation.HeaderCarrier(next))
		child.End()
		server.End()
		return next
	},
	"OpenTracing": func(t *testing.T, provider *sdktrace.TracerProvider, p propagation.TextMapPropagator, header http.Header) http.Header {
		tracer := compat.NewTracer(provider, &compat.Options{TextMap: p})
		parent, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
		if err != nil {
			t.Fatal(err)
		}
		server := tracer.StartSpan("server", opentracing.ChildOf(parent))
		child := tracer.StartSpan("child", opentracing.ChildOf(server.Context()))
		next := http.Header{}
		if err := tracer.Inject(child.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(next)); err != nil {
			t.Fatal(err)
		}
		child.Finish()
		server.Finish()
		return next
	},
	"TextMap": func(t *testing.T, provider *sdktrace.TracerProvider, p propagation.TextMapPropagator, header http.Header) http.Header {
		tracer := compat.NewTracer(provider, &compat.Options{TextMap: p})
		texts := opentracing.TextMapCarrier{}
		for key := range header {
			texts[key] = header.Get(key)
		}
		parent, err := tracer.Extract(opentracing.TextMap, texts)
		if err != nil {
			t.Fatal(err)
		}
		server := tracer.StartSpan("server", opentracing.ChildOf(parent))
		child := tracer.StartSpan("child", opentracing.ChildOf(server.Context()))
		next := opentracing.TextMapCarrier{}
		if err := tracer.Inject(child.Context(), opentracing.TextMap, next); err != nil {
			t.Fatal(err)
		}
		child.Finish()
		server.Finish()
		sent := http.Header{}
		for key, value := range next {
			sent.Set(key, value)
		}
		return sent
	},
}

// TestDebug follows debug flags and debug IDs through a service in either API.
func TestDebug(t *testing.T) {
	never := sdktrace.NeverSample()
	for _, tc := range []struct {
		explanation string
		header      http.Header
		next        sdktrace.Sampler
		sampled     bool
		debugID     string
		flags       string
	}{
		{"a debug ID samples a new trace, as a debug trace", http.Header{"Jaeger-Debug-Id": {"ticket-7"}}, jaeger.NewConstSampler(false), true, "ticket-7", "3"},
		{"a debug ID is URL-decoded", http.Header{"Jaeger-Debug-Id": {"ticket%207"}}, never, true, "ticket 7", "3"},
		{"of a long debug ID the start", http.Header{"Jaeger-Debug-Id": {strings.Repeat("ü", 5<<20)}}, never, true, strings.Repeat("ü", 128), "3"},
		{"a debug ID beside a trace is ignored", http.Header{"Jaeger-Debug-Id": {"ticket-7"}, "Uber-Trace-Id": {"1:2:0:0"}}, jaeger.NewConstSampler(true), false, "", "0"},
		{"a debug ID beside a malformed trace is one without", http.Header{"Jaeger-Debug-Id": {"ticket-7"}, "Uber-Trace-Id": {"?"}}, never, true, "ticket-7", "3"},
		{"a debug trace is sampled, whatever next says", http.Header{"Uber-Trace-Id": {"1:2:0:3"}}, never, true, "", "3"},
		{"debug alone, without sampled, isn't sampled", http.Header{"Uber-Trace-Id": {"1:2:0:2"}}, jaeger.NewConstSampler(true), false, "", "2"},
		{"a sampled trace is none", http.Header{"Uber-Trace-Id": {"1:2:0:1"}}, never, false, "", "0"},
	} {
		collectErrors(t)
		for api, serve := range requestServers {
			for _, p := range []propagation.TextMapPropagator{jaeger.Propagator{}, newFormats(t, nil)} {
				provider, spans := recorder(t, jaeger.Priority(tc.next))
				next := serve(t, provider, p, tc.header)
				if got := next.Get("Uber-Trace-Id"); !strings.HasSuffix(got, ":"+tc.flags) {
					t.Errorf("%s, %s, %T: the next peer gets %q, want the flags %s", tc.explanation, api, p, got, tc.flags)
				}
				if next.Get("Jaeger-Debug-Id") != "" {
					t.Errorf("%s, %s, %T: the debug ID is sent on", tc.explanation, api, p)
				}
				ended := spans.Ended()
				if got := len(ended) == 2; got != tc.sampled {
					t.Errorf("%s, %s, %T: %d spans are recorded", tc.explanation, api, p, len(ended))
				}
				for _, span := range ended {
					want := ""
					if span.Name() == "server" {
						want = tc.debugID
					}
					var got string
					for _, kv := range span.Attributes() {
						if kv.Key == "jaeger-debug-id" {
							got = kv.Value.AsString()
						}
					}
					if got != want {
						t.Errorf("%s, %s, %T: %s has the debug ID %.40q, want %.40q", tc.explanation, api, p, span.Name(), got, want)
					}
				}
			}
		}
	}
}

// TestDebugIsOfOneTrace keeps flags and IDs of a request away from new roots that are
// started in its context.
func TestDebugIsOfOneTrace(t *testing.T) {
	for _, header := range []propagation.HeaderCarrier{{"Uber-Trace-Id": {"1:2:0:3"}}, {"Jaeger-Debug-Id": {"ticket-7"}}} {
		provider, spans := recorder(t, jaeger.Priority(sdktrace.NeverSample()))
		p := jaeger.Propagator{}
		ctx := p.Extract(t.Context(), header)
		ctx, span := provider.Tracer("test").Start(ctx, "other", trace.WithNewRoot())
		next := propagation.MapCarrier{}
		p.Inject(ctx, next)
		span.End()
		if got := next["uber-trace-id"]; len(spans.Ended()) != 0 || !strings.HasSuffix(got, ":0") {
			t.Errorf("%v: a new root is sampled or sent on as %q", header, got)
		}
	}
}

// TestPriorityBeforeDebug has the tag win over debug flags and IDs.
func TestPriorityBeforeDebug(t *testing.T) {
	for _, header := range []propagation.HeaderCarrier{{"Uber-Trace-Id": {"1:2:0:3"}}, {"Jaeger-Debug-Id": {"ticket-7"}}} {
		provider, spans := recorder(t, jaeger.Priority(nil))
		ctx := jaeger.Propagator{}.Extract(t.Context(), header)
		_, span := provider.Tracer("test").Start(ctx, "server", trace.WithAttributes(attribute.Int("sampling.priority", 0)))
		span.End()
		if len(spans.Ended()) != 0 {
			t.Errorf("%v: sampling.priority=0 is ignored", header)
		}
	}
}

// TestDebugIDLimit starts debug traces up to a limit; beyond it next decides.
func TestDebugIDLimit(t *testing.T) {
	for _, tc := range []struct {
		explanation string
		limit       float64
		next        sdktrace.Sampler
		want        []string // flags for the next peer
	}{
		{"no limit", 0, sdktrace.NeverSample(), []string{"3", "3", "3"}},
		{"two at once", 2, sdktrace.NeverSample(), []string{"3", "3", "0"}},
		{"one in two seconds", 0.5, jaeger.NewConstSampler(true), []string{"3", "1", "1"}},
		{"none", -1, jaeger.NewConstSampler(true), []string{"1", "1", "1"}},
		{"not a number is none", math.NaN(), jaeger.NewConstSampler(false), []string{"0", "0", "0"}},
	} {
		provider, _ := recorder(t, jaeger.NewPriority(tc.next, &jaeger.PriorityOptions{DebugIDsPerSecond: tc.limit}))
		for i, want := range tc.want {
			next := requestServers["OpenTelemetry"](t, provider, jaeger.Propagator{}, http.Header{"Jaeger-Debug-Id": {"ticket-7"}})
			if got := next.Get("Uber-Trace-Id"); !strings.HasSuffix(got, ":"+want) {
				t.Errorf("%s: request %d is sent on as %q, want the flags %s", tc.explanation, i, got, want)
			}
		}
	}
}

// TestDebugOfAnotherRequest keeps the flags and IDs of a request away from one that is
// extracted into its context.
func TestDebugOfAnotherRequest(t *testing.T) {
	for _, outer := range []propagation.HeaderCarrier{{"Uber-Trace-Id": {"1:2:0:3"}}, {"Jaeger-Debug-Id": {"ticket-7"}}} {
		p := jaeger.Propagator{}
		ctx := p.Extract(t.Context(), outer)
		ctx = p.Extract(ctx, propagation.HeaderCarrier{"Uber-Trace-Id": {"5:6:0:1"}})
		next := propagation.MapCarrier{}
		p.Inject(ctx, next)
		if got := next["uber-trace-id"]; !strings.HasSuffix(got, ":1") {
			t.Errorf("%v: the other request is sent on as %q", outer, got)
		}
	}
}
