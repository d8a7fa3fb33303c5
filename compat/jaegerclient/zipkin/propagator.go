// SPDX-License-Identifier: Apache-2.0

// Package zipkin is the twin of github.com/uber/jaeger-client-go/zipkin.
package zipkin

import (
	"fmt"
	"strings"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

const (
	traceIDHeader  = "x-b3-traceid"
	parentIDHeader = "x-b3-parentspanid"
	spanIDHeader   = "x-b3-spanid"
	sampledHeader  = "x-b3-sampled"

	defaultBaggagePrefix = "baggage-"
)

// Option is an option of [NewZipkinB3HTTPHeaderPropagator].
type Option func(propagator *Propagator)

// BaggagePrefix is what the headers of baggage items begin with; the default is "baggage-".
func BaggagePrefix(prefix string) Option {
	return func(propagator *Propagator) { propagator.baggagePrefix = prefix }
}

// Propagator is an Injector and an Extractor of Zipkin's format B3, in several headers. Make
// it with [NewZipkinB3HTTPHeaderPropagator].
type Propagator struct {
	baggagePrefix string
}

var (
	_ jaeger.Injector  = Propagator{}
	_ jaeger.Extractor = Propagator{}
)

// NewZipkinB3HTTPHeaderPropagator returns a propagator of B3:
//
//	p := zipkin.NewZipkinB3HTTPHeaderPropagator()
//	cfg.NewTracer(config.Injector(opentracing.HTTPHeaders, p), config.Extractor(opentracing.HTTPHeaders, p))
func NewZipkinB3HTTPHeaderPropagator(opts ...Option) Propagator {
	p := Propagator{defaultBaggagePrefix}
	for _, opt := range opts {
		opt(&p)
	}
	return p
}

// Inject writes the IDs, whether the trace is sampled, and the baggage. The carrier is an
// opentracing.TextMapWriter; else the error is opentracing.ErrInvalidCarrier.
func (p Propagator) Inject(sc jaeger.SpanContext, abstractCarrier any) error {
	carrier, ok := abstractCarrier.(opentracing.TextMapWriter)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	carrier.Set(traceIDHeader, sc.TraceID().String())
	if parent := sc.ParentID(); parent != 0 {
		carrier.Set(parentIDHeader, parent.String())
	}
	carrier.Set(spanIDHeader, sc.SpanID().String())
	sampled := "0"
	if sc.IsSampled() {
		sampled = "1"
	}
	carrier.Set(sampledHeader, sampled)
	sc.ForeachBaggageItem(func(key, value string) bool {
		carrier.Set(p.baggagePrefix+key, value)
		return true
	})
	return nil
}

// Extract reads the same, in any case of the keys. The carrier is an
// opentracing.TextMapReader; else the error is opentracing.ErrInvalidCarrier. Without a trace
// it is opentracing.ErrSpanContextNotFound, and for a malformed ID it names the header.
func (p Propagator) Extract(abstractCarrier any) (jaeger.SpanContext, error) {
	carrier, ok := abstractCarrier.(opentracing.TextMapReader)
	if !ok {
		return jaeger.SpanContext{}, opentracing.ErrInvalidCarrier
	}
	var (
		traceID          jaeger.TraceID
		spanID, parentID jaeger.SpanID
		sampled          bool
		baggage          map[string]string
	)
	err := carrier.ForeachKey(func(key, value string) (err error) {
		key = strings.ToLower(key)
		switch key {
		case traceIDHeader:
			traceID, err = jaeger.TraceIDFromString(value)
		case parentIDHeader:
			parentID, err = jaeger.SpanIDFromString(value)
		case spanIDHeader:
			spanID, err = jaeger.SpanIDFromString(value)
		case sampledHeader:
			sampled = value == "1" || value == "true"
		default:
			item, found := strings.CutPrefix(key, p.baggagePrefix)
			if !found {
				return nil
			}
			if baggage == nil {
				baggage = make(map[string]string)
			}
			baggage[item] = value
		}
		if err != nil {
			return fmt.Errorf("zipkin: header %s: %w", key, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return jaeger.SpanContext{}, err
	case !traceID.IsValid():
		return jaeger.SpanContext{}, opentracing.ErrSpanContextNotFound
	}
	return jaeger.NewSpanContext(traceID, spanID, parentID, sampled, baggage), nil
}
