// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how many redirects a batch follows. Each one sends it whole.
const maxRedirects = 3

// redirectError is why a batch did not follow the redirect of its endpoint.
type redirectError struct {
	from, to *url.URL
	status   int
	why, fix string
}

func (e *redirectError) Error() string {
	return fmt.Sprintf("the endpoint %s redirects to %s (%d), %s: %s",
		origin(e.from), origin(e.to), e.status, e.why, e.fix)
}

// checkRedirect refuses redirects that would take spans, and the headers with
// the backend's key, to somebody else, and those that would lose the spans.
// net/http drops only the headers that it knows to be credentials, and turns a
// POST into a GET without a body for 301, 302 and 303, which the other side may
// well answer by 200.
func checkRedirect(req *http.Request) error {
	if req.Response == nil {
		return nil // no redirect
	}
	first, hops := req, 0
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
		hops++
	}
	e := &redirectError{from: first.URL, to: req.URL, status: req.Response.StatusCode,
		fix: "set the endpoint to where spans are to go"}
	switch {
	case strings.EqualFold(first.URL.Scheme, "https") && !strings.EqualFold(req.URL.Scheme, "https"):
		e.why = "which is without TLS"
	case !sameHost(first.URL, req.URL):
		e.why = "and spans and headers don't go to another host"
	case req.Method != http.MethodPost:
		e.why = "which would lose the spans: only 307 and 308 keep them"
	case hops > maxRedirects:
		e.why = fmt.Sprintf("and so on more than %d times", maxRedirects)
	default:
		return nil
	}
	return e
}

// sameHost reports whether b is the host and port of a, or its https on the
// default ports.
func sameHost(a, b *url.URL) bool {
	if !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	return portOf(a) == portOf(b) || portOf(a) == "80" && portOf(b) == "443"
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}

// origin is what may be said of a URL, whoever chose it.
func origin(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
}
