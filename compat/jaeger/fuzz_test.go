// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// FuzzExtract reads arbitrary headers in every format, alone and together, and arbitrary
// lists of formats. What is extracted can be sent in any format, and is the same for its
// receiver.
func FuzzExtract(f *testing.F) {
	f.Add("Uber-Trace-Id", trace128+":"+span64+":0:3", "Uberctx-Tenant", "acme%20inc+%zz")
	f.Add("uber-trace-id", "abc%3A1f%3a0%3A0b", "jaeger-baggage", "k1=v1, k2 = v2,,=,a=b=c,é%3D%ff")
	f.Add("traceparent", "00-"+trace128+"-"+span64+"-01", "jaeger-debug-id", "%C3%BC\xff")
	f.Add("B3", trace128+"-"+span64+"-d-"+span64, "Baggage-A", "1")
	f.Add("X-B3-TraceId", "64fe8b2a57d3eff7", "X-B3-SpanId", span64)
	f.Add("ot-tracer-traceid", "abc", "ot-tracer-spanid", "1f")
	f.Add("ot-baggage-a", "\x00", "", "tracecontext, jaeger,none")
	together := newFormats(f, &jaeger.FormatsOptions{Extract: everyFormat, B3BaggagePrefix: "baggage-"})
	propagators := []propagation.TextMapPropagator{together, jaeger.Propagator{}, jaeger.Propagator{TextMap: true}}
	for _, format := range everyFormat {
		propagators = append(propagators, newFormats(f, &jaeger.FormatsOptions{Extract: []jaeger.Format{format}}))
	}
	collectErrors(f)
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		for _, carrier := range []propagation.TextMapCarrier{
			propagation.MapCarrier{key1: value1, key2: value2},
			propagation.HeaderCarrier{key1: {value1, value2}, key2: {value2}},
		} {
			for _, p := range propagators {
				ctx, got := extract(t, p, carrier)
				size := 0
				for _, m := range baggage.FromContext(ctx).Members() {
					size += len(m.Key()) + len(m.Value())
				}
				if baggage.FromContext(ctx).Len() > 64 || size > 128<<10 { // what isn't UTF-8 gets longer
					t.Errorf("%d items, %d bytes of baggage", baggage.FromContext(ctx).Len(), size)
				}
				next := http.Header{}
				together.Inject(ctx, propagation.HeaderCarrier(next))
				for key, values := range next {
					if strings.ContainsFunc(key+values[0], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
						t.Errorf("net/http would refuse the header %q: %q", key, values[0])
					}
				}
				ctx2, again := extract(t, together, propagation.HeaderCarrier(next))
				if again.Baggage = nil; !cmp.Equal(extracted{Trace: got.Trace, Span: got.Span, Sampled: got.Sampled}, again) {
					t.Errorf("extracted %+v, then %+v", got, again)
				}
				first, second := propagation.MapCarrier{}, propagation.MapCarrier{}
				jaeger.Propagator{}.Inject(ctx, first)
				jaeger.Propagator{}.Inject(ctx2, second)
				if first["uber-trace-id"] != second["uber-trace-id"] {
					t.Errorf("sent on as %q, then as %q", first["uber-trace-id"], second["uber-trace-id"])
				}
			}
		}
		formats, errs := jaeger.ParseFormats(value2)
		for _, format := range formats {
			if !slices.Contains(everyFormat, format) {
				t.Errorf("%q is read as the format %q", value2, format)
			}
		}
		for _, err := range errs {
			if err != nil && !strings.Contains(err.Error(), "=") {
				t.Errorf("%v doesn't name the variable and its value", err)
			}
		}
	})
}
