// SPDX-License-Identifier: Apache-2.0

package opentracing

// instead has what is written in OpenTelemetry in the place of the symbols that new code
// is most likely to use.
var instead = map[string]string{
	"opentracing.StartSpanFromContext": "ctx, span := tracer.Start(ctx, name)",
	"opentracing.StartSpan":            "ctx, span := tracer.Start(ctx, name)",
	"opentracing.Tracer.StartSpan":     "ctx, span := tracer.Start(ctx, name)",
	"opentracing.ChildOf":              "the context of the parent, in tracer.Start(ctx, name)",
	"opentracing.FollowsFrom":          "trace.WithLinks",
	"opentracing.Tags":                 "trace.WithAttributes",
	"opentracing.Tag":                  "trace.WithAttributes",
	"opentracing.Span.Finish":          "span.End()",
	"opentracing.Span.SetTag":          "span.SetAttributes(attribute.String(key, value))",
	"opentracing.Span.LogFields":       "span.AddEvent(name, trace.WithAttributes(…))",
	"opentracing.Span.LogKV":           "span.AddEvent(name, trace.WithAttributes(…))",
	"opentracing.Span.SetBaggageItem":  "baggage.ContextWithBaggage",
	"opentracing.Span.BaggageItem":     "baggage.FromContext(ctx).Member(key).Value()",
	"opentracing.Span.Context":         "span.SpanContext()",
	"opentracing.SpanFromContext":      "trace.SpanFromContext(ctx)",
	"opentracing.ContextWithSpan":      "trace.ContextWithSpan(ctx, span)",
	"opentracing.Tracer.Inject":        "otel.GetTextMapPropagator().Inject(ctx, carrier)",
	"opentracing.Tracer.Extract":       "otel.GetTextMapPropagator().Extract(ctx, carrier)",
	"opentracing.HTTPHeadersCarrier":   "propagation.HeaderCarrier",
	"opentracing.TextMapCarrier":       "propagation.MapCarrier",
	"opentracing.GlobalTracer":         "otel.Tracer(path)",
	"opentracing.SetGlobalTracer":      "otel.SetTracerProvider(provider)",
	"opentracing.Span":                 "trace.Span",
	"opentracing.SpanContext":          "trace.SpanContext",
	"opentracing.Tracer":               "trace.Tracer",
	"ext.LogError":                     "span.RecordError(err) and span.SetStatus(codes.Error, text)",
	"ext.Error":                        "span.SetStatus(codes.Error, text)",
	"ext.SpanKind":                     "trace.WithSpanKind",
	"ext.SpanKindRPCClient":            "trace.WithSpanKind(trace.SpanKindClient)",
	"ext.SpanKindRPCServer":            "trace.WithSpanKind(trace.SpanKindServer)",
	"ext.SpanKindProducer":             "trace.WithSpanKind(trace.SpanKindProducer)",
	"ext.SpanKindConsumer":             "trace.WithSpanKind(trace.SpanKindConsumer)",
}

// CheatSheet is the address of the page that has all symbols.
const CheatSheet = "https://github.com/ot2otel/ot2otel/blob/main/docs/cheatsheet.md"

// Instead returns what is written in OpenTelemetry in the place of a symbol, such as
// "span.End()" for "opentracing.Span.Finish", or "" where a page has to say it.
func Instead(symbol string) string { return instead[symbol] }
