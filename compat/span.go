// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"
)

// span is one span seen by both APIs: it is an opentracing.Span, and its view is
// the trace.Span that OpenTelemetry code gets. All methods are safe for
// concurrent use, and do nothing after the span has ended.
type span struct {
	tracer *Tracer
	// otel is the span as the provider started it; view is what OpenTelemetry
	// code sees of it.
	otel trace.Span
	view trace.Span
	// recording is false for a span that isn't sampled: nothing is converted,
	// formatted or copied for it.
	recording bool
	sdk       bool        // otel is the SDK's
	status    errorStatus // guarded by mu
	mu        sync.Mutex

	context  atomic.Pointer[spanContext]
	first    spanContext         // the storage of the first context
	itemsSet map[string]struct{} // keys of SetBaggageItem, guarded by mu
}

var _ opentracing.Span = (*span)(nil)

// newSpan returns the span of both APIs for one that a provider started; it inherits
// the parent's baggage and what it was extracted with.
func newSpan(t *Tracer, otelSpan trace.Span, parent *spanContext) *span {
	s := newViewedSpan(otelSpan)
	s.tracer, s.otel, s.recording = t, otelSpan, otelSpan.IsRecording()
	s.first = spanContext{span: s, items: parent.items, extracted: parent.extracted}
	s.context.Store(&s.first)
	if t.options.DecorateSpan != nil {
		t.options.DecorateSpan(s, otelSpan)
	}
	return s
}

// decorated returns s as [Options.DecorateSpan] has it for callers.
func (s *span) decorated() opentracing.Span {
	if s.tracer.options.DecorateSpan == nil {
		return s
	}
	return s.tracer.options.DecorateSpan(s, s.otel)
}

// current returns the span's context as it is now.
func (s *span) current() *spanContext { return s.context.Load() }

// Context returns the span's context. It doesn't change when a baggage item is
// set on the span later.
func (s *span) Context() opentracing.SpanContext { return s.tracer.decorated(s.current(), s.otel) }

// String returns the trace and span ID, for logs. Without it fmt would read the
// fields, and not hold their lock.
func (s *span) String() string { return s.current().String() }

// GoString is String for the verb %#v.
func (s *span) GoString() string { return s.String() }

// Tracer returns the tracer of this package, never the bridge's.
func (s *span) Tracer() opentracing.Tracer { return s.tracer }

// Unwrap returns the bridge's own span, for code that knows only that one; built with
// the tag nobridge, the same span without this method. It is made anew at each call.
func (s *span) Unwrap() opentracing.Span {
	if s.tracer.provider == nil {
		return noopOpenTracingSpan
	}
	return s.tracer.provider.bridge.unwrapped(s)
}

// SetOperationName changes the span's name.
func (s *span) SetOperationName(operationName string) opentracing.Span {
	if s.recording {
		s.otel.SetName(validUTF8(operationName))
	}
	return s
}

var attributeSlices = sync.Pool{New: func() any { return new([1]attribute.KeyValue) }}

// SetTag sets an attribute. The tag error becomes the span's status.
//
// OpenTelemetry can't change a span's kind after the start, so a late span.kind
// stays an attribute; exporters.LateSpanKind makes it the exported span's kind.
func (s *span) SetTag(key string, value any) opentracing.Span {
	if !s.recording {
		return s
	}
	if key == errorKey {
		s.setError(value)
		return s
	}
	if !s.sdk {
		// Another SDK may keep the slice.
		s.otel.SetAttributes(attributeOf(key, value))
		return s
	}
	// The SDK copies what it is given, so the slice can be used again. It isn't
	// cleared: what it holds on to is one value, until the next tag.
	attributes := attributeSlices.Get().(*[1]attribute.KeyValue)
	attributes[0] = attributeOf(key, value)
	s.otel.SetAttributes(attributes[:]...)
	attributeSlices.Put(attributes)
	return s
}

