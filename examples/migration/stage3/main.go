// SPDX-License-Identifier: Apache-2.0

// Command stage3 is a shop that sells a few things to itself, prints the answers, and exits.
// The environment says where its spans go.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/ot2otel/ot2otel/compat"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
	"go.opentelemetry.io/otel"

	"example.com/migration/stage3/orders"
	"example.com/migration/stage3/payments"
	"example.com/migration/stage3/stock"
)

var otelTracer = otel.Tracer("example.com/migration/stage3")

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

func run() error {
	cfg, err := config.FromEnv()
	if err != nil {
		return err
	}
	cfg.ServiceName = "shop"
	tracer, closer, err := cfg.NewTracer(config.Logger(jaeger.NullLogger))
	if err != nil {
		return err
	}
	defer closer.Close()
	compat.SetGlobalTracer(tracer)

	gateway := httptest.NewServer(payments.Gateway(otelTracer))
	defer gateway.Close()
	shop := &orders.Shop{
		Stock:    stock.New(otelTracer, map[string]int{"tea": 3, "cup": 1}),
		Payments: &payments.Client{Tracer: otelTracer, URL: gateway.URL},
	}
	server := httptest.NewServer(nethttp.Middleware(tracer, shop))
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
