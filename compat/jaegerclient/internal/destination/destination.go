// SPDX-License-Identifier: Apache-2.0

// Package destination turns the address of a Jaeger agent or collector into one that
// takes OTLP, and sends spans there.
package destination

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"

	"github.com/ot2otel/ot2otel/internal/secret"
)

const (
	agentPort     = "6831"  // Thrift over UDP
	collectorPort = "14268" // Thrift over HTTP
	httpPort      = "4318"  // OTLP over HTTP
	grpcPort      = "4317"  // OTLP over gRPC

	collectorPath = "/api/traces"
	otlpPath      = "/v1/traces"

	setEndpoint = "or set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
)

// Address is where Jaeger's client sent spans, and what takes its place.
type Address struct {
	Was     string            // without a password
	URL     string            // of OTLP over HTTP
	Headers map[string]string // that the old address stands for
}

// OfAgent returns the address that takes OTLP on the host of an agent; an empty hostPort is
// localhost. The agent's port says nothing of the other one, which is OTLP's own. With an
// error, the address says what it was.
func OfAgent(hostPort string) (Address, error) {
	hostPort = cmp.Or(hostPort, "localhost:"+agentPort)
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		return Address{Was: "agent " + hostPort}, fmt.Errorf("jaeger: agent %q is not host:port: %w; correct it, %s", hostPort, err, setEndpoint)
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(cmp.Or(host, "localhost"), httpPort), Path: otlpPath}
	return Address{Was: "agent " + hostPort, URL: u.String()}, nil
}

// OfCollector returns the address that takes OTLP in the place of a collector's endpoint. A
// collector's own port becomes OTLP's; any other one is that of a proxy, and stays. With an
// error, the address says what it was.
func OfCollector(endpoint string) (Address, error) {
	u, err := parseHTTP(endpoint)
	if err != nil {
		return Address{Was: "a malformed collector endpoint"}, fmt.Errorf("jaeger: collector endpoint %w, such as http://collector:14268/api/traces, %s", err, setEndpoint)
	}
	a := Address{Was: secret.Text(u.String())}
	if u.User != nil {
		password, _ := u.User.Password()
		a.Headers = BasicAuth(u.User.Username(), password)
	}
	if u.Port() == collectorPort {
		u.Host = net.JoinHostPort(u.Hostname(), httpPort)
	}
	path := strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(path, otlpPath) {
		path = strings.TrimSuffix(path, collectorPath) + otlpPath
	}
	a.URL = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String()
	return a, nil
}

// parseHTTP parses a URL of http or https with a host. Its error begins with the URL,
// without a password.
func parseHTTP(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		var parse *url.Error // which has the text, and in it maybe a password
		if errors.As(err, &parse) {
			err = parse.Err
		}
		return nil, fmt.Errorf("is not a URL: %w; use one", err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, fmt.Errorf("%q is not a URL of http or https with a host; use one", secret.Text(u.String()))
	}
	return u, nil
}

// BasicAuth returns the header of a user and a password.
func BasicAuth(user, password string) map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
}

// Counting returns the error of an address where that counts: not where the environment names
// an endpoint, which has precedence.
func Counting(err error) error {
	if isSet("ENDPOINT") {
		return nil
	}
	return err
}

// Options are the optional settings of a destination.
type Options struct {
	Headers   map[string]string
	Timeout   time.Duration     // of one request; 0 is OpenTelemetry's, 10 s
	Transport http.RoundTripper // nil is OpenTelemetry's own
}

// newExporter returns the exporter for an address, and where it really sends to: the
// environment takes precedence.
func newExporter(address Address, opts Options) (exporter *otlptrace.Exporter, shown string, err error) {
	shown, endpointFrom, err := environmentEndpoint()
	if err != nil {
		return nil, "", err
	}
	headers := make(map[string]string)
	if !isSet("HEADERS") {
		maps.Copy(headers, address.Headers)
		maps.Copy(headers, opts.Headers)
	}
	protocol, err := environmentProtocol()
	if err != nil {
		return nil, "", err
	}
	switch protocol {
	case protocolHTTP:
		options := []otlptracehttp.Option{}
		if endpointFrom == "" {
			shown = address.URL
			options = append(options, otlptracehttp.WithEndpointURL(address.URL))
		}
		if len(headers) > 0 {
			options = append(options, otlptracehttp.WithHeaders(headers))
		}
		if opts.Timeout > 0 && !isSet("TIMEOUT") {
			options = append(options, otlptracehttp.WithTimeout(opts.Timeout))
		}
		if opts.Transport != nil {
			options = append(options, otlptracehttp.WithHTTPClient(&http.Client{Transport: opts.Transport, Timeout: opts.Timeout}))
		}
		exporter, err = otlptracehttp.New(context.Background(), options...)
	case protocolGRPC:
		options := []otlptracegrpc.Option{}
		if endpointFrom == "" {
			shown = overGRPC(address.URL)
			options = append(options, otlptracegrpc.WithEndpointURL(shown))
		}
		if len(headers) > 0 {
			options = append(options, otlptracegrpc.WithHeaders(headers))
		}
		if opts.Timeout > 0 && !isSet("TIMEOUT") {
			options = append(options, otlptracegrpc.WithTimeout(opts.Timeout))
		}
		exporter, err = otlptracegrpc.New(context.Background(), options...)
	}
	if err != nil {
		return nil, "", fmt.Errorf("jaeger: OTLP to %s: %w", shown, err)
	}
	if endpointFrom != "" {
		shown += " (" + endpointFrom + ")"
	}
	return exporter, shown, nil
}

// overGRPC returns the URL of the same host for gRPC, which has no path.
func overGRPC(otlp string) string {
	u, err := url.Parse(otlp)
	if err != nil {
		return otlp // not reached: OfAgent and OfCollector made it
	}
	if u.Port() == httpPort {
		u.Host = net.JoinHostPort(u.Hostname(), grpcPort)
	}
	u.Path = ""
	return u.String()
}
