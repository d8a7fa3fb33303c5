// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedBaggage = &refusal.Category{
	Name: "baggage", Title: "Baggage of a span",
	Why:  "In OpenTracing, baggage belongs to a span and its span context. In OpenTelemetry, it belongs to a context. Here the code passes on a span context whose baggage is needed, a span has the baggage of several parents, or a span gets its parent from a list of options. So no context is known to have the baggage.",
	Todo: "Pass a context.Context instead of the span context. Before the span starts, put the item into it: `bag, err := baggage.FromContext(ctx).SetMember(member)`, then `ctx = baggage.ContextWithBaggage(ctx, bag)`. Read the item with `baggage.FromContext(ctx).Member(key).Value()`.",
}

var RefusedComparedSpans = &refusal.Category{
	Name: "compared-spans", Title: "Spans compared as part of a larger value",
	Why:  "A span is a map key, or a field of a struct that is a map key or is compared. In OpenTelemetry, spans that are not recorded are structs that cannot be compared: the code compiles, but the comparison panics.",
	Todo: "Compare the fields one by one, and spans with `span.SpanContext().Equal(…)`. Use `span.SpanContext().SpanID()` as the key.",
}

var RefusedUnknownSymbol = &refusal.Category{
	Name: "unknown-symbol", Title: "A symbol that ot2otel does not know",
	Why:  "The symbol is not in opentracing-go v1.2.0.",
	Todo: "Report it, and rewrite the place by hand.",
}

var RefusedFunctionValue = &refusal.Category{
	Name: "function-value", Title: "An API function used as a value",
	Why:  "OpenTelemetry has no function with this signature.",
	Todo: "Write a function literal that calls the OpenTelemetry function.",
}

var RefusedInternalError = &refusal.Category{
	Name: "internal-error", Title: "A bug in ot2otel",
	Why:  "The rewritten code would not compile, so fix did not write it.",
	Todo: "Please report it, and include the message.",
}

var RefusedMethodValue = &refusal.Category{
	Name: "method-value", Title: "A method used as a value",
	Why:  "The method's signature has no counterpart.",
	Todo: "Write a function literal.",
}

var RefusedNotSelected = &refusal.Category{
	Name: "not-selected", Title: "Not selected",
	Why:  "The use needs a rule that -only does not name, the package was not named, or only tests use it and the code under test stays.",
	Todo: "Run again without -only, with -tests, or with more packages.",
}

var RefusedTooManyAdapters = &refusal.Category{
	Name: "too-many-adapters", Title: "Too many adapters",
	Why:  "The code meets OpenTracing code that stays in too many places. Each of them would need an adapter.",
	Todo: "Rewrite or replace the OpenTracing code first, or raise -max-adapters. Adapters in tests of the code are not counted.",
}

var RefusedUnsupported = &refusal.Category{
	Name: "unsupported", Title: "No rule for this use",
	Why:  "ot2otel has no rule for this use.",
	Todo: "Rewrite it by hand. Please report it if it is common.",
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
