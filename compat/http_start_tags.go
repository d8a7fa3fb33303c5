// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// startTags are the tags that a span is started with: in the map that
// OpenTracing's options have, or, where it is nil, as OpenTelemetry's attributes,
// which costs this package's tracer no map and no conversion.
type startTags struct {
	tags       opentracing.Tags
	attributes []attribute.KeyValue
}

// text adds a text, clipped; an empty one is absent.
func (s *startTags) text(key, value string) {
	switch {
	case value == "":
	case s.tags != nil:
		s.tags[key] = clip(value)
	default:
		s.attributes = append(s.attributes, attribute.String(validUTF8(key), clip(value)))
	}
}

// number adds a number; zero is absent.
func (s *startTags) number(key string, value int) {
	switch {
	case value == 0:
	case s.tags != nil:
		s.tags[key] = value
	default:
		s.attributes = append(s.attributes, attribute.Int(key, value))
	}
}

// method adds a method; the usual ones without an allocation.
func (s *startTags) method(key, method string) {
	if s.tags == nil {
		s.text(key, method)
		return
	}
	switch method {
	case http.MethodGet:
		s.tags[key] = http.MethodGet
	case http.MethodHead:
		s.tags[key] = http.MethodHead
	case http.MethodPost:
		s.tags[key] = http.MethodPost
	case http.MethodPut:
		s.tags[key] = http.MethodPut
	case http.MethodPatch:
		s.tags[key] = http.MethodPatch
	case http.MethodDelete:
		s.tags[key] = http.MethodDelete
	case http.MethodOptions:
		s.tags[key] = http.MethodOptions
	default:
		s.text(key, method)
	}
}

// component adds the tag of OpenTracing that names the instrumentation.
func (s *startTags) component() {
	if s.tags != nil {
		s.tags[string(ext.Component)] = componentName
		return
	}
	s.text(string(ext.Component), componentName)
}

// kind adds span.kind; as attributes the kind is an option of its own.
func (s *startTags) kind(kind ext.SpanKindEnum) {
	if s.tags == nil {
		return
	}
	if kind == ext.SpanKindRPCClientEnum {
		s.tags[spanKindKey] = ext.SpanKindRPCClient.Value
		return
	}
	s.tags[spanKindKey] = ext.SpanKindRPCServer.Value
}

// startTagsPool has those that collect attributes. The API copies what it is given.
var startTagsPool = sync.Pool{New: func() any { return &startTags{attributes: make([]attribute.KeyValue, 0, 24)} }}

// clientKind and serverKind are options, made once.
var (
	clientKind = trace.WithSpanKind(trace.SpanKindClient)
	serverKind = trace.WithSpanKind(trace.SpanKindServer)
)

// startHTTP starts the span of a request as a child of parent, with the tags that
// describe adds. Values of ctx reach samplers and span processors.
func (t *Tracer) startHTTP(ctx context.Context, operationName string, parent *spanContext, links []trace.Link, kind trace.SpanStartOption, describe func(*startTags)) opentracing.Span {
	tags := startTagsPool.Get().(*startTags)
	describe(tags)
	if !slices.IsSortedFunc(tags.attributes, byKey) {
		slices.SortFunc(tags.attributes, byKey)
	}
	start := startOptions(nil)
	start.opts = append(start.opts, trace.WithAttributes(tags.attributes...), kind)
	started := t.start(ctx, operationName, parent, links, start).decorated()
	t.release(start)
	if t.startsKept {
		return started
	}
	clear(tags.attributes)
	tags.attributes = tags.attributes[:0]
	startTagsPool.Put(tags)
	return started
}

func byKey(a, b attribute.KeyValue) int { return strings.Compare(string(a.Key), string(b.Key)) }

// activateIn is opentracing.ContextWithSpan; for a span of this package without
// its second context, which nobody needs.
func activateIn(ctx context.Context, started opentracing.Span) context.Context {
	if s, ok := started.(*span); ok && contextKeys.learnt {
		return s.tracer.ContextWithSpanHook(ctx, s)
	}
	return opentracing.ContextWithSpan(ctx, started)
}
