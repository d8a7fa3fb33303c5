// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// record is a span as it is compared: what was recorded, and what a backend has of it.
type record struct {
	Trace, Span, Parent, Name, Kind, Status string
	Start, End                              string   // nanoseconds
	Attributes, Events, Links               []string // events in the order of time: Jaeger has another one
}

// recordedSpans returns what the services recorded, by span ID.
func recordedSpans(stubs tracetest.SpanStubs) map[string]record {
	all := make(map[string]record)
	for _, s := range stubs {
		r := record{
			Trace: s.SpanContext.TraceID().String(), Span: s.SpanContext.SpanID().String(), Name: s.Name, Kind: s.SpanKind.String(),
			Start: fmt.Sprint(s.StartTime.UnixNano()), End: fmt.Sprint(s.EndTime.UnixNano()), Attributes: attributeTexts(s.Attributes),
		}
		if s.Parent.SpanID().IsValid() {
			r.Parent = s.Parent.SpanID().String()
		}
		if s.Status.Code != codes.Unset {
			r.Status = strings.ToLower(s.Status.Code.String()) + " " + s.Status.Description
		}
		for _, event := range s.Events {
			r.Events = append(r.Events, fmt.Sprint(event.Time.UnixNano(), " ", event.Name, " ", attributeTexts(event.Attributes)))
		}
		for _, link := range s.Links {
			r.Links = append(r.Links, fmt.Sprint(link.SpanContext.TraceID(), " ", link.SpanContext.SpanID(), " ", attributeTexts(link.Attributes)))
		}
		slices.Sort(r.Events)
		all[r.Span] = r
	}
	return all
}

// attributeTexts returns key, type and value of each, sorted.
func attributeTexts(attributes []attribute.KeyValue) (texts []string) {
	for _, kv := range attributes {
		switch value := kv.Value.AsInterface().(type) {
		case string, bool, int64, float64:
			texts = append(texts, fmt.Sprintf("%s=%T %v", kv.Key, value, value))
		case []string:
			texts = append(texts, fmt.Sprintf("%s=list %q", kv.Key, value))
		default:
			texts = append(texts, fmt.Sprintf("%s=list %v", kv.Key, value))
		}
	}
	slices.Sort(texts)
	return texts
}

// The JSON of OTLP, as far as it is compared (OpenTelemetry protocol, "JSON Protobuf
// Encoding"): IDs are hexadecimal, 64-bit integers are texts.
type (
	otlpTraces struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []otlpSpan }
		}
	}
	otlpSpan struct {
		TraceID, SpanID, ParentSpanID, Name string
		Kind                                int
		StartTimeUnixNano, EndTimeUnixNano  string
		Attributes                          []otlpAttribute
		Events                              []struct {
			TimeUnixNano, Name string
			Attributes         []otlpAttribute
		}
		Links []struct {
			TraceID, SpanID string
			Attributes      []otlpAttribute
		}
		Status struct {
			Code    int
			Message string
		}
	}
	otlpAttribute struct {
		Key   string
		Value otlpValue
	}
	otlpValue struct {
		StringValue *string
		BoolValue   *bool
		IntValue    *json.Number
		DoubleValue *float64
		ArrayValue  *struct{ Values []otlpValue }
	}
)

// readSpans returns the spans of OTLP's JSON, by span ID.
func readSpans(data []byte) (map[string]record, error) {
	var traces otlpTraces
	if err := json.Unmarshal(data, &traces); err != nil {
		return nil, err
	}
	all := make(map[string]record)
	for _, resource := range traces.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, s := range scope.Spans {
				r := record{
					Trace: s.TraceID, Span: s.SpanID, Parent: s.ParentSpanID, Name: s.Name, Kind: trace.SpanKind(s.Kind).String(),
					Start: s.StartTimeUnixNano, End: s.EndTimeUnixNano, Attributes: otlpTexts(s.Attributes),
				}
				if s.Status.Code != 0 {
					r.Status = map[int]string{1: "ok", 2: "error"}[s.Status.Code] + " " + s.Status.Message
				}
				for _, event := range s.Events {
					r.Events = append(r.Events, fmt.Sprint(event.TimeUnixNano, " ", event.Name, " ", otlpTexts(event.Attributes)))
				}
				for _, link := range s.Links {
					r.Links = append(r.Links, fmt.Sprint(link.TraceID, " ", link.SpanID, " ", otlpTexts(link.Attributes)))
				}
				slices.Sort(r.Events)
				all[r.Span] = r
			}
		}
	}
	return all, nil
}

func otlpTexts(attributes []otlpAttribute) (texts []string) {
	for _, kv := range attributes {
		texts = append(texts, kv.Key+"="+kv.Value.text())
	}
	slices.Sort(texts)
	return texts
}

func (v otlpValue) text() string {
	switch {
	case v.StringValue != nil:
		return "string " + *v.StringValue
	case v.BoolValue != nil:
		return fmt.Sprint("bool ", *v.BoolValue)
	case v.IntValue != nil:
		return "int64 " + v.IntValue.String()
	case v.DoubleValue != nil:
		return fmt.Sprint("float64 ", *v.DoubleValue)
	case v.ArrayValue != nil:
		var items []string
		for _, item := range v.ArrayValue.Values {
			_, text, _ := strings.Cut(item.text(), " ")
			if item.StringValue != nil {
				text = fmt.Sprintf("%q", text)
			}
			items = append(items, text)
		}
		return fmt.Sprint("list ", items)
	}
	return "nothing"
}

// otlpJSON returns a request in OTLP's JSON, which differs from that of Protocol Buffers in
// the IDs.
func otlpJSON(request *collector.ExportTraceServiceRequest) ([]byte, error) {
	data, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(request)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	ids := make(map[string]string)
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				for _, id := range [][]byte{s.GetTraceId(), s.GetSpanId(), s.GetParentSpanId()} {
					addID(ids, id)
				}
				for _, link := range s.GetLinks() {
					addID(ids, link.GetTraceId())
					addID(ids, link.GetSpanId())
				}
			}
		}
	}
	return json.Marshal(replaceIDs(tree, ids))
}

func addID(ids map[string]string, id []byte) {
	encoded, _ := json.Marshal(id) // in base64, as Protocol Buffers have it
	ids[strings.Trim(string(encoded), `"`)] = hex.EncodeToString(id)
}

func replaceIDs(tree any, ids map[string]string) any {
	switch tree := tree.(type) {
	case []any:
		for i := range tree {
			tree[i] = replaceIDs(tree[i], ids)
		}
	case map[string]any:
		for _, key := range slices.Collect(maps.Keys(tree)) {
			if text, ok := tree[key].(string); ok && strings.HasSuffix(strings.ToLower(key), "id") {
				tree[key] = ids[text]
				continue
			}
			tree[key] = replaceIDs(tree[key], ids)
		}
	}
	return tree
}
