// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// Lines exports every span as one line of JSON, in the format of OpenTelemetry's
// stdouttrace. Numbers that JSON cannot hold (NaN and the infinities), for which
// stdouttrace would drop the whole span, are texts, beside the type of numbers.
type Lines struct {
	*stdouttrace.Exporter
	out  *oneWriter // that of the Exporter
	shut atomic.Bool
}

// NewLines returns an exporter that writes to w, with one Write a span and never two at once.
func NewLines(w io.Writer) *Lines {
	out := &oneWriter{w: w}
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(out))
	if err != nil {
		// stdouttrace fails only to set up its metrics about itself
		// (OTEL_GO_X_OBSERVABILITY); the exporter it returns still works.
		otel.Handle(err)
	}
	return &Lines{Exporter: exporter, out: out}
}

// ExportSpans writes spans.
func (l *Lines) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	var errs []error
	begin := 0 // of the spans that stdouttrace can write
	for i, span := range spans {
		if isFiniteSpan(span) {
			continue
		}
		errs = append(errs, l.Exporter.ExportSpans(ctx, spans[begin:i]), l.exportNonFinite(ctx, span))
		begin = i + 1
	}
	errs = append(errs, l.Exporter.ExportSpans(ctx, spans[begin:]))
	return printable.Error(errors.Join(errs...))
}

func (l *Lines) exportNonFinite(ctx context.Context, span sdktrace.ReadOnlySpan) error {
	if err := ctx.Err(); err != nil || l.shut.Load() {
		return err
	}
	line, err := nonFiniteLine(span)
	if err == nil {
		_, err = l.out.Write(line)
	}
	return err
}

// Shutdown makes the exporter ignore spans.
func (l *Lines) Shutdown(ctx context.Context) error {
	l.shut.Store(true)
	return l.Exporter.Shutdown(ctx)
}

// A oneWriter writes one line at a time.
type oneWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *oneWriter) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.w.Write(line)
}
