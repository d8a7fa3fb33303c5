// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"context"
	"fmt"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// maxBuffered bounds what Add holds, whatever the batch's size.
const maxBuffered = 2048

// Sender sends spans to one destination by OTLP. It is an exporter, and has the methods
// by which Jaeger's client fills a transport, too. All methods are safe for concurrent
// use.
type Sender struct {
	where     string
	exporter  sdktrace.SpanExporter
	err       error
	batchSize int

	mu       sync.Mutex
	buffered []sdktrace.ReadOnlySpan
}

// NewSender returns a sender to an address, whose buffer is sent when it has batchSize
// spans. Where err, that of the address, isn't nil and the environment names no endpoint, or
// the settings are wrong, it sends nothing and Destination returns the error.
func NewSender(address Address, err error, batchSize int, opts Options) *Sender {
	s := &Sender{batchSize: min(max(batchSize, 1), maxBuffered), err: Counting(err)}
	if s.err != nil {
		return s
	}
	exporter, shown, err := newExporter(address, opts)
	if s.err = err; err == nil {
		s.exporter = exporter
		s.where = fmt.Sprintf("%s by OTLP, in the place of %s by Thrift", shown, address.Was)
	}
	return s
}

// Destination returns where spans are sent to, without a password, or why none are.
func (s *Sender) Destination() (string, error) { return s.where, s.err }

// BatchSize returns the number of spans that are sent together at most.
func (s *Sender) BatchSize() int { return s.batchSize }

// ExportSpans sends spans. It implements sdktrace.SpanExporter.
func (s *Sender) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if s.err != nil {
		return fmt.Errorf("%d spans are not sent: %w", len(spans), s.err)
	}
	return s.exporter.ExportSpans(ctx, spans)
}

// Shutdown sends what Add left and ends the exporter.
func (s *Sender) Shutdown(ctx context.Context) error {
	_, err := s.flush(ctx)
	if s.exporter == nil {
		return err
	}
	if stopped := s.exporter.Shutdown(ctx); err == nil {
		err = stopped
	}
	return err
}

// Add keeps a span, and sends what it has when that is a batch. It returns how many spans
// it sent, or failed to.
func (s *Sender) Add(span sdktrace.ReadOnlySpan) (int, error) {
	s.mu.Lock()
	s.buffered = append(s.buffered, span)
	full := len(s.buffered) >= s.batchSize
	s.mu.Unlock()
	if !full {
		return 0, nil
	}
	return s.Flush()
}

// Flush sends what Add kept.
func (s *Sender) Flush() (int, error) { return s.flush(context.Background()) }

// Close is Shutdown without an end to its time but the exporter's own.
func (s *Sender) Close() error { return s.Shutdown(context.Background()) }

func (s *Sender) flush(ctx context.Context) (int, error) {
	s.mu.Lock()
	spans := s.buffered
	s.buffered = nil
	s.mu.Unlock()
	if len(spans) == 0 {
		return 0, nil
	}
	return len(spans), s.ExportSpans(ctx, spans)
}
