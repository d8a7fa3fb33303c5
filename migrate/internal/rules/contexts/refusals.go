// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedNilSpan = &refusal.Category{
	Name: "nil-span", Title: "A span that is left nil",
	Why:  "Without an installed tracer, OpenTelemetry code does not see the spans that OpenTracing code puts into contexts. This code keeps a nil span if the context has none, and its callers stay OpenTracing. Rewritten code would call methods of a nil span. It is the same the other way round: code that stays OpenTracing, and has spans of NoopTracer in its contexts, would find nil in the place of a rewritten span.",
	Todo: "First find out why the OpenTracing code stays. Or start a span in both cases.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedNilSpan,
	}
}
