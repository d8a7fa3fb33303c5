// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"path"
	"strings"

	"github.com/opentracing/opentracing-go"
)

// pattern returns the route pattern of a request before the handler runs: the
// mux is asked for it, so that it is in the name that samplers see.
func (h *tracedHandler) pattern(r *http.Request) string {
	// A mux answers "*" itself, and the pattern it has for a redirected CONNECT is
	// the path that the client chose.
	if h.mux == nil || r.URL == nil || r.RequestURI == "*" || r.Method == http.MethodConnect {
		return r.Pattern
	}
	found := r.Pattern
	for mux, inMux := h.mux, true; inMux; {
		next, pattern := mux.Handler(r)
		if pattern == "" || pattern == found {
			break
		}
		found = pattern
		mux, inMux = next.(*http.ServeMux) // a mux in a mux has the longer pattern
	}
	return found
}

// patternOf returns the pattern that a request was given, unless it is the client's
// own text: a mux that redirects a CONNECT of "/tree" to "/tree/" gives it that path.
func patternOf(r *http.Request) string {
	if r.Method == http.MethodConnect && r.URL != nil && r.URL.Path != "" && !strings.HasSuffix(r.URL.Path, "/") &&
		r.Pattern == strings.TrimSuffix(path.Clean("/"+r.URL.Path), "/")+"/" {
		return ""
	}
	return r.Pattern
}

// routed names the span by the route that r was given since the start. Names that
// the handler has set are kept, where they can be read.
func (req *request) routed(r *http.Request, nested bool) {
	req.mu.Lock()
	defer req.mu.Unlock()
	pattern := patternOf(r)
	if pattern == "" || pattern == req.route || req.nested && !nested || req.ended.Load() {
		return
	}
	req.route = pattern
	req.nested = nested
	req.tracing.options.Conventions.setRoute(req.span, pattern)
	name := req.tracing.operationName(r)
	if name == req.name {
		return
	}
	if current, known := nameOf(req.span); known && current != req.name {
		return
	}
	req.name = name
	req.span.SetOperationName(name)
}

// routedInside names the span by the route that handlers inside a nested one have
// given its request, unless one that is nested deeper has told a route already.
func (req *request) routedInside(r *http.Request, before string) {
	if r.Pattern == before {
		return
	}
	req.mu.Lock()
	deeper := req.nested && req.route != before
	req.mu.Unlock()
	if !deeper {
		req.routed(r, true)
	}
}

// nameOf returns the operation name of a span, where the tracer lets it be read.
func nameOf(sp opentracing.Span) (name string, known bool) {
	if s := spanOf(sp); s != nil {
		named, ok := s.otel.(interface{ Name() string })
		if !ok {
			return "", false
		}
		return named.Name(), true
	}
	if named, ok := sp.(interface{ OperationName() string }); ok {
		return named.OperationName(), true
	}
	return "", false
}

// operationName returns the name for the span of a request.
func (t *Tracing) operationName(r *http.Request) string {
	if name := t.chosenName(r); name != "" {
		return name
	}
	return t.options.Conventions.operationName(r)
}

// routeOf returns a pattern of http.ServeMux without its method:
// "[METHOD ][HOST]/[PATH]".
func routeOf(pattern string) string {
	if i := strings.IndexAny(pattern, " \t"); i >= 0 {
		return strings.TrimLeft(pattern[i:], " \t")
	}
	return pattern
}

// pathOf returns the path of a pattern: the route as OpenTelemetry has it.
func pathOf(pattern string) string {
	route := routeOf(pattern)
	if i := strings.IndexByte(route, '/'); i > 0 {
		return route[i:]
	}
	return route
}

// joinName returns "METHOD ROUTE", the pattern itself where it is just that.
func joinName(method, route, pattern string) string {
	if len(pattern) == len(method)+1+len(route) && strings.HasPrefix(pattern, method) {
		return pattern
	}
	return method + " " + route
}
