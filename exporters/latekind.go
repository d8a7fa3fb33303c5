// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/latekind"
)

// LateSpanKind returns a processor that hands next each ended span with the
// kind that its attribute span.kind names, and without that attribute.
//
// OpenTelemetry fixes the kind of a span when it starts. Code written for
// OpenTracing may set the tag span.kind at any time, and such a late kind
// arrives as an attribute. The texts client, server, producer and consumer
// count, in any case; every other value, a text or not, stays an attribute
// and the kind stays as it was.
//
// [NewProvider] installs it in front of every exporter. To use it with a
// provider of your own:
//
//	sdktrace.WithSpanProcessor(exporters.LateSpanKind(sdktrace.NewBatchSpanProcessor(exporter)))
//
// A span without the attribute passes through as it is, without allocation;
// spans that are not recorded never reach a processor. A nil next makes a
// processor that does nothing. It is safe for concurrent use if next is.
func LateSpanKind(next sdktrace.SpanProcessor) sdktrace.SpanProcessor {
	return latekind.Processor(next)
}
