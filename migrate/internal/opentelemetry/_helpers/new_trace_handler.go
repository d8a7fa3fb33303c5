// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// newTraceHandler returns a handler that adds the IDs of the context's span to each record.
func newTraceHandler(next slog.Handler) slog.Handler { return traceHandler{next} }

type traceHandler struct{ slog.Handler }

func (h traceHandler) Handle(ctx context.Context, record slog.Record) error {
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		record = record.Clone()
		record.AddAttrs(slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

func (h traceHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return traceHandler{h.Handler.WithAttrs(attributes)}
}

func (h traceHandler) WithGroup(name string) slog.Handler {
	return traceHandler{h.Handler.WithGroup(name)}
}
