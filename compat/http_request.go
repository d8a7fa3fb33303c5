// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// tracedHandler is what TraceAll and Trace return.
type tracedHandler struct {
	tracing    *Tracing
	next       http.Handler
	mux        *http.ServeMux     // next, where it is one
	own        []requestAttribute // of Trace
	attributes []requestAttribute // of the options and of Trace
}

// ServeHTTP serves one request with a span around it.
//
//	begin            extract, start the span, activate it, tags, OnStart
//	  next           with the recording writer and the request of that context
//	end              late attributes, route, status, error; finish
func (h *tracedHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if w == nil || r == nil || h.tracing.skips(r) {
		h.next.ServeHTTP(w, r)
		return
	}
	if outer := h.tracing.outer(r); outer != nil {
		outer.serveNested(h, w, r)
		return
	}
	req := h.begin(r)
	if req == nil {
		h.next.ServeHTTP(w, r)
		return
	}
	returned := false
	defer func() {
		req.handBack(r)
		if returned {
			req.end(handlerReturned, nil)
			return
		}
		// The value is needed for the log, so it is recovered and thrown again from
		// here: the panicking frames are still on the stack, for whoever prints it.
		// Without a value, runtime.Goexit is ending the goroutine.
		value := recover()
		req.end(outcomeOf(value), value)
		if value != nil {
			panic(value) //nolint:forbidigo // the handler's own panic goes on
		}
	}()
	h.next.ServeHTTP(req.record(w), req.passed)
	returned = true
}

// request is one traced request. It is also the context that its handler gets, so
// that one allocation holds the context and all that is to be known for the end.
// It isn't used again for another request: the handler may keep its context.
type request struct {
	context.Context // the request's own, with the span active

	tracing *Tracing
	handler *tracedHandler
	tracer  opentracing.Tracer
	span    opentracing.Span
	passed  *http.Request // what the handler gets
	url     recordedURL
	ended   atomic.Bool
	response

	// What the span is started with.
	name      string
	parent    opentracing.SpanContext
	reference [1]opentracing.SpanReference
	options   [1]opentracing.StartSpanOption

	mu     sync.Mutex
	route  string // the pattern that the span has its name from; guarded by mu
	nested bool   // a nested Trace has told the route; guarded by mu
	failed bool   // a panic was logged; guarded by mu
}

type requestKey struct{}

func (req *request) Value(key any) any {
	if _, own := key.(requestKey); own {
		return req
	}
	return req.Context.Value(key)
}

// String makes the context printable without printing what is in it.
func (req *request) String() string { return "compat.request" }

// requestFrom returns the innermost traced request that ctx belongs to, or nil.
func requestFrom(ctx context.Context) *request {
	req, _ := ctx.Value(requestKey{}).(*request)
	return req
}

// outer returns the traced request of which r is another view, deeper inside
// the handlers; nil if there is none. A request of its own that only has the
// context of a traced one, such as one of a batch, isn't.
func (t *Tracing) outer(r *http.Request) *request {
	req := requestFrom(r.Context())
	if req == nil || !req.sameAs(r) {
		return nil
	}
	if req.tracing != t && !sameTracer(req.tracer, t.Tracer()) {
		return nil
	}
	return req
}

// sameAs compares what views of one request share. They have one header, unless
// one is a clone; a request made by hand, which may have been given that header,
// has no RequestURI.
func (req *request) sameAs(r *http.Request) bool {
	p := req.passed
	if r.Header != nil && reflect.ValueOf(r.Header).Pointer() == reflect.ValueOf(p.Header).Pointer() {
		return r.RequestURI != "" || p.RequestURI == ""
	}
	return r == p || r.RequestURI != "" && r.RequestURI == p.RequestURI && r.Method == p.Method &&
		r.Host == p.Host && r.RemoteAddr == p.RemoteAddr
}

