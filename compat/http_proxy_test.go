// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// proxyOf starts a reverse proxy in front of backend, with both of its sides traced.
func proxyOf(t *testing.T, tracing *compat.Tracing, backend *httptest.Server) *httptest.Server {
	t.Helper()
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: tracing.Transport(nil),
		ErrorLog:  discardLog,
	}
	return serve(t, tracing.TraceAll(proxy))
}

// TestReverseProxy has a proxy pass on what a response can have beside its body.
func TestReverseProxy(t *testing.T) {
	tracer, recorder := recorded(t)
	tracing := compat.NewTracing(tracer, nil)
	more := make(chan struct{})
	backend := serve(t, tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "first\n")
		w.(http.Flusher).Flush()
		<-more
		fmt.Fprint(w, "second\n")
		w.Header().Set("X-Sum", "2")
	})))
	front := proxyOf(t, tracing, backend)

	hints := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, front.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: tracing.Transport(nil)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body := bufio.NewReader(res.Body)
	if line, err := body.ReadString('\n'); line != "first\n" {
		t.Errorf("read %q, %v, want the line that was flushed", line, err)
	}
	close(more)
	if rest, err := io.ReadAll(body); string(rest) != "second\n" {
		t.Errorf("read %q, %v", rest, err)
	}
	if hints != 1 || res.Trailer.Get("X-Sum") != "2" {
		t.Errorf("%d early hints, trailers %v, want what the backend sent", hints, res.Trailer)
	}
	front.Close()
	backend.Close()

	// From the caller to the backend, each a child of the one before.
	var got []trace.SpanKind
	var parent trace.SpanID
	for range recorder.Ended() {
		for _, span := range recorder.Ended() {
			if span.Parent().SpanID() == parent {
				got, parent = append(got, span.SpanKind()), span.SpanContext().SpanID()
				break
			}
		}
	}
	want := []trace.SpanKind{trace.SpanKindClient, trace.SpanKindServer, trace.SpanKindClient, trace.SpanKindServer}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds, from the root to the leaf (-want +got):\n%s", diff)
	}
}

// TestHalfClosedProtocol has a reverse proxy between the two ends of a switched
// protocol. The client says that it is done, and only then the backend answers.
func TestHalfClosedProtocol(t *testing.T) {
	switched := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\n"
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, switched)
		all, err := io.ReadAll(buffered)
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(conn, "%d bytes\n", len(all))
	}))
	front := proxyOf(t, compat.NewTracing(mocktracer.New(), nil), backend)

	conn, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: front\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\n")
	answer := bufio.NewReader(conn)
	res, err := http.ReadResponse(answer, nil) //nolint:bodyclose // it has none
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v, want 101", res, err)
	}
	fmt.Fprint(conn, "hello")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := answer.ReadString('\n'); got != "5 bytes\n" {
		t.Errorf("read %q, %v after the half-close, want the backend's answer", got, err)
	}
}
