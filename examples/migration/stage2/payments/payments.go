// SPDX-License-Identifier: Apache-2.0

// Package payments has a payment service, and the client of it.
package payments

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// ErrRefused says that a card can't pay.
var ErrRefused = errors.New("card refused")

// Client calls the payment service at URL.
type Client struct {
	Tracer opentracing.Tracer
	URL    string
}

// Charge takes an amount off a card.
func (c *Client) Charge(ctx context.Context, card string, amount int) error {
	span, ctx := opentracing.StartSpanFromContextWithTracer(ctx, c.Tracer, "charge", ext.SpanKindRPCClient)
	defer span.Finish()
	span.SetTag("amount", amount)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprint(c.URL, "/charge?amount=", amount, "&card=", url.QueryEscape(card)), nil)
	if err != nil {
		return err
	}
	if err := c.Tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(request.Header)); err != nil {
		span.LogKV("event", "inject failed", "message", err.Error())
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		ext.LogError(span, err)
		return err
	}
	defer response.Body.Close()
	ext.HTTPStatusCode.Set(span, uint16(response.StatusCode))
	if response.StatusCode != http.StatusOK {
		ext.Error.Set(span, true)
		return ErrRefused
	}
	return nil
}

// Gateway returns the payment service.
func Gateway(tracer opentracing.Tracer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, _ := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		span := tracer.StartSpan("gateway.charge", ext.RPCServerOption(caller))
		defer span.Finish()
		ext.HTTPMethod.Set(span, r.Method)
		span.SetTag("customer.card", span.BaggageItem("card"))
		if r.FormValue("card") == "expired" {
			span.LogKV("event", "refused", "reason", "expired")
			http.Error(w, "expired", http.StatusPaymentRequired)
		}
	})
}
