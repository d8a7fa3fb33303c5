// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The format of OTLP: a batch a line. The collector's file exporter writes enumerations as
// numbers and IDs as hex, as OTLP/JSON has them; protojson writes their names, and base64.
type (
	otlpResourceSpans struct {
		Resource   struct{ Attributes []otlpAttribute }
		ScopeSpans []otlpScopeSpans
		// What scopeSpans was before OTLP 0.19.
		InstrumentationLibrarySpans json.RawMessage
	}
	otlpScopeSpans struct {
		Scope struct {
			Name, Version string
			Attributes    []otlpAttribute
		}
		SchemaURL string
		Spans     []otlpSpan
	}
	otlpSpan struct {
		TraceID, SpanID, ParentSpanID string
		Name                          string
		Kind                          enum
		Attributes                    []otlpAttribute
		DroppedAttributesCount        int
		Events                        []otlpEvent
		DroppedEventsCount            int
		Links                         []otlpLink
		DroppedLinksCount             int
		Status                        struct {
			Message string
			Code    enum
		}
	}
	otlpEvent struct {
		Name                   string
		Attributes             []otlpAttribute
		DroppedAttributesCount int
	}
	otlpLink struct {
		TraceID, SpanID        string
		Attributes             []otlpAttribute
		DroppedAttributesCount int
	}
	otlpAttribute struct {
		Key   string
		Value otlpValue
	}
	otlpValue struct {
		StringValue *string
		BoolValue   *bool
		IntValue    json.RawMessage // a text or a number
		DoubleValue json.RawMessage // as jsonFloat has it
		ArrayValue  *struct{ Values []otlpValue }
		KvlistValue *struct{ Values []otlpAttribute }
		BytesValue  *string
	}
)

func otlpStatusCode(e enum) (string, error) {
	switch e {
	case "", "null", "0", "STATUS_CODE_UNSET":
		return "unset", nil
	case "1", "STATUS_CODE_OK":
		return "ok", nil
	case "2", "STATUS_CODE_ERROR":
		return "error", nil
	}
	return "", fmt.Errorf("%q is not the status of a span", string(e))
}

// addBatches adds the spans of a line.
func (r *reader) addBatches(batches []otlpResourceSpans) error {
	for _, batch := range batches {
		if batch.InstrumentationLibrarySpans != nil {
			return errors.New("the spans are in instrumentationLibrarySpans, of an OTLP before 0.19: record them with a collector since 2022")
		}
		attributes, err := otlpAttributes(batch.Resource.Attributes)
		if err != nil {
			return err
		}
		res := &Resource{attributes}
		for _, of := range batch.ScopeSpans {
			attributes, err := otlpAttributes(of.Scope.Attributes)
			if err != nil {
				return err
			}
			scope := &Scope{of.Scope.Name, of.Scope.Version, of.SchemaURL, attributes}
			for i := range of.Spans {
				if err := r.addOTLP(&of.Spans[i], res, scope); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *reader) addOTLP(s *otlpSpan, res *Resource, scope *Scope) error {
	span := &Span{Name: s.Name, Description: s.Status.Message, Line: r.begin, Resource: res, Scope: scope,
		Dropped: Dropped{s.DroppedAttributesCount, s.DroppedEventsCount, s.DroppedLinksCount}}
	var err error
	if span.key, err = otlpKey(s.TraceID, s.SpanID); err != nil {
		return err
	}
	span.parent.trace = span.key.trace
	if err = decodeID(span.parent.span[:], s.ParentSpanID); err != nil {
		return err
	}
	if span.Kind, err = spanKind(s.Kind); err != nil {
		return err
	}
	if span.Status, err = otlpStatusCode(s.Status.Code); err != nil {
		return err
	}
	if span.Attributes, err = otlpAttributes(s.Attributes); err != nil {
		return err
	}
	for _, e := range s.Events {
		attributes, err := otlpAttributes(e.Attributes)
		if err != nil {
			return err
		}
		span.Events = append(span.Events, Event{e.Name, attributes, e.DroppedAttributesCount})
	}
	for _, l := range s.Links {
		link := Link{Dropped: l.DroppedAttributesCount}
		if link.key, err = otlpKey(l.TraceID, l.SpanID); err != nil {
			return err
		}
		if link.Attributes, err = otlpAttributes(l.Attributes); err != nil {
			return err
		}
		span.Links = append(span.Links, link)
	}
	return r.add(span)
}

func otlpKey(trace, span string) (key spanKey, err error) {
	if err = decodeID(key.trace[:], trace); err == nil {
		err = decodeID(key.span[:], span)
	}
	return key, err
}

func otlpAttributes(list []otlpAttribute) ([]Attribute, error) {
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

func (v *otlpValue) value() (Value, error) {
	switch {
	case v.StringValue != nil:
		return stringValue(*v.StringValue), nil
	case v.BoolValue != nil:
		return boolValue(*v.BoolValue), nil
	case v.IntValue != nil:
		i, err := strconv.ParseInt(strings.Trim(string(v.IntValue), `"`), 10, 64)
		return intValue(i), err
	case v.DoubleValue != nil:
		f, err := jsonFloat(v.DoubleValue)
		return floatValue(f), err
	case v.BytesValue != nil:
		return bytesValue(*v.BytesValue), nil
	case v.ArrayValue != nil:
		elements := make([]Value, len(v.ArrayValue.Values))
		for i := range elements {
			var err error
			if elements[i], err = v.ArrayValue.Values[i].value(); err != nil {
				return Value{}, err
			}
		}
		return arrayValue(elements), nil
	case v.KvlistValue != nil:
		members, err := otlpAttributes(v.KvlistValue.Values)
		return mapValue(members), err
	}
	return emptyValue(), nil
}
