// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"log/slog"
	"os"

	"github.com/opentracing/opentracing-go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// Every line that is logged with a context names the active span, which OpenTracing
// code or OpenTelemetry code has started.
func ExampleNewLogHandler() {
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(sdktrace.WithIDGenerator(oneID{})), nil)
	defer tracer.Close()
	write := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime})
	logger := slog.New(compat.NewLogHandler(write, nil))

	span, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), tracer, "place order")
	defer span.Finish()
	logger.InfoContext(ctx, "order placed", "items", 3)
	logger.WithGroup("order").InfoContext(ctx, "order paid", "cents", 350)

	// The form of the logs before the migration, for one search over both.
	old := slog.New(compat.NewLogHandler(write, &compat.LogHandlerOptions{TraceID64: true}))
	old.InfoContext(ctx, "order sent")

	logger.Info("no span without a context")
	// Output:
	// level=INFO msg="order placed" items=3 trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331
	// level=INFO msg="order paid" order.cents=350 trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331
	// level=INFO msg="order sent" trace_id=8448eb211c80319c span_id=b7ad6b7169203331
	// level=INFO msg="no span without a context"
}

// oneID gives every span the same IDs, for an output that can be compared.
type oneID struct{}

func (oneID) NewIDs(context.Context) (trace.TraceID, trace.SpanID) {
	sc := remoteSpanContext(0)
	return sc.TraceID(), sc.SpanID()
}

func (oneID) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	return remoteSpanContext(0).SpanID()
}

func withoutTime(groups []string, attribute slog.Attr) slog.Attr {
	if len(groups) == 0 && attribute.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attribute
}
