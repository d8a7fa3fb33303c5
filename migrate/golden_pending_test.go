// SPDX-License-Identifier: Apache-2.0

package migrate_test

// goldenPending lists cases that the rewriter can't do yet, and why, or can't under one set-up: "NAME" or
// "NAME (SET-UP)". A case that passes has to be taken off it.
var goldenPending = map[string]string{
	"baggage_carried_on (nothing installed)":        "a span that is not recorded counts as none",
	"baggage_foreach (nothing installed)":           "a span that is not recorded counts as none",
	"compare_texts (nothing installed)":             "a span that is not recorded counts as none",
	"error_beside_package (nothing installed)":      "a span that is not recorded counts as none",
	"jaeger_span_context (unsampled)":               "a span that is not recorded counts as none",
	"jaeger_span_context_forms (nothing installed)": "a span that is not recorded counts as none",
	"jaeger_span_context_forms (unsampled)":         "a span that is not recorded counts as none",
	"nil_compare_spans (nothing installed)":         "a span that is not recorded counts as none",
	"nil_condition (nothing installed)":             "a span that is not recorded counts as none",
	"nil_effects (nothing installed)":               "a span that is not recorded counts as none",
	"nil_equal_returns (nothing installed)":         "a span that is not recorded counts as none",
	"nil_field (nothing installed)":                 "a span that is not recorded counts as none",
	"nil_function_result (nothing installed)":       "a span that is not recorded counts as none",
	"nil_guard_with_defer (nothing installed)":      "a span that is not recorded counts as none",
	"nil_parameter (nothing installed)":             "a span that is not recorded counts as none",
	"prop_binary (nothing installed)":               "a span that is not recorded counts as none",
	"prop_context_values (nothing installed)":       "a span that is not recorded counts as none",
	"prop_custom_writer (nothing installed)":        "a span that is not recorded counts as none",
	"prop_extract_baggage (nothing installed)":      "a span that is not recorded counts as none",
	"prop_inject_http (nothing installed)":          "a span that is not recorded counts as none",
	"ref_context_compare (nothing installed)":       "a span that is not recorded counts as none",
	"ref_context_parameter (nothing installed)":     "a span that is not recorded counts as none",
	"ref_gate (nothing installed)":                  "a span that is not recorded counts as none",
	"start_else_if (nothing installed)":             "a span that is not recorded counts as none",
	"tracer_noop (nothing installed)":               "a span that is not recorded counts as none",
	"tracer_noop_active (nothing installed)":        "a span that is not recorded counts as none",
	"tracer_noop_compared (nothing installed)":      "a span that is not recorded counts as none",
	"type_struct_conversion (nothing installed)":    "a span that is not recorded counts as none",
}
