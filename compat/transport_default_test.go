// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go/mocktracer"
)

// idleCloser is a caller's own wrapper.
type idleCloser struct{ http.RoundTripper }

func (c idleCloser) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.RoundTripper.RoundTrip(r.Clone(r.Context()))
}

func (c idleCloser) CloseIdleConnections() {
	c.RoundTripper.(interface{ CloseIdleConnections() }).CloseIdleConnections()
}

// TestDefaultTransportIsOurs makes round trippers with a nil base the default transport
// themselves, which must not find themselves for ever.
func TestDefaultTransportIsOurs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for _, tc := range []struct {
		explanation string
		install     func(one, two *Tracing)
		spans       int
	}{
		{"itself", func(one, _ *Tracing) { http.DefaultTransport = one.Transport(nil) }, 1},
		{"twice by the same Tracing", func(one, _ *Tracing) {
			http.DefaultTransport = one.Transport(nil)
			http.DefaultTransport = one.Transport(nil)
		}, 2},
		{"two Tracings", func(one, two *Tracing) {
			http.DefaultTransport = one.Transport(nil)
			http.DefaultTransport = two.Transport(nil)
		}, 2},
		{"in a wrapper of the caller's", func(one, _ *Tracing) { http.DefaultTransport = idleCloser{one.Transport(nil)} }, 1},
		{"in two wrappers, with another in between", func(one, two *Tracing) {
			http.DefaultTransport = idleCloser{two.Transport(idleCloser{one.Transport(nil)})}
		}, 2},
		{"made while there was no default", func(one, _ *Tracing) {
			http.DefaultTransport = nil
			http.DefaultTransport = one.Transport(nil)
		}, 1},
		{"looked up at each request", func(one, two *Tracing) {
			late := one.Transport(nil)
			http.DefaultTransport = two.Transport(http.DefaultTransport)
			http.DefaultTransport = idleCloser{late}
			http.DefaultTransport = late
		}, 1},
	} {
		t.Run(tc.explanation, func(t *testing.T) {
			before := http.DefaultTransport
			defer func() { http.DefaultTransport = before }()
			tracer := mocktracer.New()
			tc.install(NewTracing(tracer, nil), NewTracing(tracer, nil))
			for request := range 3 {
				tracer.Reset()
				res, err := http.Get(server.URL)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				// The first request may go round once, to find out.
				if got := len(tracer.FinishedSpans()); got != tc.spans && request > 0 {
					t.Errorf("%d spans, want %d", got, tc.spans)
				}
				http.DefaultClient.CloseIdleConnections()
			}
		})
	}
}
