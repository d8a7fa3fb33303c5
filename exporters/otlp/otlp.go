// SPDX-License-Identifier: Apache-2.0

// Package otlp makes the exporter for production: spans to a collector or
// backend by OTLP, over HTTP or gRPC. It is apart from package exporters
// because it links gRPC.
//
//	provider, err := exporters.NewProvider(ctx, &exporters.Config{OTLP: otlp.FromEnv})
//
// and OTEL_TRACES_EXPORTER=otlp in the environment of production.
package otlp

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc/credentials"
)

// The protocols of Options.Protocol and OTEL_EXPORTER_OTLP_PROTOCOL.
const (
	ProtocolHTTP = "http/protobuf"
	ProtocolJSON = "http/json"
	ProtocolGRPC = "grpc"
)

// Options are the options of [New]. What they leave out comes from the
// environment variables of the OpenTelemetry specification ("OpenTelemetry
// Protocol Exporter"), of which OTEL_EXPORTER_OTLP_TRACES_… goes before
// OTEL_EXPORTER_OTLP_…, and then from the specification's default.
type Options struct {
	// Protocol is ProtocolHTTP, ProtocolJSON or ProtocolGRPC.
	// "": OTEL_EXPORTER_OTLP_PROTOCOL, else ProtocolHTTP.
	Protocol string
	// Endpoint is the URL that spans go to, whole: for HTTP with its path,
	// as in http://localhost:4318/v1/traces. The scheme http means without
	// TLS. For gRPC it may also be host:port, or unix:///path of a socket.
	// "": OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, else
	// OTEL_EXPORTER_OTLP_ENDPOINT with /v1/traces added for HTTP, else
	// http://localhost:4318/v1/traces, or http://localhost:4317 for gRPC.
	Endpoint string
	// Headers go with every request, such as the key of a backend.
	// nil: OTEL_EXPORTER_OTLP_HEADERS.
	Headers map[string]string
	// TLS is the client's side of TLS. nil: OTEL_EXPORTER_OTLP_CERTIFICATE,
	// …_CLIENT_CERTIFICATE and …_CLIENT_KEY, else the certificates of the
	// system.
	TLS *tls.Config
	// Timeout is how long a batch may take. 0: OTEL_EXPORTER_OTLP_TIMEOUT (in
	// milliseconds), else 10s.
	Timeout time.Duration
	// Compression is gzip or none. "": OTEL_EXPORTER_OTLP_COMPRESSION, else
	// none. For gRPC, none doesn't take back a gzip of the environment.
	Compression string

	// HTTP and GRPC are further options of OpenTelemetry's exporter for the
	// protocol in use, and win. nil: none.
	HTTP []otlptracehttp.Option
	GRPC []otlptracegrpc.Option
}

// FromEnv is New(ctx, nil): an exporter as the environment says. It fits
// exporters.Config.OTLP.
func FromEnv(ctx context.Context) (sdktrace.SpanExporter, error) { return New(ctx, nil) }

// New returns an exporter that sends spans by OTLP. nil options leave
// everything to the environment.
//
// It doesn't connect: an endpoint that is down is no error here, and costs no
// time. Settings that can't work are one, in an error that names the variable
// or the field: OpenTelemetry's own exporters would log them and go on with
// something else.
//
// The exporter blocks the caller of ExportSpans until a batch is delivered or
// failed; that belongs behind exporters.Batch or the SDK's batch processor. Its
// String method returns the endpoint and the protocol, never headers.
func New(ctx context.Context, opts *Options) (sdktrace.SpanExporter, error) {
	if opts == nil {
		opts = &Options{}
	}
	s, err := resolve(opts)
	if err != nil {
		return nil, err
	}
	var client otlptrace.Client
	if s.protocol == ProtocolGRPC {
		client = grpcClient(s, opts)
	} else {
		client = httpClient(s, opts)
	}
	inner, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("otlp: %s: %w", s.endpoint, err)
	}
	return &exporter{inner, s}, nil
}

// exporter is OpenTelemetry's, with a name.
type exporter struct {
	*otlptrace.Exporter
	settings settings
}

// String returns where spans go and how: "http://localhost:4318/v1/traces
// (http/protobuf)".
func (e *exporter) String() string { return e.settings.endpoint + " (" + e.settings.protocol + ")" }

func httpClient(s settings, opts *Options) otlptrace.Client {
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(s.endpoint)}
	encoding := otlptracehttp.EncodingProtobuf
	if s.protocol == ProtocolJSON {
		encoding = otlptracehttp.EncodingJSON
	}
	options = append(options, otlptracehttp.WithEncoding(encoding))
	if opts.Headers != nil {
		options = append(options, otlptracehttp.WithHeaders(opts.Headers))
	}
	if opts.TLS != nil {
		options = append(options, otlptracehttp.WithTLSClientConfig(opts.TLS))
	}
	if opts.Timeout > 0 {
		options = append(options, otlptracehttp.WithTimeout(opts.Timeout))
	}
	compression := otlptracehttp.NoCompression
	if s.compression == "gzip" {
		compression = otlptracehttp.GzipCompression
	}
	options = append(options, otlptracehttp.WithCompression(compression))
	return otlptracehttp.NewClient(append(options, opts.HTTP...)...)
}

func grpcClient(s settings, opts *Options) otlptrace.Client {
	options := []otlptracegrpc.Option{otlptracegrpc.WithEndpoint(s.target)}
	switch {
	case s.insecure:
		options = append(options, otlptracegrpc.WithInsecure())
	case opts.TLS != nil:
		options = append(options, otlptracegrpc.WithTLSCredentials(credentials.NewTLS(opts.TLS)))
	case s.certificates == "": // no TLS of the environment's either
		options = append(options, otlptracegrpc.WithTLSCredentials(credentials.NewTLS(nil)))
	}
	if opts.Headers != nil {
		options = append(options, otlptracegrpc.WithHeaders(opts.Headers))
	}
	if opts.Timeout > 0 {
		options = append(options, otlptracegrpc.WithTimeout(opts.Timeout))
	}
	if s.compression == "gzip" {
		options = append(options, otlptracegrpc.WithCompressor("gzip"))
	}
	return otlptracegrpc.NewClient(append(options, opts.GRPC...)...)
}
