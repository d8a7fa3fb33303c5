// SPDX-License-Identifier: Apache-2.0

package latekind

import (
	"context"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Processor returns a processor that hands next each ended span as [Of] has it. A nil next
// makes a processor that does nothing.
func Processor(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	if next == nil {
		next = discard{}
	}
	return processor{next}
}

// processor passes OnStart, ForceFlush and Shutdown through by embedding.
type processor struct {
	sdktrace.SpanProcessor
}

func (p processor) OnEnd(span sdktrace.ReadOnlySpan) { p.SpanProcessor.OnEnd(Of(span)) }

// discard is a processor that does nothing.
type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }
