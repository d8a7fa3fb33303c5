// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// instrumentation is an HTTP layer under test with its defaults, and where its
// spans are recorded: the SDK, for all of them.
type instrumentation struct {
	recorder *tracetest.SpanRecorder
	sampled  names // of the spans as the sampler saw them

	server    func(http.Handler) http.Handler
	public    func(http.Handler) http.Handler // for clients that aren't trusted; server where there is no such setting
	transport func(http.RoundTripper) http.RoundTripper
	parent    func(context.Context) (ctx context.Context, end func()) // starts a span by the API that the client asks
}

// instrumentations make the HTTP layers of the table, in the order of its columns.
var instrumentations = []struct {
	name string
	make func(*instrumentation, trace.TracerProvider)
}{
	{"compat", (*instrumentation).useCompat},
	{"go-stdlib nethttp", (*instrumentation).useGoStdlib},
	{"otelhttp", (*instrumentation).useOTelHTTP},
}

var w3c = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

func newInstrumentation(t *testing.T, use func(*instrumentation, trace.TracerProvider)) *instrumentation {
	t.Helper()
	in := &instrumentation{recorder: tracetest.NewSpanRecorder()}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(in.recorder), sdktrace.WithSampler(&in.sampled))
	t.Cleanup(func() {
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	use(in, provider)
	return in
}

func (in *instrumentation) useCompat(provider trace.TracerProvider) {
	in.useCompatWith(provider, compat.Both)
}

func (in *instrumentation) useCompatWith(provider trace.TracerProvider, conventions compat.Conventions) {
	tracer := compat.NewTracer(provider, &compat.Options{TextMap: w3c})
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions})
	public := compat.NewTracing(tracer, &compat.TracingOptions{
		Conventions: conventions, PublicEndpoint: func(*http.Request) bool { return true },
	})
	in.server, in.public, in.transport = tracing.TraceAll, public.TraceAll, tracing.Transport
	in.parent = openTracingParent(tracer)
}

func openTracingParent(tracer opentracing.Tracer) func(context.Context) (context.Context, func()) {
	return func(ctx context.Context) (context.Context, func()) {
		span, ctx := opentracing.StartSpanFromContextWithTracer(ctx, tracer, "parent")
		return ctx, span.Finish
	}
}

// useGoStdlib has go-stdlib use the tracer that compat is, so that its spans can be
// looked at as the others' are.
func (in *instrumentation) useGoStdlib(provider trace.TracerProvider) {
	tracer := compat.NewTracer(provider, &compat.Options{TextMap: w3c})
	in.server = func(h http.Handler) http.Handler { return nethttp.Middleware(tracer, h) }
	in.public = in.server
	in.transport = func(base http.RoundTripper) http.RoundTripper {
		return goStdlibClient{tracer, &nethttp.Transport{RoundTripper: base}}
	}
	in.parent = openTracingParent(tracer)
}

// goStdlibClient does for each request what go-stdlib asks of its callers.
type goStdlibClient struct {
	tracer opentracing.Tracer
	next   http.RoundTripper
}

func (c goStdlibClient) RoundTrip(r *http.Request) (*http.Response, error) {
	r, traced := nethttp.TraceRequest(c.tracer, r)
	defer traced.Finish()
	return c.next.RoundTrip(r)
}

func (in *instrumentation) useOTelHTTP(provider trace.TracerProvider) {
	options := []otelhttp.Option{otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(w3c)}
	in.server = func(h http.Handler) http.Handler { return otelhttp.NewHandler(h, "", options...) }
	in.public = func(h http.Handler) http.Handler {
		return otelhttp.NewHandler(h, "", append(options, otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return true }))...)
	}
	in.transport = func(base http.RoundTripper) http.RoundTripper { return otelhttp.NewTransport(base, options...) }
	in.parent = func(ctx context.Context) (context.Context, func()) {
		ctx, span := provider.Tracer("test").Start(ctx, "parent")
		return ctx, func() { span.End() }
	}
}

// names is a sampler that samples all, and notes the names of spans.
type names struct {
	mu   sync.Mutex
	list []string
}

func (n *names) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, p.Name)
	return sdktrace.AlwaysSample().ShouldSample(p)
}

func (*names) Description() string { return "names" }

