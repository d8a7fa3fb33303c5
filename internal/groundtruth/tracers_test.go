// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// tracerBackend makes the tracers of a replay.
type tracerBackend interface {
	name() string
	// tracer makes a tracer whose finished spans, since the last call, drain returns,
	// with the number of spans that were started and not finished.
	tracer(t *testing.T) (tracer opentracing.Tracer, drain func() (finished []observedSpan, open int))
	// headers translates a trace context in the recorded request's headers.
	headers(recorded map[string]string) http.Header
}

// The headers of Python's mock tracer. Its IDs are hexadecimal.
const (
	pythonTraceID = "ot-tracer-traceid"
	pythonSpanID  = "ot-tracer-spanid"
	pythonBaggage = "ot-baggage-"
)

// mockBackend is OpenTracing's mock tracer, Go's counterpart of the tracer that the
// recording was made with.
type mockBackend struct{}

func (mockBackend) name() string { return "mocktracer" }

// countingTracer counts the spans that are started.
type countingTracer struct {
	*mocktracer.MockTracer
	started atomic.Int64
}

func (c *countingTracer) StartSpan(operationName string, opts ...opentracing.StartSpanOption) opentracing.Span {
	c.started.Add(1)
	return c.MockTracer.StartSpan(operationName, opts...)
}

func (mockBackend) tracer(*testing.T) (opentracing.Tracer, func() ([]observedSpan, int)) {
	tracer := &countingTracer{MockTracer: mocktracer.New()}
	return tracer, func() ([]observedSpan, int) {
		spans := tracer.FinishedSpans()
		tracer.Reset()
		started := int(tracer.started.Swap(0))
		var observed []observedSpan
		for _, span := range spans {
			observed = append(observed, observeMock(span))
		}
		return observed, started - len(spans)
	}
}

func observeMock(span *mocktracer.MockSpan) observedSpan {
	o := observedSpan{
		name:    span.OperationName,
		trace:   strconv.Itoa(span.SpanContext.TraceID),
		span:    strconv.Itoa(span.SpanContext.SpanID),
		baggage: span.SpanContext.Baggage,
		tags:    make(map[string]string),
	}
	if span.ParentID != 0 {
		o.parent = strconv.Itoa(span.ParentID)
	}
	for key, value := range span.Tags() {
		o.tags[key] = typed(key, reflect.ValueOf(value).Kind(), fmt.Sprint(value))
	}
	for _, record := range span.Logs() {
		log := make(map[string]string)
		for _, field := range record.Fields {
			log[field.Key] = typed(field.Key, field.ValueKind, field.ValueString)
		}
		o.logs = append(o.logs, log)
	}
	return o
}

// headers: Go's mock tracer has its own names, and decimal IDs. What isn't a
// hexadecimal number stays as it is: it is no decimal one either.
func (mockBackend) headers(recorded map[string]string) http.Header {
	header := make(http.Header)
	for key, value := range recorded {
		switch {
		case key == pythonTraceID:
			header.Set("Mockpfx-Ids-Traceid", decimal(value))
		case key == pythonSpanID:
			header.Set("Mockpfx-Ids-Spanid", decimal(value))
		case strings.HasPrefix(key, pythonBaggage):
			header.Set("Mockpfx-Baggage-"+strings.TrimPrefix(key, pythonBaggage), url.QueryEscape(value))
		default:
			header.Set(key, value)
		}
	}
	return header
}

// memoryBackend is compat's tracer on the SDK, with spans in memory and W3C's
// headers.
type memoryBackend struct{}

func (memoryBackend) name() string { return "compat" }

// startedSpans counts the spans that are started and not ended, and keeps the
// baggage that was in the context in which each was started: a span has none.
type startedSpans struct {
	open    atomic.Int64
	baggage sync.Map // of trace.SpanID: map[string]string
}

