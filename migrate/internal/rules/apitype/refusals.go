// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedStartSpanOptions = &refusal.Category{
	Name: "start-span-options", Title: "StartSpanOptions",
	Why:  "OpenTelemetry has no counterpart of the struct that holds OpenTracing's options.",
	Todo: "Pass `[]trace.SpanStartOption`. To read the options, use `trace.NewSpanStartConfig(opts...)`.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedStartSpanOptions,
	}
}
