// SPDX-License-Identifier: Apache-2.0

// Package store keeps products and their stock.
package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("store: not found")
	ErrSoldOut  = errors.New("store: sold out")
)

// Product is a thing that can be ordered.
type Product struct {
	ID    string
	Cents int64
	Grams float32
	Stock int
}

// Store keeps products. It is safe for concurrent use.
type Store struct {
	cache *cache

	mu       sync.Mutex
	products map[string]Product
}

// New returns a store with a few products.
func New() *Store {
	return &Store{
		cache: newCache(),
		products: map[string]Product{
			"book": {ID: "book", Cents: 1250, Grams: 310.5, Stock: 100},
			"pen":  {ID: "pen", Cents: 199, Grams: 12, Stock: 50},
		},
	}
}

// startSpan starts a span for a statement. All spans of the store look alike.
func startSpan(ctx context.Context, name, statement string, tags ...opentracing.Tag) (opentracing.Span, context.Context) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "store."+name)
	ext.SpanKindRPCClient.Set(span)
	ext.Component.Set(span, "store")
	ext.DBType.Set(span, "sql")
	ext.DBStatement.Set(span, statement)
	for _, tag := range tags {
		tag.Set(span)
	}
	return span, ctx
}

// Product returns a product, from the cache if it can.
func (s *Store) Product(ctx context.Context, id string) (*Product, error) {
	if product, ok := s.cache.get(ctx, id); ok {
		return product, nil
	}
	span, ctx := startSpan(ctx, "product", "SELECT * FROM products WHERE id = ?", opentracing.Tag{Key: "product.id", Value: id})
	defer span.Finish()
	s.mu.Lock()
	product, ok := s.products[id]
	s.mu.Unlock()
	if !ok {
		err := fmt.Errorf("product %q: %w", id, ErrNotFound)
		span.LogFields(otlog.Error(err))
		return nil, err
	}
	span.LogFields(otlog.Event("row"), otlog.Int32("stock", int32(product.Stock)), otlog.Float32("grams", product.Grams)) //nolint:gosec // small
	s.cache.put(ctx, id, &product)
	return &product, nil
}

// Reserve takes pieces of a product out of the stock.
func (s *Store) Reserve(ctx context.Context, id string, pieces uint16) error {
	return s.move(ctx, "reserve", id, -int(pieces))
}

// Release puts pieces of a product back.
func (s *Store) Release(ctx context.Context, id string, pieces uint16) error {
	return s.move(ctx, "release", id, int(pieces))
}

func (s *Store) move(ctx context.Context, name, id string, pieces int) error {
	t, ctx := s.begin(ctx, name)
	defer t.end()
	if err := t.add(ctx, id, pieces); err != nil {
		t.fail(err)
		return err
	}
	return nil
}
