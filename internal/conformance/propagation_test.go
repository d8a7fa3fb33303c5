// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing/iotest"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
)

var propagationRequirements = []requirement{
	{19, "non-empty baggage is injected even without a valid span context", func(f *fixture) {
		sc, err := f.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"baggage": "tenant=acme"})
		if err != nil {
			f.fatalf("extract of baggage alone: %v", err)
		}
		carrier := opentracing.TextMapCarrier{}
		if err := f.tracer.Inject(sc, opentracing.TextMap, carrier); err != nil {
			f.fatalf("inject of baggage alone: %v", err)
		}
		f.equal("carrier", itemsOf(carrier), "baggage=tenant=acme")
	}},
	{20, "Extract returns a context that is valid, or sampled, or has baggage", func(f *fixture) {
		for _, carrier := range []opentracing.TextMapCarrier{
			{"traceparent": traceparent},
			{"traceparent": strings.TrimSuffix(traceparent, "1") + "0"},
			{"baggage": "tenant=acme"},
			{"baggage": "tenant=acme", "traceparent": "broken"},
		} {
			if _, err := f.tracer.Extract(opentracing.TextMap, carrier); err != nil {
				f.errorf("extract from %v: %v", carrier, err)
			}
		}
	}},
	{21, "carriers: keys in any case, several values of one header kept, an error of ForeachKey returned, read-only and write-only carriers, http.Header and propagation.HeaderCarrier accepted; a nil map is ErrInvalidCarrier, no panic", func(f *fixture) {
		for name, carrier := range map[string]any{
			"TextMapCarrier":        opentracing.TextMapCarrier{"TraceParent": traceparent},
			"HTTPHeadersCarrier":    opentracing.HTTPHeadersCarrier{"TRACEPARENT": {traceparent}},
			"lower-case header":     opentracing.HTTPHeadersCarrier{"traceparent": {traceparent}},
			"http.Header":           http.Header{"Traceparent": {traceparent}},
			"HeaderCarrier":         propagation.HeaderCarrier{"Traceparent": {traceparent}},
			"read-only":             readOnly{{"traceparent", traceparent}},
			"read-only, other case": readOnly{{"TraceParent", traceparent}},
		} {
			format := opentracing.BuiltinFormat(opentracing.HTTPHeaders)
			if strings.Contains(name, "TextMap") || strings.Contains(name, "read-only") {
				format = opentracing.TextMap
			}
			if _, err := f.tracer.Extract(format, carrier); err != nil {
				f.errorf("extract from %s: %v", name, err)
			}
		}
		two := http.Header{"Traceparent": {traceparent}, "Baggage": {"a=1", "b=2"}}
		for name, carrier := range map[string]any{
			"HTTPHeadersCarrier": opentracing.HTTPHeadersCarrier(two),
			"read-only":          readOnly{{"traceparent", traceparent}, {"baggage", "a=1"}, {"Baggage", "b=2"}},
		} {
			sc, err := f.tracer.Extract(opentracing.HTTPHeaders, carrier)
			if err != nil {
				f.fatalf("extract of two baggage headers from %s: %v", name, err)
			}
			f.equal("baggage of two headers in "+name, items(sc), "a=1 b=2")
		}
		_, err := f.tracer.Extract(opentracing.TextMap, failing{})
		f.equal("error of ForeachKey is returned", errors.Is(err, io.ErrUnexpectedEOF), true)

		s := f.tracer.StartSpan("s")
		written := writeOnly{}
		f.inject(s, opentracing.TextMap, written)
		f.equal("keys in the write-only carrier", slices.Sorted(maps.Keys(written)), []string{"traceparent"})
		f.inject(s, opentracing.HTTPHeaders, http.Header{})
		f.inject(s, opentracing.HTTPHeaders, propagation.HeaderCarrier{})

		for _, carrier := range []any{opentracing.TextMapCarrier(nil), opentracing.HTTPHeadersCarrier(nil), http.Header(nil), nil, 7} {
			f.equal(fmt.Sprintf("inject into %T(%v)", carrier, carrier), f.tracer.Inject(s.Context(), opentracing.TextMap, carrier), opentracing.ErrInvalidCarrier)
			_, err := f.tracer.Extract(opentracing.TextMap, carrier)
			f.equal(fmt.Sprintf("extract from %T(%v)", carrier, carrier), err, opentracing.ErrInvalidCarrier)
		}
	}},
	{22, "the Binary format, over io.Writer and io.Reader, with lengths checked", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		s.SetBaggageItem("tenant", "acme")
		var wire bytes.Buffer
		if err := f.tracer.Inject(s.Context(), opentracing.Binary, &wire); err != nil {
			f.fatalf("inject: %v", err)
		}
		injected := wire.Bytes()
		follows := "the next message"
		stream := io.MultiReader(bytes.NewReader(injected), strings.NewReader(follows))
		sc, err := f.tracer.Extract(opentracing.Binary, stream)
		if err != nil {
			f.fatalf("extract: %v", err)
		}
		rest, _ := io.ReadAll(stream)
		f.equal("what follows in the stream", string(rest), follows)
		f.equal("baggage", items(sc), "tenant=acme")
		f.tracer.StartSpan("child", opentracing.ChildOf(sc)).Finish()
		s.Finish()
		f.childOf(f.ended("child"), f.ended("s"))

		_, err = f.tracer.Extract(opentracing.Binary, bytes.NewReader(nil))
		f.equal("error of an empty stream", err, opentracing.ErrSpanContextNotFound)
		for i := 1; i < len(injected); i++ {
			if _, err := f.tracer.Extract(opentracing.Binary, bytes.NewReader(injected[:i])); !errors.Is(err, opentracing.ErrSpanContextCorrupted) {
				f.errorf("%d of %d bytes: %v, want ErrSpanContextCorrupted", i, len(injected), err)
			}
		}
		_, err = f.tracer.Extract(opentracing.Binary, io.MultiReader(bytes.NewReader(injected[:5]), iotest.ErrReader(errConnection)))
		f.equal("error of the reader", err, errConnection)
		huge := append(slices.Clone(injected[:2]), 0xff, 0xff, 0xff, 0xff, 0x0f)
		_, err = f.tracer.Extract(opentracing.Binary, bytes.NewReader(huge))
		f.equal("a length over the limit is corrupted", errors.Is(err, opentracing.ErrSpanContextCorrupted), true)
	}},
	{23, "an unknown format is ErrUnsupportedFormat; a foreign context ErrInvalidSpanContext; nothing found ErrSpanContextNotFound; malformed ErrSpanContextCorrupted", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		f.equal("inject in an unknown format", f.tracer.Inject(s.Context(), "morse", opentracing.TextMapCarrier{}), opentracing.ErrUnsupportedFormat)
		_, err := f.tracer.Extract("morse", opentracing.TextMapCarrier{})
		f.equal("extract in an unknown format", err, opentracing.ErrUnsupportedFormat)
		f.equal("inject a foreign context", f.tracer.Inject(foreignContext{}, opentracing.TextMap, opentracing.TextMapCarrier{}), opentracing.ErrInvalidSpanContext)
		f.equal("inject nil", f.tracer.Inject(nil, opentracing.TextMap, opentracing.TextMapCarrier{}), opentracing.ErrInvalidSpanContext)
		_, err = f.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"other": "1"})
		f.equal("extract of nothing", err, opentracing.ErrSpanContextNotFound)
		for _, malformed := range []string{"x", traceparent + "-zz", strings.Replace(traceparent, "0a", "zz", 1), "00-00000000000000000000000000000000-0000000000000000-01"} {
			_, err = f.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"traceparent": malformed})
			f.equal("extract of "+malformed+" is corrupted", errors.Is(err, opentracing.ErrSpanContextCorrupted), true)
		}
	}},
}

var errConnection = errors.New("connection reset")

type pair struct{ key, value string }

type readOnly []pair

func (r readOnly) ForeachKey(handler func(key, value string) error) error {
	for _, p := range r {
		if err := handler(p.key, p.value); err != nil {
			return err
		}
	}
	return nil
}

type writeOnly map[string]string

func (w writeOnly) Set(key, value string) { w[key] = value }

type failing struct{}

func (failing) ForeachKey(func(key, value string) error) error { return io.ErrUnexpectedEOF }

type foreignContext struct{}

func (foreignContext) ForeachBaggageItem(handler func(key, value string) bool) {
	handler("foreign", "kept")
}

// itemsOf returns the entries of a carrier, sorted.
func itemsOf(carrier map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(carrier)) {
		all = append(all, key+"="+carrier[key])
	}
	return strings.Join(all, " ")
}
