// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"slices"
)

// mocktracerSymbols is the table of package mocktracer: OpenTracing's tracer for
// tests.
func mocktracerSymbols() []Symbol {
	const p = MocktracerPath
	return slices.Concat(
		rows(p, KindFunc, AreaTest, "New"),
		rows(p, KindType, AreaTest, "MockTracer", "MockSpan", "MockSpanContext", "MockLogRecord",
			"MockKeyValue", "Injector", "Extractor", "TextMapPropagator"),
		rows(p, KindMethod, AreaTest,
			"MockTracer.FinishedSpans", "MockTracer.Reset", "MockTracer.StartSpan",
			"MockTracer.RegisterInjector", "MockTracer.RegisterExtractor",
			"MockTracer.Inject", "MockTracer.Extract",

			"MockSpan.Tags", "MockSpan.Tag", "MockSpan.Logs", "MockSpan.Context", "MockSpan.SetTag",
			"MockSpan.SetBaggageItem", "MockSpan.BaggageItem", "MockSpan.Finish", "MockSpan.FinishWithOptions",
			"MockSpan.String", "MockSpan.LogFields", "MockSpan.LogKV", "MockSpan.LogEvent",
			"MockSpan.LogEventWithPayload", "MockSpan.Log", "MockSpan.SetOperationName", "MockSpan.Tracer",

			"MockSpanContext.ForeachBaggageItem", "MockSpanContext.WithBaggageItem",

			"MockKeyValue.EmitString", "MockKeyValue.EmitBool", "MockKeyValue.EmitInt", "MockKeyValue.EmitInt32",
			"MockKeyValue.EmitInt64", "MockKeyValue.EmitUint32", "MockKeyValue.EmitUint64", "MockKeyValue.EmitFloat32",
			"MockKeyValue.EmitFloat64", "MockKeyValue.EmitObject", "MockKeyValue.EmitLazyLogger",

			"Injector.Inject", "Extractor.Extract", "TextMapPropagator.Inject", "TextMapPropagator.Extract"),
		rows(p, KindField, AreaTest,
			"MockTracer.RWMutex",
			"MockSpan.RWMutex", "MockSpan.ParentID", "MockSpan.OperationName", "MockSpan.StartTime",
			"MockSpan.FinishTime", "MockSpan.SpanContext",
			"MockSpanContext.TraceID", "MockSpanContext.SpanID", "MockSpanContext.Sampled", "MockSpanContext.Baggage",
			"MockLogRecord.Timestamp", "MockLogRecord.Fields",
			"MockKeyValue.Key", "MockKeyValue.ValueKind", "MockKeyValue.ValueString",
			"TextMapPropagator.HTTPHeaders"),
	)
}
