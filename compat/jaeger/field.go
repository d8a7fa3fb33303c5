// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// field is one key of a carrier with one of its values.
type field struct{ key, value string }

// replace takes other in the place of f. A carrier may be a map, which has no order:
// of keys that differ in their case the one in lower case stays, and of the values of
// one key the last.
func (f *field) replace(other field) {
	if other.key >= f.key {
		*f = other
	}
}

// fieldKind says what a key of a carrier is to a format.
type fieldKind int

const (
	noKind fieldKind = iota
	traceKind
	spanKind
	sampledKind
	debugKind
	itemKind // one baggage item
	listKind // several of them
)

// eachField calls visit for each value of each key that match knows. It looks at each
// key of the carrier once, since no carrier of OpenTelemetry finds a key by its prefix
// or in any case.
func eachField(carrier propagation.TextMapCarrier, match func(key string) fieldKind, visit func(fieldKind, field)) {
	switch c := carrier.(type) {
	case propagation.HeaderCarrier:
		for key, values := range c {
			if kind := match(key); kind != noKind {
				for _, value := range values {
					visit(kind, field{key, value})
				}
			}
		}
	case propagation.MapCarrier:
		for key, value := range c {
			if kind := match(key); kind != noKind {
				visit(kind, field{key, value})
			}
		}
	case propagation.ValuesGetter:
		for _, key := range carrier.Keys() {
			if kind := match(key); kind != noKind {
				for _, value := range c.Values(key) {
					visit(kind, field{key, value})
				}
			}
		}
	case nil:
	default:
		for _, key := range carrier.Keys() {
			if kind := match(key); kind != noKind {
				visit(kind, field{key, carrier.Get(key)})
			}
		}
	}
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
		for _, key := range carrier.Keys() {
			visit(key)
		}
	}
}

// hasPrefixFold reports whether key starts with prefix in any case, and has more.
func hasPrefixFold(key, prefix string) bool {
	return len(key) > len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
}
