// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Conventions chooses the names under which an HTTP request is described. All of
// them set span.kind, and error where the request has failed.
//
//	OpenTracing, type           Semconv, type
//	component, string           –
//	http.method, string         http.request.method, string
//	                            http.request.method_original, string
//	http.url, string            server: url.scheme, url.path, url.query, string
//	                            client: url.full, string
//	http.status_code, uint16    http.response.status_code, int
//	peer.address, string        server.address, string; server.port, int
//	                            network.peer.address, string; network.peer.port, int
//	                            client.address, string
//	                            user_agent.original, string
//	                            network.protocol.version, string
//	                            http.route, string
//	                            http.request.body.size, int
//	                            http.response.body.size, int
//	                            error.type, string
//
// http.url is without query in all conventions, since most tracers of its time
// recorded no other; url.query and url.full have it, redacted. peer.address is the
// client's alone, and so are server.address and server.port in its row; a server
// has them from the Host header. A text that a peer has sent, such as a method, a
// path or a header, is recorded as valid UTF-8 of at most 8 KiB; what was cut ends in
// an ellipsis.
type Conventions uint8

const (
	// OpenTracing are the tag names of OpenTracing's semantic conventions, with the
	// types of its package ext: what dashboards of OpenTracing services ask for. It
	// is the default. A status of 500 and more is an error, for servers and clients.
	OpenTracing Conventions = iota
	// Semconv are the names and types of OpenTelemetry's stable semantic
	// conventions for HTTP spans, and the sizes of bodies. For clients a status of
	// 400 and more is an error.
	Semconv
	// Both sets both: for the time in which dashboards are changed over. Names and
	// errors are as of Semconv.
	Both
)

// String returns "OpenTracing", "Semconv" or "Both".
func (c Conventions) String() string {
	switch c {
	case OpenTracing:
		return "OpenTracing"
	case Semconv:
		return "Semconv"
	case Both:
		return "Both"
	}
	return "Conventions(" + strconv.Itoa(int(c)) + ")"
}

// openTracing and semconv report which names to set. An unknown value is the
// default.
func (c Conventions) openTracing() bool { return c != Semconv }
func (c Conventions) semconv() bool     { return c == Semconv || c == Both }

const (
	componentName = "net/http"
	otherMethod   = "_OTHER"
)

// serverTags adds the tags that are known at the start of a request, each
// convention's in the order of their keys.
func (c Conventions) serverTags(tags *startTags, r *http.Request, u *recordedURL) {
	tags.kind(ext.SpanKindRPCServerEnum)
	if c.openTracing() {
		tags.component()
		tags.method(string(ext.HTTPMethod), r.Method)
		tags.text(string(ext.HTTPUrl), u.withoutQuery())
	}
	if !c.semconv() {
		return
	}
	peer, port := splitHostPort(r.RemoteAddr)
	client, _, _ := strings.Cut(r.Header.Get("X-Forwarded-For"), ",")
	if client = strings.TrimSpace(client); client == "" {
		client = peer
	}
	tags.text(string(semconv.ClientAddressKey), redactPeer(client))
	tags.number(string(semconv.HTTPRequestBodySizeKey), int(max(r.ContentLength, 0)))
	setMethod(tags, r.Method)
	tags.text(string(semconv.HTTPRouteKey), pathOf(patternOf(r)))
	tags.text(string(semconv.NetworkPeerAddressKey), peer)
	tags.number(string(semconv.NetworkPeerPortKey), port)
	tags.text(string(semconv.NetworkProtocolVersionKey), protocolVersion(r.Proto))
	setServer(tags, u.host, u.scheme)
	tags.text(string(semconv.URLPathKey), u.path)
	tags.text(string(semconv.URLQueryKey), u.query)
	tags.text(string(semconv.URLSchemeKey), u.scheme)
	tags.text(string(semconv.UserAgentOriginalKey), redactPeer(r.UserAgent()))
}

// endServer sets the tags that are known at the end of a request.
func (c Conventions) endServer(req *request, how outcome, panicked any) {
	status := req.finalStatus(how)
	if status > 0 && c.openTracing() {
		ext.HTTPStatusCode.Set(req.span, uint16(status)) //nolint:gosec // three digits
	}
	failed := status >= http.StatusInternalServerError
	if failed {
		ext.Error.Set(req.span, true)
	}
	if !c.semconv() {
		return
	}
	if status > 0 {
		req.span.SetTag(string(semconv.HTTPResponseStatusCodeKey), status)
	}
	if size := req.size.Load(); size > 0 && req.passed.Method != http.MethodHead {
		req.span.SetTag(string(semconv.HTTPResponseBodySizeKey), int(size))
	}
	switch {
	case how == handlerPanicked:
		req.span.SetTag(string(semconv.ErrorTypeKey), errorType(panicAsError(panicked)))
	case failed:
		req.span.SetTag(string(semconv.ErrorTypeKey), strconv.Itoa(status))
	}
}

