// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"slices"
)

// openTracingSymbols is the table of package opentracing.
func openTracingSymbols() []Symbol {
	const p = OpenTracingPath
	return slices.Concat(
		// Starting spans.
		rows(p, KindFunc, AreaStart, "StartSpan", "StartSpanFromContext", "StartSpanFromContextWithTracer"),
		rows(p, KindMethod, AreaStart, "Tracer.StartSpan", "StartSpanOption.Apply", "StartTime.Apply"),
		rows(p, KindType, AreaStart, "StartSpanOption", "StartSpanOptions", "StartTime"),
		rows(p, KindField, AreaStart, "StartSpanOptions.References", "StartSpanOptions.StartTime", "StartSpanOptions.Tags"),

		// References to other spans.
		rows(p, KindFunc, AreaReference, "ChildOf", "FollowsFrom"),
		rows(p, KindType, AreaReference, "SpanReference", "SpanReferenceType"),
		rows(p, KindField, AreaReference, "SpanReference.Type", "SpanReference.ReferencedContext"),
		rows(p, KindMethod, AreaReference, "SpanReference.Apply"),
		rows(p, KindConst, AreaReference, "ChildOfRef", "FollowsFromRef"),

		// Finishing spans.
		rows(p, KindMethod, AreaFinish, "Span.Finish", "Span.FinishWithOptions"),
		rows(p, KindType, AreaFinish, "FinishOptions"),
		rows(p, KindField, AreaFinish, "FinishOptions.FinishTime", "FinishOptions.LogRecords"),
		deprecated(rows(p, KindField, AreaFinish, "FinishOptions.BulkLogData")),

		// Tags.
		rows(p, KindMethod, AreaTag, "Span.SetTag", "Tag.Apply", "Tag.Set", "Tags.Apply"),
		rows(p, KindType, AreaTag, "Tag", "Tags"),
		rows(p, KindField, AreaTag, "Tag.Key", "Tag.Value"),

		// Logs.
		rows(p, KindMethod, AreaLog, "Span.LogFields", "Span.LogKV"),
		deprecated(rows(p, KindMethod, AreaLog, "Span.LogEvent", "Span.LogEventWithPayload", "Span.Log", "LogData.ToLogRecord")),
		rows(p, KindType, AreaLog, "LogRecord"),
		rows(p, KindField, AreaLog, "LogRecord.Timestamp", "LogRecord.Fields"),
		deprecated(rows(p, KindType, AreaLog, "LogData")),
		deprecated(rows(p, KindField, AreaLog, "LogData.Timestamp", "LogData.Event", "LogData.Payload")),

		// Baggage.
		rows(p, KindMethod, AreaBaggage, "Span.SetBaggageItem", "Span.BaggageItem", "SpanContext.ForeachBaggageItem"),

		// What else a live span does.
		rows(p, KindMethod, AreaSpan, "Span.SetOperationName", "Span.Context", "Span.Tracer"),

		// Spans in a context.Context.
		rows(p, KindFunc, AreaContext, "ContextWithSpan", "SpanFromContext"),
		rows(p, KindType, AreaContext, "TracerContextWithSpanExtension"),
		rows(p, KindMethod, AreaContext, "TracerContextWithSpanExtension.ContextWithSpanHook"),

		// Propagation.
		rows(p, KindMethod, AreaPropagation, "Tracer.Inject", "Tracer.Extract",
			"TextMapReader.ForeachKey", "TextMapWriter.Set",
			"TextMapCarrier.ForeachKey", "TextMapCarrier.Set",
			"HTTPHeadersCarrier.ForeachKey", "HTTPHeadersCarrier.Set"),
		rows(p, KindType, AreaPropagation, "BuiltinFormat", "TextMapReader", "TextMapWriter", "TextMapCarrier", "HTTPHeadersCarrier"),
		rows(p, KindConst, AreaPropagation, "Binary", "TextMap", "HTTPHeaders"),
		rows(p, KindVar, AreaPropagation, "ErrUnsupportedFormat", "ErrSpanContextNotFound",
			"ErrInvalidSpanContext", "ErrInvalidCarrier", "ErrSpanContextCorrupted"),

		// The global tracer.
		rows(p, KindFunc, AreaGlobal, "GlobalTracer", "SetGlobalTracer", "IsGlobalTracerRegistered"),
		deprecated(rows(p, KindFunc, AreaGlobal, "InitGlobalTracer")),

		// The no-op tracer.
		rows(p, KindType, AreaNoop, "NoopTracer"),
		rows(p, KindMethod, AreaNoop, "NoopTracer.StartSpan", "NoopTracer.Inject", "NoopTracer.Extract"),

		// The types that signatures and fields are made of.
		rows(p, KindType, AreaType, "Span", "SpanContext", "Tracer"),
	)
}

// deprecated marks rows as deprecated by OpenTracing itself.
func deprecated(in []Symbol) []Symbol {
	for i := range in {
		in[i].Deprecated = true
	}
	return in
}
