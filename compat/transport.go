// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// Transport returns a round tripper that traces every request that base sends. A
// nil base is http.DefaultTransport, looked up at each request; where this round tripper
// is in that, it is what http.DefaultTransport was when Transport was called. Wrapping
// one that this Tracing has wrapped already gives the same.
//
// Each round trip has one client span: a child of the active span of the request's
// context, else the root of a new trace. So a redirect and a retry have spans of
// their own, under one parent. The span is injected into a clone of the request;
// the caller's is left as it is. It ends when the body of the response has been
// read to its end or is closed; at once where there is no body; and, for a body
// that the caller drops without either, when the garbage collector finds it.
//
// Its tags are component, http.method, http.url (without user, password and
// query), peer.address, http.status_code and span.kind; see [Conventions]. A round
// trip without a response, and a body that breaks off, set the tag error and log the
// error, without the secrets that can be told in its text, such as the password of a
// proxy. The caller gets the error as it is.
func (t *Tracing) Transport(base http.RoundTripper) http.RoundTripper {
	if wrapped, ok := base.(*transport); ok && wrapped.tracing == t {
		return wrapped
	}
	tr := &transport{tracing: t, base: base}
	if base == nil {
		tr.standard = newDefaultTransport()
	}
	return tr
}

type transport struct {
	tracing  *Tracing
	base     http.RoundTripper // nil: standard
	standard *defaultTransport // nil where there is a base
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the base.
func (tr *transport) CloseIdleConnections() {
	base := tr.base
	if base == nil {
		if !tr.standard.closing.CompareAndSwap(false, true) {
			return // the default transport has led back, or somebody does it at this time
		}
		defer tr.standard.closing.Store(false)
		base, _ = tr.standard.find(tr)
	}
	if closer, ok := base.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// RoundTrip sends one request.
func (tr *transport) RoundTrip(r *http.Request) (res *http.Response, err error) {
	if r == nil {
		return nil, errors.New("compat: Transport: nil *http.Request")
	}
	next := tr.base
	if next == nil {
		var unsure bool
		if next, unsure = tr.standard.find(tr); unsure {
			if tr.standard.hasLedBack(r) {
				return tr.standard.before.RoundTrip(r)
			}
			r = tr.standard.mark(r)
		}
	}
	trip := tr.begin(r)
	if trip == nil {
		return next.RoundTrip(r)
	}
	returned := false
	defer func() {
		if !returned {
			// The base panics, or ends the goroutine.
			trip.finish()
		}
	}()
	res, err = next.RoundTrip(trip.sent)
	returned = true
	trip.received(res, err)
	return res, err
}

// roundTrip is one request that was sent.
type roundTrip struct {
	tracing *Tracing
	span    opentracing.Span
	given   *http.Request
	sent    *http.Request // a clone, with the span injected
	url     recordedURL
	parent  opentracing.SpanContext
	bodyEnd
}

// begin starts the span of a request and injects it. It returns nil, and the
// request is sent untraced, where the tracer panics.
func (tr *transport) begin(r *http.Request) (trip *roundTrip) {
	started := false
	defer func() {
		if !started {
			trip = nil
		}
	}()
	defer reportPanic("the tracer, at the start of an outgoing request")

	t := tr.tracing
	tracer := t.Tracer()
	trip = &roundTrip{tracing: t, given: r, url: t.clientURL(r.URL)}
	ctx := r.Context()
	name := cmp.Or(t.clientOperationName(r), methodInName(r.Method)) // a client knows no route
	if own := tracerOf(tracer); own != nil {
		parent := own.parentIn(ctx)
		trip.span = own.startHTTP(ctx, name, parent, own.parentLinks(parent), clientKind, trip.describe)
	} else {
		if active := opentracing.SpanFromContext(ctx); active != nil {
			trip.parent = active.Context()
		}
		trip.span = tracer.StartSpan(name, (*tripStart)(trip))
	}
	ctx = activateIn(ctx, trip.span)
	if t.options.ConnectionEvents {
		ctx = trip.withEvents(ctx)
	}
	trip.send(ctx, r)
	started = true
	return trip
}

// send makes the request to send: a copy with headers of its own.
func (trip *roundTrip) send(ctx context.Context, r *http.Request) {
	trip.sent = r.WithContext(ctx)
	header := r.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	trip.sent.Header = header
	if err := trip.tracing.inject(ctx, trip.span, header); err != nil {
		otel.Handle(fmt.Errorf("compat: Transport: inject: %w", err))
	}
}

// tripStart is a round trip as an option of its own span's start.
type tripStart roundTrip

// Apply sets the reference and the tags.
func (s *tripStart) Apply(o *opentracing.StartSpanOptions) {
	if s.parent != nil {
		opentracing.ChildOf(s.parent).Apply(o)
	}
	if o.Tags == nil {
		o.Tags = make(map[string]any, 8)
	}
	(*roundTrip)(s).describe(&startTags{tags: o.Tags})
}

// describe adds the tags that are known at the start.
func (trip *roundTrip) describe(tags *startTags) {
	trip.tracing.options.Conventions.clientTags(tags, trip.given, &trip.url)
}

// received records a response, or that there is none. It replaces the body of the
// response by one that ends the span.
func (trip *roundTrip) received(res *http.Response, err error) {
	defer reportPanic("the tracer, at the response of an outgoing request")
	if err != nil {
		trip.fail(err)
		trip.finish()
		return
	}
	if res == nil {
		// Not allowed to a RoundTripper; http.Client tells the caller.
		trip.finish()
		return
	}
	trip.tracing.options.Conventions.clientResponse(trip.span, res)
	if isBodyless(trip.given.Method, res) {
		trip.finish()
		return
	}
	trip.unpacked = res.Uncompressed
	res.Body = trip.watch(res.Body)
}

// fail marks the span as failed by err.
func (trip *roundTrip) fail(err error) {
	trip.tracing.logError(trip.span, err)
	if trip.tracing.options.Conventions.semconv() {
		trip.span.SetTag(string(semconv.ErrorTypeKey), errorType(err))
	}
}
