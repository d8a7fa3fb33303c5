// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// spanKind returns the option for a kind that is known at run time only. One that
// OpenTelemetry doesn't have is an attribute.
func spanKind(kind string) trace.SpanStartOption {
	kinds := map[string]trace.SpanKind{
		"internal": trace.SpanKindInternal,
		"server":   trace.SpanKindServer,
		"client":   trace.SpanKindClient,
		"producer": trace.SpanKindProducer,
		"consumer": trace.SpanKindConsumer,
	}
	if known, ok := kinds[strings.ToLower(kind)]; ok {
		return trace.WithSpanKind(known)
	}
	return trace.WithAttributes(attribute.String("span.kind", kind))
}
