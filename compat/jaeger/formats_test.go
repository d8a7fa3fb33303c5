// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

func newFormats(t testing.TB, opts *jaeger.FormatsOptions) *jaeger.Formats {
	t.Helper()
	formats, err := jaeger.NewFormats(opts)
	if err != nil {
		t.Fatal(err)
	}
	return formats
}

var everyFormat = []jaeger.Format{
	jaeger.FormatJaeger, jaeger.FormatTraceContext, jaeger.FormatBaggage, jaeger.FormatB3, jaeger.FormatB3Multi, jaeger.FormatOT,
}

// headersOf are the headers of one request in each format.
var headersOf = map[jaeger.Format]propagation.MapCarrier{
	jaeger.FormatJaeger:       {"uber-trace-id": trace128 + ":" + span64 + ":0:1", "uberctx-tenant": "acme%20inc"},
	jaeger.FormatTraceContext: {"traceparent": "00-" + trace128 + "-" + span64 + "-01"},
	jaeger.FormatBaggage:      {"baggage": "tenant=acme%20inc"},
	jaeger.FormatB3:           {"b3": trace128 + "-" + span64 + "-1"},
	jaeger.FormatB3Multi:      {"x-b3-traceid": trace128, "x-b3-spanid": span64, "x-b3-sampled": "1"},
	jaeger.FormatOT:           {"ot-tracer-traceid": "64fe8b2a57d3eff7", "ot-tracer-spanid": span64, "ot-tracer-sampled": "true", "ot-baggage-tenant": "acme inc"},
}

// TestEachFormat injects each format alone, extracts it alone, and extracts nothing of it
// when it is turned off.
func TestEachFormat(t *testing.T) {
	ctx := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: mustTraceID(t, trace128), SpanID: mustSpanID(t, span64), TraceFlags: trace.FlagsSampled,
	}))
	ctx = withBaggage(t, ctx, "tenant", "acme inc")
	for _, format := range everyFormat {
		one := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{format}})
		carrier := propagation.MapCarrier{}
		one.Inject(ctx, carrier)
		if diff := cmp.Diff(headersOf[format], carrier); diff != "" {
			t.Errorf("%s: injected (-want +got):\n%s", format, diff)
		}
		want := extracted{Trace: trace128, Span: span64, Sampled: true}
		switch format {
		case jaeger.FormatJaeger:
			want.Baggage = map[string]string{"tenant": "acme inc"}
		case jaeger.FormatBaggage:
			want = extracted{Baggage: map[string]string{"tenant": "acme inc"}}
		case jaeger.FormatOT:
			want.Trace, want.Baggage = trace64, map[string]string{"tenant": "acme inc"}
		}
		if _, got := extract(t, one, carrier); !cmp.Equal(want, got) {
			t.Errorf("%s: extracted (-want +got):\n%s", format, cmp.Diff(want, got))
		}
		for key := range carrier {
			if !strings.HasPrefix(key, "uberctx-") && !strings.HasPrefix(key, "ot-baggage-") && !slices.Contains(one.Fields(), key) {
				t.Errorf("%s: %s is not one of the fields %q", format, key, one.Fields())
			}
		}

		var others []jaeger.Format
		for _, other := range everyFormat {
			if other != format && !strings.HasPrefix(string(other), "b3") {
				others = append(others, other)
			}
		}
		off := newFormats(t, &jaeger.FormatsOptions{Extract: others})
		if _, got := extract(t, off, carrier); !cmp.Equal(extracted{}, got) {
			t.Errorf("%s is turned off, and extracted: %+v", format, got)
		}
		injectOnly := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{}, Inject: []jaeger.Format{format}})
		if _, got := extract(t, injectOnly, carrier); !cmp.Equal(extracted{}, got) {
			t.Errorf("%s is only to be injected, and extracted: %+v", format, got)
		}
		extractOnly := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{format}, Inject: []jaeger.Format{}})
		none := propagation.MapCarrier{}
		if extractOnly.Inject(ctx, none); len(none) != 0 || len(extractOnly.Fields()) != 0 {
			t.Errorf("%s is only to be extracted, and injected: %v", format, none)
		}
	}
}

