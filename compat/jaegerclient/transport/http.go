// SPDX-License-Identifier: Apache-2.0

// Package transport is the twin of github.com/uber/jaeger-client-go/transport.
package transport

import (
	"context"
	"maps"
	"net/http"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/internal/destination"
)

// HTTPTransport sends spans to a collector, by OTLP over HTTP: see package jaeger for the
// URL. Make it with [NewHTTPTransport], and hand it to jaeger.NewRemoteReporter. It is
// an sdktrace.SpanExporter, too.
type HTTPTransport struct {
	sender *destination.Sender

	batchSize   int
	credentials *HTTPBasicAuthCredentials
	options     destination.Options
}

var (
	_ jaeger.Transport      = (*HTTPTransport)(nil)
	_ sdktrace.SpanExporter = (*HTTPTransport)(nil)
)

// HTTPBasicAuthCredentials are a user and a password.
type HTTPBasicAuthCredentials struct {
	username, password string
}

// HTTPOption sets an option of [NewHTTPTransport].
type HTTPOption func(c *HTTPTransport)

// HTTPTimeout limits the time of a request; the default is 10 s. OTEL_EXPORTER_OTLP_TIMEOUT
// takes precedence.
func HTTPTimeout(duration time.Duration) HTTPOption {
	return func(c *HTTPTransport) { c.options.Timeout = duration }
}

// HTTPBatchSize is the number of spans that are sent together at most; the default is
// 100.
func HTTPBatchSize(n int) HTTPOption {
	return func(c *HTTPTransport) { c.batchSize = n }
}

// HTTPBasicAuth sends a user and a password with each request.
func HTTPBasicAuth(username, password string) HTTPOption {
	return func(c *HTTPTransport) { c.credentials = &HTTPBasicAuthCredentials{username, password} }
}

// HTTPRoundTripper sends the requests by transport. The variables for certificates,
// OTEL_EXPORTER_OTLP_CERTIFICATE and its siblings, don't count then.
func HTTPRoundTripper(transport http.RoundTripper) HTTPOption {
	return func(c *HTTPTransport) { c.options.Transport = transport }
}

// HTTPHeaders sends headers with each request. OTEL_EXPORTER_OTLP_HEADERS takes
// precedence over all of them, and over HTTPBasicAuth.
func HTTPHeaders(headers map[string]string) HTTPOption {
	return func(c *HTTPTransport) { c.options.Headers = maps.Clone(headers) }
}

// NewHTTPTransport returns a transport to the host of a collector's endpoint, such as
// http://collector:14268/api/traces. A malformed one, and a wrong variable
// OTEL_EXPORTER_OTLP_…, is an error of [HTTPTransport.Destination] and of each batch.
func NewHTTPTransport(url string, options ...HTTPOption) *HTTPTransport {
	t := &HTTPTransport{batchSize: destination.BatchSize}
	for _, option := range options {
		option(t)
	}
	if t.credentials != nil {
		if t.options.Headers == nil {
			t.options.Headers = make(map[string]string, 1)
		}
		maps.Copy(t.options.Headers, destination.BasicAuth(t.credentials.username, t.credentials.password))
	}
	address, err := destination.OfCollector(url)
	t.sender = destination.NewSender(address, err, t.batchSize, t.options)
	return t
}

// Append keeps the span, and sends what it has when that is a batch.
func (c *HTTPTransport) Append(span *jaeger.Span) (int, error) { return c.sender.Add(span.OTelSpan()) }

// Flush sends what Append kept, and returns how many spans that were.
func (c *HTTPTransport) Flush() (int, error) { return c.sender.Flush() }

// Close sends what Append kept, and ends the transport.
func (c *HTTPTransport) Close() error { return c.sender.Close() }

// ExportSpans sends spans.
func (c *HTTPTransport) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	return c.sender.ExportSpans(ctx, spans)
}

// Shutdown is Close within the time of ctx.
func (c *HTTPTransport) Shutdown(ctx context.Context) error { return c.sender.Shutdown(ctx) }

// Destination returns where spans are sent to, without a password, or why none are.
func (c *HTTPTransport) Destination() (string, error) { return c.sender.Destination() }

// BatchSize returns the number of spans that are sent together at most.
func (c *HTTPTransport) BatchSize() int { return c.sender.BatchSize() }
