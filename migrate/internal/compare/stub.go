// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// The format of stdouttrace: a span a line, with the names of tracetest.SpanStub.
type (
	stub struct {
		Name                 string
		SpanContext          *stubContext
		Parent               stubContext
		SpanKind             enum
		Attributes           []stubAttribute
		Events               []stubEvent
		Links                []stubLink
		Status               stubStatus
		DroppedAttributes    int
		DroppedEvents        int
		DroppedLinks         int
		Resource             json.RawMessage // one of few, so it is decoded once
		InstrumentationScope json.RawMessage
	}
	stubContext   struct{ TraceID, SpanID string }
	stubAttribute struct {
		Key   string
		Value stubValue
	}
	stubValue struct {
		Type  string
		Value json.RawMessage
	}
	stubEvent struct {
		Name                  string
		Attributes            []stubAttribute
		DroppedAttributeCount int
	}
	stubLink struct {
		SpanContext           stubContext
		Attributes            []stubAttribute
		DroppedAttributeCount int
	}
	stubStatus struct {
		Code        enum
		Description string
	}
	stubScope struct {
		Name, Version, SchemaURL string
		Attributes               []stubAttribute
	}
)

// enum is the name or the number of one of a few things.
type enum string

func (e *enum) UnmarshalJSON(data []byte) error {
	*e = enum(bytes.Trim(data, `"`))
	return nil
}

// spanKinds are the names of the kinds, which have the same numbers in the SDK and in
// OTLP. A kind that was not set counts as internal, as the specification has it.
func spanKind(e enum) (string, error) {
	switch e {
	case "", "null", "0", "1", "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL":
		return "internal", nil
	case "2", "SPAN_KIND_SERVER":
		return "server", nil
	case "3", "SPAN_KIND_CLIENT":
		return "client", nil
	case "4", "SPAN_KIND_PRODUCER":
		return "producer", nil
	case "5", "SPAN_KIND_CONSUMER":
		return "consumer", nil
	}
	return "", fmt.Errorf("%q is not the kind of a span", string(e))
}

// stubStatusCode knows the names of the SDK's codes, and their numbers, which are not those of
// OTLP.
func stubStatusCode(e enum) (string, error) {
	switch e {
	case "", "null", "0", "Unset":
		return "unset", nil
	case "1", "Error":
		return "error", nil
	case "2", "Ok":
		return "ok", nil
	}
	return "", fmt.Errorf("%q is not the status of a span", string(e))
}

func (c stubContext) key() (key spanKey, err error) {
	if err = decodeID(key.trace[:], c.TraceID); err == nil {
		err = decodeID(key.span[:], c.SpanID)
	}
	return key, err
}

// addStub adds the span of a line. tail is its end, if that was decoded before.
func (r *reader) addStub(s *stub, tail *stubTail) error {
	span := &Span{Name: s.Name, Description: s.Status.Description, Line: r.begin,
		Dropped: Dropped{s.DroppedAttributes, s.DroppedEvents, s.DroppedLinks}}
	var err error
	if span.key, err = s.SpanContext.key(); err != nil {
		return err
	}
	if span.parent, err = s.Parent.key(); err != nil {
		return err
	}
	if span.parent.trace == (traceID{}) {
		span.parent.trace = span.key.trace
	}
	if span.Kind, err = spanKind(s.SpanKind); err != nil {
		return err
	}
	if span.Status, err = stubStatusCode(s.Status.Code); err != nil {
		return err
	}
	if span.Attributes, err = stubAttributes(s.Attributes); err != nil {
		return err
	}
	for _, e := range s.Events {
		attributes, err := stubAttributes(e.Attributes)
		if err != nil {
			return err
		}
		span.Events = append(span.Events, Event{e.Name, attributes, e.DroppedAttributeCount})
	}
	for _, l := range s.Links {
		link := Link{Dropped: l.DroppedAttributeCount}
		if link.key, err = l.SpanContext.key(); err != nil {
			return err
		}
		if link.Attributes, err = stubAttributes(l.Attributes); err != nil {
			return err
		}
		span.Links = append(span.Links, link)
	}
	if tail != nil {
		span.Resource, span.Scope = tail.resource, tail.scope
		return r.add(span)
	}
	if span.Resource, err = r.stubResource(s.Resource); err != nil {
		return err
	}
	if span.Scope, err = r.stubScope(s.InstrumentationScope); err != nil {
		return err
	}
	return r.add(span)
}

