// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ot2otel/ot2otel/compat"
)

// serve starts a server on loopback that stops with the test.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// clientTags are the tags of a GET from a server's path.
func clientTags(server *httptest.Server, path string, status int, others map[string]any) map[string]any {
	tags := map[string]any{
		"component":    "net/http",
		"http.method":  "GET",
		"http.url":     server.URL + path,
		"peer.address": strings.TrimPrefix(server.URL, "http://"),
		"span.kind":    ext.SpanKindRPCClientEnum,
	}
	if status != 0 {
		tags["http.status_code"] = uint16(status) //nolint:gosec // three digits
	}
	maps.Copy(tags, others)
	return tags
}

func TestTransport(t *testing.T) {
	client, server := mocktracer.New(), mocktracer.New()
	backend := serve(t, compat.NewTracing(server, nil).TraceAll(answer(200)))
	parent := client.StartSpan("parent")
	ctx := opentracing.ContextWithSpan(context.Background(), parent)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, backend.URL+"/a?token=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Mine", "1")
	before := req.Header.Clone()

	res, err := (&http.Client{Transport: compat.NewTracing(client, nil).Transport(nil)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()

	span := onlySpan(t, client)
	if diff := cmp.Diff(clientTags(backend, "/a", 200, nil), span.Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if span.OperationName != "GET" {
		t.Errorf("operation name %q, want the method", span.OperationName)
	}
	if want := parent.Context().(mocktracer.MockSpanContext).SpanID; span.ParentID != want {
		t.Errorf("parent %d, want the active span %d", span.ParentID, want)
	}
	if got := onlySpan(t, server).ParentID; got != span.SpanContext.SpanID {
		t.Errorf("the server's parent is %d, want the client's span %d", got, span.SpanContext.SpanID)
	}
	if diff := cmp.Diff(before, req.Header); diff != "" {
		t.Errorf("the caller's headers were changed (-before +after):\n%s", diff)
	}
}

func TestTransportNames(t *testing.T) {
	catchReports(t) // of the panic
	backend := serve(t, answer(200))
	for _, tc := range []struct {
		about, want string
		name        func(*http.Request) string
	}{
		{"its result is the name", "HTTP GET", func(r *http.Request) string { return "HTTP " + r.Method }},
		{"an empty one is none", "GET", func(*http.Request) string { return "" }},
		{"a panic never reaches the request", "GET", func(*http.Request) string { panic("no name") }},
	} {
		mock, memory := mocktracer.New(), tracetest.NewInMemoryExporter()
		options := &compat.TracingOptions{ClientOperationName: tc.name}
		for _, tracer := range []opentracing.Tracer{mock, compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory)), nil)} {
			res, err := (&http.Client{Transport: compat.NewTracing(tracer, options).Transport(nil)}).Get(backend.URL)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
		if got := onlySpan(t, mock).OperationName; got != tc.want {
			t.Errorf("%s: another tracer's span is %q, want %q", tc.about, got, tc.want)
		}
		if got := memory.GetSpans(); len(got) != 1 || got[0].Name != tc.want {
			t.Errorf("%s: got %v, want one span %q", tc.about, got, tc.want)
		}
	}
}

func TestTransportStatus(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(map[string]int{"/404": 404, "/500": 500, "/304": 304}[r.URL.Path])
	}))
	for path, want := range map[string]map[string]any{
		"/404": clientTags(backend, "/404", 404, nil),
		"/500": clientTags(backend, "/500", 500, map[string]any{"error": true}),
		"/304": clientTags(backend, "/304", 304, nil),
	} {
		tracer := mocktracer.New()
		res, err := (&http.Client{Transport: compat.NewTracing(tracer, nil).Transport(nil)}).Get(backend.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if diff := cmp.Diff(want, onlySpan(t, tracer).Tags()); diff != "" {
			t.Errorf("%s: tags (-want +got):\n%s", path, diff)
		}
	}
}

