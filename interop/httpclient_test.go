// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// The situations of a client.
var clientSituations = []situation{
	{"client: no connection", "error, exception", func(t *testing.T, in *instrumentation) string {
		closed := httptest.NewServer(nil)
		closed.Close()
		client := &http.Client{Transport: in.transport(http.DefaultTransport)}
		if res, err := client.Get(closed.URL); err == nil {
			res.Body.Close()
			t.Error("a closed server has answered")
		}
		span := in.span(t, trace.SpanKindClient)
		return words(span.error(), span.exception())
	}},
	{"client: the body breaks off", "error, exception", func(t *testing.T, in *instrumentation) string {
		p := start(t, protocolHTTP1, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}))
		if _, _, err := p.get(t, in.client(p), "/"); err == nil {
			t.Error("the body didn't break off")
		}
		span := in.span(t, trace.SpanKindClient)
		return words(span.error(), span.exception())
	}},
	{"client: the caller's request", "left as it is", callersRequest},
	{"client: two redirects, under one span", "3 spans of its trace", redirects},
	{"client: body read to its end, never closed", "ended at EOF", func(t *testing.T, in *instrumentation) string {
		return ends(t, in, protocolHTTP1, "/", "at EOF", func(res *http.Response) { _, _ = io.Copy(io.Discard, res.Body) })
	}},
	{"client: body closed unread", "ended at Close", func(t *testing.T, in *instrumentation) string {
		return ends(t, in, protocolHTTP1, "/", "at Close", func(res *http.Response) { res.Body.Close() })
	}},
	{"client: no body (204), never closed", "ended at the headers", func(t *testing.T, in *instrumentation) string {
		return ends(t, in, protocolHTTP1, "/empty", "", func(*http.Response) {})
	}},
	{"the same, over HTTP/2", "ended at the headers", func(t *testing.T, in *instrumentation) string {
		return ends(t, in, protocolHTTP2, "/empty", "", func(*http.Response) {})
	}},
	{"client: body neither read nor closed", "ended by the garbage collector", droppedBody},
	{"client: WebSocket (coder/websocket)", "101, no error, the connection works", func(t *testing.T, in *instrumentation) string {
		p := start(t, protocolHTTP1, coderEcho(t))
		works := exchange(t.Context(), t, in.client(p), p.URL)
		p.await(t)
		span := in.span(t, trace.SpanKindClient)
		return words(span.statusCode(), span.error(), worksWords(works))
	}},
	{"client: half-close of a switched protocol (`CloseWrite`)", "kept", halfClose},
	{"client: user and password in the URL", "not recorded", func(t *testing.T, in *instrumentation) string {
		p := start(t, protocolHTTP1, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		res, err := in.client(p).Get(strings.Replace(p.URL, "://", "://user:s3cret@", 1))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return in.span(t, trace.SpanKindClient).recorded("s3cret")
	}},
	{"client: secret in the query (`?sig=…`)", "not recorded", func(t *testing.T, in *instrumentation) string {
		p := start(t, protocolHTTP1, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		if _, _, err := p.get(t, in.client(p), "/?sig=s3cret"); err != nil {
			t.Error(err)
		}
		return in.span(t, trace.SpanKindClient).recorded("s3cret")
	}},
}

// client returns a client of p that is traced.
func (in *instrumentation) client(p *program) *http.Client {
	return &http.Client{Transport: in.transport(p.Client().Transport)}
}

func callersRequest(t *testing.T, in *instrumentation) string {
	p := start(t, protocolHTTP1, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Traceparent") == "" {
			t.Error("the span wasn't injected")
		}
	}))
	req, err := http.NewRequest(http.MethodGet, p.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := in.client(p).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	var added []string
	for name := range req.Header {
		added = append(added, "`"+name+"`")
	}
	if added == nil {
		return "left as it is"
	}
	slices.Sort(added)
	return "gets the header " + words(added...)
}

func redirects(t *testing.T, in *instrumentation) string {
	p := start(t, protocolHTTP1, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/third" {
			http.Redirect(w, r, map[string]string{"/": "/second", "/second": "/third"}[r.URL.Path], http.StatusFound)
		}
	}))
	ctx, end := in.parent(t.Context())
	get(t, in.client(p), ctx, p.URL)
	end()
	ended := in.recorder.Ended()
	parent, inTrace := ended[len(ended)-1], 0
	spans := in.spans(trace.SpanKindClient)
	for _, span := range spans {
		if span.SpanContext().TraceID() == parent.SpanContext().TraceID() {
			inTrace++
		}
	}
	if inTrace == len(spans) {
		return fmt.Sprintf("%d spans of its trace", len(spans))
	}
	return fmt.Sprintf("%d spans, %d of its trace", len(spans), inTrace)
}

// ends says when the span of a round trip ends: at the headers, else when the body
// was used.
func ends(t *testing.T, in *instrumentation, begin func(*httptest.Server), path, used string, use func(*http.Response)) string {
	t.Helper()
	p := start(t, begin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, "twelve bytes")
	}))
	ended := func() bool { return len(in.spans(trace.SpanKindClient)) > 0 }
	res, err := in.client(p).Get(p.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if ended() {
		return "ended at the headers"
	}
	use(res)
	if ended() {
		return "ended " + used
	}
	return "not ended"
}

func droppedBody(t *testing.T, in *instrumentation) string {
	p := start(t, protocolHTTP1, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "unread") }))
	func() {
		if _, err := in.client(p).Get(p.URL); err != nil { //nolint:bodyclose // that is the case
			t.Error(err)
		}
	}()
	for range 200 {
		if len(in.spans(trace.SpanKindClient)) > 0 {
			return "ended by the garbage collector"
		}
		runtime.GC()
	}
	return "not ended"
}

func halfClose(t *testing.T, in *instrumentation) string {
	p := start(t, protocolHTTP1, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: count\r\n\r\n")
		_, _ = io.Copy(io.Discard, buffered)
	}))
	req, err := http.NewRequest(http.MethodGet, p.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "count")
	res, err := in.client(p).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	conn, ok := res.Body.(interface{ CloseWrite() error })
	if !ok {
		return "lost"
	}
	if err := conn.CloseWrite(); err != nil {
		return "lost"
	}
	p.await(t) // the server has read to the end
	return "kept"
}