func mustTraceID(t testing.TB, text string) trace.TraceID {
	t.Helper()
	id, err := trace.TraceIDFromHex(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func mustSpanID(t testing.TB, text string) trace.SpanID {
	t.Helper()
	id, err := trace.SpanIDFromHex(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestFormatsTogether decides between the formats of one request.
func TestFormatsTogether(t *testing.T) {
	const (
		jaegerHeader = trace128 + ":" + span64 + ":0:"
		other        = "11111111111111111111111111111111"
		span         = "2222222222222222"
	)
	all := newFormats(t, &jaeger.FormatsOptions{Extract: everyFormat})
	w3cFirst := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{jaeger.FormatTraceContext, jaeger.FormatBaggage, jaeger.FormatJaeger}})
	for _, tc := range []struct {
		explanation string
		formats     *jaeger.Formats
		header      http.Header
		want        extracted
		state       string
		flags       string // of the next uber-trace-id
	}{
		{"nothing", all, http.Header{"Accept": {"*/*"}}, extracted{}, "", ""},
		{
			"the first wins: Jaeger by default", newFormats(t, nil),
			http.Header{"Uber-Trace-Id": {jaegerHeader + "1"}, "Traceparent": {"00-" + other + "-" + span + "-00"}, "Tracestate": {"vendor=1"}},
			extracted{Trace: trace128, Span: span64, Sampled: true}, "", "1",
		},
		{
			"the first wins: W3C where it stands first", w3cFirst,
			http.Header{"Uber-Trace-Id": {jaegerHeader + "3"}, "Traceparent": {"00-" + other + "-" + span + "-00"}, "Tracestate": {"vendor=1"}},
			extracted{Trace: other, Span: span}, "vendor=1", "0",
		},
		{
			"the trace state of the same trace is kept", all,
			http.Header{"Uber-Trace-Id": {jaegerHeader + "1"}, "Traceparent": {"00-" + trace128 + "-" + span + "-01"}, "Tracestate": {"vendor=1"}},
			extracted{Trace: trace128, Span: span64, Sampled: true}, "vendor=1", "1",
		},
		{
			"the debug flag of the same trace is kept", w3cFirst,
			http.Header{"Uber-Trace-Id": {"64fe8b2a57d3eff7:" + span64 + ":0:3"}, "Traceparent": {"00-" + trace128 + "-" + span + "-01"}},
			extracted{Trace: trace128, Span: span, Sampled: true}, "", "3",
		},
		{
			"a malformed first one is none", all,
			http.Header{"Uber-Trace-Id": {"?"}, "Traceparent": {"00-" + trace128 + "-" + span + "-01"}},
			extracted{Trace: trace128, Span: span, Sampled: true}, "", "1",
		},
		{
			"baggage is that of all, the first format's where it is repeated", all,
			http.Header{"Uberctx-A": {"jaeger"}, "Baggage": {"a=w3c,b=w3c"}, "Ot-Baggage-B": {"ot"}, "Ot-Baggage-C": {"ot"}},
			extracted{Baggage: map[string]string{"a": "jaeger", "b": "w3c", "c": "ot"}}, "", "",
		},
		{"B3's debug", all, http.Header{"B3": {trace128 + "-" + span64 + "-d"}}, extracted{Trace: trace128, Span: span64, Sampled: true}, "", "3"},
		{
			"B3's debug in several headers, sampled by implication", all,
			http.Header{"X-B3-Traceid": {trace128}, "X-B3-Spanid": {span64}, "X-B3-Flags": {"1"}},
			extracted{Trace: trace128, Span: span64, Sampled: true}, "", "3",
		},
		{"B3's single header has precedence", all, http.Header{"B3": {trace128 + "-" + span64 + "-1-" + span}, "X-B3-Traceid": {other}, "X-B3-Spanid": {span}}, extracted{Trace: trace128, Span: span64, Sampled: true}, "", "1"},
		{"a malformed single header of B3 is ignored", all, http.Header{"B3": {"x-y-z"}, "X-B3-Traceid": {other}, "X-B3-Spanid": {span}}, extracted{Trace: other, Span: span}, "", "0"},
		{"a single header of B3 with a sampling state alone leaves the trace to the others", all, http.Header{"B3": {"0"}, "X-B3-Traceid": {other}, "X-B3-Spanid": {span}, "X-B3-Sampled": {"True"}}, extracted{Trace: other, Span: span, Sampled: true}, "", "1"},
		{"B3 without a sampling state isn't sampled", all, http.Header{"B3": {trace128 + "-" + span64}}, extracted{Trace: trace128, Span: span64}, "", "0"},
		{"a sampling state of B3 alone is ignored", all, http.Header{"B3": {"0"}, "X-B3-Sampled": {"1"}}, extracted{}, "", ""},
		{"B3 with a wrong state", all, http.Header{"X-B3-Traceid": {other}, "X-B3-Spanid": {span}, "X-B3-Sampled": {"yes"}}, extracted{}, "", ""},
		{"basictracer's IDs have no leading zeros", all, http.Header{"Ot-Tracer-Traceid": {"abc"}, "Ot-Tracer-Spanid": {"1f"}, "Ot-Tracer-Sampled": {"true"}}, extracted{Trace: "00000000000000000000000000000abc", Span: "000000000000001f", Sampled: true}, "", "1"},
		{"basictracer's headers without a span", all, http.Header{"Ot-Tracer-Traceid": {"abc"}, "Ot-Tracer-Sampled": {"true"}}, extracted{}, "", ""},
		{"basictracer's headers with a wrong flag", all, http.Header{"Ot-Tracer-Traceid": {"abc"}, "Ot-Tracer-Spanid": {"1f"}, "Ot-Tracer-Sampled": {"yes"}}, extracted{}, "", ""},
	} {
		collectErrors(t)
		ctx, got := extract(t, tc.formats, propagation.HeaderCarrier(tc.header))
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tc.explanation, diff)
		}
		if state := trace.SpanContextFromContext(ctx).TraceState().String(); state != tc.state {
			t.Errorf("%s: trace state %q, want %q", tc.explanation, state, tc.state)
		}
		next := propagation.MapCarrier{}
		jaeger.Propagator{}.Inject(ctx, next)
		if flags := next["uber-trace-id"][strings.LastIndex(next["uber-trace-id"], ":")+1:]; flags != tc.flags {
			t.Errorf("%s: the next peer gets the flags %q, want %q", tc.explanation, flags, tc.flags)
		}
	}
}

