// SPDX-License-Identifier: Apache-2.0

// Package otlp makes the exporter for production: spans to a collector or
// backend by OTLP, over HTTP or gRPC. It is apart from package exporters
// because it links gRPC.
//
//	provider, err := exporters.NewProvider(ctx, &exporters.Config{OTLP: otlp.FromEnv})
//
// and OTEL_EXPORTER_OTLP_ENDPOINT in the environment of production, or
// OTEL_TRACES_EXPORTER=otlp where the endpoint is the specification's default.
package otlp

import (
	"context"
	"crypto/tls"
	"fmt"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/exporters/internal/validtext"
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
	// TLS. For gRPC it has no path, and may also be host, host:port, or a
	// target of gRPC: dns:///host:port, dns://server/host, ipv4:address,…,
	// ipv6:[address]:port,…, passthrough:///host:port, unix:///path,
	// unix-abstract:name, or of a resolver that the program registers, as xds.
	// Sockets are without TLS, the others where OTEL_EXPORTER_OTLP_INSECURE is
	// true. Without a port, gRPC has 4317, and HTTP the one of its URL: 443 for
	// https, 80 for http.
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
	// Timeout is how long one try to send a batch may take. All of its tries
	// together have the time of the batch processor, OTEL_BSP_EXPORT_TIMEOUT
	// or 30s. 0: OTEL_EXPORTER_OTLP_TIMEOUT (in milliseconds), else 10s.
	Timeout time.Duration
	// Compression is gzip or none. "": OTEL_EXPORTER_OTLP_COMPRESSION, else
	// none.
	Compression string

	// HTTP and GRPC are further options of OpenTelemetry's exporter for the
	// protocol in use, and win. nil: none. With them, batches go through
	// OpenTelemetry's own client: it retries by itself, also while a Shutdown
	// waits, and prints variables that it can't parse. WithProxy and
	// WithHTTPClient also take over what becomes of redirects, WithDialOption
	// the limits on what an answer may take.
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
// failed; that belongs behind exporters.Batch or the SDK's batch processor. Where
// nobody answers, or the answer is 429, 502, 503, 504 or its like of gRPC, it tries
// again until the context of ExportSpans ends, or for a minute if it has no
// deadline: after one second, two, four and so on, or when the answer says. When
// exporters.Batch is flushed or shut down, an endpoint where nobody answers is tried
// once more, after a fifth of a second, unless it took the timeout. Other answers refuse
// the batch. A partial success is an error of ExportSpans, too, in which the spans
// that were not rejected have arrived. Texts that aren't UTF-8 are repaired, as Batch
// does.
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
	client, once, err := newClient(s, opts)
	if err == nil {
		e := &exporter{settings: s, once: once}
		if e.Exporter, err = otlptrace.New(ctx, client); err == nil {
			return e, nil
		}
	}
	return nil, fmt.Errorf("otlp: %s: %w", s.shown, s.printableError(err))
}

// exporter is OpenTelemetry's, with a name, with retries that end when somebody
// waits for them, and with errors that may be printed.
type exporter struct {
	*otlptrace.Exporter
	settings settings
	once     bool // the client doesn't retry
	stopped  atomic.Bool
}

func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if e.stopped.Load() && len(spans) > 0 {
		return fmt.Errorf("otlp: %s: %w", e.settings.shown, errStopped)
	}
	if !delivery.HintsOf(ctx).Valid {
		spans = validtext.Spans(spans)
	}
	var err error
	if e.once {
		err = e.retry(ctx, func(ctx context.Context) error { return e.Exporter.ExportSpans(ctx, spans) })
	} else {
		err = e.Exporter.ExportSpans(ctx, spans)
	}
	return e.settings.printableError(err)
}

func (e *exporter) Shutdown(ctx context.Context) error {
	e.stopped.Store(true)
	return e.settings.printableError(e.Exporter.Shutdown(ctx))
}

// String returns where spans go and how: "http://localhost:4318/v1/traces
// (http/protobuf)".
func (e *exporter) String() string { return e.settings.shown + " (" + e.settings.protocol + ")" }
