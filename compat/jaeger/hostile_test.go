// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// hostileHeaders are what a client may send to cost time and memory.
func hostileHeaders() map[string]http.Header {
	huge := 10 << 20
	if raceEnabled {
		huge = 1 << 20 // which looks at each byte
	}
	headers := map[string]http.Header{}
	add := func(name string, header http.Header) { headers[name] = header }
	for _, prefix := range []string{"Uberctx-", "Ot-Baggage-"} {
		many := http.Header{}
		for i := range 10_000 {
			many.Set(fmt.Sprintf("%sk%05d", prefix, i), "v")
		}
		add("10,000 of "+prefix, many)
	}
	keys := []string{"Uber-Trace-Id", "Uberctx-A", "Jaeger-Baggage", "Jaeger-Debug-Id", "B3", "X-B3-Traceid", "X-B3-Sampled", "Ot-Tracer-Traceid", "Ot-Tracer-Sampled", "Ot-Baggage-A"}
	for _, text := range []string{"1", "%41", "%", "\x00\r\n", "a=1,", ":"} {
		long := strings.Repeat(text, huge/len(text))
		for _, key := range keys {
			add(fmt.Sprintf("%s full of %q", key, text), http.Header{key: {long}})
		}
	}
	for _, key := range keys {
		add("10,000 of "+key, http.Header{key: make([]string, 10_000)})
	}
	var list strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&list, "k%05d=v,", i)
	}
	add("a list of 5,000", http.Header{"Jaeger-Baggage": {list.String()}})
	add("many lists of 5,000", http.Header{"Jaeger-Baggage": {list.String(), list.String(), list.String()}})
	add("a list of malformed parts", http.Header{"Jaeger-Baggage": {strings.Repeat("a,", 30_000)}})
	add("a huge key", http.Header{"Uberctx-" + strings.Repeat("A", huge): {"1"}})
	return headers
}

// TestHostileHeaders bounds what the headers cost in memory and what comes of them. The
// time is bounded by what is looked at: nothing of it grows faster than the headers.
func TestHostileHeaders(t *testing.T) {
	formats := newFormats(t, &jaeger.FormatsOptions{Extract: everyFormat, B3BaggagePrefix: "baggage-"})
	tracer := compat.NewTracer(sdktrace.NewTracerProvider(), &compat.Options{TextMap: formats})
	handled := collectErrors(t)
	for name, header := range hostileHeaders() {
		carrier := propagation.HeaderCarrier(header)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ctx := formats.Extract(t.Context(), carrier)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("%s: %d bytes are allocated", name, got)
		}
		bytes := 0
		for _, m := range baggage.FromContext(ctx).Members() {
			bytes += len(m.Key()) + len(m.Value())
		}
		if n := baggage.FromContext(ctx).Len(); n > 64 || bytes > 64<<10 {
			t.Errorf("%s: %d items, %d bytes of baggage", name, n, bytes)
		}
		again := formats.Extract(t.Context(), carrier)
		if diff := cmp.Diff(baggageOf(ctx), baggageOf(again)); diff != "" {
			t.Errorf("%s: the same headers give other baggage:\n%s", name, diff)
		}
		if sc, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header)); err == nil {
			next := http.Header{}
			if err := tracer.Inject(sc, opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(next)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	reports := handled()
	for _, report := range reports {
		if len(report) > 1000 {
			t.Errorf("a report has %d bytes: %.100q", len(report), report)
		}
	}
	if len(reports) > 100 {
		t.Errorf("%d reports", len(reports))
	}
}

// countingCarrier counts how often it has to look for a value.
type countingCarrier struct {
	propagation.MapCarrier
	gets int
}

func (c *countingCarrier) Get(key string) string {
	c.gets++
	return c.MapCarrier.Get(key)
}

// TestHostileLookups asks a carrier for few values, whatever it has: a list of headers, as
// Kafka's, looks at each for each.
func TestHostileLookups(t *testing.T) {
	collectErrors(t)
	formats := newFormats(t, &jaeger.FormatsOptions{Extract: everyFormat, B3BaggagePrefix: "baggage-"})
	carrier := &countingCarrier{MapCarrier: propagation.MapCarrier{}}
	for i := range 10_000 {
		for _, prefix := range []string{"uberctx-", "ot-baggage-", "baggage-", "x-b3-"} {
			carrier.MapCarrier[fmt.Sprintf("%sk%05d", prefix, i)] = "v"
		}
	}
	formats.Extract(t.Context(), carrier)
	if most := 4*64 + 20; carrier.gets > most {
		t.Errorf("the carrier is asked for %d values, want at most %d", carrier.gets, most)
	}
}

// TestManyMalformedHeaders reports so many messages and remembers no more.
func TestManyMalformedHeaders(t *testing.T) {
	handled := collectErrors(t)
	for i := range 1000 {
		jaeger.Propagator{}.Extract(t.Context(), propagation.MapCarrier{"uber-trace-id": fmt.Sprint("malformed ", i)})
	}
	reports := handled()
	if len(reports) != 100 || !strings.Contains(reports[99], "the last of 100 reports") || jaeger.RememberedReports() != 100 {
		t.Errorf("%d reports, of which %d are remembered; the last is %q", len(reports), jaeger.RememberedReports(), reports[len(reports)-1])
	}
}

// TestBaggageLimits takes items in the order of their keys, as long as there is room.
func TestBaggageLimits(t *testing.T) {
	large := strings.Repeat("v", 30<<10)
	handled := collectErrors(t)
	_, got := extract(t, jaeger.Propagator{}, propagation.MapCarrier{"uberctx-c": large, "uberctx-d": "small", "uberctx-a": large, "uberctx-b": large, "jaeger-baggage": "e=small"})
	want := map[string]string{"a": large, "b": large, "d": "small", "e": "small"}
	if diff := cmp.Diff(want, got.Baggage); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if reports := handled(); len(reports) != 1 {
		t.Errorf("reports are %.500q, want one", reports)
	}
}
