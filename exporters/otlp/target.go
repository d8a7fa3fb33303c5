// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// parseTarget takes the forms of gRPC ("gRPC Name Resolution"): dns:host,
// dns:///host:port, dns://server/host, ipv4:address,… and ipv6:[address]:port,…,
// passthrough:///host:port, unix:path, unix:///path, unix-abstract:name, and the
// scheme of every resolver that the program registers, as xds. Where one has no
// port, it is that of OTLP. ok is false if the value is none of them. Errors quote
// nothing, as those of parseURL.
func parseTarget(value string) (e endpoint, ok bool, err error) {
	scheme, rest, found := strings.Cut(value, ":")
	scheme = strings.ToLower(scheme)
	if !found || isHTTP(scheme) {
		return endpoint{}, false, nil
	}
	switch scheme {
	case "unix", "unix-abstract":
		e, err = parseSocket(value, scheme, rest)
		return e, true, err
	}
	if _, err := strconv.ParseUint(rest, 10, 16); err == nil || rest == "" {
		return endpoint{}, false, nil // a host that has the name of a scheme, and a port
	}
	switch scheme {
	case "dns", "passthrough":
		e, err = parseNamed(scheme, rest)
	case "ipv4", "ipv6":
		e, err = parseAddresses(scheme, rest)
	case "xds":
		if resolver.Get(scheme) == nil {
			return endpoint{}, true, errors.New("needs a resolver that is not in the program: import _ \"google.golang.org/grpc/xds\"")
		}
		fallthrough
	default:
		if resolver.Get(scheme) == nil {
			return endpoint{}, false, nil
		}
		e, err = parseOther(value, scheme)
	}
	e.insecure = withoutTLS()
	return e, true, err
}

// parseSocket takes unix:path, unix:///path and the same of unix-abstract.
func parseSocket(value, scheme, path string) (endpoint, error) {
	write := ": write " + scheme + ":///path"
	if scheme == "unix-abstract" {
		write = ": write unix-abstract:name"
	}
	if authority, ok := strings.CutPrefix(path, "//"); ok && authority != "" && authority[0] != '/' {
		return endpoint{}, errors.New("has a host before the path of its socket" + write)
	}
	if strings.Trim(path, "/") == "" {
		return endpoint{}, errors.New("has no path of a socket" + write)
	}
	if _, err := url.Parse(scheme + ":" + path); err != nil || strings.ContainsAny(path, "?#") {
		return endpoint{}, errors.New("has a path that is not one of a URL: escape its special characters, as %3F for a question mark")
	}
	return endpoint{url: value, target: scheme + ":" + path, insecure: true, shown: printable.Text(value)}, nil
}

// parseNamed takes what follows dns: and passthrough:.
func parseNamed(scheme, rest string) (endpoint, error) {
	const write = ": write dns:///host:port"
	authority := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		if authority, rest, ok = strings.Cut(after, "/"); !ok {
			return endpoint{}, errors.New("has no host after its third slash" + write)
		}
	}
	rest = strings.TrimPrefix(rest, "/")
	if authority != "" {
		server, err := parseURL("http://" + authority)
		if err != nil {
			return endpoint{}, err
		}
		authority = server.Host
	}
	if strings.Contains(rest, "/") {
		return endpoint{}, errors.New("has a path, which gRPC does not send: leave it out")
	}
	u, err := parseURL("http://" + rest)
	if err != nil {
		return endpoint{}, err
	}
	target := scheme + "://" + escapedZone(authority) + "/" + escapedZone(hostPort(u))
	return endpoint{url: target, target: target, shown: printable.Text(target)}, nil
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = grpcPort
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// parseAddresses takes what follows ipv4: and ipv6:, for which gRPC has no resolver
// in Go.
func parseAddresses(scheme, rest string) (endpoint, error) {
	var e endpoint
	for address := range strings.SplitSeq(strings.TrimPrefix(rest, "///"), ",") {
		host := address
		if _, err := netip.ParseAddr(address); err == nil && scheme == "ipv6" {
			host = "[" + address + "]"
		}
		u, err := parseURL("http://" + escapedZone(host))
		if err != nil {
			return endpoint{}, err
		}
		ip, err := netip.ParseAddr(u.Hostname())
		if err != nil || ip.Is4() != (scheme == "ipv4") || strings.Trim(u.Path, "/") != "" {
			return endpoint{}, errors.New("has an address that is not of " + scheme + ": write ipv4:192.0.2.1:4317 or ipv6:[2001:db8::1]:4317, several separated by commas")
		}
		e.addresses = append(e.addresses, hostPort(u))
	}
	e.target = scheme + ":///" + escapedZone(e.addresses[0])
	e.url = scheme + ":" + strings.Join(e.addresses, ",")
	e.shown = printable.Text(e.url)
	return e, nil
}

// resolver returns the resolver of a list of addresses. The authority, which TLS
// checks, is the first of them.
func (e *endpoint) resolver() resolver.Builder {
	scheme, _, _ := strings.Cut(e.target, ":")
	builder := manual.NewBuilderWithScheme(scheme)
	var state resolver.State
	for _, address := range e.addresses {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	builder.InitialState(state)
	return builder
}

// parseOther takes a target of a resolver that the program has registered.
func parseOther(value, scheme string) (endpoint, error) {
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return endpoint{}, errors.New("is not a URL: write " + scheme + ":///name")
	case strings.Contains(value, "@"):
		return endpoint{}, errors.New(holdsUser)
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(value, "#"):
		return endpoint{}, errors.New("has a query or a fragment, which OTLP does not send: leave it out")
	}
	return endpoint{url: value, target: value, shown: shownEndpoint(value)}, nil
}
