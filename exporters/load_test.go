// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// gate is a writer that stalls until it is opened.
type gate struct {
	sink
	open chan struct{}
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	return g.sink.Write(p)
}

// A terminal that stalls never stalls a request; what it costs is said.
func TestTreeNeverBlocks(t *testing.T) {
	plainTerminal(t)
	synctest.Test(t, func(t *testing.T) {
		out := &gate{open: make(chan struct{})}
		tree := exporters.NewTree(out, &exporters.TreeOptions{MaxSpans: 10})
		provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithResource(resource.Empty()))
		for range 100 {
			_, span := provider.Tracer("t").Start(context.Background(), "request")
			span.End() // would deadlock the bubble if it waited
			time.Sleep(time.Second)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := tree.ForceFlush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ForceFlush = %v, want the deadline", err)
		}
		close(out.open)
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := out.text()
		if n := strings.Count(got, "request"); n != 20 {
			t.Errorf("%d spans printed, want twice MaxSpans:\n%s", n, got)
		}
		if want := "⋯ 80 spans dropped: the output could not keep up\n"; strings.Count(got, want) != 1 {
			t.Errorf("want once %q in\n%s", want, got)
		}
	})
}

// However large spans are, a terminal that stalls costs no more than twice
// MaxBytes, and what it costs is said.
func TestTreeHoldsSoManyBytes(t *testing.T) {
	plainTerminal(t)
	const mib = 1 << 20
	synctest.Test(t, func(t *testing.T) {
		out := &gate{open: make(chan struct{})}
		tree := exporters.NewTree(out, &exporters.TreeOptions{MaxBytes: 8 * mib})
		provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tree), sdktrace.WithResource(resource.Empty()))
		before := heap()
		for i := range 100 {
			_, span := provider.Tracer("t").Start(context.Background(), "request")
			span.SetAttributes(attribute.String("body", strings.Repeat(string(rune('a'+i%26)), mib)))
			span.End()
			time.Sleep(time.Second)
		}
		if held := int(heap()-before) / mib; held > 2*8+4 {
			t.Errorf("%d MiB are held, want twice MaxBytes of 8 MiB at most, and what is being printed", held)
		}
		close(out.open)
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := out.text()
		if n := strings.Count(got, "request"); n != 16 {
			t.Errorf("%d spans printed, want 16", n)
		}
		if want := "⋯ 84 spans dropped: the output could not keep up\n"; strings.Count(got, want) != 1 {
			t.Errorf("want once %q in\n%.2000s", want, got)
		}
	})
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// MaxBytes makes room as MaxSpans does: the trace that waits longest goes first.
func TestTreeMakesRoomForBytes(t *testing.T) {
	plainTerminal(t)
	synctest.Test(t, func(t *testing.T) {
		var out sink
		tree := exporters.NewTree(&out, &exporters.TreeOptions{MaxBytes: 100_000, Wait: time.Hour, MaxWait: 2 * time.Hour})
		for i := range byte(5) {
			large := record{trace: i + 1, id: 1, name: "op", end: ms, attributes: []attribute.KeyValue{attribute.String("body", strings.Repeat("x", 40_000))}}
			_ = tree.ExportSpans(context.Background(), spansOf(large))
		}
		synctest.Wait()
		writes := out.take()
		if len(writes) != 3 {
			t.Fatalf("%d traces printed, want 3 of 5:\n%q", len(writes), writes)
		}
		for i, write := range writes {
			if want := fmt.Sprintf("trace %032x", i+1); !strings.Contains(write, want) {
				t.Errorf("block %d has no %q:\n%s", i, want, write)
			}
		}
		// What is larger than all of it is printed, too.
		_ = tree.ExportSpans(context.Background(), spansOf(record{trace: 9, id: 1, name: "huge", end: ms, attributes: []attribute.KeyValue{
			attribute.String("body", strings.Repeat("x", 1_000_000))}}))
		synctest.Wait()
		if got := out.text(); strings.Count(got, "op  ") != 2 || !strings.Contains(got, "huge") {
			t.Errorf("printed:\n%s", got)
		}
	})
}

func TestTreeReportsAWriteErrorOnce(t *testing.T) {
	plainTerminal(t)
	var mu sync.Mutex
	var reported []string
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reported = append(reported, err.Error())
	}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })

	tree := exporters.NewTree(writerFunc(func([]byte) (int, error) { return 0, errors.New("broken pipe") }), &exporters.TreeOptions{Wait: -1})
	for i := range byte(3) {
		if err := tree.ExportSpans(context.Background(), spansOf(record{trace: i + 1, id: 1, name: "op"})); err != nil {
			t.Errorf("ExportSpans = %v, want nil", err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"exporters: tree: broken pipe"}, reported); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}

