// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// TestGlobalPropagator has native code write both formats, and read each.
func TestGlobalPropagator(t *testing.T) {
	mock := install(t)
	span := mock.StartSpan("span").SetBaggageItem("item", "a b").(*mocktracer.MockSpan)
	ctx := opentracing.ContextWithSpan(context.Background(), span)
	item, _ := baggage.NewMemberRaw("native", "1")
	bag, _ := baggage.FromContext(ctx).SetMember(item)
	ctx = baggage.ContextWithBaggage(ctx, bag)
	span.SetBaggageItem("late", "2")
	header := http.Header{}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(header))
	sc := span.SpanContext
	want := map[string]string{
		"Traceparent":            "00-" + compat.OTelSpan(span).SpanContext().TraceID().String() + "-" + compat.OTelSpan(span).SpanContext().SpanID().String() + "-01",
		"Mockpfx-Ids-Traceid":    strconv.Itoa(sc.TraceID),
		"Mockpfx-Ids-Spanid":     strconv.Itoa(sc.SpanID),
		"Mockpfx-Ids-Sampled":    "true",
		"Mockpfx-Baggage-Item":   "a+b",
		"Mockpfx-Baggage-Late":   "2",
		"Mockpfx-Baggage-Native": "1",
	}
	got := map[string]string{}
	for key := range header {
		got[key] = header.Get(key)
	}
	written, err := baggage.Parse(got["Baggage"])
	if err != nil || written.Len() != 3 {
		t.Errorf("the header baggage is %q: %v", got["Baggage"], err)
	}
	delete(got, "Baggage")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}

	for _, c := range []struct {
		explanation string
		header      map[string]string
		items       int
	}{
		{"both formats", map[string]string{"traceparent": header.Get("traceparent"), "baggage": header.Get("baggage"), "Mockpfx-Ids-Traceid": want["Mockpfx-Ids-Traceid"], "Mockpfx-Ids-Spanid": want["Mockpfx-Ids-Spanid"], "Mockpfx-Baggage-Item": "not+W3C's"}, 3},
		{"W3C's alone", map[string]string{"traceparent": header.Get("traceparent"), "baggage": header.Get("baggage")}, 3},
		{"mocktracer's alone", map[string]string{"Mockpfx-Ids-Traceid": want["Mockpfx-Ids-Traceid"], "Mockpfx-Ids-Spanid": want["Mockpfx-Ids-Spanid"], "Mockpfx-Baggage-Item": "a+b"}, 1},
	} {
		carrier := propagation.HeaderCarrier{}
		for key, value := range c.header {
			carrier.Set(key, value)
		}
		extracted := otel.GetTextMapPropagator().Extract(context.Background(), carrier)
		_, child := otel.Tracer("").Start(extracted, "child")
		if mocktracer.SpanOf(child).ParentID != sc.SpanID {
			t.Errorf("%s: %v is not a child of %v", c.explanation, mocktracer.SpanOf(child), span)
		}
		items := baggage.FromContext(extracted)
		if items.Len() != c.items || items.Member("item").Value() != "a b" {
			t.Errorf("%s: baggage %v", c.explanation, items)
		}
	}
}

// TestForeignContexts has ChildOf and Inject take contexts of native spans.
func TestForeignContexts(t *testing.T) {
	mock := install(t)
	_, own := mock.TracerProvider().Tracer("").Start(context.Background(), "own")
	_, other := sdktrace.NewTracerProvider().Tracer("").Start(context.Background(), "of a provider of its own")
	remoteSpan := trace.SpanFromContext(remote())
	identity := func(sc trace.SpanContext) opentracing.SpanContext {
		return bridgeContext{sc}
	}
	for what, c := range map[string]struct {
		context opentracing.SpanContext
		want    trace.SpanContext
	}{
		"a native span of this tracer":    {compat.OpenTracingSpan(own).Context(), own.SpanContext()},
		"one of another provider":         {compat.OpenTracingSpan(other).Context(), other.SpanContext()},
		"a remote one":                    {compat.OpenTracingSpan(remoteSpan).Context(), remoteSpan.SpanContext()},
		"one of a compat tracer":          {compat.NewTracer(sdktrace.NewTracerProvider(), nil).StartSpan("").Context(), trace.SpanContext{}},
		"one with OpenTelemetry's IDs":    {identity(other.SpanContext()), other.SpanContext()},
		"SpanFromContext of a remote one": {compat.SpanFromContext(remote()).Context(), remoteSpan.SpanContext()},
	} {
		want := c.want
		if !want.IsValid() {
			want, _ = compat.OTelSpanContext(c.context)
		}
		child := mock.StartSpan("child", opentracing.ChildOf(c.context)).(*mocktracer.MockSpan)
		recorded := compat.OTelSpan(child).(sdktrace.ReadOnlySpan)
		if recorded.Parent().TraceID() != want.TraceID() || recorded.Parent().SpanID() != want.SpanID() || recorded.SpanContext().TraceID() != want.TraceID() {
			t.Errorf("%s: the child is %v below %v, want %v", what, recorded.SpanContext(), recorded.Parent(), want)
		}
		carrier := opentracing.TextMapCarrier{}
		if err := mock.Inject(c.context, opentracing.TextMap, carrier); err != nil {
			t.Errorf("%s: Inject: %v", what, err)
			continue
		}
		if len(carrier) != 3 {
			t.Errorf("%s: Inject writes %v", what, carrier)
		}
		extracted, err := mock.Extract(opentracing.TextMap, carrier)
		if err != nil {
			t.Errorf("%s: Extract: %v", what, err)
			continue
		}
		if sc := extracted.(mocktracer.MockSpanContext); sc.SpanID != child.ParentID || sc.TraceID != child.SpanContext.TraceID {
			t.Errorf("%s: Extract returns %v, and the child is %v", what, sc, child)
		}
		if got, ok := compat.OTelSpanContext(extracted); !ok || got.TraceID() != want.TraceID() || got.SpanID() != want.SpanID() {
			t.Errorf("%s: extracted is %v, want %v", what, got, want)
		}
	}
}

