// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedStartSpanOptions = &refusal.Category{
	Name: "start-span-options", Title: "StartSpanOptions",
	Why:  "The struct that OpenTracing's options are applied to has no counterpart.",
	Todo: "Pass `[]trace.SpanStartOption`, or `trace.NewSpanStartConfig(opts...)` to look into them.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedStartSpanOptions,
	}
}
