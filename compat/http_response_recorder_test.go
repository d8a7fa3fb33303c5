// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// anyServer is what the writers of all of net/http's servers have.
type anyServer interface {
	http.ResponseWriter
	http.Flusher
	io.StringWriter
	FlushError() error
	CloseNotify() <-chan bool
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
}

// TestWritersOfAnyKindKeepTheirInterfaces has writers that are almost a server's.
func TestWritersOfAnyKindKeepTheirInterfaces(t *testing.T) {
	for name, w := range map[string]http.ResponseWriter{
		"none":          struct{ http.ResponseWriter }{},
		"of any server": struct{ anyServer }{},
		"HTTP/1": struct {
			anyServer
			http.Hijacker
			io.ReaderFrom
		}{},
		"HTTP/2": struct {
			anyServer
			http.Pusher
		}{},
		"HTTP/1 and Pusher": struct {
			anyServer
			http.Hijacker
			io.ReaderFrom
			http.Pusher
		}{},
		"HTTP/2 and Hijacker": struct {
			anyServer
			http.Hijacker
			http.Pusher
		}{},
		"HTTP/2 and ReaderFrom": struct {
			anyServer
			io.ReaderFrom
			http.Pusher
		}{},
		"HTTP/1 without ReaderFrom": struct {
			anyServer
			http.Hijacker
		}{},
		"HTTP/1 without full duplex": struct {
			http.ResponseWriter
			http.Flusher
			http.Hijacker
			io.ReaderFrom
		}{},
	} {
		t.Run(name, func(t *testing.T) {
			want := optionalInterfaces(w)
			compat.NewTracing(mocktracer.New(), nil).TraceAll(http.HandlerFunc(func(traced http.ResponseWriter, _ *http.Request) {
				if diff := cmp.Diff(want, optionalInterfaces(traced)); diff != "" {
					t.Errorf("interfaces (-bare +traced):\n%s", diff)
				}
				if got := traced.(interface{ Unwrap() http.ResponseWriter }).Unwrap(); got != w {
					t.Errorf("Unwrap = %T, want the writer itself", got)
				}
			})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		})
	}
}

// TestFlushSendsTheStatus has a handler change its mind too late.
func TestFlushSendsTheStatus(t *testing.T) {
	for _, p := range protocols {
		for name, flush := range map[string]func(http.ResponseWriter){
			"Flush":      func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
			"FlushError": func(w http.ResponseWriter) { _ = w.(interface{ FlushError() error }).FlushError() },
		} {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					flush(w)
					w.WriteHeader(http.StatusInternalServerError) // superfluous: the server ignores it
				}))
				if got := c.get(context.Background(), t).status; got != http.StatusOK {
					t.Errorf("the client got %d", got)
				}
				if span := c.span(t); span.Tag("http.status_code") != uint16(200) || span.Tag("error") != nil {
					t.Errorf("tags = %v, want what the client got", span.Tags())
				}
			})
		}
	}
}

// TestSuperfluousWriteHeader is logged with the line of the handler, as without the
// middleware.
func TestSuperfluousWriteHeader(t *testing.T) {
	for _, traced := range []bool{false, true} {
		var logged bytes.Buffer
		var handler http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK)
		})
		tracer := mocktracer.New()
		if traced {
			handler = compat.NewTracing(tracer, nil).TraceAll(handler)
		}
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = log.New(&logged, "", 0)
		server.Start()
		res, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		server.Close()
		want := "http: superfluous response.WriteHeader call from github.com/ot2otel/ot2otel/compat_test.TestSuperfluousWriteHeader.func1 (http_response_recorder_test.go:"
		if res.StatusCode != http.StatusTeapot || !strings.HasPrefix(logged.String(), want) || strings.Count(logged.String(), "\n") != 1 {
			t.Errorf("traced %t: status %d, logged %q, want %d and one line with %q", traced, res.StatusCode, &logged, http.StatusTeapot, want)
		}
		if traced {
			if got := onlySpan(t, tracer).Tag("http.status_code"); got != uint16(http.StatusTeapot) {
				t.Errorf("http.status_code is %v, want the first", got)
			}
		}
	}
}