// bridgeContext is a context as those of OpenTelemetry's bridge.
type bridgeContext struct{ trace.SpanContext }

func (bridgeContext) ForeachBaggageItem(func(string, string) bool) {}

// oneKey is a format of a program's, with an int as its name.
type oneKey struct{}

func (oneKey) Inject(sc mocktracer.MockSpanContext, carrier any) error {
	carrier.(*bytes.Buffer).WriteString(strconv.Itoa(sc.TraceID) + ":" + strconv.Itoa(sc.SpanID))
	return nil
}

func (oneKey) Extract(carrier any) (mocktracer.MockSpanContext, error) {
	panic(carrier)
}

// TestRegister has formats of a program's.
func TestRegister(t *testing.T) {
	mock := mocktracer.New()
	mock.RegisterInjector(7, oneKey{})
	mock.RegisterExtractor(7, oneKey{})
	mock.RegisterInjector(opentracing.TextMap, nil)
	span := mock.StartSpan("span").(*mocktracer.MockSpan)
	var buffer bytes.Buffer
	if err := mock.Inject(span.Context(), 7, &buffer); err != nil {
		t.Fatal(err)
	}
	if want := strconv.Itoa(span.SpanContext.TraceID) + ":" + strconv.Itoa(span.SpanContext.SpanID); buffer.String() != want {
		t.Errorf("injected %q, want %q", buffer.String(), want)
	}
	if _, err := mock.Extract(7, &buffer); err == nil || errors.Is(err, opentracing.ErrSpanContextNotFound) {
		t.Errorf("an extractor that panics: %v", err)
	}
	if err := mock.Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrUnsupportedFormat) {
		t.Errorf("a nil injector: %v", err)
	}
	mock.RegisterInjector(opentracing.HTTPHeaders, headersOnly{})
	header := http.Header{}
	if err := compat.NewTracing(mock, nil).Inject(opentracing.ContextWithSpan(context.Background(), span), header); err != nil || header.Get("own") != "yes" {
		t.Errorf("compat's Inject writes %v by the program's injector: %v", header, err)
	}
}

// headersOnly is a format for headers alone.
type headersOnly struct{}

func (headersOnly) Inject(_ mocktracer.MockSpanContext, carrier any) error {
	writer, ok := carrier.(opentracing.HTTPHeadersCarrier)
	if !ok {
		return opentracing.ErrInvalidCarrier
	}
	writer.Set("own", "yes")
	return nil
}

