// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/zipkin"
)

// numbers are the IDs of a test: 1, 2, 3.
func numbers() jaeger.TracerOption {
	last := uint64(0)
	return jaeger.TracerOptions.RandomNumber(func() uint64 {
		last++
		return last
	})
}

func TestHeaders(t *testing.T) {
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	for _, c := range []struct {
		explanation string
		options     []jaeger.TracerOption
		variable    string
		want        http.Header
	}{
		{"Jaeger's and W3C's by default", nil, "", http.Header{
			"Uber-Trace-Id": {"00000000000000020000000000000001:0000000000000003:0:1"}, "Uberctx-Who": {"Ada%20%C3%9C"},
			"Traceparent": {"00-00000000000000020000000000000001-0000000000000003-01"}, "Baggage": {"who=Ada%20%C3%9C"},
		}},
		{"names of the program's", []jaeger.TracerOption{jaeger.TracerOptions.CustomHeaderKeys(&jaeger.HeadersConfig{TraceContextHeaderName: "x-trace", TraceBaggageHeaderPrefix: "x-item-"})}, "OTEL_PROPAGATORS=jaeger", http.Header{
			"X-Trace": {"00000000000000020000000000000001:0000000000000003:0:1"}, "X-Item-Who": {"Ada%20%C3%9C"},
		}},
		{"one format turned off", nil, "OTEL_PROPAGATORS=jaeger", http.Header{
			"Uber-Trace-Id": {"00000000000000020000000000000001:0000000000000003:0:1"}, "Uberctx-Who": {"Ada%20%C3%9C"},
		}},
		{"the other one turned off, as other clients have it", nil, "JAEGER_PROPAGATION=w3c", http.Header{
			"Traceparent": {"00-00000000000000020000000000000001-0000000000000003-01"}, "Baggage": {"who=Ada%20%C3%9C"},
		}},
		{"a program's format alone", []jaeger.TracerOption{jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, b3), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, b3)}, "OTEL_PROPAGATORS=none", http.Header{
			"X-B3-Traceid": {"00000000000000020000000000000001"}, "X-B3-Spanid": {"0000000000000003"}, "X-B3-Sampled": {"1"}, "Baggage-Who": {"Ada Ü"},
		}},
		{"a program's format beside the others", []jaeger.TracerOption{jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, b3), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, b3)}, "OTEL_PROPAGATORS=tracecontext", http.Header{
			"Traceparent":  {"00-00000000000000020000000000000001-0000000000000003-01"},
			"X-B3-Traceid": {"00000000000000020000000000000001"}, "X-B3-Spanid": {"0000000000000003"}, "X-B3-Sampled": {"1"}, "Baggage-Who": {"Ada Ü"},
		}},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			name, value, _ := strings.Cut(c.variable, "=")
			if name != "" {
				t.Setenv(name, value)
			}
			tracer, _ := newTracer(t, append(c.options, numbers())...)
			header := http.Header{}
			span := tracer.StartSpan("root").SetBaggageItem("who", "Ada Ü")
			if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			extracted, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
			if err != nil {
				t.Fatal(err)
			}
			if got := extracted.(jaeger.SpanContext); got.SpanID() != 3 || !got.IsSampled() || c.want["Traceparent"] == nil && itemsOf(got)["who"] != "Ada Ü" {
				t.Errorf("extracted %v with %v", got, itemsOf(got))
			}
		})
	}
}

// TestTextMap is about Jaeger's other format, whose values are not encoded.
func TestTextMap(t *testing.T) {
	tracer, _ := newTracer(t)
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(tracer.StartSpan("root").SetBaggageItem("who", "Ada Ü").Context(), opentracing.TextMap, carrier); err != nil {
		t.Fatal(err)
	}
	if got := carrier["uberctx-who"]; got != "Ada Ü" {
		t.Errorf("uberctx-who is %q", got)
	}
}

// debugFormat is a program's format, in one header.
type debugFormat struct{}

func (debugFormat) Inject(sc jaeger.SpanContext, carrier any) error {
	if sc.ParentID() != 0 {
		return fmt.Errorf("a parent")
	}
	carrier.(opentracing.TextMapWriter).Set("own", sc.String())
	return nil
}

func (debugFormat) Extract(carrier any) (found jaeger.SpanContext, err error) {
	err = carrier.(opentracing.TextMapReader).ForeachKey(func(key, value string) (err error) {
		if strings.EqualFold(key, "own") {
			found, err = jaeger.ContextFromString(value)
		}
		return err
	})
	return found, err
}

func TestOwnFormat(t *testing.T) {
	tracer, _ := newTracer(t, jaeger.TracerOptions.Injector(opentracing.TextMap, debugFormat{}), jaeger.TracerOptions.Extractor(opentracing.TextMap, debugFormat{}))
	for _, c := range []struct{ explanation, own, uber, want string }{
		{"the program's format has precedence, with its debug flag", "a:b:0:3", "1:2:0:1", "000000000000000a:000000000000000b:0:3"},
		{"without it there are the others", "", "1:2:0:1", "0000000000000001:0000000000000002:0:1"},
		{"and where it is malformed", "a:b", "1:2:0:1", "0000000000000001:0000000000000002:0:1"},
	} {
		carrier := opentracing.TextMapCarrier{"uber-trace-id": c.uber}
		if c.own != "" {
			carrier["own"] = c.own
		}
		extracted, err := tracer.Extract(opentracing.TextMap, carrier)
		if err != nil {
			t.Errorf("%s: %v", c.explanation, err)
			continue
		}
		passed := opentracing.TextMapCarrier{}
		if err := tracer.Inject(extracted, opentracing.TextMap, passed); err != nil {
			t.Errorf("%s: %v", c.explanation, err)
		}
		if passed["uber-trace-id"] != c.want || passed["own"] == "" {
			t.Errorf("%s: passed on as %v, want %s", c.explanation, passed, c.want)
		}
	}
}

