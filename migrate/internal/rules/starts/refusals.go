// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedReferenceValue = &refusal.Category{
	Name: "reference-value", Title: "A reference that is passed around",
	Why:  "The parent of a span is given by the context in OpenTelemetry, not by an option. Here it may be missing, it is handed to other code among options, or the order of several references decides about it.",
	Todo: "Pass the context instead of the option: `trace.ContextWithSpan(ctx, parent)`.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedReferenceValue,
	}
}