func (s *startedSpans) OnStart(ctx context.Context, span sdktrace.ReadWriteSpan) {
	s.open.Add(1)
	items := make(map[string]string)
	for _, member := range baggage.FromContext(ctx).Members() {
		items[member.Key()] = member.Value()
	}
	s.baggage.Store(span.SpanContext().SpanID(), items)
}
func (s *startedSpans) OnEnd(sdktrace.ReadOnlySpan)      { s.open.Add(-1) }
func (s *startedSpans) Shutdown(context.Context) error   { return nil }
func (s *startedSpans) ForceFlush(context.Context) error { return nil }

func (memoryBackend) tracer(t *testing.T) (opentracing.Tracer, func() ([]observedSpan, int)) {
	var memory exporters.Memory
	var started startedSpans
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(&started), sdktrace.WithSyncer(&memory))
	t.Cleanup(func() {
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	tracer := compat.NewTracer(provider, &compat.Options{
		TextMap: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
	})
	return tracer, func() ([]observedSpan, int) {
		var observed []observedSpan
		for _, span := range memory.Spans() {
			o := observeMemory(span)
			if items, ok := started.baggage.LoadAndDelete(span.SpanContext.SpanID()); ok {
				o.baggage = items.(map[string]string)
			}
			observed = append(observed, o)
		}
		memory.Reset()
		return observed, int(started.open.Load())
	}
}

func observeMemory(span *exporters.Span) observedSpan {
	o := observedSpan{
		name:  span.Name,
		trace: decimal(span.SpanContext.TraceID().String()),
		span:  decimal(span.SpanContext.SpanID().String()),
		tags:  make(map[string]string),
		order: []string{}, // known, even where there is none
	}
	if span.ParentID.IsValid() {
		o.parent = decimal(span.ParentID.String())
	}
	for key, value := range span.Tags() {
		o.tags[key] = typed(key, reflect.ValueOf(value).Kind(), fmt.Sprint(value))
	}
	if span.Status.Description != "" {
		o.tags["status description"] = span.Status.Description
	}
	for _, kv := range span.Attributes {
		if kv.Value.Type() != attribute.EMPTY {
			o.order = append(o.order, string(kv.Key))
		}
	}
	for _, record := range span.Logs() {
		log := make(map[string]string)
		for _, field := range record.Fields {
			log[field.Key] = typed(field.Key, field.ValueKind, field.ValueString)
		}
		o.logs = append(o.logs, log)
	}
	return o
}

// headers: W3C's. Half a context is a traceparent whose span ID is zero.
func (memoryBackend) headers(recorded map[string]string) http.Header {
	header := make(http.Header)
	for key, value := range recorded {
		if name, ok := strings.CutPrefix(key, pythonBaggage); ok {
			header.Add("Baggage", name+"="+url.PathEscape(value))
		} else if key != pythonTraceID && key != pythonSpanID {
			header.Set(key, value)
		}
	}
	if trace, ok := recorded[pythonTraceID]; ok {
		header.Set("Traceparent", "00-"+zeroPadded(trace, 32)+"-"+zeroPadded(recorded[pythonSpanID], 16)+"-01")
	}
	return header
}

func zeroPadded(s string, n int) string { return strings.Repeat("0", max(0, n-len(s))) + s }

// typed writes a value as the facts have it. Both Go tracers have more number types
// than Python, and neither tells an error from its text in a log; by their key these
// are errors. Stacks differ in each run.
func typed(key string, kind reflect.Kind, text string) string {
	switch kind {
	case reflect.String, reflect.Pointer, reflect.Struct:
		switch key {
		case "error.object":
			return fmt.Sprintf("error %q", text)
		case "stack", "exception.stacktrace":
			if strings.HasPrefix(text, "goroutine ") && strings.Contains(text, "groundtruth_") {
				return "stack with the handler"
			}
		}
		return fmt.Sprintf("string %q", text)
	case reflect.Bool:
		return "bool " + text
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "int " + text
	}
	return kind.String() + " " + text
}
