// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedTestTracer = &refusal.Category{
	Name: "test-tracer", Title: "Tests with a tracer of their own",
	Why:  "A test passes a tracer of another implementation to the code, or makes it the global tracer. The test may check the spans that this tracer records, or the headers that it writes. Rewritten code gets its spans from OpenTelemetry's provider instead.",
	Todo: "Move the test with `ot2otel fix -stage 1`: mocktracer becomes its twin, and `mocktracer.Install` makes any tracer the global one of both APIs. If the test is on the twin, install its mock: `t.Cleanup(mocktracer.Install(mock))`. Where a test passes spans of another tracer to the code, record spans with `exporters.Memory` before the code is rewritten, as [MIGRATION.md](../MIGRATION.md#in-tests) says. Or run with -break-tests and change the tests afterwards.",
}

var RefusedAdapterPlace = &refusal.Category{
	Name: "adapter-place", Title: "No room for an adapter",
	Why:  "A call returns the span among several results, and the code that uses it stays OpenTracing.",
	Todo: "Assign the results to variables first.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedTestTracer,
		RefusedAdapterPlace,
	}
}
