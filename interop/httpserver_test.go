// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

var errBoom = errors.New("boom")

// The situations of a server that concern what its span says.
var serverSituations = []situation{
	{"a handler panics", "error, 500, exception with stack, the panic goes on", func(t *testing.T, in *instrumentation) string {
		return panics(t, in, errBoom)
	}},
	{"a handler panics with `http.ErrAbortHandler`", "no error, no status code, the panic goes on", func(t *testing.T, in *instrumentation) string {
		return panics(t, in, http.ErrAbortHandler)
	}},
	{"status 404", "no error", func(t *testing.T, in *instrumentation) string {
		return in.serves(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }).error()
	}},
	{"status 503", "error", func(t *testing.T, in *instrumentation) string {
		return in.serves(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }).error()
	}},
	{"`WriteHeader(103)`, `(200)`, `(500)`", "200, no error", func(t *testing.T, in *instrumentation) string {
		span := in.serves(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusOK)
			w.WriteHeader(http.StatusInternalServerError)
		})
		return words(span.statusCode(), span.error())
	}},
	{"two layers of the middleware", "1 span", func(t *testing.T, in *instrumentation) string {
		p := start(t, protocolHTTP1, in.server(in.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))))
		if _, _, err := p.get(t, p.Client(), "/"); err != nil {
			t.Error(err)
		}
		p.await(t)
		spans := len(in.spans(trace.SpanKindServer))
		return fmt.Sprintf("%d %s", spans, map[bool]string{true: "span", false: "spans"}[spans == 1])
	}},
	{"name, for the route `GET /orders/{id}`", "`GET /orders/{id}`", func(t *testing.T, in *instrumentation) string {
		return "`" + servesRoute(t, in).Name() + "`"
	}},
	{"the same, as a sampler sees it", "`GET /orders/{id}`", func(t *testing.T, in *instrumentation) string {
		servesRoute(t, in)
		return "`" + in.sampled.list[0] + "`"
	}},
	{"public endpoint, asked with a trace of its client", "a new trace with a link", publicEndpoint},
	{"user and password in the target", "not recorded", func(t *testing.T, in *instrumentation) string {
		return asked(t, in, "http://user:s3cret@shop.example/").recorded("s3cret")
	}},
	{"secret in the query (`?sig=…`)", "not recorded", func(t *testing.T, in *instrumentation) string {
		return asked(t, in, "/?sig=s3cret").recorded("s3cret")
	}},
}

// panics serves one request by a handler that panics.
func panics(t *testing.T, in *instrumentation, value error) string {
	t.Helper()
	var reached any
	traced := in.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
	p := start(t, protocolHTTP1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if reached = recover(); reached != nil {
				panic(reached)
			}
		}()
		traced.ServeHTTP(w, r)
	}))
	_, _, err := p.get(t, p.Client(), "/")
	p.await(t)
	span := in.span(t, trace.SpanKindServer)
	goesOn := "the panic goes on"
	if reached != any(value) || err == nil {
		goesOn = "the panic is lost"
	}
	return words(span.error(), span.statusCode(), span.exception(), goesOn)
}

// servesRoute serves one request by a mux that is behind the middleware.
func servesRoute(t *testing.T, in *instrumentation) recordedSpan {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(http.ResponseWriter, *http.Request) {})
	p := start(t, protocolHTTP1, in.server(mux))
	if status, _, err := p.get(t, p.Client(), "/orders/7"); err != nil || status != http.StatusOK {
		t.Errorf("status %d, %v", status, err)
	}
	p.await(t)
	return in.span(t, trace.SpanKindServer)
}

func publicEndpoint(t *testing.T, in *instrumentation) string {
	const remoteTrace = "0af7651916cd43dd8448eb211c80319c"
	p := start(t, protocolHTTP1, in.public(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	req, err := http.NewRequest(http.MethodGet, p.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Traceparent", "00-"+remoteTrace+"-b7ad6b7169203331-01")
	res, err := p.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.await(t)
	span := in.span(t, trace.SpanKindServer)
	if span.SpanContext().TraceID().String() == remoteTrace {
		return "the client's trace"
	}
	if len(span.Links()) == 1 && span.Links()[0].SpanContext.TraceID().String() == remoteTrace {
		return "a new trace with a link"
	}
	return "a new trace"
}

// asked serves one request for a target as it is sent on the wire.
func asked(t *testing.T, in *instrumentation, target string) recordedSpan {
	t.Helper()
	p := start(t, protocolHTTP1, in.server(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	conn, err := net.Dial("tcp", p.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", target)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "200") {
		t.Fatalf("answer %q, %v", line, err)
	}
	p.await(t)
	return in.span(t, trace.SpanKindServer)
}
