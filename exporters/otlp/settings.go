// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// settings are options and environment together, checked.
type settings struct {
	protocol     string
	endpoint     string // a URL, or what gRPC takes for one
	target       string // of gRPC
	insecure     bool
	compression  string // gzip or none
	certificates string // the variable that names some, "" if none does
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
			return s, fmt.Errorf("otlp: %s=%q is no protocol: use %s, %s or %s", from, value, ProtocolHTTP, ProtocolGRPC, ProtocolJSON)
		}
		s.protocol = value
	}
	if value, from := setting(opts.Compression, "Compression", "COMPRESSION"); value != "" {
		if value != "gzip" && value != "none" {
			return s, fmt.Errorf("otlp: %s=%q is no compression: use gzip or none", from, value)
		}
		s.compression = value
	}
	if opts.Timeout < 0 {
		return s, fmt.Errorf("otlp: Options.Timeout=%v is negative", opts.Timeout)
	}
	if value, from := variable("TIMEOUT"); value != "" && opts.Timeout == 0 {
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return s, fmt.Errorf("otlp: %s=%q is no number of milliseconds", from, value)
		}
	}
	if err := checkHeaders(opts); err != nil {
		return s, err
	}
	if err := s.setEndpoint(opts); err != nil {
		return s, err
	}
	return s, s.setCertificates(opts)
}

// checkHeaders never says a header's value: it may be a key.
func checkHeaders(opts *Options) error {
	for name, value := range opts.Headers {
		if !validHeader(name, value) {
			return fmt.Errorf("otlp: Options.Headers[%q] is no valid header", name)
		}
	}
	list, from := variable("HEADERS")
	if list == "" || opts.Headers != nil {
		return nil
	}
	for i, pair := range strings.Split(list, ",") {
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(value)
		if !ok || err != nil || !validHeader(strings.TrimSpace(name), value) {
			return fmt.Errorf("otlp: %s: header %d isn't key=value, percent-encoded, separated by commas", from, i+1)
		}
	}
	return nil
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

// setEndpoint finds out where spans go.
func (s *settings) setEndpoint(opts *Options) error {
	value, from := setting(opts.Endpoint, "Endpoint", "ENDPOINT")
	if value == "" {
		if s.endpoint = "http://localhost:4318/v1/traces"; s.protocol == ProtocolGRPC {
			s.endpoint, s.target = "http://localhost:4317", "localhost:4317"
		}
		s.insecure = true
		return nil
	}
	if s.protocol == ProtocolGRPC {
		if path, ok := strings.CutPrefix(value, "unix:"); ok {
			s.endpoint, s.target, s.insecure = value, "unix:"+path, true
			return nil
		}
		if _, _, err := net.SplitHostPort(value); err == nil {
			// The specification: OTEL_EXPORTER_OTLP_INSECURE is for
			// endpoints without a scheme.
			insecure, _ := variable("INSECURE")
			if s.insecure = strings.EqualFold(insecure, "true"); s.insecure {
				value = "http://" + value
			} else {
				value = "https://" + value
			}
		}
	}
	u, err := url.Parse(value)
	switch {
	case err != nil:
		var urlError *url.Error
		if errors.As(err, &urlError) {
			err = urlError.Err // without the URL: it may hold a password
		}
		return fmt.Errorf("otlp: %s is no URL: %w", from, err)
	case u.User != nil:
		return fmt.Errorf("otlp: %s holds a user, which OTLP doesn't send: put it into OTEL_EXPORTER_OTLP_HEADERS or Options.Headers as authorization", from)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return fmt.Errorf("otlp: %s=%q is no URL of http or https: write http://host:port", from, value)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("otlp: %s has a query or a fragment, which OTLP doesn't send: leave it out", from)
	}
	s.insecure = u.Scheme == "http"
	switch {
	case s.protocol == ProtocolGRPC:
		s.target = u.Host
	case from == "OTEL_EXPORTER_OTLP_ENDPOINT":
		u = u.JoinPath("v1", "traces")
	case u.Path == "":
		u.Path = "/"
	}
	s.endpoint = u.String()
	return nil
}

// setCertificates checks what the certificate variables name.
func (s *settings) setCertificates(opts *Options) error {
	if opts.TLS != nil {
		if s.insecure {
			return fmt.Errorf("otlp: Options.TLS is set, and the endpoint %s is without TLS: use https", s.endpoint)
		}
		return nil
	}
	if path, from := variable("CERTIFICATE"); path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("otlp: %s: %w", from, err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			return fmt.Errorf("otlp: %s=%q holds no certificate in PEM form", from, path)
		}
		s.certificates = from
	}
	certificate, from := variable("CLIENT_CERTIFICATE")
	key, keyFrom := variable("CLIENT_KEY")
	switch {
	case certificate != "" && key == "":
		return fmt.Errorf("otlp: %s is set without OTEL_EXPORTER_OTLP_CLIENT_KEY", from)
	case certificate == "" && key != "":
		return fmt.Errorf("otlp: %s is set without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", keyFrom)
	case certificate != "":
		if _, err := tls.LoadX509KeyPair(certificate, key); err != nil {
			return fmt.Errorf("otlp: %s and %s: %w", from, keyFrom, err)
		}
		s.certificates = from
	}
	if s.certificates != "" && s.insecure {
		return fmt.Errorf("otlp: %s is set, and the endpoint %s is without TLS: use https", s.certificates, s.endpoint)
	}
	return nil
}
