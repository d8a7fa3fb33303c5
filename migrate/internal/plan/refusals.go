// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedBaggage = &refusal.Category{
	Name: "baggage", Title: "Baggage of a span",
	Why:  "In OpenTracing baggage belongs to a span, and its span context has it, too. In OpenTelemetry it belongs to a context. Here a span context is handed on whose baggage is needed, which stays OpenTracing for that; or a span has the baggage of several parents, or gets its parent by a list of options, so that no context is known to have it.",
	Todo: "Hand on a context.Context instead of the span context. Put the item into the context that flows on: `bag, err := baggage.FromContext(ctx).SetMember(member)`, then `ctx = baggage.ContextWithBaggage(ctx, bag)`, before the context is handed on. Read it with `baggage.FromContext(ctx).Member(key).Value()`.",
}

var RefusedComparedSpans = &refusal.Category{
	Name: "compared-spans", Title: "Spans that are compared as parts of something",
	Why:  "A span is a key of a map, or part of a struct that is one or is compared. OpenTelemetry's spans that are not recorded are structs that can't be compared: the comparison compiles and panics.",
	Todo: "Compare the fields one by one, and spans by `span.SpanContext().Equal(…)`. As a key take `span.SpanContext().SpanID()`.",
}

var RefusedUnknownSymbol = &refusal.Category{
	Name: "unknown-symbol", Title: "A symbol that ot2otel does not know",
	Why:  "The symbol is not in opentracing-go v1.2.0.",
	Todo: "Report it, and rewrite the place by hand.",
}

var RefusedFunctionValue = &refusal.Category{
	Name: "function-value", Title: "A function of the API as a value",
	Why:  "OpenTelemetry has no function of that signature.",
	Todo: "Write a function literal that calls the OpenTelemetry function.",
}

var RefusedInternalError = &refusal.Category{
	Name: "internal-error", Title: "A bug in ot2otel",
	Why:  "The rewritten code would not compile, so it was not written.",
	Todo: "Please report it with the message.",
}

var RefusedMethodValue = &refusal.Category{
	Name: "method-value", Title: "A method as a value",
	Why:  "The method's signature has no counterpart.",
	Todo: "Write a function literal.",
}

var RefusedNotSelected = &refusal.Category{
	Name: "not-selected", Title: "Not selected",
	Why:  "Another rule than those of -only is needed, only tests use it and the code under test stays, or the package was not named.",
	Todo: "Run again without -only, with -tests, or with more packages.",
}

var RefusedTooManyAdapters = &refusal.Category{
	Name: "too-many-adapters", Title: "Too many adapters",
	Why:  "The code meets OpenTracing code that stays in more places than adapters are worth.",
	Todo: "Rewrite or replace the code on the other side first, or raise -max-adapters.",
}

var RefusedUnsupported = &refusal.Category{
	Name: "unsupported", Title: "No rule",
	Why:  "There is no rule for this use at this place.",
	Todo: "Rewrite it by hand; please report it if it is common.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedBaggage,
		RefusedComparedSpans,
		RefusedUnknownSymbol,
		RefusedFunctionValue,
		RefusedInternalError,
		RefusedMethodValue,
		RefusedNotSelected,
		RefusedTooManyAdapters,
		RefusedUnsupported,
	}
}