func (r *reader) stubResource(raw json.RawMessage) (*Resource, error) {
	if known := r.resources[string(raw)]; known != nil {
		return known, nil
	}
	var list []stubAttribute
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	attributes, err := stubAttributes(list)
	if err != nil {
		return nil, err
	}
	res := &Resource{attributes}
	r.resources[string(raw)] = res
	return res, nil
}

func (r *reader) stubScope(raw json.RawMessage) (*Scope, error) {
	if known := r.scopes[string(raw)]; known != nil {
		return known, nil
	}
	var s stubScope
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
	}
	attributes, err := stubAttributes(s.Attributes)
	if err != nil {
		return nil, err
	}
	scope := &Scope{s.Name, s.Version, s.SchemaURL, attributes}
	r.scopes[string(raw)] = scope
	return scope, nil
}

func stubAttributes(list []stubAttribute) ([]Attribute, error) {
	if len(list) == 0 {
		return nil, nil
	}
	attributes := make([]Attribute, len(list))
	for i, a := range list {
		v, err := a.Value.value()
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", a.Key, err)
		}
		attributes[i] = Attribute{a.Key, v}
	}
	return sorted(attributes), nil
}

func (v stubValue) value() (Value, error) {
	if plain, ok := v.plain(); ok {
		return plain, nil
	}
	switch v.Type {
	case "STRING":
		return decoded(v.Value, stringValue)
	case "BOOL":
		return decoded(v.Value, boolValue)
	case "INT64":
		return decoded(v.Value, intValue)
	case "FLOAT64":
		return decoded(v.Value, numberValue)
	case "BYTESLICE":
		return decoded(v.Value, bytesValue)
	case "STRINGSLICE":
		return decoded(v.Value, arrayOf(stringValue))
	case "BOOLSLICE":
		return decoded(v.Value, arrayOf(boolValue))
	case "INT64SLICE":
		return decoded(v.Value, arrayOf(intValue))
	case "FLOAT64SLICE":
		return decoded(v.Value, arrayOf(numberValue))
	case "SLICE":
		var list []stubValue
		if err := json.Unmarshal(v.Value, &list); err != nil {
			return Value{}, err
		}
		elements := make([]Value, len(list))
		for i, e := range list {
			var err error
			if elements[i], err = e.value(); err != nil {
				return Value{}, err
			}
		}
		return arrayValue(elements), nil
	case "MAP":
		var list []stubAttribute
		if err := json.Unmarshal(v.Value, &list); err != nil {
			return Value{}, err
		}
		members, err := stubAttributes(list)
		return mapValue(members), err
	case "EMPTY", "INVALID", "":
		return emptyValue(), nil
	}
	return Value{}, fmt.Errorf("%s is not a type of attributes", strconv.Quote(v.Type))
}

// plain returns the value of a text without escapes, of an integer or of a bool: nearly all
// are such, and JSON has them as they are.
func (v stubValue) plain() (Value, bool) {
	switch v.Type {
	case "STRING":
		last := len(v.Value) - 1
		if last < 1 || v.Value[0] != '"' || bytes.IndexByte(v.Value, '\\') >= 0 || !utf8.Valid(v.Value) {
			return Value{}, false
		}
		return stringValue(string(v.Value[1:last])), true
	case "INT64":
		i, err := strconv.ParseInt(string(v.Value), 10, 64)
		return intValue(i), err == nil
	case "BOOL":
		b := string(v.Value) == "true"
		return boolValue(b), b || string(v.Value) == "false"
	}
	return Value{}, false
}

// A number is a float, or the text of one that JSON does not have.
type number float64

func (n *number) UnmarshalJSON(data []byte) error {
	f, err := jsonFloat(data)
	*n = number(f)
	return err
}

func numberValue(n number) Value { return floatValue(float64(n)) }

// decoded makes a value of the Go value that raw holds.
func decoded[T any](raw json.RawMessage, value func(T) Value) (Value, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return Value{}, err
	}
	return value(v), nil
}

func arrayOf[T any](value func(T) Value) func([]T) Value {
	return func(list []T) Value {
		elements := make([]Value, len(list))
		for i, e := range list {
			elements[i] = value(e)
		}
		return arrayValue(elements)
	}
}