// setRoute sets the route of a request where it becomes known after the start.
func (c Conventions) setRoute(span opentracing.Span, pattern string) {
	if c.semconv() {
		span.SetTag(string(semconv.HTTPRouteKey), pathOf(pattern))
	}
}

// operationName is "METHOD ROUTE", or the method where no route is known.
func (c Conventions) operationName(r *http.Request) string {
	pattern := patternOf(r)
	method, route := methodInName(r.Method), routeOf(pattern)
	if c.semconv() {
		route = pathOf(pattern)
	}
	if route == "" {
		return method
	}
	return joinName(method, route, pattern)
}

// clientTags adds the tags that are known at the start of an outgoing request.
func (c Conventions) clientTags(tags *startTags, r *http.Request, u *recordedURL) {
	tags.kind(ext.SpanKindRPCClientEnum)
	if c.openTracing() {
		tags.component()
		tags.method(string(ext.HTTPMethod), methodName(r.Method))
		tags.text(string(ext.HTTPUrl), u.withoutQuery())
		tags.text(string(ext.PeerAddress), u.host)
	}
	if !c.semconv() {
		return
	}
	tags.number(string(semconv.HTTPRequestBodySizeKey), int(max(r.ContentLength, 0)))
	setMethod(tags, methodName(r.Method))
	setServer(tags, u.host, u.scheme)
	tags.text(string(semconv.URLFullKey), u.full())
}

// clientResponse sets the tags that are known when the headers of a response are
// there.
func (c Conventions) clientResponse(span opentracing.Span, res *http.Response) {
	status := res.StatusCode
	firstError := http.StatusInternalServerError
	if c.semconv() {
		firstError = http.StatusBadRequest
	}
	if c.openTracing() {
		ext.HTTPStatusCode.Set(span, uint16(status)) //nolint:gosec // three digits
	}
	if status >= firstError {
		ext.Error.Set(span, true)
	}
	if !c.semconv() {
		return
	}
	span.SetTag(string(semconv.HTTPResponseStatusCodeKey), status)
	if version := protocolVersion(res.Proto); version != "" {
		span.SetTag(string(semconv.NetworkProtocolVersionKey), version)
	}
	if status >= firstError {
		span.SetTag(string(semconv.ErrorTypeKey), strconv.Itoa(status))
	}
}

func setMethod(tags *startTags, method string) {
	if isKnownMethod(method) {
		tags.method(string(semconv.HTTPRequestMethodKey), method)
		return
	}
	known := otherMethod
	if upper := strings.ToUpper(method); isKnownMethod(upper) {
		known = upper
	}
	tags.text(string(semconv.HTTPRequestMethodKey), known)
	tags.text(string(semconv.HTTPRequestMethodOriginalKey), method)
}

// setServer sets the address that a client has asked, and the port where it isn't
// the scheme's own.
func setServer(tags *startTags, hostPort, scheme string) {
	host, port := splitHostPort(hostPort)
	tags.text(string(semconv.ServerAddressKey), host)
	if (scheme != "http" || port != 80) && (scheme != "https" || port != 443) {
		tags.number(string(semconv.ServerPortKey), port)
	}
}

// protocolVersion returns the version in "HTTP/1.1", as "2" for "HTTP/2.0".
func protocolVersion(proto string) string {
	_, version, _ := strings.Cut(proto, "/")
	switch version {
	case "2.0":
		return "2"
	case "3.0":
		return "3"
	}
	return version
}

// methodName is a request's method; empty means GET, as net/http has it.
func methodName(method string) string {
	if method == "" {
		return http.MethodGet
	}
	return method
}

func isKnownMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace, "QUERY":
		return true
	}
	return false
}

// methodInName is a request's method as the names of spans have it: HTTP for one that
// isn't known, as in OpenTelemetry's conventions, so that clients can't make up names.
func methodInName(method string) string {
	if method = methodName(method); isKnownMethod(method) {
		return method
	}
	return "HTTP"
}
