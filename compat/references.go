// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// refTypeKey and its values are the OpenTelemetry semantic conventions for links
// that were OpenTracing references.
const refTypeKey = attribute.Key("opentracing.ref_type")

var (
	childOfRefType     = refTypeKey.String("child_of")
	followsFromRefType = refTypeKey.String("follows_from")
)

// noParent is the parent of a root span: no span, no baggage.
var noParent = &spanContext{}

// resolve returns the parent of a span with these references, with the baggage
// of all of them, and the links that they become.
//
// The first ChildOf is the parent, else the first reference, of those that name a
// trace. Baggage is the union
// over all references; on a repeated key the first reference wins. By default
// every reference but a ChildOf that is the parent becomes a link
// (OpenTelemetry specification, compatibility/opentracing.md, "Start a new
// span").
func (t *Tracer) resolve(references []opentracing.SpanReference) (*spanContext, []trace.Link) {
	if len(references) == 1 {
		// By far the most common case, without a copy.
		return t.resolveOne(references[0])
	}
	var resolved []resolvedReference
	for _, reference := range references {
		sc := t.referenced(reference.ReferencedContext)
		if sc == nil {
			continue
		}
		resolved = append(resolved, resolvedReference{sc, reference.Type})
	}
	if len(resolved) == 0 {
		return noParent, nil
	}
	parent := parentIn(resolved)
	bag := resolved[0].context.baggage()
	for _, r := range resolved[1:] {
		bag = unionOf(bag, r.context.baggage())
	}
	var links []trace.Link
	for i, r := range resolved {
		if i == parent && !t.linksParent(r.kind) {
			continue
		}
		links = appendLink(links, r.context, r.kind)
	}
	sc := resolved[parent].context
	if len(resolved) > 1 && bag.Len() > 0 {
		sc = sc.withBaggage(bag)
	}
	return sc, links
}

type resolvedReference struct {
	context *spanContext
	kind    opentracing.SpanReferenceType
}

// parentIn returns the position of the parent. A context that names no trace, as
// those of other tracers and of no-op spans, would cut the trace of the others:
// Jaeger's client skips it too.
func parentIn(references []resolvedReference) int {
	first := -1
	for i, r := range references {
		switch {
		case !r.context.otel().IsValid():
		case r.kind == opentracing.ChildOfRef:
			return i
		case first < 0:
			first = i
		}
	}
	return max(first, 0)
}

func (t *Tracer) resolveOne(reference opentracing.SpanReference) (*spanContext, []trace.Link) {
	sc := t.referenced(reference.ReferencedContext)
	if sc == nil {
		return noParent, nil
	}
	if !t.linksParent(reference.Type) {
		return sc, nil
	}
	return sc, appendLink(nil, sc, reference.Type)
}

// linksParent reports whether a parent by that reference becomes a link too.
func (t *Tracer) linksParent(kind opentracing.SpanReferenceType) bool {
	return t.options.LinkAllReferences || kind != opentracing.ChildOfRef
}

// parentLinks returns the links that a ChildOf parent becomes.
func (t *Tracer) parentLinks(parent *spanContext) []trace.Link {
	if !t.options.LinkAllReferences {
		return nil
	}
	return appendLink(nil, parent, opentracing.ChildOfRef)
}

func appendLink(links []trace.Link, sc *spanContext, kind opentracing.SpanReferenceType) []trace.Link {
	linked := sc.otel()
	if !linked.IsValid() {
		return links
	}
	refType := childOfRefType
	if kind != opentracing.ChildOfRef {
		refType = followsFromRefType
	}
	// A slice for each: span processors get it as it is, and may change it.
	return append(links, trace.Link{SpanContext: linked, Attributes: []attribute.KeyValue{refType}})
}
