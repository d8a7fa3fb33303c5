// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

const (
	remoteTrace  = "0af7651916cd43dd8448eb211c80319c"
	remoteSpan   = "b7ad6b7169203331"
	remoteParent = "00-" + remoteTrace + "-" + remoteSpan + "-01"
)

// values returns attributes by their keys.
func values(attributes []attribute.KeyValue) map[string]any {
	m := map[string]any{}
	for _, kv := range attributes {
		m[string(kv.Key)] = kv.Value.AsInterface()
	}
	return m
}

// send has a handler serve a request with a parent in its headers.
func send(ctx context.Context, h http.Handler, traceparent string) {
	r := httptest.NewRequest(http.MethodGet, "/test", nil).WithContext(ctx)
	if traceparent != "" {
		r.Header.Set("Traceparent", traceparent)
		r.Header.Set("Baggage", "who=me")
	}
	h.ServeHTTP(httptest.NewRecorder(), r)
}

func TestServerSpanInOpenTelemetry(t *testing.T) {
	tracer, recorder := recorded(t)
	tracing := compat.NewTracing(tracer, nil)
	var sawBaggage string
	send(context.Background(), tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sawBaggage = baggage.FromContext(r.Context()).Member("who").Value()
		if got := compat.OTelSpan(tracing.GetSpan(r)); got != trace.SpanFromContext(r.Context()) {
			t.Errorf("the active span of OpenTelemetry is %v, GetSpan %v: they are the same", trace.SpanFromContext(r.Context()), got)
		}
		_, native := tracer.TracerProvider().Tracer("native").Start(r.Context(), "native")
		native.End()
		w.WriteHeader(http.StatusTeapot)
	})), remoteParent)

	spans := recorder.Ended()
	native, server := spans[0], spans[1]
	if got := server.Parent(); got.TraceID().String() != remoteTrace || got.SpanID().String() != remoteSpan || !got.IsRemote() {
		t.Errorf("parent = %v, want the remote span", got)
	}
	if native.Parent().SpanID() != server.SpanContext().SpanID() {
		t.Error("a span that OpenTelemetry code starts isn't a child of the request's span")
	}
	if sawBaggage != "me" {
		t.Errorf("OpenTelemetry code sees the baggage who = %q", sawBaggage)
	}
	if server.SpanKind() != trace.SpanKindServer {
		t.Errorf("kind = %v", server.SpanKind())
	}
	want := map[string]any{
		"component": "net/http", "http.method": "GET", "http.url": "http://example.com/test", "http.status_code": int64(418),
	}
	if diff := cmp.Diff(want, values(server.Attributes())); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if server.Status().Code != codes.Unset {
		t.Errorf("status = %v", server.Status())
	}
}

func TestPanicInOpenTelemetry(t *testing.T) {
	for _, tc := range []struct {
		name    string
		value   any
		typ     string
		message string
	}{
		{"an error", errBoom, "*errors.errorString", "boom"},
		{"a text", "out of cheese", "github.com/ot2otel/ot2otel/compat.panicError", "out of cheese"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer, recorder := recorded(t)
			func() {
				defer func() { _ = recover() }()
				send(context.Background(), compat.NewTracing(tracer, nil).TraceAll(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panickingPart(tc.value) })),
					"")
			}()
			span := recorder.Ended()[0]
			if span.Status().Code != codes.Error {
				t.Errorf("status = %v, want Error", span.Status())
			}
			if len(span.Events()) != 1 || span.Events()[0].Name != "exception" {
				t.Fatalf("events = %v, want one exception", span.Events())
			}
			got := values(span.Events()[0].Attributes)
			if got["exception.type"] != tc.typ || got["exception.message"] != tc.message {
				t.Errorf("exception = %v, want %s: %s", got, tc.typ, tc.message)
			}
			if stack, _ := got["exception.stacktrace"].(string); !strings.Contains(stack, "panickingPart") {
				t.Errorf("exception.stacktrace doesn't show where the panic came from: %v", got)
			}
		})
	}
}

