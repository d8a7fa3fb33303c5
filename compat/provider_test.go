// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"maps"
	"slices"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
)

// TestTracerTellsItsPropagator is about code that was handed a tracer of the provider alone.
func TestTracerTellsItsPropagator(t *testing.T) {
	keepGlobals(t)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	type propagates interface {
		Propagator() propagation.TextMapPropagator
		TextMapPropagator() propagation.TextMapPropagator
	}
	for _, c := range []struct {
		explanation      string
		opts             *Options
		headers, textMap []string
	}{
		{"the global one", nil, []string{"traceparent"}, []string{"traceparent"}},
		{"one for all formats", &Options{TextMap: propagation.TraceContext{}}, []string{"traceparent"}, []string{"traceparent"}},
		{"one for each", &Options{TextMap: propagation.Baggage{}, HTTPHeaders: propagation.TraceContext{}}, []string{"traceparent"}, nil},
	} {
		tracer, _ := newRecorded(t, c.opts)
		native := tracer.TracerProvider().Tracer("native")
		ctx, span := native.Start(context.Background(), "span")
		for _, format := range []struct {
			propagator propagation.TextMapPropagator
			want       []string
		}{{native.(propagates).Propagator(), c.headers}, {native.(propagates).TextMapPropagator(), c.textMap}} {
			carrier := propagation.MapCarrier{}
			format.propagator.Inject(ctx, carrier)
			if got := slices.Sorted(maps.Keys(carrier)); !slices.Equal(got, format.want) {
				t.Errorf("%s: injected %v, want %v", c.explanation, got, format.want)
			}
		}
		span.End()
	}
}
