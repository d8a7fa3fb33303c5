// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

func ExampleFromEnv() {
	// In production, OTEL_EXPORTER_OTLP_ENDPOINT says where the collector is. Then
	// Exporter may be left out.
	provider, err := exporters.NewProvider(context.Background(), &exporters.Config{
		ServiceName: "shop",
		Exporter:    "otlp",
		OTLP:        otlp.FromEnv,
		Log:         os.Stdout,
	})
	if err != nil {
		panic(err)
	}
	_ = provider.Shutdown(context.Background())
	// Output: exporters: shop: exporting to http://localhost:4318/v1/traces via otlp (http/protobuf)
}

// trip sends a client span, its kind set late, and its server span.
func trip(t *testing.T, config *exporters.Config) {
	t.Helper()
	config.ServiceName = "shop"
	if config.Log == nil {
		config.Quiet = true
	}
	provider, err := exporters.NewProvider(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, client := provider.Tracer("t").Start(context.Background(), "call")
	client.SetAttributes(attribute.String("span.kind", "client"))
	_, server := provider.Tracer("t").Start(ctx, "serve", trace.WithSpanKind(trace.SpanKindServer))
	server.End()
	client.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func arrived() []string { return []string{"shop/serve/SERVER", "shop/call/CLIENT"} }

func TestProtocols(t *testing.T) {
	tests := []struct {
		explanation string
		grpc        bool
		env         map[string]string // %s is the receiver's address
		line        string
		path        string // of HTTP
		gzip        bool
	}{
		{explanation: "HTTP is the default protocol, at the path of traces",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://%s"},
			line: "http://%s/v1/traces via otlp (http/protobuf)", path: "/v1/traces"},
		{explanation: "a base URL with a path",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://%s/base/", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
			line: "http://%s/base/v1/traces via otlp (http/protobuf)", path: "/base/v1/traces", gzip: true},
		{explanation: "the URL of traces as it is, before the base URL",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://%s/own", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
			line: "http://%s/own via otlp (http/protobuf)", path: "/own"},
		{explanation: "the URL of traces without a path means the root",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://%s"},
			line: "http://%s/ via otlp (http/protobuf)", path: "/"},
		{explanation: "JSON",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"},
			line: "http://%s/v1/traces via otlp (http/json)", path: "/v1/traces"},
		{explanation: "gRPC", grpc: true,
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
			line: "http://%s via otlp (grpc)"},
		{explanation: "gRPC for traces only, compressed", grpc: true,
			env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
				"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip"},
			line: "http://%s via otlp (grpc)", gzip: true},
		{explanation: "gRPC without a scheme, insecure", grpc: true,
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_INSECURE": "true"},
			line: "http://%s via otlp (grpc)"},
		{explanation: "a target of gRPC", grpc: true,
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "dns:///%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_INSECURE": "true"},
			line: "dns:///%s via otlp (grpc)"},
		{explanation: "a target of gRPC that is passed through", grpc: true,
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "passthrough:///%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_INSECURE": "true"},
			line: "passthrough:///%s via otlp (grpc)"},
		{explanation: "addresses, of which the first is dead", grpc: true,
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "ipv4:127.0.0.1:1,%s", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_INSECURE": "true"},
			line: "ipv4:127.0.0.1:1,%s via otlp (grpc)"},
		{explanation: "headers with empty elements",
			env:  map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://%s", "OTEL_EXPORTER_OTLP_HEADERS": ",x-key=s%20t,, y = z, "},
			line: "http://%s/v1/traces via otlp (http/protobuf)", path: "/v1/traces"},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			r := &receiver{}
			var address string
			if tt.grpc {
				address = r.serveGRPC(t, "tcp", "127.0.0.1:0")
			} else {
				address = strings.TrimPrefix(r.serveHTTP(t), "http://")
			}
			cleanEnvironment(t, map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_HEADERS": "x-key=s%20t, y = z"})
			for name, value := range tt.env {
				t.Setenv(name, strings.Replace(value, "%s", address, 1))
			}
			var log bytes.Buffer
			trip(t, &exporters.Config{OTLP: otlp.FromEnv, Log: &log})

			if diff := cmp.Diff(arrived(), r.names()); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
			if r.path != tt.path || r.headers["x-key"] != "s t" || (r.encoding == "gzip") != tt.gzip {
				t.Errorf("path %q, x-key %q, encoding %q", r.path, r.headers["x-key"], r.encoding)
			}
			if got, want := log.String(), "exporters: shop: exporting to "+fmt.Sprintf(tt.line, address)+" (OTEL_TRACES_EXPORTER)\n"; got != want {
				t.Errorf("line at start: %q, want %q", got, want)
			}
		})
	}
}

