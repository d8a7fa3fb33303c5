// SPDX-License-Identifier: Apache-2.0

// Package compat implements the OpenTracing API on OpenTelemetry. Code that uses
// OpenTracing stays as it is, and the OpenTelemetry SDK records and exports its spans.
//
// # The tracer
//
// [Install] in main replaces the set-up of the old tracer. Afterwards,
// opentracing.GlobalTracer and otel.GetTracerProvider make spans of the same traces.
// Each API sees the span that the other API has put into a context, and its baggage.
//
//	provider, err := exporters.NewProvider(ctx, nil)
//	…
//	tracer := compat.Install(provider, nil)
//	defer tracer.Close()
//
// [NewTracer] makes the same tracer and sets no globals. [SpanFromContext] and
// [StartSpanFromContext] find more spans than the functions of the opentracing
// package. [OTelSpan] and [OpenTracingSpan] convert a span where migrated and legacy
// code meet. [ContextWithSpanContext] makes a context from a span context, and
// [SpanContextFromContext] a span context from a context.
// [OTelSpanContext] returns the IDs for logs, and [NewLogHandler] adds them to the
// records of slog.
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
// This package starts spans with OpenTelemetry's OpenTracing bridge. The bridge
// compiles only with the same version of otel. If a version of otel has no bridge, use
// the build tag nobridge, which builds the package without it. The spans are the same.
// Only the result of a span's method Unwrap differs.
//
// # Known limits
//
//   - opentracing.ContextWithSpan(ctx, nil) calls no tracer, so OpenTelemetry code
//     still sees the span that was active.
//   - [SpanFromContext] and [StartSpanFromContext] find a span that was started
//     elsewhere and put into a context with trace.ContextWithSpan. The functions of
//     the opentracing package do not.
//   - The tag sampling.priority does not change the sampling of a span after its
//     start.
//   - If OpenTelemetry code puts baggage into a context below an active OpenTracing
//     span, the next span that is activated has it. The active span does not.
package compat
