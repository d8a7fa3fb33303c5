// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

func asError[T any](err error, target *T) bool { return errors.As(err, target) }

// Spans and the key go where the settings say, wherever that answers to go.
func TestRedirects(t *testing.T) {
	other, asked := &receiver{}, atomic.Int64{}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		other.ServeHTTP(w, r)
	}))
	defer elsewhere.Close()
	tests := []struct {
		explanation string
		tls         bool
		status      int
		to          string // SELF is the endpoint
		want        string // the error; SELF and OTHER are hosts; "": spans arrive
	}{
		{"another host, asked for the whole request", false, 307, elsewhere.URL + "/v1/traces?key=s3cret",
			"otlp: the endpoint http://SELF redirects to http://OTHER (307), and spans and headers don't go to another host: set the endpoint to where spans are to go"},
		{"another host, for good", false, 308, elsewhere.URL,
			"otlp: the endpoint http://SELF redirects to http://OTHER (308), and spans and headers don't go to another host: set the endpoint to where spans are to go"},
		{"another host, which would get the key", false, 302, elsewhere.URL,
			"otlp: the endpoint http://SELF redirects to http://OTHER (302), and spans and headers don't go to another host: set the endpoint to where spans are to go"},
		{"another host, with a user", false, 307, strings.Replace(elsewhere.URL, "://", "://joe:s3cret@", 1),
			"otlp: the endpoint http://SELF redirects to http://OTHER (307), and spans and headers don't go to another host: set the endpoint to where spans are to go"},
		{"another host, without a scheme", false, 307, strings.TrimPrefix(elsewhere.URL, "http:"),
			"otlp: the endpoint http://SELF redirects to http://OTHER (307), and spans and headers don't go to another host: set the endpoint to where spans are to go"},
		{"from TLS to none", true, 307, elsewhere.URL,
			"otlp: the endpoint https://SELF redirects to http://OTHER (307), which is without TLS: set the endpoint to where spans are to go"},
		{"from TLS to none on the same host", true, 308, "http://SELF/own",
			"otlp: the endpoint https://SELF redirects to http://SELF (308), which is without TLS: set the endpoint to where spans are to go"},
		{"a redirect that would lose the spans", false, 302, "/own",
			"otlp: the endpoint http://SELF redirects to http://SELF (302), which would lose the spans: only 307 and 308 keep them: set the endpoint to where spans are to go"},
		{"for good", false, 301, "/own",
			"otlp: the endpoint http://SELF redirects to http://SELF (301), which would lose the spans: only 307 and 308 keep them: set the endpoint to where spans are to go"},
		{"a redirect to a page", true, 303, "/own",
			"otlp: the endpoint https://SELF redirects to https://SELF (303), which would lose the spans: only 307 and 308 keep them: set the endpoint to where spans are to go"},
		{"round and round", false, 307, "/v1/traces",
			"otlp: the endpoint http://SELF redirects to http://SELF (307), and so on more than 3 times: set the endpoint to where spans are to go"},
		{"on the same host", false, 307, "/own", ""},
		{"on the same host, with its name", false, 308, "HTTP://SELF/own", ""},
		{"on the same host, with TLS", true, 308, "/own", ""},
	}
	for _, tt := range tests {
		for _, furtherOptions := range []bool{false, true} {
			if furtherOptions && tt.status == 303 {
				// A known limit: OpenTelemetry's own client asks for no proxy
				// on a connection of HTTP/2 that it has.
				continue
			}
			name := tt.explanation
			if furtherOptions {
				name += ", with Options.HTTP"
			}
			t.Run(name, func(t *testing.T) {
				cleanEnvironment(t, nil)
				asked.Store(0)
				r := &receiver{}
				server := httptest.NewUnstartedServer(nil)
				server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
					if req.URL.Path == "/own" {
						r.ServeHTTP(w, req)
						return
					}
					w.Header().Set("Location", strings.ReplaceAll(tt.to, "SELF", req.Host))
					w.WriteHeader(tt.status)
				})
				options := &otlp.Options{Headers: map[string]string{"x-key": "s3cret"}, Timeout: 10 * time.Second}
				if tt.tls {
					server.EnableHTTP2 = true
					server.StartTLS()
					options.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
					options.TLS.RootCAs.AddCert(server.Certificate())
				} else {
					server.Start()
				}
				defer server.Close()
				if furtherOptions {
					options.HTTP = []otlptracehttp.Option{otlptracehttp.WithMaxRequestSize(1 << 20)}
				}
				options.Endpoint = server.URL + "/v1/traces"

				err := exportOne(t, options)
				_, self, _ := strings.Cut(server.URL, "://")
				want := strings.NewReplacer("SELF", self, "OTHER", strings.TrimPrefix(elsewhere.URL, "http://")).Replace(tt.want)
				switch {
				case want == "" && err != nil:
					t.Errorf("error %v", err)
				case want != "" && (err == nil || err.Error() != want):
					t.Errorf("error %v\nwant  %s", err, want)
				}
				if asked.Load() != 0 {
					t.Errorf("the other host was asked: %v, headers %v", other.names(), other.headers)
				}
				if got := len(r.names()) == 1; got != (want == "") || got && r.headers["x-key"] != "s3cret" {
					t.Errorf("spans that arrived: %v, headers %v", r.names(), r.headers)
				}
			})
		}
	}
}

// The options of OpenTelemetry's exporter work together with those of Options.
func TestFurtherOptions(t *testing.T) {
	cleanEnvironment(t, nil)
	r := &receiver{}
	server := httptest.NewTLSServer(r)
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	err := exportOne(t, &otlp.Options{Endpoint: server.URL, HTTP: []otlptracehttp.Option{
		otlptracehttp.WithTLSClientConfig(&tls.Config{RootCAs: pool}),
		otlptracehttp.WithHeaders(map[string]string{"x-key": "k"}),
	}})
	if diff := cmp.Diff([]string{"/op/UNSPECIFIED"}, r.names()); err != nil || diff != "" || r.headers["x-key"] != "k" {
		t.Errorf("error %v, headers %v, spans (-want +got):\n%s", err, r.headers, diff)
	}
	if err := exportOne(t, &otlp.Options{Endpoint: server.URL}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	if _, err := otlp.New(context.Background(), &otlp.Options{Endpoint: server.URL, TLS: &tls.Config{RootCAs: pool}}); err != nil {
		t.Error(err)
	}
}
