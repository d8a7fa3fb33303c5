// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// TestEnvironment reads the variables, by the fields of what is made.
func TestEnvironment(t *testing.T) {
	const defaults = "uber-trace-id traceparent tracestate baggage"
	for _, tc := range []struct {
		explanation, otel, jaeger string
		opts                      *jaeger.FormatsOptions
		want                      string // fields, or the error after "jaeger: "
	}{
		{"nothing", "", "", nil, defaults},
		{"spaces", " ", " ", nil, defaults},
		{"OpenTelemetry's, in its order", "baggage,tracecontext", "", nil, "baggage traceparent tracestate"},
		{"all of them", "jaeger,b3,b3multi,ottrace", "", nil, "uber-trace-id b3 x-b3-traceid x-b3-spanid x-b3-sampled x-b3-flags ot-tracer-traceid ot-tracer-spanid ot-tracer-sampled"},
		{"in any case, with spaces, repeated, with an empty one", " Jaeger , JAEGER,,b3", "", nil, "uber-trace-id b3"},
		{"none", "none", "", nil, ""},
		{"Jaeger's", "", "w3c,jaeger", nil, "traceparent tracestate baggage uber-trace-id"},
		{"Jaeger's B3", "", "b3", nil, "x-b3-traceid x-b3-spanid x-b3-sampled x-b3-flags"},
		{"OpenTelemetry's has precedence", "b3", "jaeger", nil, "b3"},
		{"what the code says has precedence over both", "what", "ever", &jaeger.FormatsOptions{Extract: []jaeger.Format{jaeger.FormatB3}}, "b3"},
		{"what is injected may be said alone", "jaeger", "", &jaeger.FormatsOptions{Inject: []jaeger.Format{jaeger.FormatB3}}, "b3"},
		{"unknown to OpenTelemetry", "jaeger,zipkin", "", nil, `OTEL_PROPAGATORS="jaeger,zipkin": "zipkin" is not a known format; use a list of tracecontext, baggage, jaeger, b3, b3multi, ottrace, none`},
		{"not built", "xray", "", nil, `OTEL_PROPAGATORS="xray": "xray" is not a known format; use a list of tracecontext, baggage, jaeger, b3, b3multi, ottrace, none`},
		{"none among others", "none,b3", "", nil, `OTEL_PROPAGATORS="none,b3": none stands alone; remove it, or the formats beside it`},
		{"unknown to Jaeger", "", "b3,tracecontext", nil, `JAEGER_PROPAGATION="b3,tracecontext": "tracecontext" is not a known format; use a list of jaeger, b3, w3c`},
		{"unknown in code", "", "", &jaeger.FormatsOptions{Extract: []jaeger.Format{"zipkin"}}, `"zipkin" is not a format; use those of ["jaeger" "tracecontext" "baggage" "b3" "b3multi" "ottrace"]`},
		{"unknown in code, to inject", "", "", &jaeger.FormatsOptions{Inject: []jaeger.Format{""}}, `"" is not a format; use those of ["jaeger" "tracecontext" "baggage" "b3" "b3multi" "ottrace"]`},
	} {
		t.Setenv("OTEL_PROPAGATORS", tc.otel)
		t.Setenv("JAEGER_PROPAGATION", tc.jaeger)
		formats, err := jaeger.NewFormats(tc.opts)
		var got string
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "jaeger: ")
		} else {
			got = strings.Join(formats.Fields(), " ")
		}
		if got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.explanation, got, tc.want)
		}
	}
}