func sameTracer(a, b opentracing.Tracer) bool {
	if a == nil || b == nil || !reflect.ValueOf(a).Comparable() || !reflect.ValueOf(b).Comparable() {
		return false
	}
	return a == b
}

// begin starts the span of a request. It returns nil, and the request goes
// untraced, where the tracer panics.
func (h *tracedHandler) begin(r *http.Request) (req *request) {
	started := false
	defer func() {
		if !started {
			req = nil
		}
	}()
	defer reportPanic("the tracer, at the start of a request")

	t := h.tracing
	req = &request{Context: r.Context(), tracing: t, handler: h, tracer: t.Tracer()}
	req.passed = r.WithContext(req)
	if pattern := h.pattern(r); pattern != "" {
		req.passed.Pattern = pattern
		req.route = pattern
	}
	req.url = t.serverURL(r)
	req.name = t.operationName(req.passed)
	req.start()
	req.Context = activateIn(r.Context(), req.span)
	started = true
	t.onStart(req)
	return req
}

// start starts the span, with the parent that the headers and the context give.
func (req *request) start() {
	public := req.tracing.isPublic(req.passed)
	if own := tracerOf(req.tracer); own != nil {
		parent, links := own.requestParent(req.Context, own.extractHTTP(req.passed.Header), public)
		req.span = own.startHTTP(req.Context, req.name, parent, links, serverKind, req.describe)
		return
	}
	if remote := extract(req.tracer, req.passed.Header); !public {
		req.parent = remote
		if active := opentracing.SpanFromContext(req.Context); active != nil {
			local := active.Context()
			if remote == nil || sameTrace(local, remote) {
				req.parent = local
			}
		}
	}
	req.options[0] = (*requestStart)(req)
	req.span = req.tracer.StartSpan(req.name, req.options[:]...)
}

// requestParent returns the parent of an incoming request's span, and its links.
// Sent is what its headers have, nil for nothing.
//
//	public            no parent, with a link to what the headers name; the baggage of ctx
//	an active span    it is the parent, where the headers name its trace or none; the
//	                  baggage of ctx
//	headers           what they name; their baggage and that of ctx, which wins
//	neither           no parent; the baggage of the headers and of ctx, which wins
func (t *Tracer) requestParent(ctx context.Context, sent *spanContext, public bool) (parent *spanContext, links []trace.Link) {
	if public {
		if sent != nil {
			links = appendLink(nil, sent, opentracing.FollowsFromRef)
		}
		return baggageIn(ctx), links
	}
	if active := activeSpan(ctx); active != nil {
		local := active.Context()
		if sent == nil || !sent.otel().IsValid() || sameTrace(local, sent) {
			parent = t.activeParent(ctx, active)
			if sent != nil && parent.extracted == nil {
				kept := *parent
				kept.extracted = sent.extracted
				parent = &kept
			}
			return parent, t.parentLinks(parent)
		}
	}
	switch bag := contextBaggage(ctx); {
	case sent == nil:
		parent = baggageIn(ctx)
	case bag.Len() > 0:
		parent = sent.withBaggage(unionOf(bag, sent.baggage()))
	default:
		parent = sent
	}
	return parent, t.parentLinks(parent)
}

// extract returns the span context in a request's headers, or nil, as extractHTTP does
// for any tracer.
func extract(tracer opentracing.Tracer, header http.Header) opentracing.SpanContext {
	remote, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	if err != nil {
		return nil
	}
	return remote
}

// describe adds the tags that are known at the start.
func (req *request) describe(tags *startTags) {
	t := req.tracing
	t.options.Conventions.serverTags(tags, req.passed, &req.url)
	for i := range req.handler.attributes {
		if a := &req.handler.attributes[i]; !a.late {
			a.tag(tags, t, req.passed)
		}
	}
}

