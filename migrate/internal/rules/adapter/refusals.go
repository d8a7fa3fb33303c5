// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedTestTracer = &refusal.Category{
	Name: "test-tracer", Title: "Tests that bring a tracer",
	Why:  "A test hands a tracer of another implementation to the code, or makes it the global one, and may look at the spans that it records or the headers that it writes. Rewritten code makes its spans by OpenTelemetry's provider.",
	Todo: "Move a test on mocktracer to its twin by `ot2otel fix -stage 1`, and make the mock global by `mocktracer.Install`. In other tests record spans with `exporters.Memory`, as under [In tests](../MIGRATION.md#in-tests), before the code is rewritten. Or run with -break-tests and change the tests afterwards.",
}

var RefusedAdapterPlace = &refusal.Category{
	Name: "adapter-place", Title: "No room for an adapter",
	Why:  "A span meets code that stays OpenTracing as one of several results.",
	Todo: "Take the results apart into variables first.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedTestTracer,
		RefusedAdapterPlace,
	}
}
