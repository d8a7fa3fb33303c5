// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
)

// TracingOptions are the optional settings of a [Tracing]. The zero value is ready
// to use. All functions are called from the goroutines that serve requests, so
// they must be safe for concurrent use. A panic in one of them is reported through
// otel.Handle and never reaches the request.
type TracingOptions struct {
	// Attributes are the request attributes that become tags of every span, by
	// name: fields and methods of http.Request such as "Method", "URL.Path",
	// "Header.X-Request-Id", "PathValue.id", "Cookie.theme", or the names that
	// Flask-OpenTracing users know, such as "path" or "remote_addr". The tag's key
	// is the name as given, its value a string. An absent or empty attribute sets
	// no tag. An unknown name is reported once, with the list of known names. Nil
	// is none.
	//
	// Secrets are REDACTED. What is made of the URL is what RedactURL returns, and
	// so are headers that hold one, such as Referer. Of a header or trailer whose
	// name holds a secret, such as Authorization or X-Api-Key, the authorization
	// scheme stays, and the names in Cookie; other headers lose what can be told to
	// be a secret. Cookie.<name>, FormValue.<name>, PostFormValue.<name> and
	// PathValue.<name> are recorded as they are, unless the name holds a secret, as
	// in "Cookie.session" and "FormValue.password"; [RedactURL] has the names.
	Attributes []string

	// OnStart is called once the span and its tags are set, before the handler
	// runs. It may add tags or override them. GetSpan of the request that it gets
	// is the span. Nil is none.
	OnStart func(opentracing.Span, *http.Request)

	// OperationName names the span of a request. It is called at the start, and
	// once more when the route becomes known later than that. Nil, or an empty
	// result, is the route pattern ("GET /orders/{id}"), else the method. A method
	// that isn't known is HTTP there, so that clients can't make up names.
	//
	// The pattern is known at the start where the handler is an http.ServeMux or
	// is behind one; else it is taken from http.Request.Pattern after the handler
	// has returned, and a name that the handler has set itself is kept where the
	// tracer's spans tell their name (those of this package and of Jaeger's client
	// do). A middleware in between that passes a copy of the request on hides the
	// pattern; a second traced handler behind it finds it.
	OperationName func(*http.Request) string

	// ClientOperationName names the span of a request that goes out by Transport. Nil, or an
	// empty result, is the method.
	ClientOperationName func(*http.Request) string

	// Skip leaves a request untraced when it returns true. Nil is none.
	Skip func(*http.Request) bool

	// Conventions chooses the names of tags. The zero value is OpenTracing.
	Conventions Conventions

	// PublicEndpoint reports whether a request comes from outside, where trace
	// headers aren't to be trusted: its span is the root of a new trace. Spans of
	// this package's [Tracer] have a link to the remote span; other tracers start
	// a root without a reference, since OpenTracing knows no link. Nil is none.
	PublicEndpoint func(*http.Request) bool

	// RedactURL returns the URL that is recorded for a request: in tags such as
	// http.url, url.full, url.query, server.address and peer.address, in attributes
	// such as "URL", "path", "host" or "Referer", and in the text of a url.Error. It
	// gets a copy without user name and password, which are never recorded, and may
	// change it. When it returns nil, no URL is recorded. Nil is the function
	// [RedactURL], which replaces the values of parameters that are known to hold
	// secrets.
	RedactURL func(*url.URL) *url.URL

	// ConnectionEvents adds what net/http/httptrace tells about an outgoing
	// request (name lookup, connection, TLS, first byte) to its span, as logs.
	// The zero value is off.
	ConnectionEvents bool
}

// Tracing traces HTTP requests, incoming and outgoing, with any
// opentracing.Tracer. Its surface is Flask-OpenTracing's: trace all, trace
// selected, get span, inject. The zero value uses the global tracer and no
// options. All methods are safe for concurrent use.
type Tracing struct {
	options    TracingOptions
	tracer     func() opentracing.Tracer // nil: the global one
	attributes []requestAttribute        // those of options
	reported   sync.Map                  // of string: unknown attribute names that were reported
	hooks      sync.Pool                 // of *responseHooks
}

// NewTracing returns a Tracing that uses tracer. A nil tracer is
// opentracing.GlobalTracer(), looked up at each request. Nil options are the
// defaults. It touches no global.
func NewTracing(tracer opentracing.Tracer, opts *TracingOptions) *Tracing {
	if tracer == nil || isNilPointer(tracer) {
		return newTracing(nil, opts)
	}
	return newTracing(func() opentracing.Tracer { return tracer }, opts)
}

// NewLazyTracing returns a Tracing that gets its tracer by calling tracer, once, at
// the first request or call that needs it. Where that returns nil or panics, and
// for a nil function, it is opentracing.GlobalTracer(), looked up at each request.
// Nil options are the defaults.
func NewLazyTracing(tracer func() opentracing.Tracer, opts *TracingOptions) *Tracing {
	if tracer == nil {
		return newTracing(nil, opts)
	}
	return newTracing(sync.OnceValue(func() opentracing.Tracer {
		defer reportPanic("the function given to NewLazyTracing")
		return tracer()
	}), opts)
}

func newTracing(tracer func() opentracing.Tracer, opts *TracingOptions) *Tracing {
	t := &Tracing{tracer: tracer}
	if opts != nil {
		t.options = *opts
	}
	t.attributes = t.resolveAttributes(t.options.Attributes)
	return t
}

