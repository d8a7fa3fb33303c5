// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/printable"
)

// BatchOptions are the options of [Batch].
type BatchOptions struct {
	// Name is what reports call the exporter, up to 200 bytes of it. "": its
	// String method, or its type if it has none.
	Name string
	// SDK are options of the SDK's batch processor. nil: its defaults and the
	// OTEL_BSP_… variables.
	SDK []sdktrace.BatchSpanProcessorOption
	// Report takes the reports. nil: the error handler of OpenTelemetry
	// (otel.Handle), which by default logs to standard error. It is called
	// from background goroutines and from Shutdown.
	Report func(error)
}

// reportEvery is how long an outage that was reported keeps further ones
// quiet: an endpoint that comes and goes must not fill a log.
const reportEvery = time.Minute

// Batch returns the SDK's batch processor for exporter, made quiet and honest:
//
//   - Ending a span never waits for the exporter: a full queue drops the span.
//   - An outage is reported once, when its first batch fails, and once more when
//     the exporter answers again; not once a batch. Outages that follow within
//     a minute of a report are only counted.
//   - Every dropped span is counted, whether the queue was full or the exporter
//     refused it, and Shutdown reports how many of how many were dropped, and
//     why.
//   - Shutdown hands over what is queued, but gives up at the first failure, so
//     a dead endpoint costs the exporter's timeout once at most, not once a
//     batch. When ctx ends before, it cancels the batch under way and returns
//     ctx.Err().
//   - The errors in reports, and that of Shutdown, have one printable line of at
//     most 1000 bytes, with control characters escaped and what looks like a
//     secret as REDACTED: they may quote what an endpoint answered. The
//     exporter's own errors are still wrapped.
//
// The queue is the SDK's, which is bounded by a number of spans and not by
// their size: what a span can hold is bounded by sdktrace.SpanLimits.
//
// nil options are the defaults. A nil exporter makes a processor that does
// nothing. It is safe for concurrent use.
func Batch(exporter sdktrace.SpanExporter, opts *BatchOptions) sdktrace.SpanProcessor {
	if exporter == nil {
		return discard{}
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
	guard := &guardedExporter{SpanExporter: exporter, opts: o}
	guard.life, guard.kill = context.WithCancel(context.Background())
	return &batch{
		SpanProcessor: sdktrace.NewBatchSpanProcessor(guard, o.SDK...),
		guard:         guard,
	}
}

// describe names the exporter in reports and in the line at start.
func describe(exporter sdktrace.SpanExporter) string {
	switch e := exporter.(type) {
	case *Memory: // its String is what it holds
	case fmt.Stringer:
		if name := firstLine(e.String()); name != "" {
			return printable.Text(printable.Clip(name))
		}
	}
	return fmt.Sprintf("%T", exporter)
}

// batch counts what goes into the SDK's processor; guard, what comes out.
type batch struct {
	sdktrace.SpanProcessor
	guard *guardedExporter
	ended atomic.Int64
	once  sync.Once
}

func (b *batch) OnEnd(span sdktrace.ReadOnlySpan) {
	if span.SpanContext().IsSampled() && !b.guard.stopping.Load() {
		b.ended.Add(1)
	}
	b.SpanProcessor.OnEnd(span)
}

func (b *batch) Shutdown(ctx context.Context) error {
	b.guard.stopping.Store(true)
	err := b.SpanProcessor.Shutdown(ctx)
	b.guard.kill() // if ctx ended first, a batch may be under way
	b.once.Do(func() { b.guard.account(b.ended.Load()) })
	return printable.Error(err)
}

// guardedExporter keeps the errors of an exporter from the SDK, which would
// report each of them.
type guardedExporter struct {
	sdktrace.SpanExporter
	opts     BatchOptions
	stopping atomic.Bool // Shutdown was called
	gaveUp   atomic.Bool // and a batch failed since
	life     context.Context
	kill     context.CancelFunc // ends life when Shutdown is over

	mu       sync.Mutex
	sent     int64
	failed   int64     // spans of failed batches
	last     error     // why
	down     bool      // the last batch failed
	reported bool      // the outage, so its end is to be reported too
	quiet    time.Time // until when no further outage is
	missed   int64     // spans of this outage
}

func (g *guardedExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	n := int64(len(spans))
	if g.gaveUp.Load() {
		g.failure(n, nil)
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.life, cancel)()
	if err := g.SpanExporter.ExportSpans(ctx, spans); err != nil {
		if g.life.Err() == nil { // else Shutdown cancelled it: no outage
			g.failure(n, printable.Error(err))
		}
		return nil
	}
	g.success(n)
	return nil
}

// failure counts spans that were not sent; err is nil if nothing was tried.
func (g *guardedExporter) failure(n int64, err error) {
	var report error
	g.mu.Lock()
	if !g.down {
		g.down, g.missed = true, 0
		if g.reported = time.Now().After(g.quiet); g.reported {
			g.quiet = time.Now().Add(reportEvery)
			report = fmt.Errorf("exporters: cannot export to %s, spans are dropped until it answers: %w", g.opts.Name, err)
		}
	}
	g.gaveUp.Store(g.stopping.Load())
	g.failed += n
	g.missed += n
	if err != nil {
		g.last = err
	}
	g.mu.Unlock()
	if report != nil {
		g.opts.Report(report)
	}
}

func (g *guardedExporter) success(n int64) {
	var report error
	g.mu.Lock()
	if g.down && g.reported {
		report = fmt.Errorf("exporters: %s answers again, %s dropped in the meantime", g.opts.Name, spanCount(g.missed))
	}
	g.down = false
	g.sent += n
	g.mu.Unlock()
	if report != nil {
		g.opts.Report(report)
	}
}

// account reports what of the ended spans was not sent.
func (g *guardedExporter) account(ended int64) {
	g.mu.Lock()
	sent, failed, last := g.sent, g.failed, g.last
	g.mu.Unlock()
	lost := ended - sent
	if lost <= 0 {
		return
	}
	var reasons []error
	if queue := lost - failed; queue > 0 {
		reasons = append(reasons, fmt.Errorf("%d found no room or no time in the queue", queue))
	}
	if failed > 0 {
		reasons = append(reasons, fmt.Errorf("%d could not be sent: %w", failed, last))
	}
	g.opts.Report(fmt.Errorf("exporters: dropped %s of %d for %s: %w",
		spanCount(lost), ended, g.opts.Name, joined(reasons)))
}

func spanCount(n int64) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}

// joined is errors.Join on one line.
func joined(errs []error) error {
	if len(errs) == 2 {
		return fmt.Errorf("%w; %w", errs[0], errs[1])
	}
	return errors.Join(errs...)
}
