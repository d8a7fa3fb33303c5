// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedCarrier = &refusal.Category{
	Name: "carrier", Title: "A carrier or format without a counterpart",
	Why:  "The format is not written out at the call, or the carrier has neither the methods of OpenTracing's carriers nor those of OpenTelemetry's.",
	Todo: "Name the format at the call, or give the carrier the methods `Get`, `Set` and `Keys` of `propagation.TextMapCarrier`.",
}

var RefusedForeignTracer = &refusal.Category{
	Name: "foreign-tracer", Title: "A tracer that is not known to be OpenTelemetry's",
	Why:  "An adapter shows a span by the other API only if OpenTelemetry made it. The span here is made by a tracer of another library, or by one that code outside of the module hands in. OpenTelemetry code would get a span that does nothing.",
	Todo: "Use `opentracing.GlobalTracer()` or a tracer of `compat` in its place. If the other library's spans are still needed, leave the code as it is.",
}

var RefusedNoopTracer = &refusal.Category{
	Name: "noop-tracer", Title: "A tracer that may do nothing",
	Why:  "A span of opentracing.NoopTracer is one for code that asks whether a context has any, and no parent for the spans below it. OpenTelemetry's `noop.Tracer` hands its parent on. A type of the package takes its place where spans are started below one, which another package can't ask for.",
	Todo: "Decide where the provider is chosen, `noop.NewTracerProvider()` or the real one, and start all spans by its tracers.",
}

var RefusedOwnOption = &refusal.Category{
	Name: "own-option", Title: "An own StartSpanOption",
	Why:  "A type of the module implements opentracing.StartSpanOption. OpenTelemetry's options can't be implemented outside of its package.",
	Todo: "Make it a function that returns `[]trace.SpanStartOption`.",
}

var RefusedOwnSpan = &refusal.Category{
	Name: "own-span", Title: "An own Span",
	Why:  "A type of the module implements opentracing.Span. OpenTelemetry's Span can only be implemented by embedding one, and has other methods. Everything that such a span may flow into stays with it, what is taken out of contexts too where one is put into a context.",
	Todo: "Embed `noop.Span` or a `trace.Span`, and override the methods of OpenTelemetry's interface.",
}

var RefusedOwnSpanContext = &refusal.Category{
	Name: "own-span-context", Title: "An own SpanContext",
	Why:  "A type of the module implements opentracing.SpanContext. OpenTelemetry's is a struct.",
	Todo: "Make it with `trace.NewSpanContext`, and put what else it carried into the context.",
}

var RefusedOwnTracer = &refusal.Category{
	Name: "own-tracer", Title: "An own Tracer",
	Why:  "A type of the module implements opentracing.Tracer or an extension of it.",
	Todo: "It may stay: the code that it is handed to is rewritten, and records its spans by `compat.ProviderOf`. To be rid of it, wrap a `trace.TracerProvider` by embedding `noop.TracerProvider`, or use a span processor or a propagator, whichever it was made for.",
}

var RefusedSetUp = &refusal.Category{
	Name: "set-up", Title: "Setting up the tracer",
	Why:  "Which provider a program uses, and when it is shut down, is decided by hand.",
	Todo: "Keep `compat.Install` as long as there is OpenTracing code in the program; at the last stage call `otel.SetTracerProvider`.",
}

var RefusedExternalAPI = &refusal.Category{
	Name: "external-api", Title: "The API of another module",
	Why:  "A function, method, type or field that is declared outside of the code that is rewritten has an OpenTracing type.",
	Todo: "Use the library's OpenTelemetry version, or convert at the border with `compat.OpenTracingSpan` and `compat.OTelSpan`.",
}

var RefusedGenerated = &refusal.Category{
	Name: "generated", Title: "Generated code",
	Why:  "The file is generated or made by cgo, and a rewrite would be lost; or it is a symbolic link, and the other packages that have it may differ.",
	Todo: "Change the generator. Make the link a file, or rewrite it by hand for all that have it.",
}

var RefusedKeptAPI = &refusal.Category{
	Name: "kept-api", Title: "A declaration that keeps its type",
	Why:  "It is part of the API that -keep-api keeps; or code mentions it that is not rewritten, since it does not compile or is in no build that could be loaded; or several builds of its package declare it with types of their own.",
	Todo: "Run again without -keep-api when the importers are ready, or after that code compiles. Rewrite a program that is run on its own by hand. Give a declaration the same types in all builds.",
}

var RefusedOptionValue = &refusal.Category{
	Name: "option-value", Title: "An option that is made elsewhere",
	Why:  "The option may be a tag, a kind or a reference; which is not known here.",
	Todo: "Write it out at the start of the span.",
}

var RefusedStructuralInterface = &refusal.Category{
	Name: "structural-interface", Title: "A span as another interface",
	Why:  "The value is used as an interface that names methods of OpenTracing's.",
	Todo: "Change the interface to methods of OpenTelemetry's.",
}

var RefusedTypeAssertion = &refusal.Category{
	Name: "type-assertion", Title: "An assertion of a tracer's own type",
	Why:  "The code looks for the type of a certain tracer, such as jaeger.SpanContext.",
	Todo: "Use `span.SpanContext().TraceID()` after a test with IsValid.",
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
