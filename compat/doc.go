// SPDX-License-Identifier: Apache-2.0

// Package compat is OpenTracing on top and OpenTelemetry beneath: legacy callers
// keep their code, and their spans are recorded and exported by the OpenTelemetry
// SDK.
//
// # The tracer
//
// [Install] in main replaces the set-up of the old tracer. From then on
// opentracing.GlobalTracer and all that uses it, and otel.GetTracerProvider and
// all that uses that, make spans of the same traces: a span of either API that is
// active in a context is seen by the other one, its baggage too.
//
//	provider, err := exporters.NewProvider(ctx, nil)
//	…
//	tracer := compat.Install(provider, nil)
//	defer tracer.Close()
//
// [NewTracer] is the same without touching a global. [SpanFromContext] and
// [StartSpanFromContext] find more than their twins in the opentracing package;
// [OTelSpan] and [OpenTracingSpan] translate a span at the border between migrated
// and legacy code, and [ContextWithSpanContext] makes a context of a span context;
// [OTelSpanContext] gives the IDs for logs, and [NewLogHandler] adds them to what
// slog writes.
//
// # HTTP
//
// [Tracing] traces requests with any opentracing.Tracer: all of them
// ([Tracing.TraceAll]) or selected handlers ([Tracing.Trace]). [Tracing.GetSpan]
// returns the span of a request, and [Tracing.Inject] or [Tracing.Transport]
// carry it into outgoing ones.
//
// # The bridge
//
// Spans are started through OpenTelemetry's OpenTracing bridge, which compiles only
// with the otel of its own version. With the build tag nobridge this package is built
// without it, for a version of otel that has none. The spans are the same; only what
// a span's method Unwrap returns differs.
//
// # Known limits
//
// opentracing.ContextWithSpan(ctx, nil) calls no tracer, so OpenTelemetry code
// still sees the span that was active. trace.ContextWithSpan of a span that was
// started elsewhere is seen by [SpanFromContext] and [StartSpanFromContext], not
// by the functions of the opentracing package. The tag sampling.priority can't
// change the sampling of a span after its start. Baggage that OpenTelemetry code
// puts into a context below an active OpenTracing span reaches the next span that
// is activated, not the active one.
package compat