// Blocks don't interleave, and every span is in exactly one of them.
func TestTreeConcurrentSafe(t *testing.T) {
	plainTerminal(t)
	for _, mode := range []string{"processor", "exporter"} {
		t.Run(mode, func(t *testing.T) {
			var out sink
			tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: ms})
			option := sdktrace.WithSpanProcessor(tree)
			if mode == "exporter" {
				option = sdktrace.WithSyncer(tree)
			}
			provider := sdktrace.NewTracerProvider(option, sdktrace.WithResource(resource.Empty()))
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for i := range 50 {
						ctx, root := provider.Tracer("t").Start(context.Background(), fmt.Sprintf("root-%d-%d.", g, i))
						var children sync.WaitGroup
						for c := range 3 {
							children.Go(func() {
								_, child := provider.Tracer("t").Start(ctx, fmt.Sprintf("child-%d-%d-%d.", g, i, c))
								child.SetAttributes(attribute.Int("c", c))
								child.End()
							})
						}
						if i%10 == 0 {
							_ = tree.ForceFlush(ctx)
						}
						root.End()
						children.Wait()
					}
				})
			}
			wg.Wait()
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
			writes := out.take()
			for _, write := range writes {
				if n := strings.Count(write, "  trace "); n != 1 {
					t.Errorf("%d traces in a write:\n%s", n, write)
				}
			}
			var ended []string
			for line := range strings.Lines(strings.Join(writes, "")) {
				if !strings.Contains(line, "  open") {
					ended = append(ended, line)
				}
			}
			text := strings.Join(ended, "")
			for g := range 8 {
				for i := range 50 {
					for _, name := range []string{
						fmt.Sprintf("root-%d-%d.", g, i), fmt.Sprintf("child-%d-%d-0.", g, i),
						fmt.Sprintf("child-%d-%d-1.", g, i), fmt.Sprintf("child-%d-%d-2.", g, i),
					} {
						if n := strings.Count(text, name); n != 1 {
							t.Errorf("%s is printed %d times", name, n)
						}
					}
				}
			}
		})
	}
}

// Holding a span costs little: what a request pays is a few map entries.
func TestTreeAllocations(t *testing.T) {
	var out sink
	tree := exporters.NewTree(&out, &exporters.TreeOptions{MaxSpans: 1 << 20, Wait: time.Hour, MaxWait: 2 * time.Hour})
	spans := make([][]sdktrace.ReadOnlySpan, 0, 1200)
	for i := range cap(spans) {
		stub := record{id: 1, parent: 9, name: "child"}
		span := stub.span()
		spans = append(spans, []sdktrace.ReadOnlySpan{numbered{span, i}})
	}
	i := 0
	got := testing.AllocsPerRun(1000, func() {
		_ = tree.ExportSpans(context.Background(), spans[i])
		i++
	})
	if got > 1 { // the growing map and slice, amortized
		t.Errorf("%v allocations a span, want 1 at most", got)
	}
}

// numbered is a span with an ID of its own.
type numbered struct {
	sdktrace.ReadOnlySpan
	number int
}

func (n numbered) SpanContext() trace.SpanContext {
	return n.ReadOnlySpan.SpanContext().WithSpanID(trace.SpanID{1, byte(n.number >> 8), byte(n.number)})
}

// What a span costs a request, by where it goes.
func BenchmarkSpan(b *testing.B) {
	for name, processor := range map[string]func() sdktrace.SpanProcessor{
		"none":   func() sdktrace.SpanProcessor { return exporters.LateSpanKind(nil) },
		"tree":   func() sdktrace.SpanProcessor { return exporters.NewTree(io.Discard, nil) },
		"stdout": func() sdktrace.SpanProcessor { return sdktrace.NewSimpleSpanProcessor(exporters.Stdout(io.Discard)) },
		"memory": func() sdktrace.SpanProcessor { return sdktrace.NewSimpleSpanProcessor(&exporters.Memory{Limit: 1000}) },
		"batch": func() sdktrace.SpanProcessor {
			return exporters.Batch(&exporters.Memory{Limit: 1000}, &exporters.BatchOptions{Report: func(error) {}})
		},
		"sdk batch": func() sdktrace.SpanProcessor { return sdktrace.NewBatchSpanProcessor(&exporters.Memory{Limit: 1000}) },
	} {
		b.Run(name, func(b *testing.B) {
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(processor()))
			tracer := provider.Tracer("b")
			b.ReportAllocs()
			for b.Loop() {
				ctx, root := tracer.Start(context.Background(), "root")
				_, child := tracer.Start(ctx, "child")
				child.SetAttributes(attribute.Int("n", 1))
				child.End()
				root.End()
			}
			b.StopTimer()
			_ = provider.Shutdown(context.Background())
		})
	}
}
