// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// load is a service that a growth test drives.
type load struct {
	tree   *exporters.TreeExporter
	tracer trace.Tracer
}

func (s load) start(ctx context.Context) (context.Context, trace.Span) {
	return s.tracer.Start(ctx, "op")
}

// open starts n spans, each beneath what beneath makes of the one before.
func (s load) open(n int, beneath func(root, last context.Context) context.Context) []trace.Span {
	root, span := s.start(context.Background())
	spans, last := []trace.Span{span}, root
	for range n - 1 {
		last, span = s.start(beneath(root, last))
		spans = append(spans, span)
	}
	return spans
}

func flat(root, _ context.Context) context.Context  { return root }
func chain(_, last context.Context) context.Context { return last }

func end(spans []trace.Span, before func()) {
	for _, span := range spans {
		before()
		span.End()
	}
}

func nothing() {}

func backwards(spans []trace.Span) []trace.Span {
	reversed := make([]trace.Span, len(spans))
	for i, span := range spans {
		reversed[len(spans)-1-i] = span
	}
	return reversed
}

func (s load) flush() { _ = s.tree.ForceFlush(context.Background()) }

// What n spans cost, and what is printed of them, grows with n and not with its
// square, whatever the shape of the trace and the order of the ends.
func TestTreeGrowth(t *testing.T) {
	plainTerminal(t)
	bag, err := baggage.Parse("tenant=acme")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		explanation string
		options     exporters.TreeOptions
		run         func(s load, n int)
	}{
		{"a root that ends before its children", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			end(s.open(n, flat), nothing)
		}},
		{"a root that ends after its children", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			end(backwards(s.open(n, flat)), nothing)
		}},
		{"a chain that ends from its top", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			end(s.open(n, chain), nothing)
		}},
		{"a chain that ends from its bottom", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			end(backwards(s.open(n, chain)), nothing)
		}},
		{"a chain that ends from its top, and gets new leaves", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			spans := s.open(n, chain)
			bottom := trace.ContextWithSpan(context.Background(), spans[n-1])
			end(spans, func() { _, leaf := s.start(bottom); leaf.End() })
		}},
		{"children that start and end beneath an open root with many others", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			spans := s.open(n, flat)
			root := trace.ContextWithSpan(context.Background(), spans[0])
			for range n {
				_, span := s.start(root)
				span.End()
				s.flush()
			}
			end(spans, nothing)
		}},
		{"spans with a remote parent, each with baggage", exporters.TreeOptions{Wait: -1}, func(s load, n int) {
			remote := trace.ContextWithRemoteSpanContext(baggage.ContextWithBaggage(context.Background(), bag), spanContext(1, 9, true))
			end(s.open(n, func(_, _ context.Context) context.Context { return remote }), nothing)
		}},
		{"a flush after each end", exporters.TreeOptions{}, func(s load, n int) {
			end(backwards(s.open(n, flat)), s.flush)
		}},
		{"a flush after each end of a chain", exporters.TreeOptions{}, func(s load, n int) {
			end(backwards(s.open(n, chain)), s.flush)
		}},
		{"a flush after each end of a chain from its top", exporters.TreeOptions{}, func(s load, n int) {
			end(s.open(n, chain), s.flush)
		}},
		{"more than MaxSpans", exporters.TreeOptions{MaxSpans: 50, Wait: time.Hour}, func(s load, n int) {
			root, span := s.start(context.Background())
			for range n {
				_, child := s.start(root)
				child.End()
				_ = s.tree.ForceFlush(context.Background())
			}
			span.End()
		}},
		{"many traces, each with an open root", exporters.TreeOptions{MaxTraces: 1 << 20, MaxSpans: 1300, Wait: time.Hour}, func(s load, n int) {
			var roots []trace.Span
			for range n {
				root, span := s.start(context.Background())
				_, child := s.start(root)
				child.End()
				roots = append(roots, span)
			}
			end(roots, nothing)
		}},
		{"more than MaxTraces", exporters.TreeOptions{MaxTraces: 10}, func(s load, n int) {
			for range n {
				root, _ := s.start(context.Background())
				_, child := s.start(root)
				child.End()
			}
		}},
		{"after Shutdown", exporters.TreeOptions{}, func(s load, n int) {
			_ = s.tree.Shutdown(context.Background())
			end(s.open(n, flat), nothing)
			end(s.open(n, chain), nothing)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cost := func(n int) (allocations float64, bytes int) {
				allocations = testing.AllocsPerRun(1, func() {
					var out sink
					tree := exporters.NewTree(&out, &tt.options)
					provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithResource(resource.Empty()))
					tt.run(load{tree, provider.Tracer("t")}, n)
					if err := tree.Shutdown(context.Background()); err != nil {
						t.Error(err)
					}
					text := out.text()
					if strings.Contains(text, "dropped") {
						t.Error("spans were dropped")
					}
					bytes = len(text)
				})
				return allocations, bytes
			}
			const times = 8
			fewAllocations, fewBytes := cost(150)
			allocations, bytes := cost(150 * times)
			t.Logf("%.0f and %.0f allocations, %d and %d bytes", fewAllocations, allocations, fewBytes, bytes)
			if allocations > 1.5*times*fewAllocations {
				t.Errorf("%d times the spans: %.0f allocations instead of %.0f", times, allocations, fewAllocations)
			}
			if bytes > 3*times*fewBytes/2 {
				t.Errorf("%d times the spans: %d bytes are printed instead of %d", times, bytes, fewBytes)
			}
		})
	}
}
