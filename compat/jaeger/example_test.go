// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"fmt"
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// A service takes a request of an old peer, which is a debug trace, and sends one that old
// and new peers understand.
func ExampleNewFormats() {
	formats, err := jaeger.NewFormats(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	request := http.Header{"Uber-Trace-Id": {"80f198ee56343ba864fe8b2a57d3eff7:e457b5a2e4d86bd1:0:3"}, "Uberctx-Tenant": {"acme%20inc"}}
	ctx := formats.Extract(context.Background(), propagation.HeaderCarrier(request))

	next := propagation.MapCarrier{}
	formats.Inject(ctx, next)
	for _, key := range []string{"uber-trace-id", "uberctx-tenant", "traceparent", "baggage"} {
		fmt.Printf("%s: %s\n", key, next[key])
	}
	// Output:
	// uber-trace-id: 80f198ee56343ba864fe8b2a57d3eff7:e457b5a2e4d86bd1:0:3
	// uberctx-tenant: acme%20inc
	// traceparent: 00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01
	// baggage: tenant=acme%20inc
}

// A person asks for a trace of one request by its debug ID, where hardly any is sampled.
func ExamplePriority() {
	sampler, err := jaeger.NewProbabilisticSampler(0)
	if err != nil {
		otel.Handle(err)
		return
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSampler(jaeger.Priority(sampler)))
	ctx := jaeger.Propagator{}.Extract(context.Background(), propagation.MapCarrier{"jaeger-debug-id": "ticket-7"})
	_, span := provider.Tracer("shop").Start(ctx, "order", trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	fmt.Println(span.SpanContext().IsSampled(), span.(sdktrace.ReadOnlySpan).Attributes()[0].Value.AsString())
	// Output: true ticket-7
}
