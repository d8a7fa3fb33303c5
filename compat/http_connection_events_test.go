// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"testing"

	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

func TestConnectionEvents(t *testing.T) {
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		fmt.Fprint(w, "hello")
	})
	plain := serve(t, hello)
	secure := httptest.NewTLSServer(hello)
	t.Cleanup(secure.Close)
	connected := []string{"GetConn", "ConnectStart", "ConnectDone", "GotConn", "WroteHeaders", "WroteRequest", "GotFirstResponseByte", "Got1xxResponse", "ClosedBody"}
	for _, tc := range []struct {
		name   string
		server *httptest.Server
		events bool
		want   []string
	}{
		{"off by default", plain, false, nil},
		{"a new connection", plain, true, connected},
		{"TLS", secure, true, append([]string{"TLSHandshakeStart", "TLSHandshakeDone"}, connected...)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			base := tc.server.Client().Transport.(*http.Transport).Clone()
			base.DisableKeepAlives = true
			asked := false
			req, err := http.NewRequest(http.MethodGet, tc.server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GetConn: func(string) { asked = true }}))
			res, err := compat.NewTracing(tracer, &compat.TracingOptions{ConnectionEvents: tc.events}).Transport(base).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			span := onlySpan(t, tracer)
			seen := map[string]bool{}
			for _, fields := range logsOf(span) {
				seen[fields["event"]] = true
			}
			if !tc.events && len(seen) != 0 {
				t.Errorf("events %v, want none", seen)
			}
			for _, event := range tc.want {
				if !seen[event] {
					t.Errorf("no event %s in %v", event, seen)
				}
			}
			if reused := span.Tag("net/http.reused"); tc.events && reused != false || !tc.events && reused != nil {
				t.Errorf("net/http.reused = %v", reused)
			}
			if !asked {
				t.Error("the caller's own client trace wasn't called")
			}
		})
	}
}

func TestConnectionEventsOfAFailure(t *testing.T) {
	closed := httptest.NewServer(answer(200))
	closed.Close()
	tracer := mocktracer.New()
	client := &http.Client{Transport: compat.NewTracing(tracer, &compat.TracingOptions{ConnectionEvents: true}).Transport(nil)}
	if res, err := client.Get(closed.URL); err == nil {
		res.Body.Close()
		t.Fatal("a closed server has answered")
	}
	var failures []string
	for _, fields := range logsOf(onlySpan(t, tracer)) {
		if fields["event"] == "error" {
			failures = append(failures, fields["message"])
		}
	}
	if len(failures) != 2 || failures[0] != "ConnectDone" {
		t.Errorf("failures = %q, want the connection's and the request's", failures)
	}
}
