// SPDX-License-Identifier: Apache-2.0

package compare_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/compare"
)

// model is a span as a test plans it: without IDs and times.
type model struct {
	name, status, description string
	kind                      int // of OTLP
	attributes                []attr
	events                    []event
	links                     []*link
	dropped                   int // events
	service                   string
	zone                      string // a further attribute of the resource
	remote                    bool   // a root with a parent elsewhere
	trace                     int    // of a root: those of the same number are in one trace, 0 is a trace of its own
	scope                     string
	children                  []*model
}

type attr struct {
	key   string
	value any // string, bool, int64, float64, []string or nil
}

type event struct {
	name       string
	attributes []attr
}

type link struct {
	to         *model // nil: a span that is not recorded
	attributes []attr
}

// all returns the spans of the trees, parents first.
func all(roots []*model) []*model {
	spans := slices.Clone(roots)
	for i := 0; i < len(spans); i++ {
		spans = append(spans, spans[i].children...)
	}
	return spans
}

// clone copies the trees, links included.
func clone(roots []*model) []*model {
	copies := make(map[*model]*model)
	var copied func(m *model) *model
	copied = func(m *model) *model {
		c := *m
		copies[m] = &c
		c.attributes = slices.Clone(m.attributes)
		c.events = slices.Clone(m.events)
		c.children = nil
		for _, child := range m.children {
			c.children = append(c.children, copied(child))
		}
		return &c
	}
	var list []*model
	for _, r := range roots {
		list = append(list, copied(r))
	}
	for _, m := range all(list) {
		m.links = slices.Clone(m.links)
		for i, l := range m.links {
			m.links[i] = &link{copies[l.to], l.attributes}
		}
	}
	return list
}

// format is how a recording is written.
type format int

const (
	stdouttrace format = iota
	collector          // OTLP by the collector's file exporter
	protojson          // OTLP by protojson
	formats
)

type object = map[string]any

// write records the trees with new IDs and times, in any order.
func write(r *rand.Rand, roots []*model, f format) string {
	type ids struct{ trace, span, parent []byte }
	id := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.IntN(256))
		}
		return b
	}
	known := make(map[*model]ids)
	traces := make(map[int][]byte)
	for _, root := range roots {
		of := ids{trace: id(16), span: id(8)}
		if shared := traces[root.trace]; shared != nil {
			of.trace = shared
		} else if root.trace != 0 {
			traces[root.trace] = of.trace
		}
		if root.remote {
			of.parent = id(8)
		}
		known[root] = of
		for _, m := range all([]*model{root}) {
			for _, child := range m.children {
				known[child] = ids{of.trace, id(8), known[m].span}
			}
		}
	}
	spans := all(roots)
	r.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	var lines []string
	line := func(o object) {
		text, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		lines = append(lines, string(text))
	}
	target := func(l *link) ids {
		if of, ok := known[l.to]; ok {
			return of
		}
		return ids{trace: id(16), span: id(8)}
	}
	for _, m := range spans {
		of := known[m]
		resource := []attr{{"service.name", m.service}, {"zone", m.zone}, {"process.pid", int64(r.IntN(1e6))}}
		if f == stdouttrace {
			parent := object{"TraceID": strings.Repeat("0", 32), "SpanID": strings.Repeat("0", 16)}
			if of.parent != nil {
				parent = object{"TraceID": hex.EncodeToString(of.trace), "SpanID": hex.EncodeToString(of.parent), "Remote": m.remote}
			}
			var links, events []object
			for _, l := range m.links {
				t := target(l)
				links = append(links, object{"SpanContext": object{"TraceID": hex.EncodeToString(t.trace), "SpanID": hex.EncodeToString(t.span)}, "Attributes": stubAttributes(r, l.attributes)})
			}
			for _, e := range m.events {
				events = append(events, object{"Name": e.name, "Attributes": stubAttributes(r, e.attributes), "Time": r.IntN(1e6)})
			}
			line(object{
				"Name": m.name, "SpanKind": m.kind, "SpanContext": object{"TraceID": hex.EncodeToString(of.trace), "SpanID": hex.EncodeToString(of.span)}, "Parent": parent,
				"StartTime": fmt.Sprint(r.IntN(1e6)), "Attributes": stubAttributes(r, m.attributes), "Events": events, "Links": links,
				"Status":        object{"Code": map[string]string{"": "Unset", "ok": "Ok", "error": "Error"}[m.status], "Description": m.description},
				"DroppedEvents": m.dropped, "Resource": stubAttributes(r, resource), "InstrumentationScope": object{"Name": m.scope},
			})
			continue
		}
		encode := hex.EncodeToString
		kind, code := any(m.kind), any(map[string]int{"ok": 1, "error": 2}[m.status])
		if f == protojson {
			encode = base64.StdEncoding.EncodeToString
			kind = []string{"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT"}[m.kind]
			code = []string{"STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"}[code.(int)]
		}
		var links, events []object
		for _, l := range m.links {
			t := target(l)
			links = append(links, object{"traceId": encode(t.trace), "spanId": encode(t.span), "attributes": otlpAttributes(r, l.attributes)})
		}
		for _, e := range m.events {
			events = append(events, object{"name": e.name, "attributes": otlpAttributes(r, e.attributes), "timeUnixNano": fmt.Sprint(r.IntN(1e6))})
		}
		line(object{"resourceSpans": []object{{"resource": object{"attributes": otlpAttributes(r, resource)}, "scopeSpans": []object{{
			"scope": object{"name": m.scope}, "spans": []object{{
				"traceId": encode(of.trace), "spanId": encode(of.span), "parentSpanId": encode(of.parent), "name": m.name, "kind": kind,
				"startTimeUnixNano": fmt.Sprint(r.IntN(1e6)), "attributes": otlpAttributes(r, m.attributes), "events": events, "links": links,
				"status": object{"code": code, "message": m.description}, "droppedEventsCount": m.dropped, "flags": 257,
			}}}}}}})
	}
	return strings.Join(lines, "\n") + "\n"
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func stubAttributes(r *rand.Rand, list []attr) []object {
	var objects []object
	for _, a := range shuffled(r, list) {
		kind := map[string]string{"string": "STRING", "bool": "BOOL", "int64": "INT64", "float64": "FLOAT64", "[]string": "STRINGSLICE", "<nil>": "EMPTY"}[fmt.Sprintf("%T", a.value)]
		objects = append(objects, object{"Key": a.key, "Value": object{"Type": kind, "Value": a.value}})
	}
	return objects
}

func otlpAttributes(r *rand.Rand, list []attr) []object {
	var value func(v any) object
	value = func(v any) object {
		switch v := v.(type) {
		case string:
			return object{"stringValue": v}
		case bool:
			return object{"boolValue": v}
		case int64:
			return object{"intValue": fmt.Sprint(v)}
		case float64:
			return object{"doubleValue": v}
		case []string:
			var values []object
			for _, s := range v {
				values = append(values, value(s))
			}
			return object{"arrayValue": object{"values": values}}
		}
		return object{}
	}
	var objects []object
	for _, a := range shuffled(r, list) {
		objects = append(objects, object{"key": a.key, "value": value(a.value)})
	}
	return objects
}

func read(t testing.TB, name, text string) *compare.Recording {
	t.Helper()
	recording, err := compare.Read(name, strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, text)
	}
	return recording
}