// sameTrace reports whether both are known to belong to one trace: then the local
// one is nearer, as where another middleware has continued the trace already. A
// local span of another trace, such as one that was active when the server was
// started, must not tear a request out of its caller's trace.
func sameTrace(local, remote opentracing.SpanContext) bool {
	a, ok := OTelSpanContext(local)
	if !ok {
		return false
	}
	b, ok := OTelSpanContext(remote)
	return ok && a.TraceID() == b.TraceID()
}

// requestStart is a request as an option of its own span's start.
type requestStart request

// Apply sets the reference and the tags.
func (s *requestStart) Apply(o *opentracing.StartSpanOptions) {
	if s.parent != nil {
		s.reference[0] = opentracing.SpanReference{Type: opentracing.ChildOfRef, ReferencedContext: s.parent}
		if o.References == nil {
			o.References = s.reference[:]
		} else {
			o.References = append(o.References, s.reference[0])
		}
	}
	if o.Tags == nil {
		o.Tags = make(map[string]any, 8)
	}
	(*request)(s).describe(&startTags{tags: o.Tags})
}

// serveNested serves a handler inside another traced one: the span that exists
// gets the attributes, and the route if the outer handler didn't see it. Where that
// span has ended, as when an http.TimeoutHandler between the two has answered
// already, nothing is added to it.
func (req *request) serveNested(h *tracedHandler, w http.ResponseWriter, r *http.Request) {
	attributes := h.own
	if h.tracing != req.tracing {
		attributes = h.attributes
	}
	before := r.Pattern
	if before != "" {
		req.routed(r, true)
	}
	late := req.setAttributes(attributes, r)
	returned := false
	defer func() {
		// Where a handler between the two has copied the request, only here is seen
		// what the handlers inside have set in it.
		req.routedInside(r, before)
		req.setLateAttributes(req.handler.attributes, r)
		if late {
			req.setLateAttributes(attributes, r)
		}
		if returned {
			return
		}
		// As in ServeHTTP. A handler between this one and the outer one may keep the
		// panic from getting there.
		value := recover()
		if outcomeOf(value) == handlerPanicked {
			req.fail(value)
		}
		if value != nil {
			panic(value) //nolint:forbidigo // the handler's own panic goes on
		}
	}()
	h.next.ServeHTTP(w, r)
	returned = true
}

// setAttributes sets those that are known before the handler runs, and reports
// whether there are others.
func (req *request) setAttributes(attributes []requestAttribute, r *http.Request) (late bool) {
	defer reportPanic("the tracer, at the attributes of a request")
	for i := range attributes {
		if attributes[i].late {
			late = true
			continue
		}
		attributes[i].set(req, r)
	}
	return late
}

// setLateAttributes sets those that are known only when the handler is done.
func (req *request) setLateAttributes(attributes []requestAttribute, r *http.Request) {
	defer reportPanic("the tracer, at the attributes of a request")
	for i := range attributes {
		if attributes[i].late {
			attributes[i].set(req, r)
		}
	}
}

// handBack gives the server, and handlers further out, what a handler has set in
// the copy of the request that it got. The server deletes the temporary files of
// its MultipartForm.
func (req *request) handBack(r *http.Request) {
	p := req.passed
	if r.MultipartForm == nil && p.MultipartForm != nil {
		r.MultipartForm = p.MultipartForm
	}
	if r.Form == nil && p.Form != nil {
		r.Form = p.Form
	}
	if r.PostForm == nil && p.PostForm != nil {
		r.PostForm = p.PostForm
	}
	if r.Pattern != p.Pattern {
		r.Pattern = p.Pattern
	}
}

// end finishes the span. From here on GetSpan is nil.
func (req *request) end(how outcome, panicked any) {
	defer reportPanic("the tracer, at the end of a request")
	if how == handlerPanicked {
		req.fail(panicked)
	}
	req.setLateAttributes(req.handler.attributes, req.passed)
	req.routed(req.passed, false)
	req.tracing.options.Conventions.endServer(req, how, panicked)
	req.ended.Store(true)
	req.span.Finish()
}
