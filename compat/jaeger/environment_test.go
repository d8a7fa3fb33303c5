// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestFormatsFromEnv says which headers a variable turns off, and NewFormats reports that of
// the variable that Jaeger's client for Go did not read.
func TestFormatsFromEnv(t *testing.T) {
	const unread = ", and jaeger-client-go did not read it: OTEL_PROPAGATORS="
	for _, tc := range []struct {
		explanation, otel, jaeger string
		want                      string // formats
		note                      string
	}{
		{"nothing", "", "", "jaeger,tracecontext,baggage", ""},
		{"all of the default ones, in another order", "", "w3c,jaeger", "tracecontext,baggage,jaeger", ""},
		{"Jaeger's alone", "", "jaeger", "jaeger", "JAEGER_PROPAGATION turns off W3C's headers" + unread + "jaeger,tracecontext,baggage turns them on"},
		{"W3C's alone", "", "w3c", "tracecontext,baggage", "JAEGER_PROPAGATION turns off Jaeger's headers" + unread + "jaeger,tracecontext,baggage turns them on"},
		{"what it adds stays", "", "b3", "b3multi", "JAEGER_PROPAGATION turns off Jaeger's headers and W3C's headers" + unread + "jaeger,tracecontext,baggage,b3multi turns them on"},
		{"OpenTelemetry's has precedence", "jaeger,tracecontext,baggage", "jaeger", "jaeger,tracecontext,baggage", ""},
		{"OpenTelemetry's", "jaeger", "", "jaeger", "OTEL_PROPAGATORS turns off W3C's headers"},
		{"the end of a migration", "tracecontext,baggage", "", "tracecontext,baggage", "OTEL_PROPAGATORS turns off Jaeger's headers"},
		{"no baggage", "jaeger,tracecontext", "", "jaeger,tracecontext", "OTEL_PROPAGATORS turns off W3C's baggage"},
		{"no trace context", "jaeger,baggage", "", "jaeger,baggage", "OTEL_PROPAGATORS turns off W3C's trace context"},
		{"none", "none", "", "", "OTEL_PROPAGATORS turns off Jaeger's headers and W3C's headers"},
	} {
		t.Run(tc.explanation, func(t *testing.T) {
			t.Setenv("OTEL_PROPAGATORS", tc.otel)
			t.Setenv("JAEGER_PROPAGATION", tc.jaeger)
			reported := collectErrors(t)
			formats, note, err := jaeger.FormatsFromEnv()
			if err != nil || formats == nil {
				t.Fatalf("formats %v, error %v", formats, err)
			}
			var names []string
			for _, format := range formats {
				names = append(names, string(format))
			}
			if got := strings.Join(names, ","); got != tc.want || note != tc.note {
				t.Errorf("formats %s, want %s; note\n got %s\nwant %s", got, tc.want, note, tc.note)
			}
			var want []string
			if strings.HasPrefix(tc.note, "JAEGER_") {
				want = []string{"jaeger: " + tc.note}
			}
			for range 2 { // once for both
				if _, err := jaeger.NewFormats(nil); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want, reported()); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
			reported = collectErrors(t)
			if _, err := jaeger.NewFormats(&jaeger.FormatsOptions{Extract: formats}); err != nil || len(reported()) > 0 {
				t.Errorf("formats of the code: error %v, reported %q", err, reported())
			}
		})
	}
}
