// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"flag"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var soakTime = flag.Duration("soak", 200*time.Millisecond, "how long TestSoak runs; make soak gives it 60s")

// TestSoak runs all operations from 50 goroutines: every span that was started is
// exported exactly once, and neither heap nor goroutines grow.
func TestSoak(t *testing.T) {
	counted := &countingProcessor{}
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(counted)), nil)
	shared := tracer.StartSpan("shared")
	var started atomic.Int64
	started.Add(1)
	work := func(until time.Time) {
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for time.Now().Before(until) {
					started.Add(soakRound(tracer, shared))
				}
			})
		}
		wg.Wait()
	}
	work(time.Now().Add(*soakTime / 10)) // pools and maps reach their size
	heap, goroutines := settled()
	work(time.Now().Add(*soakTime))
	heapAfter, goroutinesAfter := settled()
	shared.Finish()
	if got, want := counted.ended.Load(), started.Load(); got != want {
		t.Errorf("%d spans exported, %d started", got, want)
	}
	const slack = 4 << 20
	if heapAfter > heap+slack {
		t.Errorf("the heap grew from %d to %d bytes", heap, heapAfter)
	}
	if goroutinesAfter > goroutines {
		t.Errorf("goroutines grew from %d to %d", goroutines, goroutinesAfter)
	}
	t.Logf("%d spans; heap %d KiB before, %d KiB after; %d goroutines", started.Load(), heap>>10, heapAfter>>10, goroutinesAfter)
}

// soakRound uses every operation once, and returns how many spans it started.
func soakRound(tracer *Tracer, shared opentracing.Span) int64 {
	shared.SetBaggageItem("round", "again").SetTag("n", 1)
	root, ctx := opentracing.StartSpanFromContextWithTracer(context.Background(), tracer, "root", opentracing.FollowsFrom(shared.Context()))
	ext.SpanKindRPCServer.Set(root)
	root.SetBaggageItem("tenant", "acme")
	ctx, native := tracer.TracerProvider().Tracer("native").Start(ctx, "native")
	header := http.Header{}
	_ = tracer.Inject(root.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	sc, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(header))
	child := tracer.StartSpan("child", opentracing.ChildOf(sc), opentracing.ChildOf(root.Context()))
	child.LogFields(log.Event("error"), log.Error(context.Canceled))
	child.LogKV("event", "x", "n", 1)
	opentracing.SpanFromContext(opentracing.ContextWithSpan(ctx, child)).SetOperationName("renamed")
	child.Finish()
	child.Finish()
	native.End()
	root.FinishWithOptions(opentracing.FinishOptions{FinishTime: time.Now()})
	return 3
}

// settled returns the live heap and the number of goroutines after a collection.
func settled() (heap uint64, goroutines int) {
	for range 3 {
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc, runtime.NumGoroutine()
}

type countingProcessor struct {
	discard
	ended atomic.Int64
}

func (p *countingProcessor) OnEnd(sdktrace.ReadOnlySpan) { p.ended.Add(1) }
