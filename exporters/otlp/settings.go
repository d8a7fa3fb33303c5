// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// settings are options and environment together, checked.
type settings struct {
	endpoint
	protocol    string
	compression string // gzip or none
	timeout     time.Duration
	headers     map[string]string
	tls         *tls.Config // nil: that of the system
}

// variable returns the value of OTEL_EXPORTER_OTLP_TRACES_<name>, or else of
// OTEL_EXPORTER_OTLP_<name>, and which it is. An empty one counts as unset.
func variable(name string) (value, from string) {
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"} {
		if value := strings.TrimSpace(os.Getenv(prefix + name)); value != "" {
			return value, prefix + name
		}
	}
	return "", ""
}

// setting returns the option if it is set, and else the variable.
func setting(option, field, name string) (value, from string) {
	if option != "" {
		return option, "Options." + field
	}
	return variable(name)
}

func resolve(opts *Options) (settings, error) {
	s := settings{protocol: ProtocolHTTP, compression: "none"}
	if value, from := setting(opts.Protocol, "Protocol", "PROTOCOL"); value != "" {
		if value != ProtocolHTTP && value != ProtocolJSON && value != ProtocolGRPC {
			return s, fmt.Errorf("otlp: %s=%q is not a protocol: use %s, %s or %s",
				from, printable.Clip(value), ProtocolHTTP, ProtocolGRPC, ProtocolJSON)
		}
		s.protocol = value
	}
	if value, from := setting(opts.Compression, "Compression", "COMPRESSION"); value != "" {
		if value != "gzip" && value != "none" {
			return s, fmt.Errorf("otlp: %s=%q is not a compression: use gzip or none", from, printable.Clip(value))
		}
		s.compression = value
	}
	var err error
	if s.timeout, err = timeout(opts); err != nil {
		return s, err
	}
	if s.headers, err = headers(opts, s.protocol); err != nil {
		return s, err
	}
	if s.endpoint, err = findEndpoint(opts, s.protocol); err != nil {
		return s, err
	}
	s.tls, err = s.clientTLS(opts)
	return s, err
}

// timeout returns how long a batch may take; 0 is for ever.
func timeout(opts *Options) (time.Duration, error) {
	if opts.Timeout < 0 {
		return 0, fmt.Errorf("otlp: Options.Timeout=%v is negative", opts.Timeout)
	}
	if opts.Timeout > 0 {
		return opts.Timeout, nil
	}
	value, from := variable("TIMEOUT")
	if value == "" {
		return 10 * time.Second, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || int64(n) > math.MaxInt64/int64(time.Millisecond) {
		return 0, fmt.Errorf("otlp: %s=%q is not a number of milliseconds", from, printable.Clip(value))
	}
	return time.Duration(n) * time.Millisecond, nil
}

// headers returns what goes with every request. Its errors never say a header's
// value, which may be a key. It checks every variable, since OpenTelemetry's
// exporters parse those too that an option replaces, and log what they can't.
func headers(opts *Options, protocol string) (map[string]string, error) {
	for name, value := range opts.Headers {
		if !validHeader(name, value) {
			return nil, fmt.Errorf("otlp: Options.Headers[%q] is not a valid header", printable.Clip(name))
		}
	}
	merged, in := make(map[string]string), ""
	for _, from := range []string{"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"} {
		list := strings.TrimSpace(os.Getenv(from))
		if list == "" {
			continue
		}
		clear(merged) // the second replaces the first
		in = from
		for i, pair := range strings.Split(list, ",") {
			if strings.TrimSpace(pair) == "" {
				continue // as after the last comma
			}
			name, value, ok := strings.Cut(pair, "=")
			name = strings.TrimSpace(name)
			value, err := url.PathUnescape(value)
			if !ok || err != nil || !validHeader(name, value) {
				return nil, fmt.Errorf("otlp: %s: header %d isn't key=value, percent-encoded, separated by commas", from, i+1)
			}
			merged[name] = strings.TrimSpace(value)
		}
	}
	if opts.Headers != nil {
		merged, in = maps.Clone(opts.Headers), "Options.Headers"
	}
	if protocol == ProtocolGRPC {
		for _, name := range slices.Sorted(maps.Keys(merged)) {
			if why := notInGRPC(name, merged[name]); why != "" {
				return nil, fmt.Errorf("otlp: %s: the header %q can't be sent over gRPC: %s", in, printable.Clip(name), why)
			}
		}
	}
	return merged, nil
}

// notInGRPC says why gRPC refuses each call with a header, or drops the header; "": it
// does neither. The source is the gRPC specification ("PROTOCOL-HTTP2", "Requests").
func notInGRPC(name, value string) string {
	name = strings.ToLower(name)
	switch name {
	case "te", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host", "content-length":
		return "the protocol has its own"
	}
	switch {
	case strings.HasPrefix(name, "grpc-"):
		return "names that begin with grpc- are the protocol's"
	case strings.ContainsAny(name, "!#$%&'*+^`|~"):
		return "a name has letters, digits, and the characters - _ ."
	case !strings.HasSuffix(name, "-bin") && strings.IndexFunc(value, func(c rune) bool { return c < ' ' || c > '~' }) >= 0:
		return "its value has a character that is not printable ASCII, which only a name that ends in -bin allows"
	}
	return ""
}

// validHeader follows RFC 9110, 5.1 and 5.5: the name is a token, the value has
// no control characters.
func validHeader(name, value string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for _, c := range name {
		if c >= 0x80 || !strings.ContainsRune(others, c) && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return name != "" && strings.IndexFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) < 0
}

// clientTLS returns the client's side of TLS, nil for the system's, after a look
// at what the certificate variables name.
func (s *settings) clientTLS(opts *Options) (*tls.Config, error) {
	if err := checkPaths(); err != nil {
		return nil, err
	}
	if opts.TLS != nil {
		if s.insecure {
			return nil, fmt.Errorf("otlp: Options.TLS is set, and the endpoint %s is without TLS: use https", s.shown)
		}
		return opts.TLS.Clone(), nil
	}
	var config *tls.Config
	set := ""
	if path, from := variable("CERTIFICATE"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("otlp: %s: %w", from, err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("otlp: %s=%q holds no certificate in PEM form", from, path)
		}
		config, set = &tls.Config{RootCAs: pool}, from
	}
	certificate, from := variable("CLIENT_CERTIFICATE")
	key, keyFrom := variable("CLIENT_KEY")
	switch {
	case certificate != "" && key == "":
		return nil, fmt.Errorf("otlp: %s is set without OTEL_EXPORTER_OTLP_CLIENT_KEY", from)
	case certificate == "" && key != "":
		return nil, fmt.Errorf("otlp: %s is set without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", keyFrom)
	case certificate != "":
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("otlp: %s and %s: %w", from, keyFrom, err)
		}
		if config == nil {
			config = &tls.Config{}
		}
		config.Certificates, set = []tls.Certificate{pair}, from
	}
	if config != nil && s.insecure {
		return nil, fmt.Errorf("otlp: %s is set, and the endpoint %s is without TLS: use https", set, s.shown)
	}
	return config, nil
}

// checkPaths refuses a key where the path of its file is expected: errors quote
// paths, and OpenTelemetry's exporters log them.
func checkPaths() error {
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"} {
		for _, name := range []string{"CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"} {
			if value := os.Getenv(prefix + name); strings.Contains(value, "-----BEGIN") {
				return fmt.Errorf("otlp: %s%s is not a path: write that of a file in PEM form", prefix, name)
			}
		}
	}
	return nil
}
