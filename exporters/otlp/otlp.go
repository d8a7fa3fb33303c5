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
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
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
	// TLS. For gRPC it has no path, and may also be host, host:port, or
	// unix:///path of a socket. Without a port, gRPC has 4317, and HTTP the
	// one of its URL: 443 for https, 80 for http.
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
	// protocol in use, and win. nil: none. WithProxy and WithHTTPClient also
	// take over what becomes of redirects, and WithDialOption the limits on
	// what an answer may take.
	HTTP []otlptracehttp.Option
	GRPC []otlptracegrpc.Option
}

// FromEnv is New(ctx, nil): an exporter as the environment says. It fits
// exporters.Config.OTLP.
func FromEnv(ctx context.Context) (sdktrace.SpanExporter, error) { return New(ctx, nil) }

// New returns an exporter that sends spans by OTLP. nil options leave
// everything to the environment.
//
// It doesn't connect: an endpoint that is down isn't an error here, and costs no
// time. Settings that can't work are one, in an error that names the variable
// or the field: OpenTelemetry's own exporters would log them and go on with
// something else. So is a variable that they log although an option replaces it.
//
// The exporter blocks the caller of ExportSpans until a batch is delivered or
// failed; that belongs behind exporters.Batch or the SDK's batch processor.
//
// A redirect is followed only if it stays on the endpoint's host and keeps the
// spans (307 and 308). Any other is an error of ExportSpans: neither spans nor
// headers go to a host that the settings don't name, or from https to http.
//
// No header, user or query is in what the exporter says, and what an endpoint
// answers is not trusted: of an answer, 1 MiB is read at most, and an error of
// ExportSpans quotes it on one line of at most 1000 bytes, with control
// characters escaped and secrets as REDACTED. Its String method returns the
// endpoint and the protocol. Segments of a path that may be a key, because they
// are more than a plain lower-case word or a version, are REDACTED there, too.
func New(ctx context.Context, opts *Options) (sdktrace.SpanExporter, error) {
	if opts == nil {
		opts = &Options{}
	}
	s, err := resolve(opts)
	if err != nil {
		return nil, err
	}
	var client otlptrace.Client
	release := func() {}
	if s.protocol == ProtocolGRPC {
		client = grpcClient(s, opts)
	} else {
		client, release = httpClient(s, opts)
	}
	inner, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("otlp: %s: %w", s.shown, s.printableError(err))
	}
	return &exporter{Exporter: inner, settings: s, release: sync.OnceFunc(release)}, nil
}

// exporter is OpenTelemetry's, with a name and with errors that may be printed.
type exporter struct {
	*otlptrace.Exporter
	settings settings
	release  func()
}

func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return e.settings.printableError(e.Exporter.ExportSpans(ctx, spans))
}

func (e *exporter) Shutdown(ctx context.Context) error {
	defer e.release()
	return e.settings.printableError(e.Exporter.Shutdown(ctx))
}

// String returns where spans go and how: "http://localhost:4318/v1/traces
// (http/protobuf)".
func (e *exporter) String() string { return e.settings.shown + " (" + e.settings.protocol + ")" }
