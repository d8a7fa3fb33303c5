// SPDX-License-Identifier: Apache-2.0

package orders

import (
	"context"

	ot "github.com/opentracing/opentracing-go"
)

// reserve takes the order's products out of the stock, under a span of its own
// that hangs on parent, wherever ctx comes from.
func (s *Service) reserve(ctx context.Context, parent ot.Span, order *Order) error {
	span := s.tracer.StartSpan("orders.reserve",
		ot.ChildOf(parent.Context()),
		ot.Tag{Key: "order.id", Value: order.ID},
	)
	defer span.Finish()
	ctx = ot.ContextWithSpan(ctx, span)
	for _, line := range order.Lines {
		if err := s.store.Reserve(ctx, line.Product, line.Quantity); err != nil {
			return err
		}
	}
	return nil
}

// release puts them back.
func (s *Service) release(ctx context.Context, order *Order) {
	var span ot.Span
	span, ctx = ot.StartSpanFromContext(ctx, "orders.release")
	defer span.Finish()
	for _, line := range order.Lines {
		if err := s.store.Release(ctx, line.Product, line.Quantity); err != nil {
			span.LogKV("event", "error", "error.object", err, "product", line.Product)
		}
	}
}
