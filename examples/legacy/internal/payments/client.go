// SPDX-License-Identifier: Apache-2.0

// Package payments is the payment service and its client.
package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// Client calls the payment service. It is safe for concurrent use.
type Client struct {
	tracer opentracing.Tracer
	base   string
	plain  *http.Client // spans are made by hand
	traced *http.Client // spans are made by the transport
}

// NewClient returns a client of the service at base.
func NewClient(tracer opentracing.Tracer, transport http.RoundTripper, base string) *Client {
	return &Client{
		tracer: tracer,
		base:   base,
		plain:  &http.Client{Transport: transport},
		traced: &http.Client{Transport: &nethttp.Transport{RoundTripper: transport}},
	}
}

// Score asks how risky a card is.
func (c *Client) Score(ctx context.Context, card string) (int, error) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "payments.score")
	defer span.Finish()

	target := c.base + "/cards/" + url.PathEscape(card)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		ext.LogError(span, err)
		return 0, err
	}
	ext.SpanKindRPCClient.Set(span)
	ext.PeerService.Set(span, "payments")
	ext.HTTPMethod.Set(span, req.Method)
	ext.HTTPUrl.Set(span, target)
	carrier := opentracing.HTTPHeadersCarrier(req.Header)
	if err := span.Tracer().Inject(span.Context(), opentracing.HTTPHeaders, carrier); err != nil {
		span.LogFields(otlog.String("event", "inject failed"), otlog.Error(err))
	}

	resp, err := c.plain.Do(req)
	if err != nil {
		ext.LogError(span, err)
		return 0, err
	}
	defer resp.Body.Close()
	ext.HTTPStatusCode.Set(span, uint16(resp.StatusCode)) //nolint:gosec // three digits
	var answer struct{ Score int }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		ext.LogError(span, err)
		return 0, err
	}
	return answer.Score, nil
}

// Charge takes cents from the card and returns the receipt.
func (c *Client) Charge(ctx context.Context, parent opentracing.Span, order, card string, cents int64) (string, error) {
	form := url.Values{"card": {card}, "cents": {fmt.Sprint(cents)}}
	ctx = opentracing.ContextWithSpan(ctx, parent)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/charges", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req, tracer := nethttp.TraceRequest(c.tracer, req,
		nethttp.OperationName("payments.charge"),
		nethttp.ClientTrace(false), // its logs depend on the state of the connection pool
		nethttp.ClientSpanObserver(func(span opentracing.Span, _ *http.Request) {
			span.SetTag("order.id", order)
		}),
	)
	defer tracer.Finish()

	resp, err := c.traced.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	receipt, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("payments: %s: %s", resp.Status, strings.TrimSpace(string(receipt)))
	}
	return string(receipt), nil
}
