// SPDX-License-Identifier: Apache-2.0

// Package orders takes the orders of a shop.
package orders

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"example.com/migration/stage4/payments"
	"example.com/migration/stage4/stock"
)

var tracer = otel.Tracer("example.com/migration/stage4/orders")

// Shop takes an order: POST ?item=tea&count=2&card=4111.
type Shop struct {
	Stock    *stock.Stock
	Payments *payments.Client
}

func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, span := tracer.Start(r.Context(), "take order", trace.WithAttributes(attribute.String("item", r.FormValue("item"))))
	defer span.End()
	if err := s.take(ctx, span, r); err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, "")
		status := http.StatusConflict
		if errors.Is(err, payments.ErrRefused) {
			status = http.StatusPaymentRequired
		}
		http.Error(w, err.Error(), status)
		return
	}
	fmt.Fprint(w, "sold")
}

func (s *Shop) take(ctx context.Context, span trace.Span, r *http.Request) error {
	count, err := strconv.Atoi(r.FormValue("count"))
	if err != nil {
		return err
	}
	span.SetAttributes(attribute.Int("count", count))
	card, err := baggage.NewMemberRaw("card", r.FormValue("card"))
	if err != nil {
		return err
	}
	bag, err := baggage.FromContext(ctx).SetMember(card)
	if err != nil {
		return err
	}
	ctx = baggage.ContextWithBaggage(ctx, bag)
	if err := s.Stock.Take(ctx, r.FormValue("item"), count); err != nil {
		return err
	}
	span.AddEvent("reserved", trace.WithAttributes(attribute.Int("count", count)))
	return s.Payments.Charge(ctx, r.FormValue("card"), count*100)
}
