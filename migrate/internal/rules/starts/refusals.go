// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedReferenceValue = &refusal.Category{
	Name: "reference-value", Title: "A reference that is passed around",
	Why:  "In OpenTelemetry the context gives the parent of a span, not an option. Here the reference may be missing, the code passes it on among options, or the order of several references decides which one is the parent.",
	Todo: "Pass the context instead of the option: `trace.ContextWithSpan(ctx, parent)`.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedReferenceValue,
	}
}
