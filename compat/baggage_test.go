// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
)

func TestBaggageOfTheContext(t *testing.T) {
	keepGlobals(t)
	tracer, _ := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	remote := w3c.Extract(context.Background(), propagation.MapCarrier{
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "tenant=acme",
	})
	if got := SpanFromContext(remote).BaggageItem("tenant"); got != "acme" {
		t.Errorf("an extracted context's span has tenant=%q", got)
	}
	parent := tracer.StartSpan("parent").SetBaggageItem("secret", "1").SetBaggageItem("tenant", "acme")
	ctx := opentracing.ContextWithSpan(context.Background(), parent)
	for explanation, without := range map[string]context.Context{
		"taken away with all":  baggage.ContextWithoutBaggage(ctx),
		"taken away by itself": baggage.ContextWithBaggage(ctx, baggage.FromContext(ctx).DeleteMember("secret")),
	} {
		child, below := StartSpanFromContext(without, "child")
		if got := child.BaggageItem("secret"); got != "" || hasItem(baggage.FromContext(below), "secret") {
			t.Errorf("%s: the child has the item", explanation)
		}
	}
	if child, _ := StartSpanFromContext(ctx, "child"); child.BaggageItem("secret") != "1" {
		t.Error("the child of an unchanged context lacks the item")
	}
}
