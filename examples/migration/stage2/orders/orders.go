// SPDX-License-Identifier: Apache-2.0

// Package orders takes the orders of a shop.
package orders

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"example.com/migration/stage2/payments"
	"example.com/migration/stage2/stock"
)

// Shop takes an order: POST ?item=tea&count=2&card=4111.
type Shop struct {
	Stock    *stock.Stock
	Payments *payments.Client
}

func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	span, ctx := opentracing.StartSpanFromContext(r.Context(), "take order", opentracing.Tag{Key: "item", Value: r.FormValue("item")})
	defer span.Finish()
	if err := s.take(ctx, span, r); err != nil {
		ext.LogError(span, err)
		status := http.StatusConflict
		if errors.Is(err, payments.ErrRefused) {
			status = http.StatusPaymentRequired
		}
		http.Error(w, err.Error(), status)
		return
	}
	fmt.Fprint(w, "sold")
}

func (s *Shop) take(ctx context.Context, span opentracing.Span, r *http.Request) error {
	count, err := strconv.Atoi(r.FormValue("count"))
	if err != nil {
		return err
	}
	span.SetTag("count", count)
	span.SetBaggageItem("card", r.FormValue("card"))
	if err := s.Stock.Take(ctx, r.FormValue("item"), count); err != nil {
		return err
	}
	span.LogFields(log.Event("reserved"), log.Int("count", count))
	return s.Payments.Charge(ctx, r.FormValue("card"), count*100)
}
