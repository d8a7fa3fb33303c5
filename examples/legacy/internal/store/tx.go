// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// tx is a transaction. It is its own span.
type tx struct {
	opentracing.Span
	store *Store
	rows  int
}

func (s *Store) begin(ctx context.Context, name string) (*tx, context.Context) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "tx."+name, ext.SpanKindRPCClient, opentracing.Tag{Key: string(ext.DBType), Value: "sql"})
	s.mu.Lock()
	return &tx{Span: span, store: s}, ctx
}

// add changes a product's stock; the caller holds the transaction.
func (t *tx) add(ctx context.Context, id string, pieces int) error {
	span, _ := startSpan(ctx, "stock", "UPDATE products SET stock = stock + ? WHERE id = ?", opentracing.Tag{Key: "pieces", Value: pieces})
	defer span.Finish()
	product, ok := t.store.products[id]
	if !ok {
		return fmt.Errorf("product %q: %w", id, ErrNotFound)
	}
	if product.Stock+pieces < 0 {
		return fmt.Errorf("product %q: %w", id, ErrSoldOut)
	}
	product.Stock += pieces
	t.store.products[id] = product
	t.rows++
	return nil
}

// fail marks the transaction as rolled back.
func (t *tx) fail(err error) {
	t.rows = 0
	ext.LogError(t, err)
	t.LogKV("event", "rollback")
}

// end finishes the transaction.
func (t *tx) end() {
	t.store.mu.Unlock()
	t.SetTag("rows", t.rows)
	t.Finish()
}
