// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/exporters/internal/validtext"
	"github.com/ot2otel/ot2otel/internal/printable"
)

// attempt calls the exporter and reads its error. Whatever panics of that costs the batch
// only: the exporter, a span that it made, or the error, as a nil pointer does.
func attempt(ctx context.Context, exporter sdktrace.SpanExporter, spans []sdktrace.ReadOnlySpan) (outcome delivery.Error) {
	doing := "the exporter"
	defer func() {
		if panicked := recover(); panicked != nil {
			outcome = delivery.Error{Outcome: delivery.Refused, Err: panicError(doing, panicked)}
		}
	}()
	err := exporter.ExportSpans(ctx, validtext.Spans(spans))
	doing = "the exporter's error"
	outcome = delivery.Of(err)
	outcome.Err = printable.Error(err)
	return outcome
}

// shutDown shuts the exporter down, and returns its error for printing.
func shutDown(ctx context.Context, exporter sdktrace.SpanExporter) (err error) {
	doing := "the exporter's Shutdown"
	defer func() {
		if panicked := recover(); panicked != nil {
			err = panicError(doing, panicked)
		}
	}()
	err = exporter.Shutdown(ctx)
	doing = "the error of the exporter's Shutdown"
	if ended := ctx.Err(); ended != nil && errors.Is(err, ended) {
		return ended // it says no more
	}
	return printable.Error(err)
}

func panicError(what string, panicked any) error {
	return printable.Error(fmt.Errorf("%s panics: %v", what, panicked))
}

// nameOf returns what the String method of an exporter says, "" where it panics.
func nameOf(exporter fmt.Stringer) (name string) {
	defer func() {
		if recover() != nil {
			name = ""
		}
	}()
	return firstLine(exporter.String())
}
