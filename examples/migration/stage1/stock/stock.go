// SPDX-License-Identifier: Apache-2.0

// Package stock counts what a shop has.
package stock

import (
	"context"
	"errors"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// ErrSoldOut says that there are too few.
var ErrSoldOut = errors.New("sold out")

// Stock counts things. It is safe for concurrent use.
type Stock struct {
	tracer opentracing.Tracer

	mu    sync.Mutex
	items map[string]int
}

// New returns a stock of the given things.
func New(tracer opentracing.Tracer, items map[string]int) *Stock {
	return &Stock{tracer: tracer, items: items}
}

// Take takes a number of things out, if there are as many.
func (s *Stock) Take(ctx context.Context, item string, count int) error {
	span := s.start(ctx, "stock.take")
	defer span.Finish()
	ext.DBStatement.Set(span, "UPDATE stock SET count = count - ? WHERE item = ?")
	span.SetTag("item", item)

	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.items[item] - count
	if left < 0 {
		ext.Error.Set(span, true)
		span.LogKV("event", "sold out", "left", s.items[item])
		return ErrSoldOut
	}
	s.items[item] = left
	span.SetTag("left", left)
	return nil
}

// start starts the span of a statement, below the one of ctx if there is one.
func (s *Stock) start(ctx context.Context, name string) opentracing.Span {
	var opts []opentracing.StartSpanOption
	if parent := opentracing.SpanFromContext(ctx); parent != nil {
		opts = append(opts, opentracing.ChildOf(parent.Context()))
	}
	span := s.tracer.StartSpan(name, opts...)
	ext.SpanKindRPCClient.Set(span)
	ext.DBType.Set(span, "sql")
	return span
}
