// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"net/url"
	"strings"
	"testing"
)

func TestOfAgent(t *testing.T) {
	for _, c := range []struct{ explanation, hostPort, want, wrong string }{
		{"nothing is the agent on localhost", "", "http://localhost:4318/v1/traces", ""},
		{"the port moves", "agent:6831", "http://agent:4318/v1/traces", ""},
		{"whatever it was", "agent:16831", "http://agent:4318/v1/traces", ""},
		{"an address of version 6", "[::1]:6831", "http://[::1]:4318/v1/traces", ""},
		{"no host is localhost", ":6831", "http://localhost:4318/v1/traces", ""},
		{"no port", "agent", "", `agent "agent" is not host:port`},
		{"version 6 without brackets, as JAEGER_AGENT_HOST makes it", "::1:6831", "", "is not host:port"},
	} {
		address, err := OfAgent(c.hostPort)
		if address.URL != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: OfAgent(%q) = %q, %v, want %q, %q", c.explanation, c.hostPort, address.URL, err, c.want, c.wrong)
		}
	}
}

func TestOfCollector(t *testing.T) {
	for _, c := range []struct{ explanation, endpoint, want, wrong string }{
		{"port and path move", "http://collector:14268/api/traces", "http://collector:4318/v1/traces", ""},
		{"a query belongs to Thrift", "http://collector:14268/api/traces?format=jaeger.thrift", "http://collector:4318/v1/traces", ""},
		{"a port of somebody else stays", "https://jaeger.example:8443/api/traces", "https://jaeger.example:8443/v1/traces", ""},
		{"so does none, and the folder of a proxy", "https://example.com/jaeger/api/traces/", "https://example.com/jaeger/v1/traces", ""},
		{"no path", "http://collector:14268", "http://collector:4318/v1/traces", ""},
		{"OTLP already", "http://collector:4318/v1/traces", "http://collector:4318/v1/traces", ""},
		{"an address of version 6", "http://[::1]:14268/api/traces", "http://[::1]:4318/v1/traces", ""},
		{"a user in the URL is a header", "http://user:secret@collector:14268/api/traces", "http://collector:4318/v1/traces", ""},
		{"not a URL", "http://user:secret@collector:port/", "", "is not a URL"},
		{"no scheme", "collector:14268/api/traces", "", "is not a URL of http or https"},
		{"no host", "/api/traces", "", "is not a URL of http or https"},
	} {
		address, err := OfCollector(c.endpoint)
		if address.URL != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: OfCollector(%q) = %q, %v, want %q, %q", c.explanation, c.endpoint, address.URL, err, c.want, c.wrong)
		}
		if err != nil && strings.Contains(err.Error(), "secret") || strings.Contains(address.Was, "secret") {
			t.Errorf("%s: the password is told: %q, %v", c.explanation, address.Was, err)
		}
		if got, want := address.Headers["Authorization"] != "", strings.Contains(c.endpoint, "user") && err == nil; got != want {
			t.Errorf("%s: Authorization: %t, want %t", c.explanation, got, want)
		}
	}
}

func TestEnvironmentHasPrecedence(t *testing.T) {
	agent, err := OfAgent("agent:6831")
	if err != nil {
		t.Fatal(err)
	}
	malformed, notHostPort := OfAgent("::1:6831")
	for _, c := range []struct{ explanation, variables, want, wrong string }{
		{"without a variable", "", "http://agent:4318/v1/traces by OTLP, in the place of agent agent:6831 by Thrift", ""},
		{"a base URL", "OTEL_EXPORTER_OTLP_ENDPOINT=http://backend:1", "http://backend:1 (OTEL_EXPORTER_OTLP_ENDPOINT) by OTLP", ""},
		{"the URL of traces has precedence", "OTEL_EXPORTER_OTLP_ENDPOINT=http://backend:1 OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://u:secret@traces:2/x",
			"http://REDACTED@traces:2/x (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) by OTLP", ""},
		{"a token in the query", "OTEL_EXPORTER_OTLP_ENDPOINT=http://backend:1/?token=hunter2",
			"http://backend:1/?token=REDACTED (OTEL_EXPORTER_OTLP_ENDPOINT) by OTLP", ""},
		{"gRPC has a port of its own", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://agent:4317 by OTLP", ""},
		{"another protocol", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json", "", `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="http/json" is not a protocol`},
		{"not a URL", "OTEL_EXPORTER_OTLP_ENDPOINT=backend:1", "", `OTEL_EXPORTER_OTLP_ENDPOINT "backend:1" is not a URL of http or https`},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			for variable := range strings.FieldsSeq(c.variables) {
				name, value, _ := strings.Cut(variable, "=")
				t.Setenv(name, value)
			}
			sender := NewSender(agent, nil, BatchSize, Options{})
			defer sender.Close()
			where, err := sender.Destination()
			if c.wrong == "" && strings.Contains(c.variables, "ENDPOINT") { // it is what the error of an address asks for
				other := NewSender(malformed, notHostPort, BatchSize, Options{})
				defer other.Close()
				if there, err := other.Destination(); err != nil || there != c.want+", in the place of agent ::1:6831 by Thrift" {
					t.Errorf("for a malformed agent: %q, %v", there, err)
				}
			}
			if !strings.HasPrefix(where, c.want) || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%q, %v, want %q, %q", where, err, c.want, c.wrong)
			}
		})
	}
}

// FuzzOfCollector looks for a URL that panics, or whose password is told.
func FuzzOfCollector(f *testing.F) {
	f.Add("http://ada:~secret~@collector:14268/api/traces")
	f.Add("http://collector:~secret~/")
	f.Fuzz(func(t *testing.T, endpoint string) {
		address, err := OfCollector(endpoint)
		if err == nil && address.URL == "" {
			t.Errorf("%q is nowhere", endpoint)
		}
		u, parseErr := url.Parse(endpoint)
		if parseErr != nil || u.User == nil {
			return
		}
		password, _ := u.User.Password()
		if len(password) > 20 && strings.Count(endpoint, password) == 1 && (strings.Contains(address.Was, password) || err != nil && strings.Contains(err.Error(), password)) {
			t.Errorf("%q: the password is told: %q, %v", endpoint, address.Was, err)
		}
	})
}