func TestParentOfRequest(t *testing.T) {
	tracer, recorder := recorded(t)
	tracing := compat.NewTracing(tracer, nil)
	public := compat.NewTracing(tracer, &compat.TracingOptions{PublicEndpoint: func(*http.Request) bool { return true }})
	foreign := sdktrace.NewTracerProvider()

	startup := tracer.StartSpan("startup")
	withStartup := opentracing.ContextWithSpan(context.Background(), startup)
	// Another middleware has continued the trace of the headers already.
	remote, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Traceparent": {remoteParent}})
	if err != nil {
		t.Fatal(err)
	}
	outer := tracer.StartSpan("outer", opentracing.ChildOf(remote))
	withOuter := opentracing.ContextWithSpan(context.Background(), outer)
	withForeign, foreignSpan := foreign.Tracer("foreign").Start(context.Background(), "foreign")

	spanID := func(sp opentracing.Span) string {
		sc, _ := compat.OTelSpanContext(sp.Context())
		return sc.SpanID().String()
	}
	const none = "0000000000000000"
	for _, tc := range []struct {
		name        string
		tracing     *compat.Tracing
		ctx         context.Context
		traceparent string
		parent      string
		link        string
		explanation string
	}{
		{"nothing", tracing, context.Background(), "", none, "", "a new trace"},
		{"headers", tracing, context.Background(), remoteParent, remoteSpan, "", "the caller's span"},
		{"active span", tracing, withStartup, "", spanID(startup), "", "without headers, the active span"},
		{"active span of OpenTelemetry", tracing, withForeign, "", foreignSpan.SpanContext().SpanID().String(), "", "without headers, the active span of either API"},
		{"headers, active span of another trace", tracing, withStartup, remoteParent, remoteSpan, "", "a span of the server's start must not cut the caller's trace"},
		{"headers, active span of their trace", tracing, withOuter, remoteParent, spanID(outer), "", "the active span is nearer"},
		{"public", public, context.Background(), remoteParent, none, remoteSpan, "a new trace with a link to the caller's span"},
		{"public, no headers", public, withStartup, "", none, "", "a new trace"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			recorder.Reset()
			send(tc.ctx, tc.tracing.TraceAll(answer(200)), tc.traceparent)
			span := recorder.Ended()[0]
			if got := span.Parent().SpanID().String(); got != tc.parent {
				t.Errorf("parent %s, want %s: %s", got, tc.parent, tc.explanation)
			}
			var links []string
			for _, link := range span.Links() {
				links = append(links, link.SpanContext.SpanID().String())
			}
			if got := strings.Join(links, " "); got != tc.link {
				t.Errorf("links to %q, want %q: %s", got, tc.link, tc.explanation)
			}
			if tc.tracing == public && (span.SpanContext().TraceID().String() == remoteTrace || values(span.Attributes())["http.url"] == nil) {
				t.Errorf("trace %s, attributes %v: %s", span.SpanContext().TraceID(), span.Attributes(), tc.explanation)
			}
		})
	}
}

func TestPublicEndpointOfAnyTracer(t *testing.T) {
	tracer := mocktracer.New()
	public := compat.NewTracing(tracer, &compat.TracingOptions{PublicEndpoint: func(r *http.Request) bool { return r.URL.Path == "/test" }})
	r := httptest.NewRequest(http.MethodGet, "/test", nil)
	caller := tracer.StartSpan("caller")
	caller.SetBaggageItem("admin", "true")
	if err := public.Inject(opentracing.ContextWithSpan(context.Background(), caller), r.Header); err != nil {
		t.Fatal(err)
	}
	public.TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
	span := onlySpan(t, tracer)
	if span.ParentID != 0 || span.BaggageItem("admin") != "" {
		t.Errorf("parent %d, baggage %q, want a root that takes nothing from outside", span.ParentID, span.BaggageItem("admin"))
	}
}

func TestSpanOfAnotherMiddleware(t *testing.T) {
	tracer, _ := recorded(t)
	ctx, native := tracer.TracerProvider().Tracer("otherhttp").Start(context.Background(), "GET /")
	defer native.End()
	r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
	span := compat.NewTracing(tracer, nil).GetSpan(r)
	if span == nil || compat.OTelSpan(span) != native {
		t.Errorf("GetSpan = %v, want the span that the other middleware has started", span)
	}
}

func TestTransportInOpenTelemetry(t *testing.T) {
	tracer, recorder := recorded(t)
	tracing := compat.NewTracing(tracer, nil)
	var got http.Header
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		w.WriteHeader(http.StatusInternalServerError)
	}))
	ctx, native := tracer.TracerProvider().Tracer("native").Start(context.Background(), "native")
	bag, err := baggage.Parse("who=me")
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(baggage.ContextWithBaggage(ctx, bag), http.MethodGet, backend.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: tracing.Transport(nil)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, res)
	span := recorder.Ended()[0]
	if span.Parent().SpanID() != native.SpanContext().SpanID() || span.SpanKind() != trace.SpanKindClient {
		t.Errorf("parent %v, kind %v, want a client span under OpenTelemetry's", span.Parent().SpanID(), span.SpanKind())
	}
	if span.Status().Code != codes.Error || values(span.Attributes())["http.status_code"] != int64(500) {
		t.Errorf("status %v, attributes %v", span.Status(), span.Attributes())
	}
	if want := span.SpanContext().SpanID().String(); !strings.Contains(got.Get("Traceparent"), want) {
		t.Errorf("traceparent %q, want the client's span %s", got.Get("Traceparent"), want)
	}
	if got.Get("Baggage") != "who=me" {
		t.Errorf("baggage %q, want what OpenTelemetry code put into the context", got.Get("Baggage"))
	}
}
