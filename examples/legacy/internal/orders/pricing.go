// SPDX-License-Identifier: Apache-2.0

package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// price adds the lines up. Prices are looked up too often to be traced on their
// own: there is a span only where the caller has one.
func (s *Service) price(ctx context.Context, request Request) (Money, error) {
	if parent := opentracing.SpanFromContext(ctx); parent != nil && parent.Tracer() != nil {
		span := parent.Tracer().StartSpan("orders.price", opentracing.ChildOf(parent.Context()))
		defer span.Finish()
		ctx = opentracing.ContextWithSpan(ctx, span)
	}

	var total Money
	var pieces uint32
	var grams float32
	for i, line := range request.Lines {
		product, err := s.store.Product(ctx, line.Product)
		if err != nil {
			return 0, err
		}
		total += Money(product.Cents) * Money(line.Quantity)
		pieces += uint32(line.Quantity)
		grams += product.Grams * float32(line.Quantity)
		trace(ctx, "line", otlog.Int("number", i+1), otlog.Uint64("quantity", uint64(line.Quantity)))
	}
	if request.Discount != 0 {
		total -= Money(float64(total) * request.Discount)
	}

	span := opentracing.SpanFromContext(ctx)
	if span != nil {
		ext.Component.Set(span, "pricing")
		span.SetTag("gift", request.Gift)
		span.SetTag("discount", request.Discount)
		span.SetTag("weight.grams", grams)
		span.SetTag("pieces", pieces)
		span.SetTag("lines.8", uint8(len(request.Lines))) //nolint:gosec // a handful of lines
		span.SetTag("floor", int8(-1))
		span.SetTag("shelf", int16(12))
		span.SetTag("warehouse", int32(1200))
		span.SetTag("cents", int64(total))
		span.SetTag("customer.hash", uint64(len(request.Customer))<<40)
		span.SetTag("carton", uint(pieces/4))
		span.SetTag("total", total)
		span.SetTag("delivery", 36*time.Hour)
	}
	if request.Coupon != "" {
		err := fmt.Errorf("%w %q", errCoupon, request.Coupon)
		if span == nil {
			return total, nil
		}
		span.SetTag("coupon", err).LogFields(otlog.Error(err))
	}
	return total, nil
}

// trace adds a log to the active span, where there is one.
func trace(ctx context.Context, event string, fields ...otlog.Field) {
	span := opentracing.SpanFromContext(ctx)
	if span == nil {
		return
	}
	span.LogFields(append([]otlog.Field{otlog.String("event", event)}, fields...)...)
}
