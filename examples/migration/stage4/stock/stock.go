// SPDX-License-Identifier: Apache-2.0

// Package stock counts what a shop has.
package stock

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// ErrSoldOut says that there are too few.
var ErrSoldOut = errors.New("sold out")

// Stock counts things. It is safe for concurrent use.
type Stock struct {
	tracer trace.Tracer

	mu    sync.Mutex
	items map[string]int
}

// New returns a stock of the given things.
func New(tracer trace.Tracer, items map[string]int) *Stock {
	return &Stock{tracer: tracer, items: items}
}

// Take takes a number of things out, if there are as many.
func (s *Stock) Take(ctx context.Context, item string, count int) error {
	span := s.start(ctx, "stock.take")
	defer span.End()
	span.SetAttributes(
		attribute.String("db.statement", "UPDATE stock SET count = count - ? WHERE item = ?"),
		attribute.String("item", item),
	)

	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.items[item] - count
	if left < 0 {
		span.SetStatus(codes.Error, "")
		span.AddEvent("sold out", trace.WithAttributes(attribute.Int("left", s.items[item])))
		return ErrSoldOut
	}
	s.items[item] = left
	span.SetAttributes(attribute.Int("left", left))
	return nil
}

// start starts the span of a statement, below the one of ctx if there is one.
func (s *Stock) start(ctx context.Context, name string) trace.Span {
	_, span := s.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
	span.SetAttributes(attribute.String("db.type", "sql"))
	return span
}
