// SPDX-License-Identifier: Apache-2.0

// Package catalog plays a library that has moved to OpenTelemetry. It knows the API alone,
// and nothing of the program that imports it, nor of OpenTracing.
package catalog

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// tracer is taken before the program has set a provider, as libraries do.
var tracer = otel.Tracer("github.com/ot2otel/ot2otel/examples/library/catalog")

// Catalog knows prices.
type Catalog struct {
	// URL is that of the service that has the prices.
	URL string
	// Discount returns how much cheaper an item is; nil for no discounts.
	Discount func(ctx context.Context, item string) int
}

// Price returns the price of an item.
func (c *Catalog) Price(ctx context.Context, item string) (price int, err error) {
	ctx, span := tracer.Start(ctx, "catalog.Price", trace.WithAttributes(attribute.String("item", item)))
	defer span.End()
	defer func() {
		if err != nil {
			span.RecordError(err)
			span.SetStatus(codes.Error, err.Error())
		}
	}()
	if price, err = c.ask(ctx, item); err != nil {
		return 0, err
	}
	if c.Discount != nil {
		price -= c.Discount(ctx, item)
	}
	span.SetAttributes(attribute.Int("price", price))
	return price, nil
}

// ask asks the service.
func (c *Catalog) ask(ctx context.Context, item string) (int, error) {
	ctx, span := tracer.Start(ctx, "GET /prices", trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/prices?item="+url.QueryEscape(item), nil)
	if err != nil {
		return 0, err
	}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	span.SetAttributes(attribute.Int("http.status_code", response.StatusCode))
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("catalog: no price for %q: %s", item, response.Status)
	}
	return strconv.Atoi(string(body))
}
