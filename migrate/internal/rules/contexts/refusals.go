// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedNilSpan = &refusal.Category{
	Name: "nil-span", Title: "A span that is left nil",
	Why:  "Where no tracer is installed, the spans that OpenTracing code puts into contexts can't be seen by OpenTelemetry code. This code leaves a span nil where a context has none, below OpenTracing code that stays, so other code would call a nil span.",
	Todo: "See first why the OpenTracing code stays. Or start a span in either case.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedNilSpan,
	}
}
