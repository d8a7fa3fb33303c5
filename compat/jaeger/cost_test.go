// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// usualHeader is that of a request of a browser's, without a trace.
func usualHeader() propagation.HeaderCarrier {
	header := http.Header{}
	for _, key := range []string{"Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Connection", "Cookie", "Host", "Pragma", "Referer", "User-Agent"} {
		header.Set(key, "something")
	}
	return propagation.HeaderCarrier(header)
}

// costs are the hot paths: what every request and every call of a peer pays.
func costs(t testing.TB) map[string]struct {
	run  func()
	most float64
} {
	var p jaeger.Propagator
	formats := newFormats(t, nil)
	header := usualHeader()
	traced := usualHeader()
	traced.Set("uber-trace-id", trace128+":"+span64+":0:1")
	debug := usualHeader()
	debug.Set("uber-trace-id", trace128+":"+span64+":0:3")
	both := usualHeader()
	both.Set("uber-trace-id", trace128+":"+span64+":0:1")
	both.Set("traceparent", "00-"+trace128+"-"+span64+"-01")
	ctx := p.Extract(t.Context(), traced)
	items := withBaggage(t, ctx, "tenant", "acme")
	next := propagation.HeaderCarrier{}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		t.Fatal("no trace")
	}
	return map[string]struct {
		run  func()
		most float64
	}{
		"Extract/nothing":        {func() { p.Extract(ctx, header) }, 0},
		"Extract/trace":          {func() { p.Extract(ctx, traced) }, 2},
		"Extract/debug":          {func() { p.Extract(ctx, debug) }, 4},
		"Inject/trace":           {func() { p.Inject(ctx, next) }, 3},
		"Inject/baggage":         {func() { p.Inject(items, next) }, 7},
		"Formats/Extract/none":   {func() { formats.Extract(ctx, header) }, 0},
		"Formats/Extract/jaeger": {func() { formats.Extract(ctx, traced) }, 2},
		"Formats/Extract/both":   {func() { formats.Extract(ctx, both) }, 7},
		"Formats/Inject":         {func() { formats.Inject(ctx, next) }, 6},
	}
}

// TestAllocations pins what the hot paths allocate.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for name, cost := range costs(t) {
		if got := testing.AllocsPerRun(100, cost.run); got > cost.most {
			t.Errorf("%s: %v allocations, want at most %v", name, got, cost.most)
		}
	}
}

func BenchmarkPropagation(b *testing.B) {
	for name, cost := range costs(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				cost.run()
			}
		})
	}
}
