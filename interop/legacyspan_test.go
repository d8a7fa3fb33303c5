// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// shopSpan is a span of the bookshop, the same for every tracer. IDs are those of
// a trace and a span in one.
type shopSpan struct {
	id, parent string
	trace      string
	service    string
	name, kind string
	failed     bool
	tags       map[string]string // only those that the bookshop sets itself
	events     []string
}

var shopTags = []string{"reader", "title", "visit"}

// shopTracers returns a maker of tracers, and what gives their spans.
func shopTracers(t *testing.T, peer string) (newTracer func(service string) opentracing.Tracer, spans func() []shopSpan) {
	t.Helper()
	if peer == "jaeger" {
		return jaegerShop(t)
	}
	memory := new(exporters.Memory)
	w3c := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	newTracer = func(service string) opentracing.Tracer {
		provider, err := exporters.NewProvider(t.Context(), &exporters.Config{ServiceName: service, Memory: memory, Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		if peer == "bridge" {
			tracer, _ := bridge.NewTracerPair(provider.Tracer(service))
			tracer.SetTextMapPropagator(w3c)
			return tracer
		}
		tracer := compat.NewTracer(provider, &compat.Options{TextMap: w3c})
		t.Cleanup(func() { closeQuietly(t, tracer) })
		return tracer
	}
	return newTracer, func() []shopSpan { return memoryShop(memory) }
}

func memoryShop(memory *exporters.Memory) []shopSpan {
	var spans []shopSpan
	for _, span := range memory.Spans() {
		service, _ := span.Resource.Set().Value("service.name")
		s := shopSpan{
			id:      fmt.Sprint(span.SpanContext.TraceID(), "/", span.SpanContext.SpanID()),
			parent:  fmt.Sprint(span.SpanContext.TraceID(), "/", span.Parent.SpanID()),
			trace:   span.SpanContext.TraceID().String(),
			service: service.AsString(),
			name:    span.Name,
			failed:  span.Status.Code == codes.Error,
			tags:    map[string]string{},
		}
		if span.SpanKind != trace.SpanKindInternal {
			s.kind = span.SpanKind.String()
		}
		for _, kv := range span.Attributes {
			if key := string(kv.Key); slices.Contains(shopTags, key) {
				s.tags[key] = kv.Value.AsString()
			}
		}
		for _, event := range span.Events {
			s.events = append(s.events, event.Name)
		}
		spans = append(spans, s)
	}
	return spans
}

func jaegerShop(t *testing.T) (func(string) opentracing.Tracer, func() []shopSpan) {
	reporters := map[string]*jaeger.InMemoryReporter{}
	newTracer := func(service string) opentracing.Tracer {
		reporters[service] = jaeger.NewInMemoryReporter()
		tracer, closer := jaeger.NewTracer(service, jaeger.NewConstSampler(true), reporters[service], jaeger.TracerOptions.Gen128Bit(true))
		t.Cleanup(func() { closeQuietly(t, closer) })
		return tracer
	}
	return newTracer, func() []shopSpan {
		var spans []shopSpan
		for service, reporter := range reporters {
			for _, span := range reporter.GetSpans() {
				spans = append(spans, jaegerSpan(service, span.(*jaeger.Span)))
			}
		}
		return spans
	}
}

func jaegerSpan(service string, span *jaeger.Span) shopSpan {
	sc := span.SpanContext()
	s := shopSpan{
		id:      fmt.Sprint(sc.TraceID(), "/", sc.SpanID()),
		parent:  fmt.Sprint(sc.TraceID(), "/", sc.ParentID()),
		trace:   sc.TraceID().String(),
		service: service,
		name:    span.OperationName(),
		tags:    map[string]string{},
	}
	for key, value := range span.Tags() {
		switch {
		case key == "span.kind":
			s.kind = fmt.Sprint(value)
		case key == "error":
			s.failed = value == true
		case slices.Contains(shopTags, key):
			s.tags[key] = fmt.Sprint(value)
		}
	}
	for _, record := range span.Logs() {
		for _, field := range record.Fields {
			// The client logs each baggage item that is set.
			if field.Key() == "event" && field.Value() != "baggage" {
				s.events = append(s.events, fmt.Sprint(field.Value()))
			}
		}
	}
	return s
}

// drawShop draws the traces of the spans, with siblings in the order of their
// text: it doesn't depend on which goroutine was first.
func drawShop(spans []shopSpan) string {
	known := map[string]bool{}
	for _, span := range spans {
		known[span.id] = true
	}
	var draw func(indent string, fits func(shopSpan) bool) string
	draw = func(indent string, fits func(shopSpan) bool) string {
		var texts []string
		for _, span := range spans {
			if !fits(span) {
				continue
			}
			var line strings.Builder
			line.WriteString(span.service + ": " + span.name)
			if span.kind != "" {
				line.WriteString(" [" + span.kind + "]")
			}
			if span.failed {
				line.WriteString(" ERROR")
			}
			for _, key := range shopTags {
				if value, tagged := span.tags[key]; tagged {
					line.WriteString(fmt.Sprintf(" %s=%q", key, value))
				}
			}
			for _, event := range span.events {
				line.WriteString(" *" + event)
			}
			texts = append(texts, indent+line.String()+"\n"+draw(indent+"  ", func(s shopSpan) bool { return s.parent == span.id }))
		}
		slices.Sort(texts)
		return strings.Join(texts, "")
	}
	return draw("", func(s shopSpan) bool { return !known[s.parent] })
}
