// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// fieldKind says what a key of a carrier is to a format.
type fieldKind int

const (
	noKind fieldKind = iota
	traceKind
	spanKind
	sampledKind
	debugKind
	listKind // several parts in one: B3's single header, jaeger-baggage
	itemKind // a baggage item
)

// fields are the keys of a carrier that a format knows, one of each kind, and the baggage
// items. Values are asked for later, of those keys only: a carrier may have to look for
// each.
type fields struct {
	carrier propagation.TextMapCarrier
	keys    [itemKind]string
	items   items
}

// fieldsOf looks at each key of a carrier once, since no carrier of OpenTelemetry finds a
// key by its prefix or in any case. Item keys have the prefix.
func fieldsOf(carrier propagation.TextMapCarrier, prefix string, match func(key string) fieldKind) (found fields) {
	found.carrier = carrier
	eachKey(carrier, func(key string) {
		switch kind := match(key); kind {
		case noKind:
		case itemKind:
			found.items.addKey(prefix, key)
		default:
			// A carrier may be a map, which has no order. The key in lower case is the last.
			found.keys[kind] = max(found.keys[kind], key)
		}
	})
	return found
}

// has reports whether there is a key of that kind.
func (f *fields) has(kind fieldKind) bool { return f.keys[kind] != "" }

// value returns the last value of a key of that kind.
func (f *fields) value(kind fieldKind) string {
	if !f.has(kind) {
		return ""
	}
	return lastValue(f.carrier, f.keys[kind])
}

// unlistedKeys are asked for in a carrier that doesn't list its keys: W3C's propagators
// never want the list, so that some carriers have none.
var unlistedKeys = []string{
	TraceContextHeaderName, JaegerBaggageHeader, JaegerDebugHeader,
	"traceparent", "baggage", traceheader.B3Single, traceheader.B3TraceID, traceheader.B3SpanID, traceheader.B3Sampled, traceheader.B3Flags, traceheader.OTTraceID, traceheader.OTSpanID, traceheader.OTSampled,
}

// eachKey calls visit for each key of a carrier.
func eachKey(carrier propagation.TextMapCarrier, visit func(key string)) {
	switch c := carrier.(type) {
	case propagation.HeaderCarrier:
		for key := range c {
			visit(key)
		}
	case propagation.MapCarrier:
		for key := range c {
			visit(key)
		}
	case nil:
	default:
		keys := carrier.Keys()
		for _, key := range keys {
			visit(key)
		}
		if len(keys) > 0 {
			return
		}
		for _, key := range unlistedKeys {
			if carrier.Get(key) != "" {
				visit(key)
			}
		}
	}
}

// valuesOf returns the values of a key that a carrier has. http.Header's own methods find
// canonical keys only.
func valuesOf(carrier propagation.TextMapCarrier, key string) []string {
	switch c := carrier.(type) {
	case propagation.HeaderCarrier:
		return c[key]
	case propagation.ValuesGetter:
		return c.Values(key)
	}
	return []string{carrier.Get(key)}
}

// lastValue returns the last of them.
func lastValue(carrier propagation.TextMapCarrier, key string) string {
	if c, ok := carrier.(propagation.MapCarrier); ok {
		return c[key]
	}
	values := valuesOf(carrier, key)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// hasPrefixFold reports whether key starts with prefix in any case, and has more.
func hasPrefixFold(key, prefix string) bool {
	return len(key) > len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
}
