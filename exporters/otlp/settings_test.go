// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

func TestDefaults(t *testing.T) {
	tests := []struct {
		explanation string
		env         map[string]string
		options     *otlp.Options
		want        string
	}{
		{"the specification's", nil, nil, "http://localhost:4318/v1/traces (http/protobuf)"},
		{"the specification's for gRPC", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, nil, "http://localhost:4317 (grpc)"},
		{"an empty variable is none", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": " ", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": ""}, &otlp.Options{},
			"http://localhost:4318/v1/traces (http/protobuf)"},
		{"headers that gRPC can send", nil, &otlp.Options{Protocol: otlp.ProtocolGRPC, Headers: map[string]string{"Api-Key": "a b", "x-bin": "caf\u00e9", "a_b.c": "~"}},
			"http://localhost:4317 (grpc)"},
		{"headers that only HTTP can send", nil, &otlp.Options{Headers: map[string]string{"a!b": "caf\u00e9"}}, "http://localhost:4318/v1/traces (http/protobuf)"},
		{"gRPC without a scheme is secure", nil, &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: "collector:4317"}, "https://collector:4317 (grpc)"},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t, tt.env)
			exporter, err := otlp.New(context.Background(), tt.options)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = exporter.Shutdown(context.Background()) }()
			if got := fmt.Sprint(exporter); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// What can't work is an error that names the input and the mend, and no secret.
func TestBadSettings(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const grpc = "OTEL_EXPORTER_OTLP_PROTOCOL"
	tests := []struct {
		explanation string
		env         map[string]string
		options     otlp.Options
		want        string
	}{
		{"an unknown protocol", map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "thrift"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_PROTOCOL="thrift" is not a protocol: use http/protobuf, grpc or http/json`},
		{"an unknown protocol in code", nil, otlp.Options{Protocol: "http"},
			`otlp: Options.Protocol="http" is not a protocol: use http/protobuf, grpc or http/json`},
		{"no scheme", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_ENDPOINT="localhost:4318" is not a URL of http or https: write http://host:port`},
		{"a timeout with a unit", map[string]string{"OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_TIMEOUT="10s" is not a number of milliseconds`},
		{"a timeout that overflows", map[string]string{"OTEL_EXPORTER_OTLP_TIMEOUT": "9223372036854775807"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_TIMEOUT="9223372036854775807" is not a number of milliseconds`},
		{"a URL with a user for a protocol", map[string]string{grpc: "http://joe:s3cret@h"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_PROTOCOL="http://REDACTED@h" is not a protocol: use http/protobuf, grpc or http/json`},
		{"a negative timeout", nil, otlp.Options{Timeout: -time.Second}, `otlp: Options.Timeout=-1s is negative`},
		{"an unknown compression", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "zstd"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_TRACES_COMPRESSION="zstd" is not a compression: use gzip or none`},
		{"headers that are none", map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "a=b,s3cret"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_HEADERS: header 2 isn't key=value, percent-encoded, separated by commas`},
		{"headers that an option replaces, which OpenTelemetry would log", map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "s3cret"},
			otlp.Options{Headers: map[string]string{"a": "b"}},
			`otlp: OTEL_EXPORTER_OTLP_HEADERS: header 1 isn't key=value, percent-encoded, separated by commas`},
		{"headers that other headers replace", map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "a=s3cret%zz", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "a=b"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_HEADERS: header 1 isn't key=value, percent-encoded, separated by commas`},
		{"an endpoint that an option replaces", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://joe:s3cret@h:port"}, otlp.Options{Endpoint: "http://h"},
			`otlp: OTEL_EXPORTER_OTLP_ENDPOINT="http://REDACTED@h:REDACTED"` + noUser + `, or unset it`},
		{"an endpoint that another replaces", map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h/s3cret%zz", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://h"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_ENDPOINT="http://h/REDACTED"` + notURL + `, or unset it`},
		{"a header of two lines", nil, otlp.Options{Headers: map[string]string{"api-key": "s3cret\n"}}, `otlp: Options.Headers["api-key"] is not a valid header`},
		{"a header without a name", nil, otlp.Options{Headers: map[string]string{"": "s3cret"}}, `otlp: Options.Headers[""] is not a valid header`},
		{"a header that gRPC can't send", nil, otlp.Options{Protocol: otlp.ProtocolGRPC, Headers: map[string]string{"a!b": "s3cret"}},
			`otlp: Options.Headers: the header "a!b" can't be sent over gRPC: a name has letters, digits, and the characters - _ .`},
		{"a value that gRPC can't send", map[string]string{grpc: "grpc", "OTEL_EXPORTER_OTLP_HEADERS": "a=b,c=s3cret%C3%A9"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_HEADERS: the header "c" can't be sent over gRPC: its value has a character that is not printable ASCII, which only a name that ends in -bin allows`},
		{"a header that is gRPC's own", map[string]string{grpc: "grpc", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "Grpc-Timeout=1S"}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_TRACES_HEADERS: the header "Grpc-Timeout" can't be sent over gRPC: names that begin with grpc- are the protocol's`},
		{"a header that is HTTP/2's own", nil, otlp.Options{Protocol: otlp.ProtocolGRPC, Headers: map[string]string{"TE": "s3cret"}},
			`otlp: Options.Headers: the header "TE" can't be sent over gRPC: the protocol has its own`},
		{"no such certificate", map[string]string{"OTEL_EXPORTER_OTLP_CERTIFICATE": "/nonexistent"}, otlp.Options{Endpoint: "https://h"},
			`otlp: OTEL_EXPORTER_OTLP_CERTIFICATE: open /nonexistent: no such file or directory`},
		{"a file without a certificate", map[string]string{"OTEL_EXPORTER_OTLP_CERTIFICATE": empty}, otlp.Options{Endpoint: "https://h"},
			`otlp: OTEL_EXPORTER_OTLP_CERTIFICATE="` + empty + `" holds no certificate in PEM form`},
		{"a key itself", map[string]string{"OTEL_EXPORTER_OTLP_CLIENT_KEY": "-----BEGIN PRIVATE KEY-----\ns3cret\n"}, otlp.Options{Endpoint: "https://h"},
			`otlp: OTEL_EXPORTER_OTLP_CLIENT_KEY is not a path: write that of a file in PEM form`},
		{"a key itself that an option replaces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY": "-----BEGIN PRIVATE KEY-----\ns3cret\n"},
			otlp.Options{Endpoint: "https://h", TLS: &tls.Config{}},
			`otlp: OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY is not a path: write that of a file in PEM form`},
		{"half a client certificate", map[string]string{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": empty}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is set without OTEL_EXPORTER_OTLP_CLIENT_KEY`},
		{"the other half", map[string]string{"OTEL_EXPORTER_OTLP_CLIENT_KEY": empty}, otlp.Options{},
			`otlp: OTEL_EXPORTER_OTLP_CLIENT_KEY is set without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`},
		{"TLS to an endpoint without", nil, otlp.Options{Endpoint: "http://h/", TLS: &tls.Config{}},
			`otlp: Options.TLS is set, and the endpoint http://h/ is without TLS: use https`},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t, tt.env)
			_, err := otlp.New(context.Background(), &tt.options)
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error %v\nwant  %s", err, tt.want)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}
