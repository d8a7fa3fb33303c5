// SPDX-License-Identifier: Apache-2.0

package zipkin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/zipkin"
)

func TestInject(t *testing.T) {
	for _, c := range []struct {
		explanation string
		context     jaeger.SpanContext
		want        opentracing.TextMapCarrier
	}{
		{"a sampled child", jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, map[string]string{"who": "ada"}), opentracing.TextMapCarrier{
			"x-b3-traceid": "00000000000000010000000000000002", "x-b3-spanid": "0000000000000003", "x-b3-parentspanid": "0000000000000004", "x-b3-sampled": "1", "my-who": "ada"}},
		{"a short ID, not sampled, without a parent", jaeger.NewSpanContext(jaeger.TraceID{Low: 2}, 3, 0, false, nil), opentracing.TextMapCarrier{
			"x-b3-traceid": "0000000000000002", "x-b3-spanid": "0000000000000003", "x-b3-sampled": "0"}},
	} {
		p, got := zipkin.NewZipkinB3HTTPHeaderPropagator(zipkin.BaggagePrefix("my-")), opentracing.TextMapCarrier{}
		if err := p.Inject(c.context, got); err != nil {
			t.Errorf("%s: %v", c.explanation, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.explanation, diff)
		}
	}
	if err := (zipkin.Propagator{}).Inject(jaeger.SpanContext{}, 1); !errors.Is(err, opentracing.ErrInvalidCarrier) {
		t.Errorf("a number is a carrier: %v", err)
	}
}

func TestExtract(t *testing.T) {
	for _, c := range []struct {
		explanation, headers, want, wrong string
	}{
		{"all headers, in any case", "X-B3-TraceId=10000000000000002 x-b3-SpanID=3 x-b3-parentspanid=4 x-b3-sampled=true baggage-who=ada", "00000000000000010000000000000002:0000000000000003:0000000000000004:1 ada", ""},
		{"not sampled", "x-b3-traceid=2 x-b3-spanid=3 x-b3-sampled=0", "0000000000000002:0000000000000003:0000000000000000:0 ", ""},
		{"nothing", "other=1", "", opentracing.ErrSpanContextNotFound.Error()},
		{"a malformed trace ID", "x-b3-traceid=x", "", "header x-b3-traceid"},
		{"a malformed span ID", "x-b3-traceid=1 x-b3-spanid=x", "", "header x-b3-spanid"},
		{"a malformed parent", "x-b3-traceid=1 x-b3-parentspanid=x", "", "header x-b3-parentspanid"},
	} {
		carrier := opentracing.TextMapCarrier{}
		for header := range strings.FieldsSeq(c.headers) {
			key, value, _ := strings.Cut(header, "=")
			carrier[key] = value
		}
		sc, err := zipkin.NewZipkinB3HTTPHeaderPropagator().Extract(carrier)
		if err != nil {
			if c.wrong == "" || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: error %v, want %q", c.explanation, err, c.wrong)
			}
			continue
		}
		who := ""
		sc.ForeachBaggageItem(func(_, value string) bool {
			who = value
			return true
		})
		if got := sc.String() + " " + who; got != c.want {
			t.Errorf("%s: %q, want %q", c.explanation, got, c.want)
		}
	}
	if _, err := (zipkin.Propagator{}).Extract(1); !errors.Is(err, opentracing.ErrInvalidCarrier) {
		t.Errorf("a number is a carrier: %v", err)
	}
}

// FuzzExtract looks for headers that panic.
func FuzzExtract(f *testing.F) {
	f.Add("x-b3-traceid", "10000000000000002", "x-b3-spanid", "3")
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		sc, err := zipkin.NewZipkinB3HTTPHeaderPropagator().Extract(opentracing.TextMapCarrier{key1: value1, key2: value2})
		if err == nil && !sc.TraceID().IsValid() {
			t.Errorf("%v is a context", sc)
		}
	})
}
