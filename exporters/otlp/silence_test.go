// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// What works says nothing: OpenTelemetry's own exporters print variables that they
// can't parse, though these are meant for gRPC, or were replaced. They print to the
// standard error that the process began with, so another process looks.
func TestSilence(t *testing.T) {
	const child, certificate = "TEST_SILENCE", "TEST_SILENCE_CERTIFICATE"
	const ip = "127.0.0.1:4317" // what url.Parse doesn't take
	tests := []struct {
		explanation string
		env         map[string]string
	}{
		{"gRPC to host:port", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": ip}},
		{"gRPC to host:port, for traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ip}},
		{"gRPC to host:port of IPv6", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "[::1]:4317"}},
		{"an endpoint of gRPC that was replaced, for HTTP", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": ip, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}},
		{"empty headers", map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "authorization=a,"}},
		{"empty headers over gRPC", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=a,"}},
		{"a timeout that was replaced", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "1000", "OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}},
		{"a certificate that was replaced", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://h", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/nonexistent",
			"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE": os.Getenv(certificate)}},
	}
	if os.Getenv(child) != "" {
		for _, tt := range tests {
			cleanEnvironment(t, tt.env)
			fmt.Fprintln(os.Stderr, tt.explanation)
			if _, err := otlp.New(context.Background(), nil); err != nil {
				t.Error(err)
			}
		}
		return
	}
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSilence$")
	cmd.Env = append(os.Environ(), child+"=1", certificate+"="+writeAuthority(t, server))
	var printed bytes.Buffer
	cmd.Stderr = &printed
	if output, err := cmd.Output(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	var want strings.Builder
	for _, tt := range tests {
		want.WriteString(tt.explanation + "\n")
	}
	if diff := cmp.Diff(want.String(), printed.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}
