// SPDX-License-Identifier: Apache-2.0

// Package payments has a payment service, and the client of it.
package payments

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// ErrRefused says that a card can't pay.
var ErrRefused = errors.New("card refused")

// Client calls the payment service at URL.
type Client struct {
	Tracer trace.Tracer
	URL    string
}

// Charge takes an amount off a card.
func (c *Client) Charge(ctx context.Context, card string, amount int) error {
	ctx, span := c.Tracer.Start(ctx, "charge", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	span.SetAttributes(attribute.Int("amount", amount))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprint(c.URL, "/charge?amount=", amount, "&card=", url.QueryEscape(card)), nil)
	if err != nil {
		return err
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, "")
		return err
	}
	defer response.Body.Close()
	span.SetAttributes(attribute.Int("http.status_code", response.StatusCode))
	if response.StatusCode != http.StatusOK {
		span.SetStatus(codes.Error, "")
		return ErrRefused
	}
	return nil
}

// Gateway returns the payment service.
func Gateway(tracer trace.Tracer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remote := otel.GetTextMapPropagator().Extract(context.Background(), propagation.HeaderCarrier(r.Header))
		spanCtx, span := tracer.Start(remote, "gateway.charge", trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		span.SetAttributes(
			attribute.String("http.method", r.Method),
			attribute.String("customer.card", baggage.FromContext(spanCtx).Member("card").Value()),
		)
		if r.FormValue("card") == "expired" {
			span.AddEvent("refused", trace.WithAttributes(attribute.String("reason", "expired")))
			http.Error(w, "expired", http.StatusPaymentRequired)
		}
	})
}
