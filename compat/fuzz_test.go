// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"bytes"
	"context"
	"errors"
	"math"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// FuzzExtract reads a span context from arbitrary headers. What is extracted can
// be injected and extracted again, and is the same then.
func FuzzExtract(f *testing.F) {
	f.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage", "a=1,b=2;meta")
	f.Add("Traceparent", "ff-", "BAGGAGE", "a=%ff,=,;,é=ü")
	f.Add("tracestate", "a=1", "", "\x00")
	tracer := NewTracer(sdktrace.NewTracerProvider(), nil)
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		for format, carrier := range map[opentracing.BuiltinFormat]any{
			opentracing.TextMap:     opentracing.TextMapCarrier{key1: value1, key2: value2},
			opentracing.HTTPHeaders: http.Header{key1: {value1, value2}, key2: {value2}},
		} {
			sc, err := tracer.Extract(format, carrier)
			if err != nil {
				if !errors.Is(err, opentracing.ErrSpanContextCorrupted) && !errors.Is(err, opentracing.ErrSpanContextNotFound) {
					t.Errorf("extract: %v", err)
				}
				continue
			}
			again := opentracing.TextMapCarrier{}
			if err := tracer.Inject(sc, opentracing.TextMap, again); err != nil {
				t.Errorf("inject: %v", err)
			}
			first := sc.(*spanContext)
			if !first.otel().IsValid() {
				continue
			}
			second, err := tracer.Extract(opentracing.TextMap, again)
			if err != nil {
				t.Fatalf("extract %v again: %v", again, err)
			}
			if !second.(*spanContext).otel().Equal(first.otel()) {
				t.Errorf("extracted %v, then %v", first, second)
			}
			span := tracer.StartSpan("s", opentracing.ChildOf(sc))
			span.Finish()
		}
	})
}

// FuzzExtractBinary reads a span context from arbitrary bytes.
func FuzzExtractBinary(f *testing.F) {
	tracer := NewTracer(sdktrace.NewTracerProvider(), nil)
	span := tracer.StartSpan("s")
	span.SetBaggageItem("tenant", "acme")
	var wire bytes.Buffer
	if err := tracer.Inject(span.Context(), opentracing.Binary, &wire); err != nil {
		f.Fatal(err)
	}
	f.Add(wire.Bytes())
	f.Add([]byte("o\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("o\x01\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sc, err := tracer.Extract(opentracing.Binary, bytes.NewReader(data))
		if err == nil && sc == nil {
			t.Error("neither a context nor an error")
		}
		if err != nil && !errors.Is(err, opentracing.ErrSpanContextCorrupted) && !errors.Is(err, opentracing.ErrSpanContextNotFound) {
			t.Errorf("extract: %v", err)
		}
	})
}

// FuzzTags sets tags, logs and baggage of arbitrary text and numbers: what is
// recorded is valid UTF-8, and valid values come out as they went in.
func FuzzTags(f *testing.F) {
	f.Add("key", "value", int64(1), uint64(2), 0.5, []byte("bytes"))
	f.Add("error", "\xff", int64(math.MinInt64), uint64(math.MaxUint64), math.NaN(), []byte{0xff})
	f.Add("span.kind", "server", int64(0), uint64(0), math.Inf(1), []byte(nil))
	f.Fuzz(func(t *testing.T, key, text string, signed int64, unsigned uint64, float float64, data []byte) {
		tracer, recorder := newRecorded(t, nil)
		values := []any{text, signed, unsigned, float, data, errors.New(text), &text, [2]string{text, key}, map[string]any{key: text}, nil}
		span := tracer.StartSpan(text, opentracing.Tag{Key: key, Value: data}, opentracing.Tag{Key: "k", Value: text})
		for _, value := range values {
			span.SetTag(key, value)
			span.LogKV(key, value, "event", text)
			span.LogKV(value, key, key)
		}
		span.SetBaggageItem(key, text)
		if valid := utf8.ValidString(key) && utf8.ValidString(text); valid && key != "" && span.BaggageItem(key) != text {
			t.Errorf("baggage item %q is %q, want %q", key, span.BaggageItem(key), text)
		}
		child := tracer.StartSpan("child", opentracing.ChildOf(span.Context()))
		if got, want := child.BaggageItem(key), span.BaggageItem(key); got != want {
			t.Errorf("inherited baggage item %q is %q, want %q", key, got, want)
		}
		opentracing.ContextWithSpan(context.Background(), child)
		child.Finish()
		span.Finish()
		for _, s := range recorder.Ended() {
			checkUTF8(t, s.Name())
			checkUTF8(t, s.Status().Description)
			checkAttributes(t, s.Attributes())
			for _, event := range s.Events() {
				checkUTF8(t, event.Name)
				checkAttributes(t, event.Attributes)
			}
		}
	})
}

func checkAttributes(t *testing.T, attributes []attribute.KeyValue) {
	for _, kv := range attributes {
		checkUTF8(t, string(kv.Key))
		checkUTF8(t, kv.Value.String())
	}
}

func checkUTF8(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is not UTF-8", text)
	}
}