func TestTransportRedirects(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/3" {
			http.Redirect(w, r, "/"+string(r.URL.Path[1]+1), http.StatusFound)
		}
	}))
	tracer := mocktracer.New()
	parent := tracer.StartSpan("parent")
	req, err := http.NewRequestWithContext(opentracing.ContextWithSpan(context.Background(), parent), http.MethodGet, backend.URL+"/1", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: compat.NewTracing(tracer, nil).Transport(nil)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	var got []any
	for _, span := range tracer.FinishedSpans() {
		got = append(got, span.Tag("http.status_code"))
		if span.ParentID != parent.Context().(mocktracer.MockSpanContext).SpanID {
			t.Errorf("the span of %v has the parent %d, want the one parent of all", span.Tag("http.url"), span.ParentID)
		}
	}
	if diff := cmp.Diff([]any{uint16(302), uint16(302), uint16(200)}, got); diff != "" {
		t.Errorf("statuses of the round trips (-want +got):\n%s", diff)
	}
}

// retrying sends a request again when its answer is 503.
type retrying struct{ next http.RoundTripper }

func (rt retrying) RoundTrip(r *http.Request) (*http.Response, error) {
	for {
		res, err := rt.next.RoundTrip(r)
		if err != nil || res.StatusCode != http.StatusServiceUnavailable {
			return res, err
		}
		res.Body.Close()
		if r.GetBody != nil {
			body, err := r.GetBody()
			if err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body = body
		}
	}
}

func TestTransportRetries(t *testing.T) {
	calls := 0
	var bodies []string
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(body)+" "+r.Header.Get("Mockpfx-Ids-Spanid"))
		if calls++; calls < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	tracer := mocktracer.New()
	client := &http.Client{Transport: retrying{compat.NewTracing(tracer, nil).Transport(nil)}}
	res, err := client.Post(backend.URL, "text/plain", strings.NewReader("again"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	spans := tracer.FinishedSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans, want one for each of 3 tries", len(spans))
	}
	for i, span := range spans {
		if failed := span.Tag("error") == true; failed != (i < 2) {
			t.Errorf("try %d: error = %t", i+1, failed)
		}
		if !strings.HasPrefix(bodies[i], "again ") || bodies[i] == bodies[(i+1)%3] {
			t.Errorf("try %d sent %q, want the body and a span of its own", i+1, bodies[i])
		}
	}
}

func TestTransportFailures(t *testing.T) {
	closed := httptest.NewServer(answer(200))
	closed.Close()
	secure := httptest.NewTLSServer(answer(200))
	secure.Config.ErrorLog = discardLog
	t.Cleanup(secure.Close)
	canceled, cancel := context.WithCancel(context.Background())
	slow := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cancel" {
			cancel()
		}
		<-r.Context().Done()
	}))
	expired, stop := context.WithTimeout(context.Background(), 1)
	t.Cleanup(stop)
	cut := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))

	for _, tc := range []struct {
		name string
		ctx  context.Context
		base http.RoundTripper
		url  string
		is   func(error) bool
	}{
		{"name lookup", context.Background(), &http.Transport{DialContext: (&net.Dialer{Resolver: noNames}).DialContext}, "http://no.such.name.invalid/", isA[*net.DNSError]},
		{"refused", context.Background(), nil, closed.URL, isA[*net.OpError]},
		{"TLS", context.Background(), nil, secure.URL, isA[*tls.CertificateVerificationError]},
		{"deadline", expired, nil, slow.URL, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
		{"no answer in time", context.Background(), &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}, slow.URL, func(err error) bool {
			timeout, ok := err.(net.Error) //nolint:errorlint // the base's own
			return ok && timeout.Timeout()
		}},
		{"canceled", canceled, nil, slow.URL + "/cancel", func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"connection cut", context.Background(), nil, cut.URL, func(err error) bool { return errors.Is(err, io.EOF) }},
		{"nil URL", context.Background(), nil, "", func(err error) bool { return strings.Contains(err.Error(), "nil Request.URL") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			req, err := http.NewRequestWithContext(tc.ctx, http.MethodGet, tc.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tc.url == "" {
				req.URL = nil
			}
			res, err := compat.NewTracing(tracer, nil).Transport(tc.base).RoundTrip(req)
			if err == nil {
				res.Body.Close()
				t.Fatalf("status %d, want an error", res.StatusCode)
			}
			if !tc.is(err) {
				t.Errorf("error %T %v isn't the one of the base", err, err)
			}
			span := onlySpan(t, tracer)
			if span.Tag("error") != true {
				t.Errorf("tags = %v, want error", span.Tags())
			}
			want := []map[string]string{{"event": "error", "error.object": err.Error(), "message": err.Error()}}
			if diff := cmp.Diff(want, logsOf(span)); diff != "" {
				t.Errorf("logs (-want +got):\n%s", diff)
			}
		})
	}
}

