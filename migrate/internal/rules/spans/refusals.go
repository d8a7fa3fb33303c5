// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedDeprecatedLog = &refusal.Category{
	Name: "deprecated-log", Title: "Span.Log and LogData",
	Why:  "The record is made elsewhere, so its event and payload are not known here.",
	Todo: "Call `span.AddEvent(name, trace.WithTimestamp(t), trace.WithAttributes(…))`.",
}

var RefusedErrorFalse = &refusal.Category{
	Name: "error-false", Title: "Error tags whose order matters",
	Why:  "In OpenTracing, `false` takes effect when the span ends, and a later error overrides it. A bare `true` keeps an earlier description. In OpenTelemetry, the status Ok is final, and the last error wins. Where the order matters, fix sets a few of these tags through the OpenTracing view of the span, within the limit for adapters.",
	Todo: "Remove the tags that set `false`, and a bare `true` after a description. Or set the status once, when the outcome is known.",
}

var RefusedFinishOptions = &refusal.Category{
	Name: "finish-options", Title: "FinishOptions built elsewhere",
	Why:  "The finish time or the log records are in a variable, so they cannot become options and events here.",
	Todo: "Call `span.AddEvent` with `trace.WithTimestamp` for each record and `span.End(trace.WithTimestamp(t))`.",
}

var RefusedLogEncoder = &refusal.Category{
	Name: "log-encoder", Title: "Lazy logs and encoders",
	Why:  "The tracer calls a log.Encoder later. OpenTelemetry's attributes are values.",
	Todo: "Create the attributes inside `if span.IsRecording()`.",
}

var RefusedLogField = &refusal.Category{
	Name: "log-field", Title: "A log field that can't be an attribute",
	Why:  "The field is lazy, the code reads its parts, or it names the event with a value that is not a string. An attribute supports none of these.",
	Todo: "Use `[]attribute.KeyValue`, and pass the event's name separately.",
}

var RefusedLogPairs = &refusal.Category{
	Name: "log-pairs", Title: "LogKV with malformed pairs",
	Why:  "A key is not a string, or has no value. OpenTracing records that as an error on the span.",
	Todo: "Fix the pairs, or turn them into attributes and call `span.AddEvent`.",
}

var RefusedDeferredArguments = &refusal.Category{
	Name: "deferred-arguments", Title: "A deferred call that becomes several",
	Why:  "The defer statement evaluates the arguments once, but several later calls would need them.",
	Todo: "Defer a function literal that makes the calls.",
}

var RefusedExpression = &refusal.Category{
	Name: "expression", Title: "A span in the middle of an expression",
	Why:  "The new code needs a separate statement. There is no place for one, or it would change the order of evaluation.",
	Todo: "Put the span into a variable first.",
}

var RefusedSpreadArguments = &refusal.Category{
	Name: "spread-arguments", Title: "Arguments from a call with several results",
	Why:  "f(g()) passes all results of g. They cannot be reordered.",
	Todo: "Put the results into variables first.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedDeprecatedLog,
		RefusedErrorFalse,
		RefusedFinishOptions,
		RefusedLogEncoder,
		RefusedLogField,
		RefusedLogPairs,
		RefusedDeferredArguments,
		RefusedExpression,
		RefusedSpreadArguments,
	}
}
