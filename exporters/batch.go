// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/latekind"
	"github.com/ot2otel/ot2otel/internal/printable"
)

// BatchOptions are the options of [Batch].
type BatchOptions struct {
	// Name is what reports call the exporter, up to 200 bytes of it. "": its
	// String method, or its type if it has none.
	Name string
	// SDK are options of the SDK's batch processor, which mean the same here.
	// nil: its defaults and the OTEL_BSP_… variables.
	SDK []sdktrace.BatchSpanProcessorOption
	// Report takes the reports. nil: the error handler of OpenTelemetry
	// (otel.Handle), which by default logs to standard error. It is called
	// from background goroutines and from Shutdown, never by what ends a span. The
	// next batch waits for it: it must not call ForceFlush or Shutdown of the
	// provider, which wait for it in turn, nor end spans if SDK has WithBlocking.
	Report func(error)
}

// Batch returns a processor that hands ended spans to exporter in batches, in the
// background, as the SDK's batch processor does and with its options; and it says
// what becomes of them:
//
//   - Ending a span never waits for the exporter: a full queue drops the span
//     (unless SDK has sdktrace.WithBlocking).
//   - Four outcomes are told apart. A batch is delivered. It is delivered in part:
//     the spans that the receiver rejected count as dropped, and its message is
//     reported. It is refused (400, 401, 413; InvalidArgument, Unauthenticated; any
//     error that isn't one of the following): that batch is dropped. Or there is an
//     outage: nobody answers (connection refused, timeout, no such host, TLS), or
//     the answer is still 429, 502, 503, 504 or Unavailable after the exporter's
//     retries.
//   - An outage is reported when its first batch fails, and once more when the
//     exporter answers again. All drops are reported while they happen, at most
//     once a minute, with how many and why; and in sum by Shutdown.
//   - ForceFlush exports what has ended before it. In an outage it returns after the
//     first batch; the rest stays queued.
//   - Shutdown exports what is queued. It gives up at the first outage, so a dead
//     endpoint costs the exporter's timeout once at most, not once a batch, and one that
//     answers 503 or the like to the end, the export timeout once. When ctx
//     ends before, it cancels the batch under way and returns ctx.Err() too. An exporter
//     that doesn't look at its context is waited for half a second more; its own Shutdown
//     is called when ExportSpans has returned, which may then be later. A second call
//     waits for the first, or for its own ctx.
//   - An exporter that panics, or whose error does, refuses the batch.
//   - Both return an error for what was dropped since the last ForceFlush; the first,
//     since the start.
//   - A text that isn't UTF-8, which would cost the whole batch on the wire, is
//     repaired: what is wrong in it becomes U+FFFD. This goes for all texts of a span,
//     of its scope and of its resource. Other spans are exported as they are.
//   - What an error quotes of an exporter's has one printable line of at most 1000
//     bytes, with control characters escaped and what looks like a secret as
//     REDACTED. The exporter's own errors are still wrapped.
//
// The queue is bounded by a number of spans and not by their size: what a span can
// hold is bounded by sdktrace.SpanLimits. The exporter is called by one goroutine
// at a time.
//
// It isn't built on the SDK's processor, which drops spans from a full queue without
// telling anybody, keeps the errors of ForceFlush to itself except for the last
// batch's, and has no end that one could wait for when Shutdown's time is over.
//
// nil options are the defaults. A nil exporter makes a processor that does
// nothing. It is safe for concurrent use.
func Batch(exporter sdktrace.SpanExporter, opts *BatchOptions) sdktrace.SpanProcessor {
	if exporter == nil {
		return latekind.Processor(nil)
	}
	o := BatchOptions{}
	if opts != nil {
		o = *opts
	}
	if o.Name == "" {
		o.Name = describe(exporter)
	}
	o.Name = printable.Text(printable.Clip(o.Name))
	if o.Report == nil {
		o.Report = otel.Handle
	}
	b := &batch{
		sdk:    resolveBatch(o.SDK),
		sender: newSender(exporter, o),
		flush:  make(chan flushRequest),
		stop:   make(chan struct{}),
		last:   make(chan struct{}),
		done:   make(chan struct{}),
		shut:   make(chan struct{}),
	}
	b.queue = make(chan sdktrace.ReadOnlySpan, b.sdk.MaxQueueSize)
	go b.run()
	return b
}

// resolveBatch returns the options as the SDK has them, with the environment's. It
// asks the SDK, so that they mean the same here.
func resolveBatch(options []sdktrace.BatchSpanProcessorOption) sdktrace.BatchSpanProcessorOptions {
	var resolved sdktrace.BatchSpanProcessorOptions
	asked := make([]sdktrace.BatchSpanProcessorOption, 0, len(options)+1)
	for _, option := range options {
		if option != nil {
			asked = append(asked, option)
		}
	}
	asked = append(asked, func(o *sdktrace.BatchSpanProcessorOptions) {
		resolved = *o
		o.MaxQueueSize, o.MaxExportBatchSize = 1, 1
	})
	_ = sdktrace.NewBatchSpanProcessor(&Memory{}, asked...).Shutdown(context.Background()) // it has nothing that could fail
	for _, bound := range []struct {
		value    *int
		fallback int
	}{{&resolved.MaxQueueSize, sdktrace.DefaultMaxQueueSize}, {&resolved.MaxExportBatchSize, sdktrace.DefaultMaxExportBatchSize}} {
		if *bound.value <= 0 {
			*bound.value = bound.fallback
		}
	}
	if resolved.BatchTimeout <= 0 {
		resolved.BatchTimeout = sdktrace.DefaultScheduleDelay * time.Millisecond
	}
	return resolved
}

