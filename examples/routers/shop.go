// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"

	"github.com/opentracing/opentracing-go"

	"github.com/ot2otel/ot2otel/compat"
)

// newTracing returns what traces the shop: the path parameter id becomes a tag.
func newTracing(tracer opentracing.Tracer) *compat.Tracing {
	return compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"PathValue.id"}})
}

// shop is what the handlers have in common, whichever router calls them.
type shop struct{ tracing *compat.Tracing }

// order looks an order up, in a child of the request's span.
func (s shop) order(r *http.Request, id string) string {
	if span := s.tracing.GetSpan(r); span != nil { // nil where the request isn't traced
		span.SetTag("customer", "ada")
	}

	child, _ := opentracing.StartSpanFromContextWithTracer(r.Context(), s.tracing.Tracer(), "look up order")
	defer child.Finish()
	return "order " + id
}

// refusal is the answer to new orders, which isn't an error of the server.
const refusal = "out of stock"

// fail is a handler's bug.
func (shop) fail() string {
	panic("shelf not found")
}
