// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

const (
	noUser  = " holds a user, which OTLP does not send: put it into OTEL_EXPORTER_OTLP_HEADERS or Options.Headers as authorization"
	noQuery = " has a query or a fragment, which OTLP does not send: leave it out"
	notHTTP = " is not a URL of http or https: write http://host:port"
	notURL  = " is not a URL: write http://host:port"
	noHost  = " has no host: write http://host:port"
	badPort = " has a port that is not between 1 and 65535: write http://host:port"
	noPath  = " has a path, which gRPC does not send: leave it out"
)

func noAddress(scheme string) string {
	return " has an address that is not of " + scheme + ": write ipv4:192.0.2.1:4317 or ipv6:[2001:db8::1]:4317, several separated by commas"
}

// All forms of an endpoint, for both protocols: where spans go, or what is wrong
// and what to do.
func TestEndpointForms(t *testing.T) {
	const same = "same as HTTP"
	resolver.Register(manual.NewBuilderWithScheme("ot2oteltest"))
	tests := []struct {
		explanation string
		endpoint    string
		http, grpc  string // what String says before the protocol, or the error after the name
	}{
		{"http", "http://collector:4318/v1/traces", "http://collector:4318/v1/traces", `"http://collector:4318/v1/traces"` + noPath},
		{"http without a port", "http://collector", "http://collector/", "http://collector:4317"},
		{"https without a port", "https://collector", "https://collector/", "https://collector:4317"},
		{"a trailing slash", "http://collector/", "http://collector/", "http://collector:4317"},
		{"several of them", "http://collector:1///", "http://collector:1///", "http://collector:1"},
		{"an empty port", "http://collector:", "http://collector/", "http://collector:4317"},
		{"the scheme in upper case", "HTTPS://collector:1", "https://collector:1/", "https://collector:1"},
		{"whitespace around it", " \thttp://collector:1 ", "http://collector:1/", "http://collector:1"},
		{"host and port", "collector:1", `"collector:1"` + notHTTP, "https://collector:1"},
		{"a bare host", "collector", `"collector"` + notHTTP, "https://collector:4317"},
		{"an IPv4 address", "127.0.0.1:1", `"127.0.0.1:1"` + notHTTP, "https://127.0.0.1:1"},
		{"IPv6", "http://[::1]", "http://[::1]/", "http://[::1]:4317"},
		{"IPv6 with a port", "http://[::1]:1/p", "http://[::1]:1/p", `"http://[::1]:1/p"` + noPath},
		{"IPv6 without a scheme", "[::1]", `"[::1]"` + notHTTP, "https://[::1]:4317"},
		{"IPv6 with a port, without a scheme", "[::1]:1", `"[::1]:1"` + notHTTP, "https://[::1]:1"},
		{"IPv6 with a zone", "http://[fe80::1%25eth0]:1", "http://[fe80::1%25eth0]:1/", "http://[fe80::1%25eth0]:1"},
		{"IPv6 without brackets", "http://::1:4317", `"http://::1:4317"` + notURL, same},
		{"half a bracket", "http://[::1", `"http://[::1"` + notURL, same},
		{"an unknown scheme", "ftp://collector:1", `"ftp://collector:1"` + notHTTP, same},
		{"a target of gRPC", "dns:///collector:1", `"dns:///REDACTED"` + notHTTP, "dns:///collector:1"},
		{"a target without a port", "dns:///collector", `"dns:///collector"` + notHTTP, "dns:///collector:4317"},
		{"a target without slashes", "dns:collector", `"dns:REDACTED"` + notHTTP, "dns:///collector:4317"},
		{"a target without slashes, with a port", "dns:collector:1", `"dns:collector:1"` + notHTTP, "dns:///collector:1"},
		{"a target with one slash", "dns:/collector:1", `"dns:/REDACTED"` + notHTTP, "dns:///collector:1"},
		{"a target, its scheme in upper case", "DNS:///collector:1", `"DNS:///REDACTED"` + notHTTP, "dns:///collector:1"},
		{"a target with a server of names", "dns://192.0.2.1:53/collector:1", `"dns://192.0.2.1:53/REDACTED"` + notHTTP, "dns://192.0.2.1:53/collector:1"},
		{"a target of IPv6", "dns:///[::1]", `"dns:///REDACTED"` + notHTTP, "dns:///[::1]:4317"},
		{"a host that is named dns", "dns:4317", `"dns:4317"` + notHTTP, "https://dns:4317"},
		{"a host that is named passthrough", "passthrough:4317", `"passthrough:4317"` + notHTTP, "https://passthrough:4317"},
		{"a scheme alone", "dns:", `"dns:"` + notHTTP, "https://dns:4317"},
		{"a target without a host", "dns:///", `"dns:///"` + notHTTP, `"dns:///"` + noHost},
		{"a target without its third slash", "dns://collector", `"dns://collector"` + notHTTP, `"dns://collector" has no host after its third slash: write dns:///host:port`},
		{"a target with a path", "dns:///collector/s3cret", `"dns:///collector/REDACTED"` + notHTTP, `"dns:///collector/REDACTED"` + noPath},
		{"a target with a user", "dns:///joe:s3cret@collector", `"dns://REDACTED@collector"` + notHTTP, `"dns://REDACTED@collector"` + noUser},
		{"a target with a user of its server", "dns://joe:s3cret@h/collector", `"dns://REDACTED@h/collector"` + notHTTP, `"dns://REDACTED@h/collector"` + noUser},
		{"a target with a user, without slashes", "dns:joe:s3cret@collector", `"REDACTED@collector"` + notHTTP, `"REDACTED@collector"` + noUser},
		{"a target with a query", "dns:///collector?key=s3cret", `"dns:///collector?REDACTED"` + notHTTP, `"dns:///collector?REDACTED"` + noQuery},
		{"a target with a port out of range", "dns:///collector:65536", `"dns:///REDACTED"` + notHTTP, `"dns:///REDACTED"` + badPort},
		{"a target with a word as port, which may be a password", "dns:///joe:s3cret", `"dns:///REDACTED"` + notHTTP, `"dns:///REDACTED"` + notURL},
		{"a target that is passed through", "passthrough:///127.0.0.1:1", `"passthrough:///REDACTED"` + notHTTP, "passthrough:///127.0.0.1:1"},
		{"a target that is passed through, without slashes", "passthrough:collector", `"passthrough:REDACTED"` + notHTTP, "passthrough:///collector:4317"},
		{"an address", "ipv4:127.0.0.1:1", `"ipv4:127.0.0.1:1"` + notHTTP, "ipv4:127.0.0.1:1"},
		{"addresses without a port", "ipv4:127.0.0.1,127.0.0.2", `"ipv4:REDACTED"` + notHTTP, "ipv4:127.0.0.1:4317,127.0.0.2:4317"},
		{"an address with slashes", "ipv4:///127.0.0.1:1", `"ipv4:///REDACTED"` + notHTTP, "ipv4:127.0.0.1:1"},
		{"an address of IPv6", "ipv6:[::1]:1", `"ipv6:[::1]:1"` + notHTTP, "ipv6:[::1]:1"},
		{"an address of IPv6 without brackets", "ipv6:2001:db8::1", `"ipv6:2001:db8::1"` + notHTTP, "ipv6:[2001:db8::1]:4317"},
		{"a name where an address belongs", "ipv4:collector:1", `"ipv4:collector:1"` + notHTTP, `"ipv4:collector:1"` + noAddress("ipv4")},
		{"IPv4 where IPv6 belongs", "ipv6:127.0.0.1:1", `"ipv6:127.0.0.1:1"` + notHTTP, `"ipv6:127.0.0.1:1"` + noAddress("ipv6")},
		{"a user where an address belongs", "ipv4:joe:s3cret@127.0.0.1", `"REDACTED@127.0.0.1"` + notHTTP, `"REDACTED@127.0.0.1"` + noUser},
		{"xds, without its resolver", "xds:///collector", `"xds:///collector"` + notHTTP, `"xds:///collector" needs a resolver that is not in the program: import _ "google.golang.org/grpc/xds"`},
		{"a registered resolver", "ot2oteltest:///collector", `"ot2oteltest:///collector"` + notHTTP, "ot2oteltest:///collector"},
		{"a key in the name of one", "ot2oteltest:///S3CRET", `"ot2oteltest:///REDACTED"` + notHTTP, "ot2oteltest:///REDACTED"},
		{"a user of one", "ot2oteltest://joe:s3cret@h/x", `"ot2oteltest://REDACTED@h/x"` + notHTTP, `"ot2oteltest://REDACTED@h/x"` + noUser},
		{"one slash", "http:/collector", `"http:/collector"` + notHTTP, same},
		{"no slashes", "http:collector:1", `"http:collector:1"` + notHTTP, same},
		{"the scheme twice", "http://http://collector", `"http://http://collector"` + notURL, same},
		{"no host", "http://:4317", `"http://:4317"` + noHost, same},
		{"no host but a path", "http:///v1/traces", `"http:///v1/traces"` + noHost, same},
		{"nothing but a scheme", "http://", `"http://"` + noHost, same},
		{"a port out of range", "http://collector:65536", `"http://collector:65536"` + badPort, same},
		{"port 0", "http://collector:0", `"http://collector:0"` + badPort, same},
		{"a negative port", "http://collector:-1", `"http://collector:-1"` + notURL, same},
		{"a word as port, which may be a password", "http://joe:s3cret", `"http://joe:REDACTED"` + notURL, same},
		{"a part of a password as port", "http://joe:s3/cret@h", `"http://REDACTED@h"` + notURL, same},
		{"whitespace in it", "http://my collector:1", `"http://my collector:1"` + notURL, same},
		{"two lines", "http://collector:1\nx", `"http://collector:REDACTED"` + notURL, same},
		{"an escape sequence", "http://collector\x1b[2J", `"http://collector\x1b[2J"` + notURL, same},
		{"a user", "http://joe:s3cret@h", `"http://REDACTED@h"` + noUser, same},
		{"a user with an @ in the password", "https://joe:p@s3cret@h:1/p", `"https://REDACTED@h:1/p"` + noUser, same},
		{"a key as user", "https://s3cret@h", `"https://REDACTED@h"` + noUser, same},
		{"a user without a scheme", "joe:s3cret@h", `"REDACTED@h"` + notHTTP, `"REDACTED@h"` + noUser},
		{"a user and a broken port", "http://joe:s3cret@h:port", `"http://REDACTED@h:REDACTED"` + noUser, same},
		{"a query", "http://h/v1/traces?key=s3cret", `"http://h/v1/traces?REDACTED"` + noQuery, same},
		{"an empty query", "http://h?", `"http://h?REDACTED"` + noQuery, same},
		{"a fragment", "http://h/#s3cret", `"http://h/#REDACTED"` + noQuery, same},
		{"an empty fragment", "http://h/#", `"http://h/#REDACTED"` + noQuery, same},
		{"a key in the path", "https://h/s3cret/v1/traces", "https://h/REDACTED/v1/traces", `"https://h/REDACTED/v1/traces"` + noPath},
		{"a key in the path, after its name", "https://h/token/abc/otlp", "https://h/token/REDACTED/otlp", `"https://h/token/REDACTED/otlp"` + noPath},
		{"a broken path", "https://h/s3cret%zz", `"https://h/REDACTED"` + notURL, same},
		{"a socket", "unix:///run/otlp.sock", `"unix:///run/otlp.sock"` + notHTTP, "unix:///run/otlp.sock"},
		{"a socket, its scheme in upper case", "UNIX:/run/otlp.sock", `"UNIX:/run/otlp.sock"` + notHTTP, "UNIX:/run/otlp.sock"},
		{"a socket with a number in its path", "unix:///run/user/1000/otlp.sock", `"unix:///run/user/REDACTED/otlp.sock"` + notHTTP, "unix:///run/user/1000/otlp.sock"},
		{"a host in the other direction", "http://a\u202eb:1", `http://a%E2%80%AEb:1/`, `http://a%E2%80%AEb:1`},
		{"a socket by a relative path", "unix:otlp.sock", `"unix:REDACTED"` + notHTTP, "unix:otlp.sock"},
		{"an abstract socket", "unix-abstract:otlp", `"unix-abstract:REDACTED"` + notHTTP, "unix-abstract:otlp"},
		{"an abstract socket with slashes", "unix-abstract:///otlp", `"unix-abstract:///otlp"` + notHTTP, "unix-abstract:///otlp"},
		{"a socket with a host", "unix://run/otlp.sock", `"unix://run/otlp.sock"` + notHTTP, `"unix://run/otlp.sock" has a host before the path of its socket: write unix:///path`},
		{"a socket with a query", "unix:///run/otlp.sock?s3cret", `"unix:///run/otlp.sock?REDACTED"` + notHTTP,
			`"unix:///run/otlp.sock?REDACTED" has a path that is not one of a URL: escape its special characters, as %3F for a question mark`},
		{"a socket without a path", "unix://", `"unix://"` + notHTTP, `"unix://" has no path of a socket: write unix:///path`},
	}
	for _, tt := range tests {
		if tt.grpc == same {
			tt.grpc = tt.http
		}
		for protocol, want := range map[string]string{otlp.ProtocolHTTP: tt.http, otlp.ProtocolGRPC: tt.grpc} {
			t.Run(tt.explanation+"/"+protocol, func(t *testing.T) {
				cleanEnvironment(t, nil)
				exporter, err := otlp.New(context.Background(), &otlp.Options{Protocol: protocol, Endpoint: tt.endpoint})
				got := ""
				if err != nil {
					got = err.Error()
					want = "otlp: Options.Endpoint=" + want
				} else {
					defer func() { _ = exporter.Shutdown(context.Background()) }()
					got = fmt.Sprint(exporter)
					want += " (" + protocol + ")"
				}
				if got != want {
					t.Errorf("%q:\n got %s\nwant %s", tt.endpoint, got, want)
				}
				if strings.Contains(got, "s3") || strings.Contains(got, "cret") {
					t.Errorf("%q: a secret is told: %s", tt.endpoint, got)
				}
			})
		}
	}
}
