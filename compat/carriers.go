// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"net/textproto"
	"reflect"
	"slices"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
)

// headerCarrier is http.Header as a carrier. Unlike
// propagation.HeaderCarrier it finds a key in any case, since a header that was
// made by hand or by another protocol isn't canonical.
type headerCarrier http.Header

var (
	_ propagation.TextMapCarrier = headerCarrier{}
	_ propagation.ValuesGetter   = headerCarrier{}
	_ opentracing.TextMapReader  = headerCarrier{}
)

func (c headerCarrier) Get(key string) string {
	if values := c.Values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (c headerCarrier) Values(key string) []string {
	if values, ok := c[canonicalKey(key)]; ok {
		return values
	}
	for name, values := range c {
		if len(name) == len(key) && strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}

// canonicalKey is textproto.CanonicalMIMEHeaderKey, without an allocation for the
// keys that are looked up in every request.
func canonicalKey(key string) string {
	switch key {
	case "traceparent":
		return "Traceparent"
	case "tracestate":
		return "Tracestate"
	case "baggage":
		return "Baggage"
	}
	return textproto.CanonicalMIMEHeaderKey(key)
}

// Header returns the headers, for a propagator that has them written by somebody else.
func (c headerCarrier) Header() http.Header { return http.Header(c) }

func (c headerCarrier) Set(key, value string) { http.Header(c).Set(key, value) }

func (c headerCarrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	return keys
}

// ForeachKey reads all values: with Get, each would be looked for.
func (c headerCarrier) ForeachKey(handler func(key, value string) error) error {
	return opentracing.HTTPHeadersCarrier(c).ForeachKey(handler)
}

// field is one key with one value, as an opentracing.TextMapReader gives it.
type field struct{ key, value string }

// fieldCarrier is what was read from a carrier. It finds a key in any case, first
// as it is written, and keeps several values of one key.
type fieldCarrier []field

var (
	_ propagation.TextMapCarrier = fieldCarrier{}
	_ propagation.ValuesGetter   = fieldCarrier{}
	_ opentracing.TextMapReader  = fieldCarrier{}
)

func (c fieldCarrier) Get(key string) string {
	var found field
	for _, f := range c {
		if f.key == key {
			return f.value
		}
		// A map has no order, and what is found must not change from call to call.
		if strings.EqualFold(f.key, key) && (found.key == "" || f.key < found.key) {
			found = f
		}
	}
	return found.value
}

// Values returns all values of a key in any case. Of items that are repeated, propagators
// keep the last one: that is the one that Get finds.
func (c fieldCarrier) Values(key string) []string {
	var exact []string
	var others []field
	for _, f := range c {
		switch {
		case f.key == key:
			exact = append(exact, f.value)
		case strings.EqualFold(f.key, key):
			others = append(others, f)
		}
	}
	slices.SortStableFunc(others, func(a, b field) int { return strings.Compare(b.key, a.key) })
	values := make([]string, 0, len(others)+len(exact))
	for _, f := range others {
		values = append(values, f.value)
	}
	return append(values, exact...)
}

// Set does nothing: the carrier is read only.
func (fieldCarrier) Set(string, string) {}

func (c fieldCarrier) Keys() []string {
	keys := make([]string, len(c))
	for i, f := range c {
		keys[i] = f.key
	}
	return keys
}

// ForeachKey reads all fields: with Get, each would be looked for.
func (c fieldCarrier) ForeachKey(handler func(key, value string) error) error {
	for _, f := range c {
		if err := handler(f.key, f.value); err != nil {
			return err
		}
	}
	return nil
}

// writeCarrier is an opentracing.TextMapWriter as a carrier to inject into.
type writeCarrier struct{ opentracing.TextMapWriter }

func (writeCarrier) Get(string) string { return "" }
func (writeCarrier) Keys() []string    { return nil }

// carrierForInject returns carrier for a propagator to write to.
func carrierForInject(carrier any) (propagation.TextMapCarrier, error) {
	if isNilCarrier(carrier) {
		return nil, opentracing.ErrInvalidCarrier
	}
	switch c := carrier.(type) {
	case opentracing.HTTPHeadersCarrier:
		return headerCarrier(c), nil
	case http.Header:
		return headerCarrier(c), nil
	case map[string]string:
		return propagation.MapCarrier(c), nil
	case propagation.TextMapCarrier:
		return c, nil
	case opentracing.TextMapWriter:
		return writeCarrier{c}, nil
	}
	return nil, opentracing.ErrInvalidCarrier
}

// carrierForExtract returns carrier for a propagator to read from.
func carrierForExtract(carrier any) (propagation.TextMapCarrier, error) {
	if isNilCarrier(carrier) {
		return nil, opentracing.ErrInvalidCarrier
	}
	switch c := carrier.(type) {
	case opentracing.HTTPHeadersCarrier:
		return headerCarrier(c), nil
	case http.Header:
		return headerCarrier(c), nil
	case propagation.HeaderCarrier:
		return headerCarrier(c), nil
	case map[string]string:
		return mapFields(c), nil
	case propagation.MapCarrier:
		return mapFields(c), nil
	case opentracing.TextMapCarrier:
		return mapFields(c), nil
	case propagation.TextMapCarrier:
		return c, nil
	case opentracing.TextMapReader:
		var fields fieldCarrier
		err := c.ForeachKey(func(key, value string) error {
			fields = append(fields, field{key, value})
			return nil
		})
		return fields, err
	}
	return nil, opentracing.ErrInvalidCarrier
}

func mapFields(m map[string]string) fieldCarrier {
	fields := make(fieldCarrier, 0, len(m))
	for key, value := range m {
		fields = append(fields, field{key, value})
	}
	return fields
}

// isNilCarrier reports whether carrier is nil, or a nil map or pointer, which
// can't be written to.
func isNilCarrier(carrier any) bool {
	if carrier == nil {
		return true
	}
	value := reflect.ValueOf(carrier)
	kind := value.Kind()
	return (kind == reflect.Map || kind == reflect.Pointer) && value.IsNil()
}
