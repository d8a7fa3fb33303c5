// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

const (
	flagSampled  = 1
	flagDebug    = 2
	flagFirehose = 8
)

// SpanContext is what the method Context of a span of [NewTracer] returns, and Extract:
//
//	if sc, ok := span.Context().(jaeger.SpanContext); ok {
//		log.Println(sc.TraceID(), sc.SpanID(), sc.IsSampled())
//	}
//
// It holds for spans that OpenTelemetry code started, too. The zero value names no
// trace. A context never changes, but by CopyFrom.
type SpanContext struct {
	// of is the tracer's own context and span its span; nil in a context that was made
	// here, which has made.
	of   opentracing.SpanContext
	span trace.Span
	made *madeContext
}

var _ opentracing.SpanContext = SpanContext{}

// decorate returns the tracer's context as a SpanContext.
func decorate(sc opentracing.SpanContext, span trace.Span) opentracing.SpanContext {
	return SpanContext{of: sc, span: span}
}

// madeContext is a context that was not the tracer's. compat knows it by its methods.
type madeContext struct {
	trace.SpanContext
	parent  SpanID
	flags   byte
	baggage map[string]string
}

func (c *madeContext) ForeachBaggageItem(handler func(key, value string) bool) {
	for key, value := range c.baggage {
		if !handler(key, value) {
			return
		}
	}
}

// NewSpanContext returns a context for a reference or for Inject. It keeps baggage.
func NewSpanContext(traceID TraceID, spanID, parentID SpanID, sampled bool, baggage map[string]string) SpanContext {
	var flags byte
	if sampled {
		flags = flagSampled
	}
	return newSpanContext(traceID, spanID, parentID, flags, baggage)
}

func newSpanContext(traceID TraceID, spanID, parentID SpanID, flags byte, baggage map[string]string) SpanContext {
	return SpanContext{made: &madeContext{
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{
			TraceID:    traceID.otel(),
			SpanID:     spanID.otel(),
			TraceFlags: trace.TraceFlags(flags & flagSampled),
			Remote:     true,
		}),
		parent:  parentID,
		flags:   flags,
		baggage: baggage,
	}}
}

// ContextFromString parses what String returns: the trace, span and parent ID in
// hexadecimal digits and the flags as a decimal number, between colons.
func ContextFromString(value string) (SpanContext, error) {
	if value == "" {
		return SpanContext{}, errors.New("jaeger: the empty text is not a span context")
	}
	parts := strings.SplitN(value, ":", 5)
	if len(parts) != 4 {
		return SpanContext{}, fmt.Errorf("jaeger: %.100q is not a span context: want trace:span:parent:flags", value)
	}
	traceID, err := TraceIDFromString(parts[0])
	if err != nil {
		return SpanContext{}, err
	}
	spanID, err := SpanIDFromString(parts[1])
	if err != nil {
		return SpanContext{}, err
	}
	parentID, err := SpanIDFromString(parts[2])
	if err != nil {
		return SpanContext{}, err
	}
	flags, err := strconv.ParseUint(parts[3], 10, 8)
	if err != nil {
		return SpanContext{}, fmt.Errorf("jaeger: flags of a span context: %w", err)
	}
	return newSpanContext(traceID, spanID, parentID, byte(flags), nil), nil
}

// SpanContextOf is the assertion
//
//	sc, ok := span.Context().(jaeger.SpanContext)
//
// which also holds for contexts of jaeger-client-go: a test may have to stay on its tracers.
// Of these it returns a copy, with their IDs, flags and baggage.
func SpanContextOf(sc opentracing.SpanContext) (SpanContext, bool) {
	if own, ok := sc.(SpanContext); ok {
		return own, true
	}
	t := reflect.TypeOf(sc)
	if t == nil || t.Name() != "SpanContext" || t.PkgPath() != "github.com/uber/jaeger-client-go" {
		return SpanContext{}, false
	}
	old, ok := sc.(interface {
		fmt.Stringer
		Flags() byte
	})
	if !ok {
		return SpanContext{}, false
	}
	// Its text has the flags in hexadecimal digits, which ContextFromString takes for decimal ones.
	ids := old.String()
	same, err := ContextFromString(ids[:strings.LastIndexByte(ids, ':')+1] + strconv.Itoa(int(old.Flags())))
	if err != nil {
		return SpanContext{}, false
	}
	sc.ForeachBaggageItem(func(key, value string) bool {
		same = same.WithBaggageItem(key, value)
		return true
	})
	return same, true
}

