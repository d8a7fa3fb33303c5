// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/internal/secret"
)

// recordedURL is a URL in the parts that are recorded, redacted already. The zero
// value is none.
type recordedURL struct {
	scheme, host, path, query string // path and query are encoded
}

// withoutQuery returns the URL as http.url has it.
func (u *recordedURL) withoutQuery() string {
	switch {
	case u.host == "":
		return u.path
	case u.scheme == "":
		return "//" + u.host + u.path
	}
	return u.scheme + "://" + u.host + u.path
}

// full returns the URL with its query.
func (u *recordedURL) full() string {
	if u.query == "" {
		return u.withoutQuery()
	}
	return u.withoutQuery() + "?" + u.query
}

// serverURL returns the URL of an incoming request as the client sent it, whatever
// handlers such as http.StripPrefix have made of r.URL.
func (t *Tracing) serverURL(r *http.Request) recordedURL {
	u := recordedURL{scheme: "http", host: r.Host}
	if r.TLS != nil {
		u.scheme = "https"
	}
	hooked := t.options.RedactURL != nil
	if strings.HasPrefix(r.RequestURI, "/") {
		target := r.RequestURI
		if !hooked && len(target) <= maxText {
			target = secret.URL(target) // as a whole: a client may send a fragment, too
		}
		u.path, u.query, _ = strings.Cut(target, "?")
		if !hooked && len(target) > maxText {
			u.path, u.query = hideClipped(u.path, secret.URL), hideClipped(u.query, secret.Query)
		}
		u.path = escapeHighBytes(u.path)
	} else if r.URL != nil {
		// The absolute form that proxies get, or a request that was never sent.
		if r.URL.Scheme != "" {
			u.scheme = r.URL.Scheme
		}
		if u.host == "" {
			u.host = r.URL.Host
		}
		u.path, u.query = r.URL.EscapedPath(), r.URL.RawQuery
		if !hooked {
			u.path, u.query = hideClipped(u.path, secret.Path), hideClipped(u.query, secret.Query)
		}
		if u.path == "*" {
			u.path = ""
		}
	}
	if !hooked {
		u.host = hideClipped(u.host, secret.WithoutUser)
		return u
	}
	given := &url.URL{Scheme: u.scheme, Host: u.host, RawQuery: u.query}
	if path, err := url.PathUnescape(u.path); err == nil {
		given.Path, given.RawPath = path, u.path
	} else {
		given.Path = u.path
	}
	return partsOf(t.redactURL(given))
}

// clientURL returns the URL of an outgoing request.
func (t *Tracing) clientURL(u *url.URL) recordedURL {
	return partsOf(t.redactURL(u))
}

func partsOf(u *url.URL) recordedURL {
	if u == nil {
		return recordedURL{}
	}
	if u.Opaque != "" {
		return recordedURL{scheme: u.Scheme, host: u.Host, path: u.Opaque, query: u.RawQuery}
	}
	return recordedURL{scheme: u.Scheme, host: u.Host, path: u.EscapedPath(), query: u.RawQuery}
}

// escapeHighBytes encodes bytes beyond ASCII, which net/http lets through in a
// request's target.
func escapeHighBytes(text string) string {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		if text[i] < 0x80 {
			continue
		}
		escaped := []byte(text[:i])
		for j := i; j < len(text); j++ {
			if c := text[j]; c < 0x80 {
				escaped = append(escaped, c)
			} else {
				escaped = append(escaped, '%', digits[c>>4], digits[c&15])
			}
		}
		return string(escaped)
	}
	return text
}

// splitHostPort splits "host:port"; port is zero where there is none, or no number.
// The host is without brackets.
func splitHostPort(hostPort string) (host string, port int) {
	if i := strings.LastIndexByte(hostPort, ':'); i < 0 || strings.HasSuffix(hostPort, "]") {
		return strings.TrimSuffix(strings.TrimPrefix(hostPort, "["), "]"), 0
	}
	host, text, err := net.SplitHostPort(hostPort)
	if err != nil {
		return hostPort, 0
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return host, 0
	}
	return host, int(number)
}

// asksForUpgrade reports whether the headers of a request ask to switch protocols
// (RFC 9110, section 7.8).
func asksForUpgrade(header http.Header) bool {
	if header.Get("Upgrade") == "" {
		return false
	}
	for _, value := range header.Values("Connection") {
		for option := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(option), "upgrade") {
				return true
			}
		}
	}
	return false
}