// program is a server on loopback.
type program struct {
	*httptest.Server
	served chan struct{} // gets a value when a handler is done
}

// The protocols that a program may speak.
var (
	protocolHTTP1 = (*httptest.Server).Start
	protocolHTTP2 = func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	}
)

// start starts a server that speaks one of the protocols.
func start(t *testing.T, begin func(*httptest.Server), h http.Handler) *program {
	t.Helper()
	p := &program{served: make(chan struct{}, 16)}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { p.served <- struct{}{} }()
		h.ServeHTTP(w, r)
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0) // some programs panic
	begin(p.Server)
	t.Cleanup(p.Close)
	t.Cleanup(p.Client().CloseIdleConnections)
	return p
}

// await waits until a handler is done.
func (p *program) await(t *testing.T) {
	t.Helper()
	select {
	case <-p.served:
	case <-time.After(10 * time.Second):
		t.Fatal("the handler isn't done after 10 s")
	}
}

// get sends a request by client, and returns the status and body of the response.
func (p *program) get(t *testing.T, client *http.Client, path string) (status int, body string, err error) {
	t.Helper()
	res, err := client.Get(p.URL + path)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	return res.StatusCode, string(read), err
}

// spans returns the ended spans of a kind.
func (in *instrumentation) spans(kind trace.SpanKind) []sdktrace.ReadOnlySpan {
	var found []sdktrace.ReadOnlySpan
	for _, span := range in.recorder.Ended() {
		if span.SpanKind() == kind {
			found = append(found, span)
		}
	}
	return found
}

// span returns the one ended span of a kind.
func (in *instrumentation) span(t *testing.T, kind trace.SpanKind) recordedSpan {
	t.Helper()
	found := in.spans(kind)
	if len(found) != 1 {
		t.Fatalf("%d %v spans have ended, want 1", len(found), kind)
	}
	return recordedSpan{found[0]}
}

// serves serves one request by h, and returns the server's span.
func (in *instrumentation) serves(t *testing.T, h http.HandlerFunc) recordedSpan {
	t.Helper()
	p := start(t, protocolHTTP1, in.server(h))
	if _, _, err := p.get(t, p.Client(), "/"); err != nil {
		t.Error(err)
	}
	p.await(t)
	return in.span(t, trace.SpanKindServer)
}

// recordedSpan tells in a few words what was recorded.
type recordedSpan struct{ sdktrace.ReadOnlySpan }

// attribute returns the value of the first key that there is.
func (s recordedSpan) attribute(keys ...attribute.Key) (attribute.Value, bool) {
	for _, key := range keys {
		for _, kv := range s.Attributes() {
			if kv.Key == key {
				return kv.Value, true
			}
		}
	}
	return attribute.Value{}, false
}

func (s recordedSpan) statusCode() string {
	if code, ok := s.attribute("http.response.status_code", "http.status_code"); ok {
		return code.String()
	}
	return "no status code"
}

func (s recordedSpan) error() string {
	if s.Status().Code == codes.Error {
		return "error"
	}
	return "no error"
}

// exception is empty where none was recorded.
func (s recordedSpan) exception() string {
	for _, event := range s.Events() {
		if event.Name != "exception" {
			continue
		}
		for _, kv := range event.Attributes {
			if kv.Key == "exception.stacktrace" && kv.Value.AsString() != "" {
				return "exception with stack"
			}
		}
		return "exception"
	}
	return ""
}

// bodySize compares the recorded size of a response with the true one.
func (s recordedSpan) bodySize(want int) string {
	size, ok := s.attribute("http.response.body.size", "http.response_size")
	switch {
	case !ok:
		return "not counted"
	case size.AsInt64() == int64(want):
		return "counted"
	}
	return fmt.Sprintf("%d bytes of %d counted", size.AsInt64(), want)
}

// recorded names the attributes that contain text, or says that none does.
func (s recordedSpan) recorded(text string) string {
	var keys []string
	for _, kv := range s.Attributes() {
		if strings.Contains(kv.Value.String(), text) {
			keys = append(keys, "`"+string(kv.Key)+"`")
		}
	}
	if keys == nil {
		return "not recorded"
	}
	return "recorded in " + strings.Join(keys, ", ")
}

// words joins those that aren't empty.
func words(parts ...string) string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ", ")
}