// TestHostileBaggage is about a program's format that a client sends many items in: reading
// them takes linear steps, and few are taken.
func TestHostileBaggage(t *testing.T) {
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	for _, format := range []opentracing.BuiltinFormat{opentracing.TextMap, opentracing.HTTPHeaders} {
		tracer, _ := newTracer(t, jaeger.TracerOptions.Extractor(format, b3))
		text := opentracing.TextMapCarrier{"x-b3-traceid": "1", "x-b3-spanid": "2", "x-b3-sampled": "1"}
		for i := range 100_000 {
			text[fmt.Sprintf("baggage-%06d", i)] = "x"
		}
		text["baggage-000000"] = strings.Repeat("x", 1<<20)
		var carrier any = text
		if format == opentracing.HTTPHeaders {
			header := http.Header{} // whose keys are not canonical, as another protocol has them
			for key, value := range text {
				header[key] = []string{value}
			}
			carrier = header
		}
		extracted, err := tracer.Extract(format, carrier)
		if err != nil {
			t.Fatal(err)
		}
		got := itemsOf(extracted)
		if len(got) != 64 || got["000001"] != "x" || got["000064"] != "x" || extracted.(jaeger.SpanContext).SpanID() != 2 {
			t.Errorf("format %d: %d items of %v, want the first 64 that aren't too large", format, len(got), extracted)
		}
	}
}

// TestRepeatedHeader is about an own format that looks at all values of a header, as
// opentracing.HTTPHeadersCarrier hands them out.
func TestRepeatedHeader(t *testing.T) {
	tracer, _ := newTracer(t, jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, debugFormat{}))
	extracted, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Own": {"1:2:0:1", "3:4:0:1"}})
	if err != nil || extracted.(jaeger.SpanContext).SpanID() != 4 {
		t.Errorf("extracted %v, %v, want the last value", extracted, err)
	}
}

func TestIDs(t *testing.T) {
	zero := func() uint64 { return 0 }
	tracer, _ := newTracer(t, jaeger.TracerOptions.RandomNumber(zero), jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { return 7 }))
	sc := tracer.StartSpan("root").Context().(jaeger.SpanContext)
	if !sc.IsValid() || sc.TraceID().High != 7 {
		t.Errorf("%v of a program whose numbers are 0", sc)
	}
}

// TestTextMapPropagator is about Jaeger's format with headers of a program's, beside the
// usual ones.
func TestTextMapPropagator(t *testing.T) {
	names := &jaeger.HeadersConfig{TraceContextHeaderName: "x-trace", TraceBaggageHeaderPrefix: "x-item-"}
	for _, c := range []struct {
		explanation string
		propagator  *jaeger.TextMapPropagator
		want        opentracing.TextMapCarrier
	}{
		{"headers", jaeger.NewHTTPHeaderPropagator(names, jaeger.Metrics{}), opentracing.TextMapCarrier{"x-trace": "0000000000000001:0000000000000002:0:3", "x-item-who": "Ada%20%C3%9C"}},
		{"text", jaeger.NewTextMapPropagator(names, jaeger.Metrics{}), opentracing.TextMapCarrier{"x-trace": "0000000000000001:0000000000000002:0:3", "x-item-who": "Ada Ü"}},
		{"the usual names", jaeger.NewTextMapPropagator(nil, jaeger.Metrics{}), opentracing.TextMapCarrier{"uber-trace-id": "0000000000000001:0000000000000002:0:3", "uberctx-who": "Ada Ü"}},
	} {
		given, err := jaeger.ContextFromString("1:2:0:3")
		if err != nil {
			t.Fatal(err)
		}
		got := opentracing.TextMapCarrier{}
		if err := c.propagator.Inject(given.WithBaggageItem("who", "Ada Ü"), got); err != nil {
			t.Errorf("%s: %v", c.explanation, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.explanation, diff)
		}
		found, err := c.propagator.Extract(got)
		if err != nil || found.TraceID().Low != 1 || found.SpanID() != 2 || !found.IsDebug() || itemsOf(found)["who"] != "Ada Ü" {
			t.Errorf("%s: extracted %v with %v, %v", c.explanation, found, itemsOf(found), err)
		}
		if _, err := c.propagator.Extract(opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrSpanContextNotFound) {
			t.Errorf("%s: extract nothing: %v", c.explanation, err)
		}
		for i := range 70 {
			given = given.WithBaggageItem(fmt.Sprintf("item%02d", i), "x")
		}
		many := opentracing.TextMapCarrier{}
		if err := c.propagator.Inject(given, many); err == nil || !strings.Contains(err.Error(), "6 of 70 baggage items are left out") || len(many) != 65 {
			t.Errorf("%s: %d keys of 70 items are written, error %v", c.explanation, len(many), err)
		}
		if _, err := c.propagator.Extract(1); !errors.Is(err, opentracing.ErrInvalidCarrier) || !errors.Is(c.propagator.Inject(found, 1), opentracing.ErrInvalidCarrier) {
			t.Errorf("%s: a number is a carrier: %v", c.explanation, err)
		}
	}
}
