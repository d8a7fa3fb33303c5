// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"math/rand/v2"

	"go.opentelemetry.io/otel/trace"
)

// idGenerator makes IDs of a program's numbers. Nil functions are random.
type idGenerator struct{ low, high func() uint64 }

// nonZero asks for a number a few times, as 0 is not an ID.
func nonZero(number func() uint64) uint64 {
	for range 10 {
		if number == nil {
			break
		}
		if n := number(); n != 0 {
			return n
		}
	}
	return rand.Uint64() | 1
}

// NewIDs makes the IDs of a root.
func (g idGenerator) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	id := TraceID{Low: nonZero(g.low)}
	if high := g.high; high != nil {
		id.High = high()
	} else {
		id.High = nonZero(g.low)
	}
	traceID := id.otel()
	return traceID, g.NewSpanID(ctx, traceID)
}

// NewSpanID makes the ID of a span.
func (g idGenerator) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	return SpanID(nonZero(g.low)).otel()
}