// Tracer returns the tracer in use: the one given, the one that the function given
// to NewLazyTracing returned, or the global one.
func (t *Tracing) Tracer() opentracing.Tracer {
	if t.tracer != nil {
		if tracer := t.tracer(); tracer != nil && !isNilPointer(tracer) {
			return tracer
		}
	}
	return opentracing.GlobalTracer()
}

// TraceAll returns a handler that traces every request to next.
//
// Each request has one server span: a child of the span in the request's headers;
// else, or where that is of the same trace, of the active span of the request's
// context; else the root of a new trace. Headers that are corrupt start a new
// trace. The span is active in the request's context, and ends when the handler
// returns, panics or ends its goroutine. The response writer keeps the optional
// interfaces of the server's.
//
// Its tags are component, http.method, http.url (without user, password and
// query), http.status_code, span.kind and those of the options; see [Conventions].
// A status of 500 and more sets the tag error. So does a panic, which also sets
// the status 500 unless another was sent, and logs the panic value with its stack
// before the panic goes on. http.ErrAbortHandler is an abort, not an error.
//
// Where traced handlers are nested, by TraceAll or Trace, the request still has
// one span: the outermost handler's. The inner ones add what can't be seen from
// further out: the route behind a middleware that copies the request, and a panic
// that a middleware in between recovers.
//
// A middleware beneath that hands on a copy of the request, as one does by
// http.Request.WithContext, hides from TraceAll the route that a mux beneath it
// sets: the span is then named after the method alone, unless a Trace around the
// mux's handlers tells the route.
//
// Put it outside of what may answer in the handlers' place, such as
// http.TimeoutHandler, a router's timeout, and a framework's error handler: a status
// that is written further out isn't seen here. Where a handler has written nothing and
// the request's context has ended, the span has no status code.
//
// A nil next is reported through otel.Handle; its requests are answered by status
// 500.
func (t *Tracing) TraceAll(next http.Handler) http.Handler {
	return t.handler("TraceAll", next, nil)
}

// Trace returns a handler that traces the requests to next, for those to be traced
// where not all are; the span is as TraceAll's. The attributes become tags, beside
// those of the options; see [TracingOptions]. Where the request has a span already,
// they are set on that one.
func (t *Tracing) Trace(next http.Handler, attributes ...string) http.Handler {
	return t.handler("Trace", next, attributes)
}

func (t *Tracing) handler(method string, next http.Handler, attributes []string) http.Handler {
	if isNilHandler(next) {
		otel.Handle(fmt.Errorf("compat: %s: nil http.Handler: its requests are answered by status 500; pass the handler to trace", method))
		next = http.HandlerFunc(answerNilHandler)
	}
	own := t.resolveAttributes(attributes)
	h := &tracedHandler{tracing: t, next: next, own: own, attributes: t.attributes}
	for _, a := range own {
		if !hasAttribute(h.attributes, a.key) {
			h.attributes = append(h.attributes[:len(h.attributes):len(h.attributes)], a)
		}
	}
	h.mux, _ = next.(*http.ServeMux)
	return h
}

// isNilHandler reports whether calling h can only end in a nil dereference.
func isNilHandler(h http.Handler) bool {
	switch h := h.(type) {
	case nil:
		return true
	case http.HandlerFunc:
		return h == nil
	case *http.ServeMux:
		return h == nil
	}
	return false
}

func answerNilHandler(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// GetSpan returns the span of a request: inside a traced handler the request's
// server span, whatever span is active by then. Where another middleware traces the
// request, it is the active span of the request's context.
//
// It is nil for a request that isn't traced, as in a unit test of the handler or where
// TracingOptions.Skip says so, after the handler has returned, and for a nil request:
//
//	if span := tracing.GetSpan(r); span != nil {
//		span.SetTag("customer", customer)
//	}
func (t *Tracing) GetSpan(r *http.Request) opentracing.Span {
	if r == nil {
		return nil
	}
	ctx := r.Context()
	if req := requestFrom(ctx); req != nil {
		if req.ended.Load() {
			return nil
		}
		return req.span
	}
	return activeSpan(ctx)
}

// Inject writes the active span of ctx, and the baggage of ctx, into the headers of an
// outgoing request, in the format opentracing.HTTPHeaders of the span's tracer. What a
// propagator keeps in ctx is written too. The headers that the propagator names are
// removed first, so that those of an incoming request that is forwarded don't go on.
//
// Without an active span a tracer of this package writes the baggage alone, another
// tracer nothing. For a nil context it does nothing. A nil header is an error.
func (t *Tracing) Inject(ctx context.Context, header http.Header) error {
	if header == nil {
		return errors.New("compat: Inject: nil http.Header: pass the header of the request to send, such as req.Header")
	}
	if ctx == nil {
		return nil
	}
	if err := t.inject(ctx, activeSpan(ctx), header); err != nil {
		return fmt.Errorf("compat: Inject: %w", err)
	}
	return nil
}

// inject injects the span that is active in ctx, nil for none. The span's own tracer
// does it: no other knows its context.
func (t *Tracing) inject(ctx context.Context, active opentracing.Span, header http.Header) error {
	tracer := t.Tracer()
	if active != nil {
		if of := active.Tracer(); of != nil {
			tracer = of
		}
	}
	if own := tracerOf(tracer); own != nil {
		parent := baggageIn(ctx)
		if active != nil {
			parent = own.activeParent(ctx, active)
		}
		return own.injectHTTP(ctx, parent, header)
	}
	if active == nil {
		return nil
	}
	return tracer.Inject(active.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
}