func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// noNames finds no name, without asking the network.
var noNames = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no name server")
}}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTransportBadInput(t *testing.T) {
	tracer := mocktracer.New()
	transport := compat.NewTracing(tracer, nil).Transport(nil)
	if res, err := transport.RoundTrip(nil); err == nil || //nolint:bodyclose // there is none
		!strings.Contains(err.Error(), "nil *http.Request") {
		t.Errorf("a nil request gives %v, %v, want an error that says so", res, err)
	}
	backend := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Mockpfx-Ids-Spanid") == "" {
			t.Error("the span wasn't injected into a request without headers")
		}
	}))
	req, err := http.NewRequest(http.MethodGet, backend.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = nil
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if req.Header != nil {
		t.Errorf("the caller's nil headers became %v", req.Header)
	}
}

func TestTransportOfABrokenBase(t *testing.T) {
	tracer := mocktracer.New()
	transport := compat.NewTracing(tracer, nil).Transport(roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, nil //nolint:nilnil // what no base may do
	}))
	if res, err := transport.RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil)); res != nil || err != nil { //nolint:bodyclose // there is none
		t.Errorf("got %v, %v, want what the base gives", res, err)
	}
	onlySpan(t, tracer)
}

func TestTransportOfABrokenTracer(t *testing.T) {
	for _, at := range []string{"start", "finish"} {
		reports := catchReports(t)
		backend := serve(t, answer(204))
		transport := compat.NewTracing(brokenTracer{mocktracer.New(), at}, nil).Transport(nil)
		res, err := (&http.Client{Transport: transport}).Get(backend.URL)
		if err != nil {
			t.Fatalf("%s: %v: a broken tracer never breaks a request", at, err)
		}
		res.Body.Close()
		if got := reports(); len(got) != 1 || !strings.Contains(got[0], at) {
			t.Errorf("%s: reports = %q, want one", at, got)
		}
	}
}

func TestTransportOnce(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, nil)
	res, err := (&http.Client{Transport: tracing.Transport(tracing.Transport(nil))}).Get(serve(t, answer(200)).URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	onlySpan(t, tracer)
}

// idleCloser is a base whose idle connections can be closed.
type idleCloser struct {
	http.RoundTripper
	closed *bool
}

func (c idleCloser) CloseIdleConnections() { *c.closed = true }

func TestTransportCloseIdleConnections(t *testing.T) {
	closed := false
	client := &http.Client{Transport: compat.NewTracing(mocktracer.New(), nil).Transport(idleCloser{nil, &closed})}
	client.CloseIdleConnections()
	if !closed {
		t.Error("the base wasn't told to close its idle connections")
	}
}

func TestTransportBaseThatPanics(t *testing.T) {
	tracer := mocktracer.New()
	transport := compat.NewTracing(tracer, nil).Transport(roundTripper(func(*http.Request) (*http.Response, error) { panic(errBoom) }))
	defer func() {
		if got := recover(); got != errBoom { //nolint:errorlint // the very same
			t.Errorf("the panic went on with %v, want the base's", got)
		}
		onlySpan(t, tracer)
	}()
	_, _ = transport.RoundTrip(httptest.NewRequest(http.MethodGet, "/", bytes.NewReader(nil))) //nolint:bodyclose // it panics
}
