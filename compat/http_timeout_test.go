// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// TestAnsweredByOthers serves requests whose client gets its answer from somebody
// further out than the traced handler.
func TestAnsweredByOthers(t *testing.T) {
	waits := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	timeoutHandler := func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Millisecond, "late") }
	// A router's timeout, as chi's: it answers once the handler has returned.
	routersTimeout := func(h http.Handler, after time.Duration) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), after)
			defer cancel()
			h.ServeHTTP(w, r.WithContext(ctx))
			if ctx.Err() != nil {
				w.WriteHeader(http.StatusGatewayTimeout)
			}
		})
	}
	short := func(h http.Handler) http.Handler { return routersTimeout(h, time.Millisecond) }
	long := func(h http.Handler) http.Handler { return routersTimeout(h, time.Hour) }
	for _, tc := range []struct {
		explanation string
		outer       func(http.Handler) http.Handler
		handler     http.HandlerFunc
		answer      int
		want        any // http.status_code; nil: none is known
	}{
		{"http.TimeoutHandler, nothing written", timeoutHandler, waits, http.StatusServiceUnavailable, nil},
		{"http.TimeoutHandler, written too late", timeoutHandler, func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			for {
				if _, err := io.WriteString(w, "late"); err != nil {
					return
				}
			}
		}, http.StatusServiceUnavailable, uint16(http.StatusServiceUnavailable)},
		{"a router's timeout, nothing written", short, waits, http.StatusGatewayTimeout, nil},
		{"a router's timeout, the handler answers itself", short, func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			w.WriteHeader(http.StatusTeapot)
		}, http.StatusTeapot, uint16(http.StatusTeapot)},
		{"in time, nothing written", long, func(http.ResponseWriter, *http.Request) {}, http.StatusOK, uint16(http.StatusOK)},
	} {
		t.Run(tc.explanation, func(t *testing.T) {
			tracer := mocktracer.New()
			ended := make(chan struct{})
			traced := compat.NewTracing(tracer, nil).TraceAll(tc.handler)
			server := httptest.NewServer(tc.outer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(ended)
				traced.ServeHTTP(w, r)
			})))
			defer server.Close()
			res, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			<-ended
			if res.StatusCode != tc.answer {
				t.Fatalf("the client gets %d, want %d", res.StatusCode, tc.answer)
			}
			if got := onlySpan(t, tracer).Tag("http.status_code"); got != tc.want {
				t.Errorf("http.status_code is %v, want %v", got, tc.want)
			}
		})
	}
}
