// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"slices"
	"strings"
)

// Category is a reason why a use of OpenTracing stays as it is.
type Category struct {
	// Name is the stable name, as in "own-span".
	Name string
	// Title is a heading.
	Title string
	// Why explains the reason.
	Why string
	// Todo says what to do by hand.
	Todo string
}

// Guide is the address of MIGRATION.md.
const Guide = "https://github.com/ot2otel/ot2otel/blob/main/MIGRATION.md"

// Link returns the address of the category's heading in [Guide].
func (c Category) Link() string { return Guide + "#" + c.Name }

// LookupCategory returns the category of a name.
func LookupCategory(name string) (Category, bool) {
	all := Categories()
	i := slices.IndexFunc(all, func(c Category) bool { return c.Name == name })
	if i < 0 {
		return Category{}, false
	}
	return all[i], true
}

// RefusalsMarkdown returns the categories as headings of a guide, each with its
// name as the anchor.
func RefusalsMarkdown() string {
	var b strings.Builder
	for _, c := range Categories() {
		b.WriteString("### " + c.Name + "\n\n" + c.Title + ". " + c.Why + "\n\n" + c.Todo + "\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Categories lists every reason for which the rewriter leaves code as it is, by
// name. The slice is the caller's own.
func Categories() []Category {
	all := append(apiCategories(), placeCategories()...)
	slices.SortFunc(all, func(a, b Category) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// apiCategories are reasons that lie in what the two APIs are.
func apiCategories() []Category {
	return []Category{
		{"baggage", "Baggage of a span",
			"In OpenTracing baggage belongs to a span, and its span context has it, too. In OpenTelemetry it belongs to a context. Here a span context is handed on whose baggage is needed, which stays OpenTracing for that; or a span has the baggage of several parents, or gets its parent by a list of options, so that no context is known to have it.",
			"Hand on a context.Context instead of the span context. Put the item into the context that flows on: `bag, err := baggage.FromContext(ctx).SetMember(member)`, then `ctx = baggage.ContextWithBaggage(ctx, bag)`, before the context is handed on. Read it with `baggage.FromContext(ctx).Member(key).Value()`."},
		{"binary-format", "The binary format",
			"OpenTelemetry has no binary propagation format, and the carrier is not known to be an io.Writer or io.Reader at the call, so that a helper could take its place.",
			"Hand a writer or reader to the call, or send the text map inside of your binary message: inject into a `propagation.MapCarrier` and encode the map. Readers have to understand both until all writers are new."},
		{"carrier", "A carrier or format without a counterpart",
			"The format is not written out at the call, or the carrier has neither the methods of OpenTracing's carriers nor those of OpenTelemetry's.",
			"Name the format at the call, or give the carrier the methods `Get`, `Set` and `Keys` of `propagation.TextMapCarrier`."},
		{"compared-spans", "Spans that are compared as parts of something",
			"A span is a key of a map, or part of a struct that is one or is compared. OpenTelemetry's spans that are not recorded are structs that can't be compared: the comparison compiles and panics.",
			"Compare the fields one by one, and spans by `span.SpanContext().Equal(…)`. As a key take `span.SpanContext().SpanID()`."},
		{"deprecated-log", "Span.Log and LogData",
			"The record is put together elsewhere, so its event and payload are not known here.",
			"Call `span.AddEvent(name, trace.WithTimestamp(t), trace.WithAttributes(…))`."},
		{"error-false", "Error tags whose order matters",
			"In OpenTracing false waits for the end of the span, where a later error overrules it, and a bare true leaves the description that is there. OpenTelemetry's status Ok is final, and the last error wins. Where that makes a difference fix keeps a few of them by the OpenTracing view of the span, but no more than it may add adapters.",
			"Remove the false one and the bare true after a description, or set the status once, when the outcome is known."},
		{"finish-options", "Options of Finish that are put together elsewhere",
			"The finish time or the log records are in a variable, so they can't be turned into options and events here.",
			"Call `span.AddEvent` with `trace.WithTimestamp` for each record and `span.End(trace.WithTimestamp(t))`."},
		{"foreign-tracer", "A tracer that is not known to be OpenTelemetry's",
			"An adapter shows a span by the other API only if OpenTelemetry made it. The span here is made by a tracer of another library, or by one that code outside of the module hands in. OpenTelemetry code would get a span that does nothing.",
			"Use `opentracing.GlobalTracer()` or a tracer of `compat` in its place. If the other library's spans are still needed, leave the code as it is."},
		{"log-encoder", "Lazy logs and encoders",
			"A log.Encoder is driven by the tracer; OpenTelemetry's attributes are values.",
			"Make the attributes under `if span.IsRecording()`."},
		{"log-field", "A log field that can't be an attribute",
			"The field is lazy, is taken apart, or names the event by a value that is not a text. An attribute can do none of it.",
			"Make `[]attribute.KeyValue`, and pass the event's name on its own."},
		{"log-pairs", "LogKV with malformed pairs",
			"A key is not a text, or has no value, which is recorded as an error on the span.",
			"Mend the pairs, or make attributes of them and call `span.AddEvent`."},
		{"mocktracer", "Tests on mocktracer",
			"What the test asserts is a MockSpan, which native spans don't become.",
			"Record spans with `exporters.Memory`, as under [In tests](#in-tests), before the code is rewritten; or with the SDK's `tracetest.SpanRecorder` after that."},
		{"nil-span", "A span that is left nil",
			"Where no tracer is installed, the spans that OpenTracing code puts into contexts can't be seen by OpenTelemetry code. This code leaves a span nil where a context has none, below OpenTracing code that stays, so other code would call a nil span.",
			"See first why the OpenTracing code stays. Or start a span in either case."},
		{"noop-tracer", "A tracer that may do nothing",
			"A span of opentracing.NoopTracer is one for code that asks whether a context has any, and no parent for the spans below it. OpenTelemetry's `noop.Tracer` hands its parent on. A type of the package takes its place where spans are started below one, which another package can't ask for.",
			"Decide where the provider is chosen, `noop.NewTracerProvider()` or the real one, and start all spans by its tracers."},
		{"own-option", "An own StartSpanOption",
			"A type of the module implements opentracing.StartSpanOption. OpenTelemetry's options can't be implemented outside of its package.",
			"Make it a function that returns `[]trace.SpanStartOption`."},
		{"own-span", "An own Span",
			"A type of the module implements opentracing.Span. OpenTelemetry's Span can only be implemented by embedding one, and has other methods. Everything that such a span may flow into stays with it, what is taken out of contexts too where one is put into a context.",
			"Embed `noop.Span` or a `trace.Span`, and override the methods of OpenTelemetry's interface."},
		{"own-span-context", "An own SpanContext",
			"A type of the module implements opentracing.SpanContext. OpenTelemetry's is a struct.",
			"Make it with `trace.NewSpanContext`; what it carried besides belongs into the context."},
		{"own-tracer", "An own Tracer",
			"A type of the module implements opentracing.Tracer or an extension of it.",
			"Wrap a `trace.TracerProvider` by embedding `noop.TracerProvider`, or use a span processor or a propagator, whichever it was made for."},
		{"propagation-error", "An error of Inject or Extract",
			"OpenTelemetry's propagators return no error, so code that tells errors apart has nothing to look at.",
			"Test the span context with IsValid instead."},
		{"reference-value", "A reference that is passed around",
			"The parent of a span is given by the context in OpenTelemetry, not by an option. Here it may be missing, it is handed to other code among options, or the order of several references decides about it.",
			"Pass the context instead of the option: `trace.ContextWithSpan(ctx, parent)`."},
		{"set-up", "Setting up the tracer",
			"Which provider a program uses, and when it is shut down, is decided by hand.",
			"Keep `compat.Install` as long as there is OpenTracing code in the program; at the last stage call `otel.SetTracerProvider`."},
		{"start-span-options", "StartSpanOptions",
			"The struct that OpenTracing's options are applied to has no counterpart.",
			"Pass `[]trace.SpanStartOption`, or `trace.NewSpanStartConfig(opts...)` to look into them."},
		{"test-tracer", "Tests that bring a tracer",
			"A test hands a tracer of another implementation to the code, or makes it the global one, and may look at the spans that it records or the headers that it writes. Rewritten code makes its spans by OpenTelemetry's provider.",
			"Record spans with `exporters.Memory`, as under [In tests](#in-tests), before the code is rewritten. Or run with -break-tests and change the tests afterwards."},
		{"type-without-counterpart", "A type without a counterpart",
			"OpenTelemetry has no type for this one.",
			"Use a type of your own, or remove it."},
		{"unknown-symbol", "A symbol that ot2otel does not know",
			"The symbol is not in opentracing-go v1.2.0.",
			"Report it, and rewrite the place by hand."},
	}
}

// placeCategories are reasons that lie in the place of a use.
func placeCategories() []Category {
	return []Category{
		{"adapter-place", "No room for an adapter",
			"A span meets code that stays OpenTracing as one of several results.",
			"Take the results apart into variables first."},
		{"deferred-arguments", "Deferred calls that become several",
			"The arguments are evaluated at the defer, and would have to be used by more than one call later.",
			"Defer a function literal that makes the calls."},
		{"expression", "A span in the middle of an expression",
			"What becomes of it needs a statement of its own, and there is no room for one, or the order of evaluation would change.",
			"Put the span into a variable first."},
		{"external-api", "The API of another module",
			"A function, method, type or field that is declared outside of the code that is rewritten has an OpenTracing type.",
			"Use the library's OpenTelemetry version, or convert at the border with `compat.OpenTracingSpan` and `compat.OTelSpan`."},
		{"function-value", "A function of the API as a value",
			"OpenTelemetry has no function of that signature.",
			"Write a function literal that calls the OpenTelemetry function."},
		{"generated", "Generated code",
			"The file is generated or made by cgo, and a rewrite would be lost; or it is a symbolic link, and the other packages that have it may differ.",
			"Change the generator. Make the link a file, or rewrite it by hand for all that have it."},
		{"internal-error", "A bug in ot2otel",
			"The rewritten code would not compile, so it was not written.",
			"Please report it with the message."},
		{"kept-api", "A declaration that keeps its type",
			"It is part of the API that -keep-api keeps; or code mentions it that is not rewritten, since it does not compile or is in no build that could be loaded; or several builds of its package declare it with types of their own.",
			"Run again without -keep-api when the importers are ready, or after that code compiles. Rewrite a program that is run on its own by hand. Give a declaration the same types in all builds."},
		{"method-value", "A method as a value",
			"The method's signature has no counterpart.",
			"Write a function literal."},
		{"not-selected", "Not selected",
			"Another rule than those of -only is needed, only tests use it and the code under test stays, or the package was not named.",
			"Run again without -only, with -tests, or with more packages."},
		{"option-value", "An option that is made elsewhere",
			"The option may be a tag, a kind or a reference; which is not known here.",
			"Write it out at the start of the span."},
		{"spread-arguments", "Arguments that come from one call",
			"f(g()) hands several results on, which can't be put in another order.",
			"Put the results into variables first."},
		{"structural-interface", "A span as another interface",
			"The value is used as an interface that names methods of OpenTracing's.",
			"Change the interface to methods of OpenTelemetry's."},
		{"tag-name-value", "A tag name that is passed around",
			"A name of package ext is used other than to set a tag.",
			"Use the text, or an `attribute.Key`."},
		{"tag-value", "A tag that is passed around",
			"The tag or its value is not known at this place.",
			"Use an `attribute.KeyValue`."},
		{"too-many-adapters", "Too many adapters",
			"The code meets OpenTracing code that stays in more places than adapters are worth.",
			"Rewrite or replace the code on the other side first, or raise -max-adapters."},
		{"type-assertion", "An assertion of a tracer's own type",
			"The code looks for the type of a certain tracer, such as jaeger.SpanContext.",
			"Use `span.SpanContext().TraceID()` after a test with IsValid."},
		{"unsupported", "No rule",
			"There is no rule for this use at this place.",
			"Rewrite it by hand; please report it if it is common."},
	}
}
