// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// What works says nothing: OpenTelemetry's own exporters print variables that they
// can't parse, though these are meant for gRPC, or were replaced.
func TestSilence(t *testing.T) {
	if os.Getenv("TEST_SILENCE") != "" {
		if _, err := otlp.New(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	const ip = "127.0.0.1:4317" // what url.Parse doesn't take
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	authority := writeAuthority(t, server)
	tests := []struct {
		explanation string
		env         []string
	}{
		{"gRPC to host:port", []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=" + ip}},
		{"gRPC to host:port, for traces", []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + ip}},
		{"gRPC to host:port of IPv6", []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT=[::1]:4317"}},
		{"an endpoint of gRPC that was replaced, for HTTP", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + ip, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces"}},
		{"empty headers", []string{"OTEL_EXPORTER_OTLP_HEADERS=authorization=a,"}},
		{"empty headers over gRPC", []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_HEADERS=authorization=a,"}},
		{"a timeout that was replaced", []string{"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=1000", "OTEL_EXPORTER_OTLP_TIMEOUT=10s"}},
		{"a certificate that was replaced", []string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://h", "OTEL_EXPORTER_OTLP_CERTIFICATE=/nonexistent", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE=" + authority}},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSilence$")
			cmd.Env = append(tt.env, "TEST_SILENCE=1", "GOCOVERDIR="+t.TempDir())
			var output bytes.Buffer
			cmd.Stdout, cmd.Stderr = &output, &output
			if err := cmd.Run(); err != nil || output.String() != "PASS\n" {
				t.Errorf("%v, printed: %s", err, output.String())
			}
		})
	}
}
