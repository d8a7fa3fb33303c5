// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go/mocktracer"
)

// wrapper is a caller's own round tripper. It adds a header.
type wrapper struct{ http.RoundTripper }

func (w wrapper) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Add("X-Tenant", "a")
	return w.RoundTripper.RoundTrip(r)
}

func (w wrapper) CloseIdleConnections() {
	w.RoundTripper.(interface{ CloseIdleConnections() }).CloseIdleConnections()
}

// functions is one that hides what is in it.
func functions(next http.RoundTripper) http.RoundTripper {
	return roundTripperFunc(wrapper{next}.RoundTrip)
}

// rewriting changes the URL, and detached drops the context.
func rewriting(next http.RoundTripper) http.RoundTripper {
	return roundTripperFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Path = "/v1" + r.URL.Path
		r.Header.Add("X-Tenant", "a")
		return next.RoundTrip(r)
	})
}

func detached(next http.RoundTripper) http.RoundTripper {
	return roundTripperFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(context.Background())
		r.Header.Add("X-Tenant", "a")
		return next.RoundTrip(r)
	})
}

// TestDefaultTransportIsOurs makes round trippers with a nil base the default transport
// themselves, which must not find themselves for ever.
func TestDefaultTransportIsOurs(t *testing.T) {
	var tenants []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { tenants = r.Header["X-Tenant"] }))
	defer server.Close()
	for _, tc := range []struct {
		explanation string
		install     func(one, two *Tracing)
		spans       int
		wrapped     int  // how often a wrapper sees a request
		late        bool // the first request shows it
	}{
		{"itself", func(one, _ *Tracing) { http.DefaultTransport = one.Transport(nil) }, 1, 0, false},
		{"twice by the same Tracing", func(one, _ *Tracing) {
			http.DefaultTransport = one.Transport(nil)
			http.DefaultTransport = one.Transport(nil)
		}, 2, 0, false},
		{"two Tracings", func(one, two *Tracing) {
			http.DefaultTransport = one.Transport(nil)
			http.DefaultTransport = two.Transport(nil)
		}, 2, 0, false},
		{"in a wrapper of the caller's", func(one, _ *Tracing) { http.DefaultTransport = wrapper{one.Transport(nil)} }, 1, 1, false},
		{"in a wrapper by pointer", func(one, _ *Tracing) { http.DefaultTransport = &wrapper{one.Transport(nil)} }, 1, 1, false},
		{"in two wrappers, with another in between", func(one, two *Tracing) {
			http.DefaultTransport = wrapper{two.Transport(wrapper{one.Transport(nil)})}
		}, 2, 2, false},
		{"in a function", func(one, _ *Tracing) { http.DefaultTransport = functions(one.Transport(nil)) }, 1, 1, true},
		{"in a function that rewrites the URL", func(one, _ *Tracing) { http.DefaultTransport = rewriting(one.Transport(nil)) }, 1, 1, true},
		{"in a function that drops the context", func(one, _ *Tracing) { http.DefaultTransport = detached(one.Transport(nil)) }, 1, 1, true},
		{"made while there was no default", func(one, _ *Tracing) {
			http.DefaultTransport = nil
			http.DefaultTransport = one.Transport(nil)
		}, 1, 0, false},
		{"looked up at each request", func(one, two *Tracing) {
			late := one.Transport(nil)
			http.DefaultTransport = wrapper{http.DefaultTransport}
			http.DefaultTransport = wrapper{two.Transport(late)}
			http.DefaultTransport = late
		}, 1, 0, false},
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
				if tc.late && request == 0 {
					continue // it goes round, to find out
				}
				if got := len(tracer.FinishedSpans()); got != tc.spans {
					t.Errorf("request %d: %d spans, want %d", request, got, tc.spans)
				}
				if len(tenants) != tc.wrapped {
					t.Errorf("request %d: the wrappers have added %q, want %d headers", request, tenants, tc.wrapped)
				}
				http.DefaultClient.CloseIdleConnections()
			}
		})
	}
}

// TestDefaultTransportIsLookedUp finds one that was set after the round tripper was made,
// as tests and main do.
func TestDefaultTransportIsLookedUp(t *testing.T) {
	before := http.DefaultTransport
	defer func() { http.DefaultTransport = before }()
	tracer := mocktracer.New()
	client := &http.Client{Transport: NewTracing(tracer, nil).Transport(nil)}
	for name, replaced := range map[string]http.RoundTripper{
		"a function": roundTripperFunc(answerTeapot),
		"a struct":   wrapper{roundTripperFunc(answerTeapot)},
	} {
		tracer.Reset()
		http.DefaultTransport = replaced
		res, err := client.Get("http://nowhere.example/")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusTeapot || len(tracer.FinishedSpans()) != 1 {
			t.Errorf("%s: status %d and %d spans, want what was set, and one span", name, res.StatusCode, len(tracer.FinishedSpans()))
		}
	}
}

func answerTeapot(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusTeapot, Body: http.NoBody}, nil
}
