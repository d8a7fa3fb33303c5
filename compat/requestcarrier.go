// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
)

// requestCarrier is the header of an incoming request as a carrier to extract
// from. It knows the canonical form of the names that are looked up in every
// request, where net/textproto would make it anew each time.
type requestCarrier http.Header

var (
	_ propagation.TextMapCarrier = requestCarrier{}
	_ propagation.ValuesGetter   = requestCarrier{}
)

func (c requestCarrier) Get(key string) string {
	if values := c.Values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

func (c requestCarrier) Values(key string) []string {
	var canonical string
	switch key {
	case "traceparent":
		canonical = "Traceparent"
	case "tracestate":
		canonical = "Tracestate"
	case "baggage":
		canonical = "Baggage"
	default:
		return headerCarrier(c).Values(key)
	}
	if values, ok := c[canonical]; ok {
		return values
	}
	for name, values := range c {
		if len(name) == len(key) && strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}

func (c requestCarrier) Set(key, value string) { headerCarrier(c).Set(key, value) }
func (c requestCarrier) Keys() []string        { return headerCarrier(c).Keys() }

// extract returns the span context in a request's headers, or nil: a client that
// sends corrupt ones can't make the server report errors.
func extract(tracer opentracing.Tracer, header http.Header) opentracing.SpanContext {
	var carrier any = opentracing.HTTPHeadersCarrier(header)
	if _, own := tracer.(*Tracer); own {
		carrier = requestCarrier(header)
	}
	remote, err := tracer.Extract(opentracing.HTTPHeaders, carrier)
	if err != nil {
		return nil
	}
	return remote
}
