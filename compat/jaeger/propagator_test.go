// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// extracted is what a context has after Extract.
type extracted struct {
	Trace, Span string // empty: no trace
	Sampled     bool
	Baggage     map[string]string
}

func extract(t *testing.T, p propagation.TextMapPropagator, carrier propagation.TextMapCarrier) (context.Context, extracted) {
	t.Helper()
	ctx := p.Extract(t.Context(), carrier)
	var got extracted
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		if !sc.IsRemote() {
			t.Error("the span context is not remote")
		}
		got = extracted{Trace: sc.TraceID().String(), Span: sc.SpanID().String(), Sampled: sc.IsSampled()}
	}
	got.Baggage = baggageOf(ctx)
	return ctx, got
}

func baggageOf(ctx context.Context) map[string]string {
	var items map[string]string
	for _, m := range baggage.FromContext(ctx).Members() {
		if items == nil {
			items = make(map[string]string)
		}
		items[m.Key()] = m.Value()
	}
	return items
}

// withBaggage returns a context with baggage of pairs.
func withBaggage(t testing.TB, ctx context.Context, pairs ...string) context.Context {
	t.Helper()
	var bag baggage.Baggage
	for i := 0; i < len(pairs); i += 2 {
		member, err := baggage.NewMemberRaw(pairs[i], pairs[i+1])
		if err != nil {
			t.Fatal(err)
		}
		if bag, err = bag.SetMember(member); err != nil {
			t.Fatal(err)
		}
	}
	return baggage.ContextWithBaggage(ctx, bag)
}

const (
	trace64  = "000000000000000064fe8b2a57d3eff7"
	trace128 = "80f198ee56343ba864fe8b2a57d3eff7"
	span64   = "e457b5a2e4d86bd1"
)

