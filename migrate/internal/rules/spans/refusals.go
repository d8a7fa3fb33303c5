// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedDeprecatedLog = &refusal.Category{
	Name: "deprecated-log", Title: "Span.Log and LogData",
	Why:  "The record is put together elsewhere, so its event and payload are not known here.",
	Todo: "Call `span.AddEvent(name, trace.WithTimestamp(t), trace.WithAttributes(…))`.",
}

var RefusedErrorFalse = &refusal.Category{
	Name: "error-false", Title: "Error tags whose order matters",
	Why:  "In OpenTracing false waits for the end of the span, where a later error overrules it, and a bare true leaves the description that is there. OpenTelemetry's status Ok is final, and the last error wins. Where that makes a difference fix keeps a few of them by the OpenTracing view of the span, but no more than it may add adapters.",
	Todo: "Remove the false one and the bare true after a description, or set the status once, when the outcome is known.",
}

var RefusedFinishOptions = &refusal.Category{
	Name: "finish-options", Title: "Options of Finish that are put together elsewhere",
	Why:  "The finish time or the log records are in a variable, so they can't be turned into options and events here.",
	Todo: "Call `span.AddEvent` with `trace.WithTimestamp` for each record and `span.End(trace.WithTimestamp(t))`.",
}

var RefusedLogEncoder = &refusal.Category{
	Name: "log-encoder", Title: "Lazy logs and encoders",
	Why:  "A log.Encoder is driven by the tracer; OpenTelemetry's attributes are values.",
	Todo: "Make the attributes under `if span.IsRecording()`.",
}

var RefusedLogField = &refusal.Category{
	Name: "log-field", Title: "A log field that can't be an attribute",
	Why:  "The field is lazy, is taken apart, or names the event by a value that is not a text. An attribute can do none of it.",
	Todo: "Make `[]attribute.KeyValue`, and pass the event's name on its own.",
}

var RefusedLogPairs = &refusal.Category{
	Name: "log-pairs", Title: "LogKV with malformed pairs",
	Why:  "A key is not a text, or has no value, which is recorded as an error on the span.",
	Todo: "Mend the pairs, or make attributes of them and call `span.AddEvent`.",
}

var RefusedDeferredArguments = &refusal.Category{
	Name: "deferred-arguments", Title: "Deferred calls that become several",
	Why:  "The arguments are evaluated at the defer, and would have to be used by more than one call later.",
	Todo: "Defer a function literal that makes the calls.",
}

var RefusedExpression = &refusal.Category{
	Name: "expression", Title: "A span in the middle of an expression",
	Why:  "What becomes of it needs a statement of its own, and there is no room for one, or the order of evaluation would change.",
	Todo: "Put the span into a variable first.",
}

var RefusedSpreadArguments = &refusal.Category{
	Name: "spread-arguments", Title: "Arguments that come from one call",
	Why:  "f(g()) hands several results on, which can't be put in another order.",
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
