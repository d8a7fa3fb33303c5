// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/internal/printable"
	"github.com/ot2otel/ot2otel/internal/secret"
)

// endpoint is where spans go.
type endpoint struct {
	url      string // what the exporter sends to; for gRPC without a path, or a target
	target   string // what gRPC dials
	insecure bool   // without TLS
	shown    string // url, without what may be a key

	addresses []string // what a target of ipv4 or ipv6 lists
}

// grpcPort is the port of OTLP over gRPC in the specification. OTLP over HTTP
// has the URL's own default, since backends document their URLs that way.
const grpcPort = "4317"

// findEndpoint returns the endpoint that the options and the environment name.
func findEndpoint(opts *Options, protocol string) (endpoint, error) {
	value, from := setting(strings.TrimSpace(opts.Endpoint), "Endpoint", "ENDPOINT")
	if err := checkUnused(from); err != nil {
		return endpoint{}, err
	}
	if value == "" {
		value = "http://localhost:4318/v1/traces"
		if protocol == ProtocolGRPC {
			value = "http://localhost:4317"
		}
	}
	parse := parseHTTP
	if protocol == ProtocolGRPC {
		parse = parseGRPC
	}
	e, err := parse(value, from == "OTEL_EXPORTER_OTLP_ENDPOINT")
	if err != nil {
		return endpoint{}, fmt.Errorf("otlp: %s=%q %w", from, shownEndpoint(value), err)
	}
	return e, nil
}

// checkUnused refuses a variable that no one asks for, but that OpenTelemetry's
// exporters parse all the same. They would log it as it is, with the key in it.
func checkUnused(used string) error {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		value := strings.TrimSpace(os.Getenv(name))
		if value == "" || name == used {
			continue
		}
		if _, err := url.Parse(value); err == nil {
			continue
		}
		if _, err := parseGRPC(value, false); err != nil {
			return fmt.Errorf("otlp: %s=%q %w, or unset it", name, shownEndpoint(value), err)
		}
	}
	return nil
}

// parseHTTP takes a URL, to which /v1/traces is added if it is a base URL.
func parseHTTP(value string, base bool) (endpoint, error) {
	u, err := parseURL(value)
	if err != nil {
		return endpoint{}, err
	}
	if u.Path == "" {
		u.Path = "/"
	}
	if base {
		u = u.JoinPath("v1", "traces")
	}
	u.RawPath = "" // OpenTelemetry's exporter sends u.Path
	return endpoint{url: u.String(), insecure: u.Scheme == "http", shown: shownURL(u)}, nil
}

// parseGRPC takes a URL without a path, host, host:port, or a target of gRPC.
func parseGRPC(value string, _ bool) (endpoint, error) {
	if e, ok, err := parseTarget(value); ok {
		return e, err
	}
	full := value
	if scheme, _, _ := strings.Cut(value, ":"); !strings.Contains(value, "://") && !isHTTP(scheme) {
		full = "https://" + value
		if withoutTLS() {
			full = "http://" + value
		}
	}
	u, err := parseURL(full)
	switch {
	case err != nil:
		return endpoint{}, err
	case strings.Trim(u.Path, "/") != "":
		return endpoint{}, errors.New("has a path, which gRPC does not send: leave it out")
	}
	host := hostPort(u)
	u = &url.URL{Scheme: u.Scheme, Host: host}
	return endpoint{
		url: u.String(),
		// With its scheme, or a host named dns or unix would be taken for one.
		target:   "dns:///" + escapedZone(host),
		insecure: u.Scheme == "http",
		shown:    shownURL(u),
	}, nil
}

// withoutTLS follows the specification: OTEL_EXPORTER_OTLP_INSECURE is for gRPC
// endpoints without the scheme http or https.
func withoutTLS() bool {
	insecure, _ := variable("INSECURE")
	return strings.EqualFold(insecure, "true")
}

// escapedZone escapes the zone of an IPv6 address.
func escapedZone(host string) string { return strings.ReplaceAll(host, "%", "%25") }

const holdsUser = "holds a user, which OTLP does not send: put it into OTEL_EXPORTER_OTLP_HEADERS or Options.Headers as authorization"

// parseURL takes what OTLP can send to. Its errors follow the name of the
// setting, and quote nothing of the URL: a part of a key may be where the
// parser expects a port.
func parseURL(value string) (*url.URL, error) {
	const write = ": write http://host:port"
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok || !isHTTP(scheme) {
		return nil, errors.New("is not a URL of http or https" + write)
	}
	if authority, _, _ := strings.Cut(rest, "/"); strings.Contains(authority, "@") {
		return nil, errors.New(holdsUser)
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || strings.Contains(rest, "://"): // the host would be that of "http:"
		return nil, errors.New("is not a URL" + write)
	case u.Hostname() == "":
		return nil, errors.New("has no host" + write)
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(value, "#"):
		return nil, errors.New("has a query or a fragment, which OTLP does not send: leave it out")
	}
	if port := u.Port(); port == "" {
		u.Host = strings.TrimSuffix(u.Host, ":") // "host:" is "host"
	} else if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, errors.New("has a port that is not between 1 and 65535" + write)
	}
	return u, nil
}

func isHTTP(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// shownURL is the URL for people: scheme, host and path, without user and
// query, and without what may be a key in the path.
func shownURL(u *url.URL) string {
	return printable.Text(origin(u) + shownPath(u.EscapedPath()))
}

// shownEndpoint is shownURL for what may not be a URL.
func shownEndpoint(value string) string {
	scheme, rest, ok := strings.Cut(value, "://")
	if ok {
		scheme += "://"
	} else {
		scheme, rest = "", value
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = secret.Redacted + rest[i:]
	}
	tail := ""
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest, tail = rest[:i], rest[i:i+1]+secret.Redacted
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], shownPath(rest[i:])
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		if _, err := strconv.Atoi(host[i+1:]); err != nil && host[i+1:] != "" {
			host = host[:i+1] + secret.Redacted // the end of a password
		}
	}
	return printable.Clip(scheme + host + path + tail)
}

// shownPath hides the segments that are neither a plain word nor a version, and
// those that follow a secret's name: many backends have their key in the path.
func shownPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if segment != "" && (!isPlain(segment) || i > 0 && secret.Name(segments[i-1])) {
			segments[i] = secret.Redacted
		}
	}
	return strings.Join(segments, "/")
}

// isPlain reports whether a segment is one as "traces" or "v1" are.
func isPlain(segment string) bool {
	if digits, ok := strings.CutPrefix(segment, "v"); ok && len(digits) <= 3 {
		if _, err := strconv.ParseUint(digits, 10, 16); err == nil {
			return true
		}
	}
	return len(segment) <= 20 && strings.Trim(segment, "abcdefghijklmnopqrstuvwxyz-_.") == ""
}
