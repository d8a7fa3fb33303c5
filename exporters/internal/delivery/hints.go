// SPDX-License-Identifier: Apache-2.0

package delivery

import "context"

// Hints are what who hands an exporter a batch tells it, in the context.
type Hints struct {
	// Hurry is closed when somebody waits for the end: an endpoint where nobody
	// answers is tried once more at most then. nil: nobody ever does.
	Hurry <-chan struct{}
	// Valid says that all texts of the batch are UTF-8.
	Valid bool
}

type hintsKey struct{}

// WithHints returns a context with hints.
func WithHints(ctx context.Context, hints Hints) context.Context {
	return context.WithValue(ctx, hintsKey{}, hints)
}

// HintsOf returns the hints of a context; none if it has none.
func HintsOf(ctx context.Context) Hints {
	hints, _ := ctx.Value(hintsKey{}).(Hints)
	return hints
}
