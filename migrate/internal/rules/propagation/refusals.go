// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedBinaryFormat = &refusal.Category{
	Name: "binary-format", Title: "The binary format",
	Why:  "OpenTelemetry has no binary propagation format, and the carrier is not known to be an io.Writer or io.Reader at the call, so that a helper could take its place.",
	Todo: "Hand a writer or reader to the call, or send the text map inside of your binary message: inject into a `propagation.MapCarrier` and encode the map. Readers have to understand both until all writers are new.",
}

var RefusedPropagationError = &refusal.Category{
	Name: "propagation-error", Title: "An error of Inject or Extract",
	Why:  "OpenTelemetry's propagators return no error, so code that tells errors apart has nothing to look at.",
	Todo: "Test the span context with IsValid instead.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedBinaryFormat,
		RefusedPropagationError,
	}
}
