// SPDX-License-Identifier: Apache-2.0

// Command stage4 is a shop that sells a few things to itself, prints the answers, and exits.
// The environment says where its spans go.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/ot2otel/ot2otel/compat/jaeger"
	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"

	"example.com/migration/stage4/orders"
	"example.com/migration/stage4/payments"
	"example.com/migration/stage4/stock"
)

var tracer = otel.Tracer("example.com/migration/stage4")

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// setUp sets OpenTelemetry up. The function that it returns sends what is left.
func setUp(ctx context.Context) (shutdown func(context.Context) error, err error) {
	provider, err := exporters.NewProvider(ctx, &exporters.Config{ServiceName: "shop", OTLP: otlp.FromEnv, Quiet: true})
	if err != nil {
		return nil, err
	}
	formats, err := jaeger.NewFormats(nil) // until the last peer on Jaeger's headers is gone
	if err != nil {
		return nil, err
	}
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(formats)
	return provider.Shutdown, nil
}

func run() (err error) {
	ctx := context.Background()
	shutdown, err := setUp(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(ctx)) }()

	gateway := httptest.NewServer(payments.Gateway(tracer))
	defer gateway.Close()
	shop := &orders.Shop{
		Stock:    stock.New(tracer, map[string]int{"tea": 3, "cup": 1}),
		Payments: &payments.Client{Tracer: tracer, URL: gateway.URL},
	}
	server := httptest.NewServer(otelhttp.NewHandler(shop, ""))
	defer server.Close()

	for _, query := range []string{"item=tea&count=2&card=4111", "item=cup&count=5&card=4111", "item=tea&count=1&card=expired"} {
		response, err := http.Post(server.URL+"/orders?"+query, "", nil)
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		fmt.Printf("%s → %d %s\n", query, response.StatusCode, bytes.TrimSpace(answer))
	}
	return nil
}
