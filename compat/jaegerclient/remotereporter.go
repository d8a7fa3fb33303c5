// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat/jaegerclient/internal/destination"
)

// closeTimeout is how long Close sends what there is.
const closeTimeout = 10 * time.Second

// ReporterOptions has the options of [NewRemoteReporter].
var ReporterOptions reporterOptions

// ReporterOption is an option of [NewRemoteReporter].
type ReporterOption func(*reporterOptions)

type reporterOptions struct {
	queueSize     int
	flushInterval time.Duration
	logger        Logger
}

// QueueSize is how many spans wait at most; more are dropped and counted. The default,
// also of 0 and less, is OTEL_BSP_MAX_QUEUE_SIZE, else 2048.
func (reporterOptions) QueueSize(queueSize int) ReporterOption {
	return func(o *reporterOptions) { o.queueSize = queueSize }
}

// BufferFlushInterval is how long a span waits for others at most. The default, also of 0
// and less, is OTEL_BSP_SCHEDULE_DELAY, else a second.
func (reporterOptions) BufferFlushInterval(bufferFlushInterval time.Duration) ReporterOption {
	return func(o *reporterOptions) { o.flushInterval = bufferFlushInterval }
}

// Logger is told of spans that were not sent. Without one otel.Handle is.
func (reporterOptions) Logger(logger Logger) ReporterOption {
	return func(o *reporterOptions) { o.logger = logger }
}

// Metrics is without effect.
func (reporterOptions) Metrics(*Metrics) ReporterOption { return func(*reporterOptions) {} }

// NewRemoteReporter returns a reporter that sends spans by a transport, in batches, from a
// goroutine of its own.
func NewRemoteReporter(sender Transport, opts ...ReporterOption) Reporter {
	var options reporterOptions
	for _, opt := range opts {
		opt(&options)
	}
	r := &remoteReporter{sender: sender, logger: options.logger}
	queueSize := destination.QueueSize(options.queueSize)
	batchSize := sdktrace.DefaultMaxExportBatchSize
	if sized, ok := sender.(interface{ BatchSize() int }); ok {
		batchSize = sized.BatchSize()
	}
	batchSize = min(batchSize, queueSize)
	r.room = int64(queueSize + batchSize)
	r.batches = sdktrace.NewBatchSpanProcessor((*remoteExporter)(r),
		sdktrace.WithMaxQueueSize(queueSize), sdktrace.WithMaxExportBatchSize(batchSize), sdktrace.WithBatchTimeout(destination.FlushInterval(options.flushInterval)))
	return r
}

type remoteReporter struct {
	sender  Transport
	logger  Logger
	batches sdktrace.SpanProcessor

	// room is how many spans the queue and a batch on its way hold. When more are neither
	// sent nor failed, some were dropped: the SDK doesn't say so.
	room           int64
	reported, done atomic.Int64
	dropped        atomic.Int64 // as was said
	closed         atomic.Bool
}

func (r *remoteReporter) Report(span *Span) {
	if r.closed.Load() {
		return
	}
	missing := r.reported.Add(1) - r.done.Load() - r.room
	if said := r.dropped.Load(); missing > 0 && missing >= 2*said && r.dropped.CompareAndSwap(said, missing) {
		r.fail(fmt.Errorf("jaeger: the queue was full: %d spans or more were dropped so far; raise QueueSize", missing))
	}
	r.batches.OnEnd(span.OTelSpan())
}

func (r *remoteReporter) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := r.shutdown(ctx); err != nil {
		r.fail(fmt.Errorf("jaeger: close reporter: %w", err))
	}
}

func (r *remoteReporter) forceFlush(ctx context.Context) error { return r.batches.ForceFlush(ctx) }

func (r *remoteReporter) shutdown(ctx context.Context) error {
	if !r.closed.CompareAndSwap(false, true) {
		return nil
	}
	err := r.batches.Shutdown(ctx)
	if missing := r.reported.Load() - r.done.Load(); missing > 0 && err == nil {
		r.fail(fmt.Errorf("jaeger: %d of %d spans were dropped, since the queue was full; raise QueueSize", missing, r.reported.Load()))
	}
	return err
}

func (r *remoteReporter) destinations() ([]string, error) {
	if known, ok := r.sender.(interface{ Destination() (string, error) }); ok {
		where, err := known.Destination()
		if err != nil {
			return nil, err
		}
		return []string{where}, nil
	}
	return []string{"a transport of the program"}, nil
}

func (r *remoteReporter) fail(err error) { handle(r.logger, err) }

// remoteExporter is the reporter as the exporter of its batches.
type remoteExporter remoteReporter

// ExportSpans hands a batch to the transport. What fails is said to the logger.
func (e *remoteExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	defer e.done.Add(int64(len(spans)))
	if err := e.send(ctx, spans); err != nil {
		(*remoteReporter)(e).fail(fmt.Errorf("jaeger: spans were not sent: %w", err))
	}
	return nil
}

func (e *remoteExporter) send(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if exporter, ok := e.sender.(sdktrace.SpanExporter); ok {
		return exporter.ExportSpans(ctx, spans)
	}
	for _, span := range spans {
		if _, err := e.sender.Append(newSpan(span, nil)); err != nil {
			return err
		}
	}
	_, err := e.sender.Flush()
	return err
}

// Shutdown closes the transport.
func (e *remoteExporter) Shutdown(ctx context.Context) error {
	if exporter, ok := e.sender.(sdktrace.SpanExporter); ok {
		return exporter.Shutdown(ctx)
	}
	return e.sender.Close()
}
