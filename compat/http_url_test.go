// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitHostPort(t *testing.T) {
	for _, tc := range []struct {
		given, host string
		port        int
	}{
		{"", "", 0},
		{"shop.example", "shop.example", 0},
		{"shop.example:8080", "shop.example", 8080},
		{"192.0.2.1:1234", "192.0.2.1", 1234},
		{"[2001:db8::1]:443", "2001:db8::1", 443},
		{"[2001:db8::1]", "2001:db8::1", 0},
		{"2001:db8::1", "2001:db8::1", 0},
		{"shop.example:http", "shop.example", 0},
		{"shop.example:99999", "shop.example", 0},
		{":80", "", 80},
		{"@", "@", 0},
	} {
		if host, port := splitHostPort(tc.given); host != tc.host || port != tc.port {
			t.Errorf("splitHostPort(%q) = %q, %d, want %q, %d", tc.given, host, port, tc.host, tc.port)
		}
	}
}

func TestProtocolVersion(t *testing.T) {
	for proto, want := range map[string]string{"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2.0": "2", "HTTP/3.0": "3", "": ""} {
		if got := protocolVersion(proto); got != want {
			t.Errorf("protocolVersion(%q) = %q, want %q", proto, got, want)
		}
	}
}

func TestAsksForUpgrade(t *testing.T) {
	for _, tc := range []struct {
		header http.Header
		want   bool
	}{
		{http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}}, true},
		{http.Header{"Upgrade": {"websocket"}, "Connection": {"keep-alive, upgrade"}}, true},
		{http.Header{"Upgrade": {"websocket"}, "Connection": {"keep-alive", "Upgrade"}}, true},
		{http.Header{"Upgrade": {"websocket"}, "Connection": {"keep-alive"}}, false},
		{http.Header{"Connection": {"Upgrade"}}, false},
		{nil, false},
	} {
		if got := asksForUpgrade(tc.header); got != tc.want {
			t.Errorf("asksForUpgrade(%v) = %t, want %t", tc.header, got, tc.want)
		}
	}
}

func TestHeaderCarrier(t *testing.T) {
	carrier := headerCarrier{
		"Traceparent":  {"canonical"},
		"tracestate":   {"lower case, as some gateways make it"},
		"Baggage":      {"a=1", "b=2"},
		"X-B3-Traceid": {"another propagator's"},
	}
	for key, want := range map[string]string{
		"traceparent": "canonical", "tracestate": "lower case, as some gateways make it", "baggage": "a=1",
		"x-b3-traceid": "another propagator's", "absent": "",
	} {
		if got := carrier.Get(key); got != want {
			t.Errorf("Get(%q) = %q, want %q", key, got, want)
		}
	}
	if diff := cmp.Diff([]string{"a=1", "b=2"}, carrier.Values("baggage")); diff != "" {
		t.Errorf("Values (-want +got):\n%s", diff)
	}
	carrier.Set("new", "1")
	if got := carrier["New"]; len(got) != 1 || len(carrier.Keys()) != 5 {
		t.Errorf("Set and Keys: %v, %v", got, carrier.Keys())
	}
	if got := (headerCarrier{}).Get("traceparent"); got != "" {
		t.Errorf("Get of an empty header = %q", got)
	}
}