// TestDebugInB3 sends Jaeger's debug flag on in B3.
func TestDebugInB3(t *testing.T) {
	formats := newFormats(t, &jaeger.FormatsOptions{Extract: everyFormat})
	ctx, _ := extract(t, formats, propagation.HeaderCarrier{"Uber-Trace-Id": {trace128 + ":" + span64 + ":0:3"}})
	next := propagation.MapCarrier{}
	formats.Inject(ctx, next)
	if _, sampled := next["x-b3-sampled"]; next["b3"] != trace128+"-"+span64+"-d" || next["x-b3-flags"] != "1" || sampled {
		t.Errorf("the next peer gets %v", next)
	}
}

// TestB3Baggage is what jaeger-client-go's package zipkin adds to B3.
func TestB3Baggage(t *testing.T) {
	formats := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{jaeger.FormatB3Multi}, B3BaggagePrefix: "baggage-"})
	carrier := propagation.HeaderCarrier{}
	formats.Inject(withBaggage(t, t.Context(), "tenant", "acme inc", "lines", "a\nb"), carrier)
	if diff := cmp.Diff(propagation.HeaderCarrier{"Baggage-Tenant": {"acme inc"}}, carrier); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, got := extract(t, formats, carrier); !cmp.Equal(extracted{Baggage: map[string]string{"tenant": "acme inc"}}, got) {
		t.Errorf("extracted %+v", got)
	}
}
