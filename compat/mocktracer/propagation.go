// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go"
)

// The keys that a TextMapPropagator writes. Those of baggage items begin with
// baggagePrefix.
const (
	traceIDKey    = "mockpfx-ids-traceid"
	spanIDKey     = "mockpfx-ids-spanid"
	sampledKey    = "mockpfx-ids-sampled"
	baggagePrefix = "mockpfx-baggage-"
)

// Injector writes a span context into a carrier.
type Injector interface {
	// Inject writes ctx into carrier, of which the format says what it may be. It returns
	// opentracing.ErrInvalidCarrier for another one.
	Inject(ctx MockSpanContext, carrier any) error
}

// Extractor reads a span context from a carrier.
type Extractor interface {
	// Extract returns what carrier has, and opentracing.ErrSpanContextNotFound where it has
	// none.
	Extract(carrier any) (MockSpanContext, error)
}

// TextMapPropagator is the Injector and the Extractor for opentracing.TextMap and
// opentracing.HTTPHeaders. It writes mockpfx-ids-traceid, mockpfx-ids-spanid and
// mockpfx-ids-sampled, and mockpfx-baggage-KEY for each baggage item.
type TextMapPropagator struct {
	// HTTPHeaders escapes the values of baggage items, as in a query of a URL.
	HTTPHeaders bool
}

var (
	_ Injector  = (*TextMapPropagator)(nil)
	_ Extractor = (*TextMapPropagator)(nil)
)

func (t *TextMapPropagator) escapes() bool { return t != nil && t.HTTPHeaders }

// Inject writes spanContext into an opentracing.TextMapWriter.
func (t *TextMapPropagator) Inject(spanContext MockSpanContext, carrier any) error {
	writer, ok := carrier.(opentracing.TextMapWriter)
	if !ok || isNil(carrier) {
		return opentracing.ErrInvalidCarrier
	}
	writer.Set(traceIDKey, strconv.Itoa(spanContext.TraceID))
	writer.Set(spanIDKey, strconv.Itoa(spanContext.SpanID))
	writer.Set(sampledKey, strconv.FormatBool(spanContext.Sampled))
	for key, value := range spanContext.Baggage {
		if t.escapes() {
			value = url.QueryEscape(value)
		}
		writer.Set(baggagePrefix+key, value)
	}
	return nil
}

// Extract reads what Inject writes from an opentracing.TextMapReader. Keys are compared in
// lower case, and those of baggage items become so. Where sampled is missing it is true.
func (t *TextMapPropagator) Extract(carrier any) (MockSpanContext, error) {
	reader, ok := carrier.(opentracing.TextMapReader)
	if !ok {
		return MockSpanContext{}, opentracing.ErrInvalidCarrier
	}
	found := MockSpanContext{Sampled: true}
	err := reader.ForeachKey(func(key, value string) (err error) {
		key = strings.ToLower(key)
		switch key {
		case traceIDKey:
			found.TraceID, err = strconv.Atoi(value)
		case spanIDKey:
			found.SpanID, err = strconv.Atoi(value)
		case sampledKey:
			found.Sampled, err = strconv.ParseBool(value)
		default:
			if item, ok := strings.CutPrefix(key, baggagePrefix); ok {
				if found.Baggage == nil {
					found.Baggage = make(map[string]string)
				}
				found.Baggage[item] = t.unescaped(value)
			}
		}
		return err
	})
	switch {
	case found.TraceID == 0 || found.SpanID == 0:
		return MockSpanContext{}, opentracing.ErrSpanContextNotFound
	case err != nil:
		return MockSpanContext{}, err
	}
	return found, nil
}

// unescaped returns a value that isn't escaped as it is.
func (t *TextMapPropagator) unescaped(value string) string {
	if t.escapes() {
		if raw, err := url.QueryUnescape(value); err == nil {
			return raw
		}
	}
	return value
}

// isNil reports whether value is a nil pointer or a nil map, which can't be written to.
func isNil(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Func:
		return v.IsNil()
	default:
		return false
	}
}
