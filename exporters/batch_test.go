// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// endpoint is a network exporter whose fate a test decides.
type endpoint struct {
	mu    sync.Mutex
	err   error         // of every batch
	takes time.Duration // every batch
	got   int           // spans
	tries int           // batches
}

func (e *endpoint) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.mu.Lock()
	e.tries++
	err, takes := e.err, e.takes
	e.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	if err == nil {
		e.mu.Lock()
		e.got += len(spans)
		e.mu.Unlock()
	}
	return err
}

func (e *endpoint) Shutdown(context.Context) error { return nil }
func (e *endpoint) String() string                 { return "backend" }

func (e *endpoint) set(err error, takes time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err, e.takes = err, takes
}

// reports collects what Batch has to say.
type reports struct {
	mu    sync.Mutex
	texts []string
	errs  []error
}

func (r *reports) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, err.Error())
	r.errs = append(r.errs, err)
}

func (r *reports) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	texts := r.texts
	r.texts = nil
	return texts
}

func endSpans(provider *sdktrace.TracerProvider, n int) {
	for range n {
		_, span := provider.Tracer("t").Start(context.Background(), "op", trace.WithNewRoot())
		span.End()
	}
}

func batched(e sdktrace.SpanExporter, r *reports, options ...sdktrace.BatchSpanProcessorOption) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
		exporters.Batch(e, &exporters.BatchOptions{Report: r.report, SDK: options})))
}

func TestBatchDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		provider := batched(e, r)
		endSpans(provider, 700)
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if e.got != 700 || r.take() != nil {
			t.Errorf("%d of 700 spans arrived, reports: %q", e.got, r.texts)
		}
	})
}

// A dead endpoint is told of once, its end once, and the loss at Shutdown.
func TestBatchReportsAnOutageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		refused := errors.New("connection refused")
		e.set(refused, 0)
		provider := batched(e, r)
		for range 5 { // batches
			endSpans(provider, 10)
			time.Sleep(6 * time.Second)
			synctest.Wait()
		}
		if diff := cmp.Diff([]string{
			"exporters: cannot export to backend, spans are dropped until it answers: connection refused",
		}, r.take()); diff != "" {
			t.Errorf("during the outage (-want +got):\n%s", diff)
		}
		if !errors.Is(r.errs[0], refused) {
			t.Errorf("%v doesn't wrap the exporter's error", r.errs[0])
		}

		e.set(nil, 0)
		endSpans(provider, 10)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"exporters: backend answers again, 50 spans dropped in the meantime"}, r.take()); diff != "" {
			t.Errorf("after it (-want +got):\n%s", diff)
		}

		e.set(refused, 0) // within a minute: counted, not told
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		e.set(nil, 0)
		endSpans(provider, 10)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := r.take(); got != nil {
			t.Errorf("a second outage within a minute: %q, want silence", got)
		}
		time.Sleep(time.Minute)
		e.set(refused, 0)
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := r.take(); len(got) != 1 {
			t.Errorf("an outage a minute later: %q, want it told", got)
		}

		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{
			"exporters: dropped 52 spans of 72 for backend: 52 could not be sent: connection refused",
		}, r.take()); diff != "" {
			t.Errorf("at Shutdown (-want +got):\n%s", diff)
		}
	})
}

// An endpoint that never answers blocks no request, and its full queue is counted.
func TestBatchNeverBlocksRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, 24*time.Hour)
		provider := batched(e, r, sdktrace.WithMaxQueueSize(100), sdktrace.WithMaxExportBatchSize(10))
		begin := time.Now()
		for range 100 {
			endSpans(provider, 10)
			synctest.Wait() // let the queue be worked on
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("ending 1000 spans took %v, want no time", took)
		}
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"exporters: cannot export to backend, spans are dropped until it answers: context deadline exceeded",
			"exporters: dropped 1000 spans of 1000 for backend: 890 found no room or no time in the queue; 110 could not be sent: context deadline exceeded",
		}
		if diff := cmp.Diff(want, r.take()); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}

// A dead endpoint costs Shutdown one timeout, however much is queued.
func TestBatchShutdownGivesUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(errors.New("timeout"), 10*time.Second)
		provider := batched(e, r)
		endSpans(provider, 2048)
		begin := time.Now()
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("Shutdown took %v, want the 10s of one batch", took)
		}
		if e.tries != 1 {
			t.Errorf("%d batches were tried, want 1", e.tries)
		}
		if got := r.take(); len(got) != 2 || got[1] != "exporters: dropped 2048 spans of 2048 for backend: 2048 could not be sent: timeout" {
			t.Errorf("reports: %q", got)
		}
	})
}

func TestBatchShutdownHonoursItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, time.Hour)
		provider := batched(e, r, sdktrace.WithExportTimeout(20*time.Second))
		endSpans(provider, 1)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := provider.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown = %v, want the deadline", err)
		}
		if diff := cmp.Diff([]string{"exporters: dropped 1 span of 1 for backend: 1 found no room or no time in the queue"}, r.take()); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}

func TestBatchOfNil(t *testing.T) {
	p := exporters.Batch(nil, nil)
	p.OnEnd(endedSpans(t, "op")[0])
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestBatchConcurrentSafe(t *testing.T) {
	e, r := &endpoint{}, &reports{}
	provider := batched(e, r, sdktrace.WithMaxQueueSize(10_000), sdktrace.WithMaxExportBatchSize(7))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			endSpans(provider, 100)
			_ = provider.ForceFlush(context.Background())
		})
	}
	wg.Wait()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if e.got != 800 || r.take() != nil {
		t.Errorf("%d of 800 spans arrived", e.got)
	}
}