// TestCarriers has what a carrier may be and have.
func TestCarriers(t *testing.T) {
	mock := mocktracer.New()
	span := mock.StartSpan("span")
	for _, c := range []struct {
		explanation string
		format      any
		carrier     any
		inject      error
		extract     error
	}{
		{"a nil map", opentracing.TextMap, opentracing.TextMapCarrier(nil), opentracing.ErrInvalidCarrier, opentracing.ErrSpanContextNotFound},
		{"a nil carrier", opentracing.TextMap, nil, opentracing.ErrInvalidCarrier, opentracing.ErrInvalidCarrier},
		{"something else", opentracing.HTTPHeaders, 7, opentracing.ErrInvalidCarrier, opentracing.ErrInvalidCarrier},
		{"the binary format", opentracing.Binary, new(bytes.Buffer), opentracing.ErrUnsupportedFormat, opentracing.ErrUnsupportedFormat},
		{"a format that can't be compared", []int{1}, opentracing.TextMapCarrier{}, opentracing.ErrUnsupportedFormat, opentracing.ErrUnsupportedFormat},
		{"a nil format", nil, opentracing.TextMapCarrier{}, opentracing.ErrUnsupportedFormat, opentracing.ErrUnsupportedFormat},
		{"an empty map, by which Extract finds what was injected", opentracing.TextMap, opentracing.TextMapCarrier{}, nil, nil},
	} {
		if err := mock.Inject(span.Context(), c.format, c.carrier); !errors.Is(err, c.inject) {
			t.Errorf("%s: Inject: %v, want %v", c.explanation, err, c.inject)
		}
		if _, err := mock.Extract(c.format, c.carrier); !errors.Is(err, c.extract) {
			t.Errorf("%s: Extract: %v, want %v", c.explanation, err, c.extract)
		}
	}
	for _, sc := range []opentracing.SpanContext{nil, opentracing.NoopTracer{}.StartSpan("").Context()} {
		if err := mock.Inject(sc, opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, opentracing.ErrInvalidSpanContext) {
			t.Errorf("Inject of %T: %v", sc, err)
		}
	}
	for _, carrier := range []opentracing.TextMapCarrier{
		{"mockpfx-ids-traceid": "x", "mockpfx-ids-spanid": "1"},
		{"mockpfx-ids-traceid": "99999999999999999999999", "mockpfx-ids-spanid": "1"},
		{"mockpfx-ids-traceid": "1", "mockpfx-ids-spanid": "2", "mockpfx-ids-sampled": "maybe"},
		{"mockpfx-ids-traceid": "0", "mockpfx-ids-spanid": "2"},
	} {
		if sc, err := mock.Extract(opentracing.TextMap, carrier); err == nil {
			t.Errorf("Extract of %v: %v", carrier, sc)
		}
	}
}

// TestInstalledFormats has what OpenTelemetry code writes and reads where a test has
// registered formats of its own.
func TestInstalledFormats(t *testing.T) {
	for _, c := range []struct {
		explanation string
		register    func(*mocktracer.MockTracer)
		header      bool
		want        []string
	}{
		{"none: W3C's and the tracer's", func(*mocktracer.MockTracer) {}, false,
			[]string{"mockpfx-ids-sampled", "mockpfx-ids-spanid", "mockpfx-ids-traceid", "traceparent"}},
		{"one for texts", func(m *mocktracer.MockTracer) { m.RegisterInjector(opentracing.TextMap, oneText("text")) }, false, []string{"text"}},
		{"one for texts, and headers come", func(m *mocktracer.MockTracer) { m.RegisterInjector(opentracing.TextMap, oneText("text")) }, true, []string{"Text"}},
		{"one for headers, and texts come", func(m *mocktracer.MockTracer) { m.RegisterInjector(opentracing.HTTPHeaders, oneText("header")) }, false, []string{"header"}},
		{"both, and headers come", func(m *mocktracer.MockTracer) {
			m.RegisterInjector(opentracing.TextMap, oneText("text"))
			m.RegisterInjector(opentracing.HTTPHeaders, oneText("header"))
		}, true, []string{"Header"}},
		{"nil: none is written", func(m *mocktracer.MockTracer) { m.RegisterInjector(opentracing.TextMap, nil) }, false, nil},
		{"one for another format", func(m *mocktracer.MockTracer) { m.RegisterInjector(7, oneKey{}) }, false,
			[]string{"mockpfx-ids-sampled", "mockpfx-ids-spanid", "mockpfx-ids-traceid", "traceparent"}},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			mock := mocktracer.New()
			c.register(mock)
			defer mocktracer.Install(mock)()
			ctx, span := otel.Tracer("").Start(context.Background(), "span")
			defer span.End()
			var carrier propagation.TextMapCarrier = propagation.MapCarrier{}
			if c.header {
				carrier = propagation.HeaderCarrier{}
			}
			otel.GetTextMapPropagator().Inject(ctx, carrier)
			if diff := cmp.Diff(c.want, slices.Sorted(slices.Values(carrier.Keys()))); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
	mock := mocktracer.New()
	mock.RegisterExtractor(opentracing.TextMap, oneText("text"))
	defer mocktracer.Install(mock)()
	headers := propagation.MapCarrier{"text": "7", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
	_, span := otel.Tracer("").Start(otel.GetTextMapPropagator().Extract(context.Background(), headers), "span")
	span.End()
	if got := mock.FinishedSpans()[0].ParentID; got != 7 {
		t.Errorf("the parent is %d, want 7, which the registered Extractor reads", got)
	}
}

// oneText is a format that has the ID of a span under one key.
type oneText string

func (key oneText) Inject(sc mocktracer.MockSpanContext, carrier any) error {
	carrier.(opentracing.TextMapWriter).Set(string(key), strconv.Itoa(sc.SpanID))
	return nil
}

func (key oneText) Extract(carrier any) (found mocktracer.MockSpanContext, err error) {
	err = carrier.(opentracing.TextMapReader).ForeachKey(func(k, value string) (err error) {
		if k == string(key) {
			found.TraceID = 1
			found.SpanID, err = strconv.Atoi(value)
		}
		return err
	})
	return found, err
}
