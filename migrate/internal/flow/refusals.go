// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedCarrier = &refusal.Category{
	Name: "carrier", Title: "A carrier or format without a counterpart",
	Why:  "The call does not name the format, or the carrier has neither the methods of OpenTracing's carriers nor those of OpenTelemetry's.",
	Todo: "Name the format at the call, or give the carrier the methods `Get`, `Set` and `Keys` of `propagation.TextMapCarrier`.",
}

var RefusedForeignTracer = &refusal.Category{
	Name: "foreign-tracer", Title: "A span of another library's tracer in a context",
	Why:  "Code that stays OpenTracing puts a span of another library's tracer into a context. That tracer does not tell OpenTelemetry, so rewritten code would not find the span in the context.",
	Todo: "See why the code that calls `opentracing.ContextWithSpan` stays, and change that first. Or start the span with `opentracing.GlobalTracer()` or a tracer of `compat`.",
}

var RefusedNoopTracer = &refusal.Category{
	Name: "noop-tracer", Title: "A tracer that may do nothing",
	Why:  "Code that checks for a span finds one of opentracing.NoopTracer, but it is not a parent. OpenTelemetry's `noop.Tracer` passes the parent on instead. fix adds a type that behaves like opentracing.NoopTracer to the package, but another package cannot check for it.",
	Todo: "Choose between `noop.NewTracerProvider()` and the real provider in one place, and start all spans with its tracers.",
}

var RefusedOwnOption = &refusal.Category{
	Name: "own-option", Title: "A StartSpanOption type of your own",
	Why:  "A type of the module implements opentracing.StartSpanOption. Other packages cannot implement OpenTelemetry's options.",
	Todo: "Replace it with a function that returns `[]trace.SpanStartOption`.",
}

var RefusedOwnSpan = &refusal.Category{
	Name: "own-span", Title: "A Span type of your own",
	Why:  "A type of the module implements opentracing.Span. A type can implement OpenTelemetry's Span only by embedding one, and its methods differ. Everything that such a span may flow into stays OpenTracing, unless the method Tracer of the type returns a tracer of the module. If the code puts the span into a context, that includes what it takes out of contexts.",
	Todo: "Embed `noop.Span` or a `trace.Span`, and override the methods of OpenTelemetry's interface. A type that only embeds an OpenTracing span, and has a method such as `End`, can call those of the span by the field: `s.Span.Finish()`.",
}

var RefusedOwnSpanContext = &refusal.Category{
	Name: "own-span-context", Title: "A SpanContext type of your own",
	Why:  "A type of the module implements opentracing.SpanContext. OpenTelemetry's SpanContext is a struct.",
	Todo: "Use `trace.NewSpanContext`, and put the other data into the context.",
}

var RefusedOwnTracer = &refusal.Category{
	Name: "own-tracer", Title: "A Tracer type of your own",
	Why:  "A type of the module implements opentracing.Tracer or an extension of it.",
	Todo: "You can keep it: fix rewrites the code that uses it, and `compat.ProviderOf` records the spans of that code with it. To replace it, wrap a `trace.TracerProvider` in a type that embeds `noop.TracerProvider`, or use a span processor or a propagator, depending on its purpose.",
}

var RefusedSetUp = &refusal.Category{
	Name: "set-up", Title: "The set-up of a tracer",
	Why:  "You decide which provider a program uses, and when it is shut down.",
	Todo: "Keep `compat.Install` while the program has OpenTracing code. At the last stage, call `otel.SetTracerProvider`.",
}

var RefusedExternalAPI = &refusal.Category{
	Name: "external-api", Title: "The API of another module",
	Why:  "A function, method, type or field has an OpenTracing type, and its declaration is outside the code that fix rewrites.",
	Todo: "Use the OpenTelemetry version of the library, or convert spans at the call with `compat.OpenTracingSpan` and `compat.OTelSpan`.",
}

var RefusedGenerated = &refusal.Category{
	Name: "generated", Title: "Generated code",
	Why:  "A generator or cgo makes the file, so a rewrite would be lost. Or the file is a symbolic link, and other packages that use it may differ.",
	Todo: "Change the generator. Replace the link with a file, or rewrite the file by hand for all packages that use it.",
}

var RefusedKeptAPI = &refusal.Category{
	Name: "kept-api", Title: "A declaration that keeps its type",
	Why:  "The declaration is part of the API that -keep-api keeps. Or code that does not compile, or that no loaded build includes, mentions it. Or several builds of its package declare it with different types.",
	Todo: "Run again without -keep-api when the importers are ready, or when that code compiles. If no build includes a program, such as one for go run, rewrite it by hand. Declare the same types in all builds.",
}

var RefusedOptionValue = &refusal.Category{
	Name: "option-value", Title: "An option built elsewhere",
	Why:  "The option may be a tag, a kind or a reference. It is not known here which one it is.",
	Todo: "Write the option in the call that starts the span.",
}

var RefusedStructuralInterface = &refusal.Category{
	Name: "structural-interface", Title: "A span used as another interface",
	Why:  "The code uses the span as another interface that has OpenTracing's methods.",
	Todo: "Change the interface to OpenTelemetry's methods.",
}

var RefusedTypeAssertion = &refusal.Category{
	Name: "type-assertion", Title: "A type assertion on a tracer's own type",
	Why:  "The code asserts the type of one particular tracer, such as jaeger.SpanContext.",
	Todo: "Check the span context with IsValid, and use `span.SpanContext().TraceID()`.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedCarrier,
		RefusedForeignTracer,
		RefusedNoopTracer,
		RefusedOwnOption,
		RefusedOwnSpan,
		RefusedOwnSpanContext,
		RefusedOwnTracer,
		RefusedSetUp,
		RefusedExternalAPI,
		RefusedGenerated,
		RefusedKeptAPI,
		RefusedOptionValue,
		RefusedStructuralInterface,
		RefusedTypeAssertion,
	}
}
