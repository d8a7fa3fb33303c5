// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// linkTo links a span, if there is one.
func linkTo(sc trace.SpanContext, refType string) trace.SpanStartOption {
	if !sc.IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.Link{
		SpanContext: sc,
		Attributes:  []attribute.KeyValue{attribute.String("opentracing.ref_type", refType)},
	})
}