// LogFields records an event, or an exception where the event field is error.
func (s *span) LogFields(fields ...log.Field) {
	if s.recording {
		s.logFields(time.Time{}, fields)
	}
}

func (s *span) logFields(timestamp time.Time, fields []log.Field) {
	r := newRecord()
	r.addFields(fields)
	s.add(r, timestamp)
}

// LogKV records an event from alternating keys and values. Keys that aren't
// strings and a key without a value are recorded beside an error that names them.
func (s *span) LogKV(alternatingKeyValues ...any) {
	if !s.recording {
		return
	}
	r := newRecord()
	r.addPairs(alternatingKeyValues)
	s.add(r, time.Time{})
}

// add records r, and gives it back. Another SDK may keep what it is given.
func (s *span) add(r *record, timestamp time.Time) {
	r.addTo(s.otel, timestamp)
	if s.sdk {
		r.release()
	}
}

// LogEvent is deprecated in OpenTracing, and works.
func (s *span) LogEvent(event string) {
	s.Log(opentracing.LogData{Event: event})
}

// LogEventWithPayload is deprecated in OpenTracing, and works.
func (s *span) LogEventWithPayload(event string, payload any) {
	s.Log(opentracing.LogData{Event: event, Payload: payload})
}

// Log is deprecated in OpenTracing, and works; the record's time is kept.
func (s *span) Log(data opentracing.LogData) {
	if s.recording {
		s.logRecord(data.ToLogRecord())
	}
}

func (s *span) logRecord(record opentracing.LogRecord) {
	s.logFields(record.Timestamp, record.Fields)
}

// Finish ends the span now.
func (s *span) Finish() {
	if s.recording {
		s.settleStatus()
	}
	s.otel.End()
}

// FinishWithOptions ends the span at a given time, zero for now, after recording
// the given logs with their own times.
func (s *span) FinishWithOptions(options opentracing.FinishOptions) {
	if !s.recording {
		s.otel.End()
		return
	}
	for _, record := range options.LogRecords {
		s.logRecord(record)
	}
	for _, data := range options.BulkLogData {
		s.logRecord(data.ToLogRecord())
	}
	s.settleStatus()
	if options.FinishTime.IsZero() {
		s.otel.End()
		return
	}
	s.otel.End(trace.WithTimestamp(options.FinishTime))
}

// SetBaggageItem sets an item that every span started from this one, and every
// request injected from it, carries from now on. Contexts returned before don't
// change. A key that W3C's header can't carry is reported once.
func (s *span) SetBaggageItem(restrictedKey, value string) opentracing.Span {
	s.tracer.reportUncarried(restrictedKey)
	item, ok := newItem(restrictedKey, value)
	if !ok {
		return s
	}
	var many bool
	defer s.tracer.reportMany(&many)
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := s.current()
	items := sc.items.with(item)
	s.context.Store(sc.withItems(items))
	many = items.many()
	if s.itemsSet == nil {
		s.itemsSet = make(map[string]struct{}, 1)
	}
	s.itemsSet[item.Key()] = struct{}{}
	return s
}

// reportMany is deferred before the lock of a span, so that it runs without.
func (t *Tracer) reportMany(many *bool) {
	if *many {
		t.reportOnce(fmt.Sprintf("compat: a span has more than %d baggage items: OpenTelemetry code, and propagators other than W3C's, see the first %d of them; set fewer items", maxViewed, maxViewed))
	}
}

// BaggageItem returns the value of an item, empty when there is none.
func (s *span) BaggageItem(restrictedKey string) string {
	return s.current().items.member(validUTF8(restrictedKey)).Value()
}

// adoptBaggage takes over items that OpenTelemetry code put into the context in
// which the span is activated. What was set on the span itself stays.
func (s *span) adoptBaggage(items []baggage.Member) {
	if len(items) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := s.current()
	bag := sc.baggage()
	for _, item := range items {
		if _, own := s.itemsSet[item.Key()]; own {
			continue
		}
		bag = withItem(bag, item)
	}
	s.context.Store(sc.withBaggage(bag))
}
