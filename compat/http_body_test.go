// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// fetch gets url with a traced client, and leaves the body to the caller.
func fetch(t *testing.T, tracer *mocktracer.MockTracer, opts *compat.TracingOptions, method, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: compat.NewTracing(tracer, opts).Transport(nil)}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestSpanEndsWithTheBody(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprint(w, "twelve bytes")
	}))
	ended := func(tracer *mocktracer.MockTracer) bool { return len(tracer.FinishedSpans()) == 1 }
	for _, tc := range []struct {
		name        string
		method      string
		path        string
		atOnce      bool
		use         func(*testing.T, *http.Response)
		explanation string
	}{
		{"read to its end", "GET", "/", false, func(t *testing.T, res *http.Response) {
			if _, err := io.ReadAll(res.Body); err != nil {
				t.Error(err)
			}
		}, "EOF ends the span, also where Close is forgotten"},
		{"closed early", "GET", "/", false, func(t *testing.T, res *http.Response) {
			if _, err := io.ReadFull(res.Body, make([]byte, 3)); err != nil {
				t.Error(err)
			}
			res.Body.Close()
		}, "Close ends the span"},
		{"not read", "GET", "/", false, func(_ *testing.T, res *http.Response) { res.Body.Close() }, "Close ends the span"},
		{"no content", "GET", "/empty", true, func(_ *testing.T, res *http.Response) { res.Body.Close() }, "no body ends the span at once"},
		{"HEAD", "HEAD", "/", true, func(_ *testing.T, res *http.Response) { res.Body.Close() }, "no body ends the span at once"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			res := fetch(t, tracer, nil, tc.method, backend.URL+tc.path)
			if got := ended(tracer); got != tc.atOnce {
				t.Errorf("ended at the headers: %t, want %t: %s", got, tc.atOnce, tc.explanation)
			}
			tc.use(t, res)
			if !ended(tracer) {
				t.Errorf("not ended: %s", tc.explanation)
			}
			res.Body.Close()
			span := onlySpan(t, tracer)
			if span.Tag("error") != nil || len(span.Logs()) != 0 {
				t.Errorf("tags %v, logs %v, want no error", span.Tags(), logsOf(span))
			}
		})
	}
}

func TestBodyThatIsDropped(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "unread") }))
	tracer := mocktracer.New()
	start := time.Now()
	func() { fetch(t, tracer, nil, http.MethodGet, backend.URL) }() //nolint:bodyclose // that is the case
	headers := time.Now()
	for i := 0; len(tracer.FinishedSpans()) == 0; i++ {
		if i == 1000 {
			t.Fatal("the span of a body that was dropped never ended")
		}
		runtime.GC()
	}
	if end := onlySpan(t, tracer).FinishTime; end.Before(start) || end.After(headers) {
		t.Errorf("the span ended at %v, want when the headers were there: between %v and %v", end, start, headers)
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, "half")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler)
	}))
	for _, conventions := range []compat.Conventions{compat.OpenTracing, compat.Semconv} {
		tracer := mocktracer.New()
		res := fetch(t, tracer, &compat.TracingOptions{Conventions: conventions}, http.MethodGet, backend.URL)
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "half" {
			t.Errorf("read %q, %v, want what the base gives", body, err)
		}
		span := onlySpan(t, tracer)
		if span.Tag("error") != true {
			t.Errorf("tags = %v, want error", span.Tags())
		}
		want := []map[string]string{{"event": "error", "error.object": "unexpected EOF", "message": "unexpected EOF"}}
		if diff := cmp.Diff(want, logsOf(span)); diff != "" {
			t.Errorf("logs (-want +got):\n%s", diff)
		}
		if conventions == compat.Semconv && (span.Tag("error.type") == nil || span.Tag("http.response.body.size") != 4) {
			t.Errorf("tags = %v, want error.type and the 4 bytes that came", span.Tags())
		}
	}
}

func TestSwitchedProtocol(t *testing.T) {
	serverTracer, clientTracer := mocktracer.New(), mocktracer.New()
	served := make(chan struct{})
	traced := compat.NewTracing(serverTracer, nil).TraceAll(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(buffered, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
		if err := buffered.Flush(); err != nil {
			t.Error(err)
		}
		line, err := buffered.ReadString('\n')
		if err != nil {
			t.Error(err)
		}
		fmt.Fprint(conn, strings.ToUpper(line))
	}))
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(served)
		traced.ServeHTTP(w, r)
	}))
	req, err := http.NewRequest(http.MethodGet, backend.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "keep-alive, Upgrade")
	req.Header.Set("Upgrade", "shout")
	res, err := compat.NewTracing(clientTracer, nil).Transport(nil).RoundTrip(req) //nolint:bodyclose // conn is the body
	if err != nil {
		t.Fatal(err)
	}
	conn, ok := res.Body.(io.ReadWriteCloser)
	if res.StatusCode != http.StatusSwitchingProtocols || !ok {
		t.Fatalf("status %d, body %T, want 101 and a body that can be written to", res.StatusCode, res.Body)
	}
	fmt.Fprint(conn, "hello\n")
	if got, err := bufio.NewReader(conn).ReadString('\n'); got != "HELLO\n" || err != nil {
		t.Errorf("read %q, %v over the switched connection", got, err)
	}
	conn.Close()
	<-served
	for side, tracer := range map[string]*mocktracer.MockTracer{"client": clientTracer, "server": serverTracer} {
		span := onlySpan(t, tracer)
		if got := span.Tag("http.status_code"); got != uint16(101) || span.Tag("error") != nil {
			t.Errorf("%s: tags = %v, want the status 101 and no error", side, span.Tags())
		}
	}
}

// stuckBody is read from until it is closed. Its Close waits for the reader.
type stuckBody struct {
	closed, readerDone chan struct{}
}

func (b stuckBody) Read([]byte) (int, error) {
	<-b.closed
	return 0, net.ErrClosed
}

func (b stuckBody) Close() error {
	close(b.closed)
	<-b.readerDone
	return nil
}

func TestReadThatIsInterruptedByClose(t *testing.T) {
	tracer := mocktracer.New()
	body := stuckBody{make(chan struct{}), make(chan struct{})}
	base := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: body}, nil
	})
	res, err := compat.NewTracing(tracer, nil).Transport(base).RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(body.readerDone)
		if _, err := res.Body.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read: %v, want what the base gives", err)
		}
	}()
	res.Body.Close()
	span := onlySpan(t, tracer)
	if span.Tag("error") != nil || len(span.Logs()) != 0 {
		t.Errorf("tags %v, logs %v, want no error: the caller has closed the body", span.Tags(), logsOf(span))
	}
}
