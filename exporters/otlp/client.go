// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// What an answer may take: it is a few bytes, or a page of a proxy's.
const (
	maxBody    = 1 << 20
	maxHeaders = 64 << 10
)

// newClient returns the client, and whether it leaves the retries to the exporter.
func newClient(s settings, opts *Options) (client otlptrace.Client, once bool, err error) {
	switch {
	case s.protocol == ProtocolGRPC && len(opts.GRPC) > 0:
		return grpcClient(s, opts), false, nil
	case s.protocol == ProtocolGRPC:
		client, err = newGRPCUploader(s)
		return client, true, err
	case len(opts.HTTP) > 0:
		return httpClient(s, opts), false, nil
	}
	return newHTTPUploader(s), true, nil
}

// httpClient is OpenTelemetry's own client, which alone takes its options.
func httpClient(s settings, opts *Options) otlptrace.Client {
	encoding := otlptracehttp.EncodingProtobuf
	if s.protocol == ProtocolJSON {
		encoding = otlptracehttp.EncodingJSON
	}
	compression := otlptracehttp.NoCompression
	if s.compression == "gzip" {
		compression = otlptracehttp.GzipCompression
	}
	// A client of ours would hide the TLS, the timeout and the proxy of
	// opts.HTTP. OpenTelemetry's own client has one place where a redirect can
	// be refused before anything is sent: the question for the proxy. It isn't
	// asked on a connection of HTTP/2 that is there already, so a redirect on
	// the same host that loses the spans isn't noticed there.
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(s.url),
		otlptracehttp.WithEncoding(encoding),
		otlptracehttp.WithMaxResponseSize(maxBody),
		otlptracehttp.WithCompression(compression),
		otlptracehttp.WithTimeout(s.timeout),
		otlptracehttp.WithProxy(proxy),
	}
	if opts.Headers != nil {
		options = append(options, otlptracehttp.WithHeaders(opts.Headers))
	}
	if s.tls != nil {
		options = append(options, otlptracehttp.WithTLSClientConfig(s.tls))
	}
	return otlptracehttp.NewClient(append(options, opts.HTTP...)...)
}

// client is the HTTP client of OpenTelemetry's exporter, with limits on what an
// answer may take and on where redirects may lead. The timeout is that of the batch's
// context.
func (s *settings) client() *http.Client {
	return &http.Client{
		CheckRedirect: func(req *http.Request, _ []*http.Request) error { return checkRedirect(req) },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:        s.tls,
			ForceAttemptHTTP2:      true,
			MaxIdleConns:           100,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    10 * time.Second,
			ExpectContinueTimeout:  time.Second,
			MaxResponseHeaderBytes: maxHeaders,
		},
	}
}

func proxy(req *http.Request) (*url.URL, error) {
	if err := checkRedirect(req); err != nil {
		return nil, err
	}
	return http.ProxyFromEnvironment(req)
}

// grpcClient is OpenTelemetry's own client, which alone takes its options.
func grpcClient(s settings, opts *Options) otlptrace.Client {
	dial := limits()
	if len(s.addresses) > 0 {
		dial = append(dial, grpc.WithResolvers(s.resolver()))
	}
	options := []otlptracegrpc.Option{
		otlptracegrpc.WithEndpoint(s.target),
		otlptracegrpc.WithTimeout(s.timeout),
		otlptracegrpc.WithDialOption(dial...),
	}
	if s.insecure {
		options = append(options, otlptracegrpc.WithInsecure())
	} else {
		options = append(options, otlptracegrpc.WithTLSCredentials(credentials.NewTLS(s.tls)))
	}
	if opts.Headers != nil {
		options = append(options, otlptracegrpc.WithHeaders(opts.Headers))
	}
	if s.compression == "gzip" {
		options = append(options, otlptracegrpc.WithCompressor("gzip"))
	}
	return otlptracegrpc.NewClient(append(options, opts.GRPC...)...)
}