// Options win over the environment.
func TestOptions(t *testing.T) {
	with := func(o otlp.Options) exporters.Factory {
		return func(ctx context.Context) (sdktrace.SpanExporter, error) { return otlp.New(ctx, &o) }
	}
	cleanEnvironment(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
		"OTEL_EXPORTER_OTLP_HEADERS": "x-key=env", "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
	})
	headers := map[string]string{"x-key": "code"}

	overHTTP := &receiver{}
	trip(t, &exporters.Config{Exporter: "otlp", OTLP: with(otlp.Options{
		Protocol: otlp.ProtocolHTTP, Endpoint: overHTTP.serveHTTP(t) + "/own", Headers: headers, Timeout: 10 * time.Second, Compression: "gzip"})})
	if diff := cmp.Diff(arrived(), overHTTP.names()); diff != "" || overHTTP.path != "/own" || overHTTP.headers["x-key"] != "code" || overHTTP.encoding != "gzip" {
		t.Errorf("HTTP: path %q, headers %v, spans (-want +got):\n%s", overHTTP.path, overHTTP.headers, diff)
	}

	overGRPC := &receiver{}
	trip(t, &exporters.Config{Exporter: "otlp", OTLP: with(otlp.Options{
		Protocol: otlp.ProtocolGRPC, Endpoint: "http://" + overGRPC.serveGRPC(t, "tcp", "127.0.0.1:0"), Headers: headers,
		Timeout: 10 * time.Second, Compression: "gzip"})})
	if diff := cmp.Diff(arrived(), overGRPC.names()); diff != "" || overGRPC.headers["x-key"] != "code" || overGRPC.encoding != "gzip" {
		t.Errorf("gRPC: headers %v, spans (-want +got):\n%s", overGRPC.headers, diff)
	}

	overSocket := &receiver{}
	socket := filepath.Join(t.TempDir(), "otlp.sock")
	overSocket.serveGRPC(t, "unix", socket)
	trip(t, &exporters.Config{Exporter: "otlp", OTLP: with(otlp.Options{
		Protocol: otlp.ProtocolGRPC, Endpoint: "unix://" + socket, Timeout: 10 * time.Second})})
	if diff := cmp.Diff(arrived(), overSocket.names()); diff != "" {
		t.Errorf("a Unix socket: spans (-want +got):\n%s", diff)
	}
}

// writeAuthority writes the certificate of a server and returns where.
func writeAuthority(t *testing.T, server *httptest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTLS(t *testing.T) {
	r := &receiver{}
	server := httptest.NewTLSServer(r)
	t.Cleanup(server.Close)
	authority := writeAuthority(t, server)
	cleanEnvironment(t, map[string]string{
		"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_EXPORTER_OTLP_CERTIFICATE": authority,
	})
	trip(t, &exporters.Config{OTLP: otlp.FromEnv})
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", "")
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trip(t, &exporters.Config{OTLP: func(ctx context.Context) (sdktrace.SpanExporter, error) {
		return otlp.New(ctx, &otlp.Options{TLS: &tls.Config{RootCAs: pool}})
	}})
	if diff := cmp.Diff(append(arrived(), arrived()...), r.names()); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

// A dead endpoint is told of once, costs no request any time, and what it cost
// is told at Shutdown. Nobody waits for it: neither ForceFlush nor Shutdown takes the
// timeout of ten seconds.
func TestDeadEndpoint(t *testing.T) {
	for _, protocol := range []string{otlp.ProtocolHTTP, otlp.ProtocolGRPC} {
		t.Run(protocol, func(t *testing.T) {
			cleanEnvironment(t, nil)
			var mu sync.Mutex
			var reported []string
			before := otel.GetErrorHandler()
			otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
				mu.Lock()
				defer mu.Unlock()
				reported = append(reported, err.Error())
			}))
			t.Cleanup(func() { otel.SetErrorHandler(before) })

			endpoint := "http://" + deadAddress(t)
			provider, err := exporters.NewProvider(context.Background(), &exporters.Config{
				Exporter: "otlp", Quiet: true,
				OTLP: func(ctx context.Context) (sdktrace.SpanExporter, error) {
					return otlp.New(ctx, &otlp.Options{Protocol: protocol, Endpoint: endpoint})
				},
				Batch: []sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxExportBatchSize(5)},
			})
			if err != nil {
				t.Fatalf("an endpoint that is down is no error at start: %v", err)
			}
			begin := time.Now()
			work := func() {
				for range 5 {
					_, span := provider.Tracer("t").Start(context.Background(), "op")
					span.End()
				}
			}
			for range 2 {
				work()
				if err := provider.ForceFlush(context.Background()); !isDropped(err, 5, endpoint) {
					t.Errorf("ForceFlush = %v", err)
				}
			}
			work()
			if err := provider.Shutdown(context.Background()); !isDropped(err, 5, endpoint) {
				t.Errorf("Shutdown = %v", err)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(reported) != 2 ||
				!strings.HasPrefix(reported[0], "exporters: cannot export to "+endpoint) ||
				!strings.HasPrefix(reported[1], "exporters: dropped 15 spans of 15 for "+endpoint) {
				t.Errorf("reported:\n%s", strings.Join(reported, "\n"))
			}
		})
	}
}

func isDropped(err error, n int, endpoint string) bool {
	return err != nil && strings.HasPrefix(err.Error(), fmt.Sprintf("exporters: dropped %d spans for %s", n, endpoint)) &&
		strings.Contains(err.Error(), "connection refused")
}
