// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// maxDebugID bounds a debug ID in bytes, as Jaeger's clients bound a tag.
const maxDebugID = 256

// debugIDKey is the tag of a root that was asked for by a debug ID.
const debugIDKey = attribute.Key(JaegerDebugHeader)

// debugMark is what a carrier had that OpenTelemetry's span context has no place for.
// It is a value of the context that the carrier was extracted into.
type debugMark struct {
	traceID trace.TraceID // of the trace that the flags belong to
	flags   byte          // without the sampled one, which changes from span to span
	debugID string        // of a carrier without a trace
	refused atomic.Bool   // the debug ID, by the limit of a sampler
}

type debugMarkKey struct{}

// debugRoot is the remote parent beside a debug ID: it names no trace, and asks for one
// that is sampled. A span that is started as a new root hasn't this parent.
var debugRoot = trace.NewSpanContext(trace.SpanContextConfig{TraceFlags: trace.FlagsSampled, Remote: true})

func markOf(ctx context.Context) *debugMark {
	if ctx == nil {
		return nil
	}
	mark, _ := ctx.Value(debugMarkKey{}).(*debugMark)
	return mark
}

// flagsOf returns Jaeger's flags of a span in ctx.
func flagsOf(ctx context.Context, sc trace.SpanContext) (flags byte) {
	if sc.IsSampled() {
		flags = traceheader.FlagSampled
	}
	switch mark := markOf(ctx); {
	case mark == nil:
	case mark.debugID != "":
		if sc.IsSampled() && !mark.refused.Load() {
			flags |= traceheader.FlagDebug
		}
	case mark.traceID == sc.TraceID():
		flags |= mark.flags
	}
	return flags
}

// debugID returns the debug ID that a header has, within maxDebugID.
func debugID(value string, decode func(string) string) string {
	text := validUTF8(decode(truncated(value, 3*maxDebugID)))
	return strings.ToValidUTF8(truncated(text, maxDebugID), "")
}

func truncated(text string, length int) string { return text[:min(len(text), length)] }
