// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// Spans is a list of spans out of [Memory]. Its finders return the spans that
// fit, in the same order, and can be chained; no fit gives an empty list.
type Spans []*Span

// Named returns the spans of that name.
func (s Spans) Named(name string) Spans {
	return s.where(func(span *Span) bool { return span.Name == name })
}

// WithAttribute returns the spans that have each of the attributes, with that
// type and value.
func (s Spans) WithAttribute(attributes ...attribute.KeyValue) Spans {
	return s.where(func(span *Span) bool {
		return !slices.ContainsFunc(attributes, func(kv attribute.KeyValue) bool {
			return span.Attribute(kv.Key) != kv.Value
		})
	})
}

// InTrace returns the spans of that trace.
func (s Spans) InTrace(id trace.TraceID) Spans {
	return s.where(func(span *Span) bool { return span.SpanContext.TraceID() == id })
}

// Roots returns the spans whose parent isn't in the list: they have none, or
// it is in another process, or it has not ended.
func (s Spans) Roots() Spans {
	known := make(map[spanKey]bool, len(s))
	for _, span := range s {
		known[keyOf(span.SpanContext)] = true
	}
	return s.where(func(span *Span) bool {
		return !known[spanKey{span.SpanContext.TraceID(), span.ParentID}]
	})
}

// ChildrenOf returns the spans whose parent is the given one; none for nil.
func (s Spans) ChildrenOf(parent *Span) Spans {
	return s.where(func(span *Span) bool {
		return parent != nil &&
			span.ParentID == parent.SpanContext.SpanID() &&
			span.SpanContext.TraceID() == parent.SpanContext.TraceID()
	})
}

// Failed returns the spans with the status Error.
func (s Spans) Failed() Spans {
	return s.where(func(span *Span) bool { return span.Status.Code == codes.Error })
}

func (s Spans) where(fits func(*Span) bool) Spans {
	found := Spans{}
	for _, span := range s {
		if fits(span) {
			found = append(found, span)
		}
	}
	return found
}

// Stubs returns the spans in OpenTelemetry's own type, for helpers written for
// tracetest.InMemoryExporter.
func (s Spans) Stubs() tracetest.SpanStubs {
	stubs := make(tracetest.SpanStubs, len(s))
	for i, span := range s {
		stubs[i] = span.SpanStub
	}
	return stubs
}

// String draws the traces of the spans as text to compare with a literal. It
// holds nothing that differs from run to run: no IDs, no times, no
// measurements, no stack traces.
//
//	GET /orders/{id} [server] http.route=/orders/{id} http.status_code=200
//	  db.query orders [client] ERROR "unexpected EOF" db.system=postgresql
//	    * retry attempt=2
//	    > link to GET /orders/{id} opentracing.ref_type=follows_from
//
// Each span is a line: its name, its kind unless internal, its status unless
// unset, its attributes sorted by key. Children are indented by two spaces
// beneath their parent, in the order in which they started. Events (*) in
// their order and links (>) come beneath the span and before its children.
// Texts are quoted unless they are one word that can't be taken for another
// type; nothing that could drive a terminal gets through, and nothing is
// redacted: a test compares what was recorded. If the spans come from several
// services, each line ends its name with
// the service. A span whose parent isn't in the list says so.
func (s Spans) String() string {
	nodes := make([]*node, len(s))
	names := make(map[spanKey]string, len(s))
	services := make(map[string]bool)
	for i, span := range s {
		nodes[i] = &node{span: span.Snapshot()}
		names[keyOf(span.SpanContext)] = span.Name
		services[serviceName(nodes[i].span)] = true
	}
	out := outline{names: names, services: len(services) > 1}
	for _, root := range forest(nodes) {
		out.node(root, 0)
	}
	return out.String()
}

// outline writes the text of Spans.String.
type outline struct {
	strings.Builder
	names    map[spanKey]string
	services bool
}

func (o *outline) node(n *node, depth int) {
	indent := strings.Repeat("  ", depth)
	span := n.span
	o.WriteString(indent)
	o.head(span)
	if n.parent == nil && span.Parent().SpanID().IsValid() {
		if span.Parent().IsRemote() {
			o.WriteString(" (remote parent)")
		} else {
			o.WriteString(" (parent missing)")
		}
	}
	o.status(span.Status())
	o.attributes(span.Attributes())
	for _, event := range span.Events() {
		o.WriteString(indent + "  * " + printable.Text(event.Name))
		o.attributes(event.Attributes)
	}
	for _, link := range span.Links() {
		o.WriteString(indent + "  > " + o.linkText(span, link))
		o.attributes(link.Attributes)
	}
	for _, child := range n.children {
		o.node(child, depth+1)
	}
}

func (o *outline) head(span sdktrace.ReadOnlySpan) {
	o.WriteString(printable.Text(span.Name()))
	if span.SpanKind() > trace.SpanKindInternal {
		o.WriteString(" [" + span.SpanKind().String() + "]")
	}
	if o.services {
		o.WriteString(" @" + printable.Text(serviceName(span)))
	}
}

func (o *outline) status(status sdktrace.Status) {
	switch status.Code {
	case codes.Error:
		o.WriteString(" ERROR")
		if status.Description != "" {
			o.WriteString(" " + quote(status.Description))
		}
	case codes.Ok:
		o.WriteString(" OK")
	}
}

func (o *outline) linkText(from sdktrace.ReadOnlySpan, link sdktrace.Link) string {
	if name, ok := o.names[keyOf(link.SpanContext)]; ok {
		return "link to " + printable.Text(name)
	}
	if link.SpanContext.TraceID() == from.SpanContext().TraceID() {
		return "link within the trace"
	}
	return "link to another trace"
}

// attributes ends the line.
func (o *outline) attributes(attributes []attribute.KeyValue) {
	sorted := slices.Clone(attributes)
	slices.SortStableFunc(sorted, func(a, b attribute.KeyValue) int {
		return strings.Compare(string(a.Key), string(b.Key))
	})
	for _, kv := range sorted {
		if kv.Key == "exception.stacktrace" {
			// Lines and addresses differ with every edit and run.
			kv.Value = attribute.StringValue("…")
		}
		o.WriteString(" ")
		o.Write(appendAttribute(nil, kv))
	}
	o.WriteString("\n")
}

// serviceName is the name of the service that the span comes from, "" if its
// resource names none.
func serviceName(span sdktrace.ReadOnlySpan) string {
	if span.Resource() == nil {
		return ""
	}
	name, _ := span.Resource().Set().Value("service.name")
	return name.AsString()
}
