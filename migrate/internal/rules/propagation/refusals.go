// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedBinaryFormat = &refusal.Category{
	Name: "binary-format", Title: "The binary format",
	Why:  "OpenTelemetry has no binary propagation format. A helper can replace it only where the carrier is known to be an io.Writer or io.Reader.",
	Todo: "Pass a writer or reader to the call. Or send a text map inside your binary message: inject into a `propagation.MapCarrier` and encode the map. Readers must understand both formats until all writers use the new one.",
}

var RefusedPropagationError = &refusal.Category{
	Name: "propagation-error", Title: "An error of Inject or Extract",
	Why:  "OpenTelemetry's propagators return no error, so code cannot tell errors apart.",
	Todo: "Check the span context with IsValid instead.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedBinaryFormat,
		RefusedPropagationError,
	}
}