// Unwrap returns the context as compat knows it.
func (c SpanContext) Unwrap() opentracing.SpanContext {
	switch {
	case c.of != nil:
		return c.of
	case c.made != nil:
		return c.made
	}
	return &madeContext{}
}

func (c SpanContext) otel() trace.SpanContext {
	switch {
	case c.of != nil:
		sc, _ := compat.OTelSpanContext(c.of)
		return sc
	case c.made != nil:
		return c.made.SpanContext
	}
	return trace.SpanContext{}
}

// TraceID returns the trace's ID.
func (c SpanContext) TraceID() TraceID { return traceIDOf(c.otel().TraceID()) }

// SpanID returns the span's ID.
func (c SpanContext) SpanID() SpanID { return spanIDOf(c.otel().SpanID()) }

// ParentID returns the ID of the span's parent; 0 for a root span, for a span that isn't
// sampled and for an extracted context, whose parents OpenTelemetry doesn't know.
func (c SpanContext) ParentID() SpanID {
	if c.made != nil {
		return c.made.parent
	}
	if recorded, ok := c.span.(sdktrace.ReadOnlySpan); ok {
		return spanIDOf(recorded.Parent().SpanID())
	}
	return 0
}

// Flags returns 1 for sampled and 2 for debug, together.
func (c SpanContext) Flags() byte {
	if c.made != nil {
		return c.made.flags
	}
	// What the wire has besides the sampled flag, compat's context holds for propagators.
	return flagsIn(compat.ContextWithSpanContext(context.Background(), c.Unwrap()))
}

// IsValid reports whether the context names a span.
func (c SpanContext) IsValid() bool { return c.otel().IsValid() }

// IsSampled reports whether the trace is recorded.
func (c SpanContext) IsSampled() bool { return c.otel().IsSampled() }

// IsDebug reports whether somebody asked for this trace to be recorded, by the header
// jaeger-debug-id or by the debug flag of uber-trace-id.
func (c SpanContext) IsDebug() bool { return c.Flags()&flagDebug != 0 }

// IsFirehose reports whether a peer set the firehose flag of uber-trace-id.
func (c SpanContext) IsFirehose() bool { return c.Flags()&flagFirehose != 0 }

// IsSamplingFinalized returns true: OpenTelemetry decides when a span starts.
func (c SpanContext) IsSamplingFinalized() bool { return true }

// String returns the trace, span and parent ID in hexadecimal digits, and the flags,
// between colons, as the header uber-trace-id has them.
func (c SpanContext) String() string {
	return fmt.Sprintf("%s:%s:%s:%x", c.TraceID(), c.SpanID(), c.ParentID(), c.Flags())
}

// ForeachBaggageItem calls handler for each baggage item until it returns false.
func (c SpanContext) ForeachBaggageItem(handler func(k, v string) bool) {
	c.Unwrap().ForeachBaggageItem(handler)
}

// WithBaggageItem returns a context with an item more; without it where value is empty.
func (c SpanContext) WithBaggageItem(key, value string) SpanContext {
	baggage := c.baggage()
	if value == "" {
		delete(baggage, key)
	} else {
		baggage[key] = value
	}
	return newSpanContext(c.TraceID(), c.SpanID(), c.ParentID(), c.Flags(), baggage)
}

// CopyFrom makes c the same as ctx.
func (c *SpanContext) CopyFrom(ctx *SpanContext) {
	*c = *ctx
	if c.made != nil {
		made := *c.made
		made.baggage = maps.Clone(made.baggage)
		c.made = &made
	}
}

func (c SpanContext) baggage() map[string]string {
	items := make(map[string]string)
	c.ForeachBaggageItem(func(key, value string) bool {
		items[key] = value
		return true
	})
	return items
}