// describe names the exporter in reports and in the line at start.
func describe(exporter sdktrace.SpanExporter) string {
	switch e := exporter.(type) {
	case *Memory: // its String is what it holds
	case fmt.Stringer:
		if name := nameOf(e); name != "" {
			return printable.Text(printable.Clip(name))
		}
	}
	return fmt.Sprintf("%T", exporter)
}

// batch is the queue, and the goroutine that empties it.
type batch struct {
	sdk    sdktrace.BatchSpanProcessorOptions
	sender *sender
	queue  chan sdktrace.ReadOnlySpan
	flush  chan flushRequest
	stop   chan struct{} // closed by Shutdown: nothing waits for the queue any more
	last   chan struct{} // closed when nothing comes to the queue any more
	done   chan struct{} // closed when the goroutine has ended
	ended  atomic.Int64  // spans, before Shutdown

	ending  sync.RWMutex // held by OnEnd while it counts and queues a span
	stopped bool         // under ending: spans are late

	shutting atomic.Bool
	shut     chan struct{} // closed when Shutdown has ended
}

// flushRequest is answered when what is queued was exported.
type flushRequest struct {
	failures int64 // before it
	done     chan error
}

// OnStart does nothing.
func (b *batch) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd queues the span, unless it isn't sampled.
func (b *batch) OnEnd(span sdktrace.ReadOnlySpan) {
	if !span.SpanContext().IsSampled() {
		return
	}
	b.ending.RLock()
	defer b.ending.RUnlock()
	if b.stopped {
		b.sender.lose(late, 1, nil)
		return
	}
	b.ended.Add(1)
	select {
	case b.queue <- span:
		return
	default:
	}
	if b.sdk.BlockOnQueueFull {
		select {
		case b.queue <- span:
			return
		case <-b.stop:
		}
	}
	b.sender.lose(queueFull, 1, nil)
}

// ForceFlush exports what has ended.
func (b *batch) ForceFlush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer b.sender.hurry()()
	request := flushRequest{b.sender.failures(), make(chan error, 1)}
	select {
	case b.flush <- request:
	case <-b.done:
		return nil
	case <-ctx.Done():
		return b.sender.lastError(ctx.Err())
	}
	select {
	case err := <-request.done:
		return err
	case <-ctx.Done():
		return b.sender.lastError(ctx.Err())
	}
}

// grace is how long Shutdown waits for an exporter to return when its context has
// ended.
const grace = 500 * time.Millisecond

// Shutdown exports what is queued and shuts the exporter down.
func (b *batch) Shutdown(ctx context.Context) error {
	if b.shutting.CompareAndSwap(false, true) {
		defer close(b.shut)
		return b.shutdown(ctx)
	}
	select {
	case <-b.shut:
		return nil
	default:
	}
	select {
	case <-b.shut:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *batch) shutdown(ctx context.Context) error {
	patience, lose := context.WithCancel(context.Background())
	defer lose()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, lose) })()

	b.sender.stopping()
	close(b.stop)
	b.ending.Lock()
	b.stopped = true
	b.ending.Unlock()
	close(b.last)
	var cut error
	select {
	case <-b.done:
	case <-ctx.Done():
		cut = ctx.Err()
		b.sender.cancel()
		select {
		case <-b.done:
		case <-patience.Done(): // the exporter doesn't look at its context
		}
	}
	lost := b.sender.account(b.ended.Load())
	b.sender.cancel() // nothing is under way but what was cancelled

	result := make(chan error, 1)
	go func() {
		<-b.done
		result <- shutDown(ctx, b.sender.exporter)
	}()
	var err error
	select {
	case err = <-result:
	case <-patience.Done():
		select {
		case err = <-result:
		default:
			cut = ctx.Err()
		}
	}
	if err == cut {
		err = nil
	}
	return joined(cut, lost, err)
}

// run exports batches until Shutdown.
func (b *batch) run() {
	defer close(b.done)
	spans := make([]sdktrace.ReadOnlySpan, 0, b.sdk.MaxExportBatchSize)
	timer := time.NewTimer(b.sdk.BatchTimeout)
	defer timer.Stop()
	export := func() {
		if len(spans) > 0 {
			b.sender.export(spans, b.sdk.ExportTimeout)
			clear(spans) // let them be collected
			spans = spans[:0]
		}
		timer.Reset(b.sdk.BatchTimeout)
	}
	take := func(span sdktrace.ReadOnlySpan) {
		if spans = append(spans, span); len(spans) == cap(spans) {
			export()
		}
	}
	for {
		select {
		case span := <-b.queue:
			take(span)
		case <-timer.C:
			export()
		case request := <-b.flush:
			for n := len(b.queue); n > 0 && b.sender.failures() == request.failures; n-- {
				take(<-b.queue)
			}
			if b.sender.failures() == request.failures {
				export()
			}
			request.done <- b.sender.toReturn()
		case <-b.last:
			for {
				select {
				case span := <-b.queue:
					take(span)
					continue
				default:
				}
				export()
				return
			}
		}
	}
}
