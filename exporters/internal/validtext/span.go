// SPDX-License-Identifier: Apache-2.0

// Package validtext makes the texts of spans UTF-8. One that isn't costs a whole batch:
// Protobuf refuses it.
package validtext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Spans returns the spans with valid texts: what isn't UTF-8 in names, in keys and
// values of attributes, events and links, in the status, the scope and the resource
// becomes U+FFFD. Spans whose texts are valid are the same, and so is the slice if all
// are.
func Spans(spans []sdktrace.ReadOnlySpan) []sdktrace.ReadOnlySpan {
	var resources resources
	owned := false
	for i, span := range spans {
		if span == nil {
			continue
		}
		mended := resources.span(span)
		if mended == nil {
			continue
		}
		if !owned { // the slice belongs to the caller
			spans, owned = slices.Clone(spans), true
		}
		spans[i] = mended
	}
	return spans
}

// resources remembers the last resource, which all spans of a provider share.
type resources struct {
	given, valid *resource.Resource
}

// mendedSpan is a span some of whose texts were replaced. It embeds the span because
// the SDK's interface has a private method.
type mendedSpan struct {
	sdktrace.ReadOnlySpan
	name       string
	attributes []attribute.KeyValue
	events     []sdktrace.Event
	links      []sdktrace.Link
	status     sdktrace.Status
	scope      instrumentation.Scope
	resource   *resource.Resource
}

func (s *mendedSpan) Name() string                                { return s.name }
func (s *mendedSpan) Attributes() []attribute.KeyValue            { return s.attributes }
func (s *mendedSpan) Events() []sdktrace.Event                    { return s.events }
func (s *mendedSpan) Links() []sdktrace.Link                      { return s.links }
func (s *mendedSpan) Status() sdktrace.Status                     { return s.status }
func (s *mendedSpan) InstrumentationScope() instrumentation.Scope { return s.scope }

// InstrumentationLibrary is the old name of InstrumentationScope.
func (s *mendedSpan) InstrumentationLibrary() instrumentation.Scope { return s.scope }

func (s *mendedSpan) Resource() *resource.Resource { return s.resource }

// span returns the span with valid texts, nil if they are.
func (r *resources) span(span sdktrace.ReadOnlySpan) sdktrace.ReadOnlySpan {
	name, changed := validText(span.Name())
	status := span.Status()
	description, other := validText(status.Description)
	status.Description = description
	changed = changed || other
	attributes, other := validAttributes(span.Attributes())
	changed = changed || other
	events, other := validEvents(span.Events())
	changed = changed || other
	links, other := validLinks(span.Links())
	changed = changed || other
	scope, other := validScope(span.InstrumentationScope())
	changed = changed || other
	if given := span.Resource(); given != r.given {
		r.given, r.valid = given, validResource(given)
	}
	if !changed && r.valid == r.given {
		return nil
	}
	return &mendedSpan{span, name, attributes, events, links, status, scope, r.valid}
}

// validText returns s as UTF-8, and whether it wasn't.
func validText(s string) (string, bool) {
	if utf8.ValidString(s) {
		return s, false
	}
	return strings.ToValidUTF8(s, "\ufffd"), true
}

func validEvents(events []sdktrace.Event) ([]sdktrace.Event, bool) {
	changed := false
	for i := range events {
		name, other := validText(events[i].Name)
		attributes, another := validAttributes(events[i].Attributes)
		if !other && !another {
			continue
		}
		if !changed {
			events, changed = slices.Clone(events), true
		}
		events[i].Name, events[i].Attributes = name, attributes
	}
	return events, changed
}

func validLinks(links []sdktrace.Link) ([]sdktrace.Link, bool) {
	changed := false
	for i := range links {
		attributes, other := validAttributes(links[i].Attributes)
		if !other {
			continue
		}
		if !changed {
			links, changed = slices.Clone(links), true
		}
		links[i].Attributes = attributes
	}
	return links, changed
}

func validAttributes(attributes []attribute.KeyValue) ([]attribute.KeyValue, bool) {
	changed := false
	for i := range attributes {
		key, other := validText(string(attributes[i].Key))
		value, another := validValue(attributes[i].Value)
		if !other && !another {
			continue
		}
		if !changed {
			attributes, changed = slices.Clone(attributes), true
		}
		attributes[i] = attribute.KeyValue{Key: attribute.Key(key), Value: value}
	}
	return attributes, changed
}

func validValue(v attribute.Value) (attribute.Value, bool) {
	switch v.Type() {
	case attribute.STRING:
		if text, changed := validText(v.AsString()); changed {
			return attribute.StringValue(text), true
		}
	case attribute.STRINGSLICE:
		texts, changed := v.AsStringSlice(), false // a copy
		for i := range texts {
			var other bool
			texts[i], other = validText(texts[i])
			changed = changed || other
		}
		if changed {
			return attribute.StringSliceValue(texts), true
		}
	case attribute.SLICE:
		values, changed := v.AsSlice(), false
		for i := range values {
			var other bool
			values[i], other = validValue(values[i])
			changed = changed || other
		}
		if changed {
			return attribute.SliceValue(values...), true
		}
	case attribute.MAP:
		if members, changed := validAttributes(v.AsMap()); changed {
			return attribute.MapValue(members...), true
		}
	}
	return v, false
}

func validScope(scope instrumentation.Scope) (instrumentation.Scope, bool) {
	var changed, other bool
	scope.Name, changed = validText(scope.Name)
	scope.Version, other = validText(scope.Version)
	changed = changed || other
	scope.SchemaURL, other = validText(scope.SchemaURL)
	changed = changed || other
	if scope.Attributes.Len() > 0 {
		if attributes, other := validAttributes(scope.Attributes.ToSlice()); other {
			scope.Attributes, changed = attribute.NewSet(attributes...), true
		}
	}
	return scope, changed
}

// validResource returns the resource with valid texts; the same one if they are.
func validResource(r *resource.Resource) *resource.Resource {
	attributes, changed := validAttributes(r.Attributes())
	schema, other := validText(r.SchemaURL())
	if !changed && !other {
		return r
	}
	return resource.NewWithAttributes(schema, attributes...)
}