// TestExtractTrace reads uber-trace-id in all its shapes, and sends it on.
func TestExtractTrace(t *testing.T) {
	for _, tc := range []struct {
		explanation string
		value       string
		want        extracted
		next        string
	}{
		{"128 bits", trace128 + ":" + span64 + ":0:1", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:1"},
		{"64 bits stay 64 bits for the next peer", "64fe8b2a57d3eff7:" + span64 + ":0:1", extracted{trace64, span64, true, nil}, "64fe8b2a57d3eff7:" + span64 + ":0:1"},
		{"64 bits with zeros before them", trace64 + ":" + span64 + ":0:1", extracted{trace64, span64, true, nil}, "64fe8b2a57d3eff7:" + span64 + ":0:1"},
		{"IDs without leading zeros", "abc:1f:e:1", extracted{"00000000000000000000000000000abc", "000000000000001f", true, nil}, "0000000000000abc:000000000000001f:0:1"},
		{"17 digits are more than 64 bits", "10000000000000abc:1f:0:0", extracted{"00000000000000010000000000000abc", "000000000000001f", false, nil}, "00000000000000010000000000000abc:000000000000001f:0:0"},
		{"upper case", strings.ToUpper(trace128 + ":" + span64 + ":0:1"), extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:1"},
		{"percent-encoded, as Node's and Ruby's clients write it", trace128 + "%3A" + span64 + "%3a0%3A1", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:1"},
		{"not sampled", trace128 + ":" + span64 + ":0:0", extracted{trace128, span64, false, nil}, trace128 + ":" + span64 + ":0:0"},
		{"debug", trace128 + ":" + span64 + ":0:3", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:3"},
		{"debug without sampled isn't sampled, and is sent on", trace128 + ":" + span64 + ":0:2", extracted{trace128, span64, false, nil}, trace128 + ":" + span64 + ":0:2"},
		{"firehose", trace128 + ":" + span64 + ":0:b", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:b"},
		{"two digits of flags", trace128 + ":" + span64 + ":0:83", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:83"},
		{"flags with a leading zero", trace128 + ":" + span64 + ":0:01", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:1"},
		{"a parent of 16 digits", trace128 + ":" + span64 + ":05e3ac9a4f6e3b90:1", extracted{trace128, span64, true, nil}, trace128 + ":" + span64 + ":0:1"},
		{"a trace of zero is none", "0:1:0:1", extracted{}, ""},
		{"a span of zero is none", "1:0:0:1", extracted{}, ""},
	} {
		for name, carrier := range map[string]propagation.TextMapCarrier{
			"header": propagation.HeaderCarrier{"Uber-Trace-Id": {tc.value}},
			"map":    propagation.MapCarrier{"uber-trace-id": tc.value},
			"upper":  propagation.MapCarrier{"UBER-TRACE-ID": tc.value},
			"raw":    propagation.HeaderCarrier{"uber-trace-id": {tc.value}},
		} {
			ctx, got := extract(t, jaeger.Propagator{}, carrier)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s, %s: (-want +got)\n%s", tc.explanation, name, diff)
			}
			next := propagation.MapCarrier{}
			jaeger.Propagator{}.Inject(ctx, next)
			if got := next["uber-trace-id"]; got != tc.next {
				t.Errorf("%s, %s: the next peer gets %q, want %q", tc.explanation, name, got, tc.next)
			}
		}
	}
}

// TestMalformedTrace starts a new trace, reports once, and keeps the baggage.
func TestMalformedTrace(t *testing.T) {
	for _, tc := range []struct{ explanation, value string }{
		{"no parts", "abc"},
		{"empty", ""},
		{"three parts", "1:2:0"},
		{"five parts", "1:2:0:1:1"},
		{"a trace of 33 digits", strings.Repeat("1", 33) + ":1:0:1"},
		{"a span of 17 digits", "1:" + strings.Repeat("1", 17) + ":0:1"},
		{"a parent of 17 digits", "1:1:" + strings.Repeat("1", 17) + ":1"},
		{"no hexadecimal trace", "xyz:1:0:1"},
		{"no hexadecimal span", "1:xyz:0:1"},
		{"no hexadecimal parent", "1:1:xyz:1"},
		{"no hexadecimal flags", "1:1:0:x"},
		{"flags of more than a byte", "1:1:0:100"},
		{"negative", "-1:1:0:1"},
		{"no trace", ":1:0:1"},
		{"no flags", "1:1:0:"},
		{"spaces", " 1:1:0:1"},
		{"control characters", "1:1:0:1\x00\r\n"},
		{"encoded twice", "1%253A2%253A0%253A1"},
		{"not an encoding", "1%3A2%3A0%3"},
		{"not UTF-8", "\xff\xfe:1:0:1"},
		{"10 MB", strings.Repeat("1", 10<<20)},
	} {
		handled := collectErrors(t)
		for range 3 {
			_, got := extract(t, jaeger.Propagator{}, propagation.HeaderCarrier{"Uber-Trace-Id": {tc.value}, "Uberctx-Tenant": {"acme"}})
			if diff := cmp.Diff(extracted{Baggage: map[string]string{"tenant": "acme"}}, got); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", tc.explanation, diff)
			}
		}
		if got := handled(); len(got) != 1 || !strings.Contains(got[0], "uber-trace-id") || len(got[0]) > 500 {
			t.Errorf("%s: reports are %.500q, want one that names the header", tc.explanation, got)
		}
	}
}

// TestBaggageIsSentOn writes and reads baggage in all alphabets.
func TestBaggageIsSentOn(t *testing.T) {
	values := map[string]string{
		"plain": "acme", "spaces": "a b", "plus": "a+b", "percent": "50%", "encoded": "%41", "unicode": "Grüße, 世界", "controls": "a\r\nb\x00",
		"separators": "a=b,c;d", "empty": "", "quotes": `"'`,
	}
	var pairs []string
	for key, value := range values {
		pairs = append(pairs, key, value)
	}
	ctx := withBaggage(t, t.Context(), pairs...)
	header := http.Header{}
	jaeger.Propagator{}.Inject(ctx, propagation.HeaderCarrier(header))
	for key, values := range header {
		if strings.ContainsFunc(values[0], func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Errorf("%s: %q is not safe in a header", key, values[0])
		}
	}
	if got := header.Get("Uberctx-Spaces"); got != "a%20b" {
		t.Errorf("a space is %q, want %%20, which is the same for a query and for a path", got)
	}
	_, got := extract(t, jaeger.Propagator{}, propagation.HeaderCarrier(header))
	if diff := cmp.Diff(values, got.Baggage); diff != "" {
		t.Errorf("through HTTP (-want +got):\n%s", diff)
	}
	texts := propagation.MapCarrier{}
	jaeger.Propagator{TextMap: true}.Inject(ctx, texts)
	if got := texts["uberctx-controls"]; got != values["controls"] {
		t.Errorf("in a text map a value is %q, want it as it is", got)
	}
	_, got = extract(t, jaeger.Propagator{TextMap: true}, texts)
	if diff := cmp.Diff(values, got.Baggage); diff != "" {
		t.Errorf("through a text map (-want +got):\n%s", diff)
	}
}

func TestExtractBaggage(t *testing.T) {
	for _, tc := range []struct {
		explanation string
		header      http.Header
		want        map[string]string
	}{
		{"keys are lower case", http.Header{"Uberctx-User-Id": {"7"}}, map[string]string{"user-id": "7"}},
		{"a value that isn't encoded stays as it is", http.Header{"Uberctx-A": {"50%"}}, map[string]string{"a": "50%"}},
		{"a plus sign is a space", http.Header{"Uberctx-A": {"a+b"}}, map[string]string{"a": "a b"}},
		{"the last of several values", http.Header{"Uberctx-A": {"1", "2"}}, map[string]string{"a": "2"}},
		{"of keys in several cases the lower one", http.Header{"Uberctx-A": {"1"}, "uberctx-a": {"2"}, "UBERCTX-A": {"3"}}, map[string]string{"a": "2"}},
		{"a prefix alone is no item", http.Header{"Uberctx-": {"1"}}, nil},
		{"not UTF-8", http.Header{"Uberctx-A": {"\xff%ff"}}, map[string]string{"a": "\uFFFD"}},
		{"jaeger-baggage", http.Header{"Jaeger-Baggage": {"k1=v1, K2 = v2,k3="}}, map[string]string{"k1": "v1", "K2": " v2", "k3": ""}},
		{"jaeger-baggage is encoded as a whole", http.Header{"Jaeger-Baggage": {"k1%3Dv1%2Ck2%3Dv+2"}}, map[string]string{"k1": "v1", "k2": "v 2"}},
		{"malformed parts are left out", http.Header{"Jaeger-Baggage": {"k1=v1,k2,=v3,k4=a=b,,k5=v5"}}, map[string]string{"k1": "v1", "k5": "v5"}},
		{"a malformed encoding", http.Header{"Jaeger-Baggage": {"k1=%zz"}}, nil},
		{"an item of uberctx has precedence", http.Header{"Jaeger-Baggage": {"k1=v1,k2=v2"}, "Uberctx-K1": {"own"}}, map[string]string{"k1": "own", "k2": "v2"}},
		{"several jaeger-baggage", http.Header{"Jaeger-Baggage": {"k1=v1", "k2=v2"}}, map[string]string{"k1": "v1", "k2": "v2"}},
	} {
		collectErrors(t)
		_, got := extract(t, jaeger.Propagator{}, propagation.HeaderCarrier(tc.header))
		if diff := cmp.Diff(extracted{Baggage: tc.want}, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tc.explanation, diff)
		}
	}
}

// TestHeaderNames reads and writes other names, in any case.
func TestHeaderNames(t *testing.T) {
	p := jaeger.Propagator{TraceContextHeaderName: "X-Trace", TraceBaggageHeaderPrefix: "x-ctx-", JaegerBaggageHeader: "x-bag", JaegerDebugHeader: "x-debug"}
	ctx, got := extract(t, p, propagation.HeaderCarrier{"X-Trace": {"1:2:0:1"}, "X-Ctx-A": {"1"}, "X-Bag": {"b=2"}, "Uber-Trace-Id": {"3:4:0:1"}, "Uberctx-C": {"3"}})
	want := extracted{"00000000000000000000000000000001", "0000000000000002", true, map[string]string{"a": "1", "b": "2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	next := propagation.MapCarrier{}
	p.Inject(ctx, next)
	if diff := cmp.Diff(propagation.MapCarrier{"X-Trace": "0000000000000001:0000000000000002:0:1", "x-ctx-a": "1", "x-ctx-b": "2"}, next); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := p.Fields(); len(got) != 1 || got[0] != "X-Trace" {
		t.Errorf("fields are %q", got)
	}
}

// TestUncarriedItem sends a request's other items, and reports the one that would make
// net/http refuse it.
func TestUncarriedItem(t *testing.T) {
	handled := collectErrors(t)
	carrier := propagation.MapCarrier{}
	jaeger.Propagator{}.Inject(withBaggage(t, t.Context(), "user id", "7", "line\nbreak", "x", "ünicode", "y", "good", "1"), carrier)
	if diff := cmp.Diff(propagation.MapCarrier{"uberctx-good": "1"}, carrier); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := handled(); len(got) != 3 {
		t.Errorf("reports are %q, want one for each key", got)
	}
}

// TestNothing leaves contexts and carriers alone that have nothing.
func TestNothing(t *testing.T) {
	ctx := withBaggage(t, t.Context(), "a", "1")
	for _, carrier := range []propagation.TextMapCarrier{nil, propagation.MapCarrier{}, propagation.HeaderCarrier(nil), propagation.MapCarrier{"accept": "*/*", "uber": "1"}} {
		if got := (jaeger.Propagator{}).Extract(ctx, carrier); got != ctx {
			t.Errorf("%v changes the context", carrier)
		}
	}
	carrier := propagation.MapCarrier{}
	jaeger.Propagator{}.Inject(t.Context(), carrier)
	if len(carrier) != 0 {
		t.Errorf("a context without a span is injected as %v", carrier)
	}
}

// unlistedCarrier is a carrier without a list of its keys, as some are.
type unlistedCarrier struct{ propagation.MapCarrier }

func (unlistedCarrier) Keys() []string { return nil }

func TestUnlistedKeys(t *testing.T) {
	for format, headers := range headersOf {
		p := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{format}})
		_, want := extract(t, p, headers)
		if format != jaeger.FormatBaggage {
			want.Baggage = nil // of keys that can only be found in a list
		}
		if _, got := extract(t, p, unlistedCarrier{headers}); !cmp.Equal(want, got) {
			t.Errorf("%s (-want +got):\n%s", format, cmp.Diff(want, got))
		}
	}
}

// TestKeysInSeveralCases finds the same in each request, although a map has no order.
func TestKeysInSeveralCases(t *testing.T) {
	keys := []string{"UBER-TRACE-ID", "Uber-Trace-Id", "uBER-trace-id"}
	for range 20 {
		carrier := propagation.MapCarrier{"uber-trace-id": "1:2:0:1"}
		for _, key := range keys {
			carrier[key] = "3:4:0:1"
		}
		if _, got := extract(t, jaeger.Propagator{}, carrier); got.Span != "0000000000000002" {
			t.Fatalf("the span is %s, want that of the key in lower case", got.Span)
		}
	}
}
