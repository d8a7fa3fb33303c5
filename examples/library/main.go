// SPDX-License-Identifier: Apache-2.0

// Command library is a program on OpenTracing and jaeger-client-go that imports a library
// on OpenTelemetry. The library's spans are in the program's traces.
//
//	go run .
//
// It takes two orders, and prints the traces that jaeger-client-go has recorded.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/examples/library/catalog"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "library:", err)
		os.Exit(1)
	}
}

// run sets the tracers up, takes the orders and prints their traces.
func run(ctx context.Context, out io.Writer) error {
	// The program's set-up, which stays. It keeps the spans so that they can be printed here.
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), reporter)
	defer closer.Close()
	opentracing.SetGlobalTracer(tracer)

	// These two lines are all that the library needs.
	otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))
	otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))

	url, stop, err := listen(http.HandlerFunc(servePrices))
	if err != nil {
		return err
	}
	prices := &catalog.Catalog{URL: url, Discount: discount}
	for _, item := range []string{"tea", "caviar"} {
		if err := order(ctx, out, prices, item); err != nil {
			fmt.Fprintln(out, "order", item+":", err)
		}
	}
	if err := stop(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return printTraces(out, reporter.GetSpans())
}

// order is code of the program: it knows OpenTracing alone, and calls the library.
func order(ctx context.Context, out io.Writer, prices *catalog.Catalog, item string) error {
	span, ctx := opentracing.StartSpanFromContext(ctx, "order")
	defer span.Finish()
	span.SetBaggageItem("customer", "ada")
	price, err := prices.Price(ctx, item)
	if err != nil {
		ext.LogError(span, err)
		return err
	}
	fmt.Fprintf(out, "order %s: %d\n", item, price)
	return nil
}

// discount is code of the program that the library calls.
func discount(ctx context.Context, _ string) int {
	span, _ := opentracing.StartSpanFromContext(ctx, "discount")
	defer span.Finish()
	span.SetTag("customer", span.BaggageItem("customer"))
	return 1
}

// servePrices is another service on OpenTracing, in the same process here.
func servePrices(w http.ResponseWriter, r *http.Request) {
	tracer := opentracing.GlobalTracer()
	caller, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
	if err != nil && !errors.Is(err, opentracing.ErrSpanContextNotFound) {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	span := tracer.StartSpan("serve prices", ext.RPCServerOption(caller))
	defer span.Finish()
	span.SetTag("customer", span.BaggageItem("customer"))
	if r.FormValue("item") != "tea" {
		http.Error(w, "sold out", http.StatusNotFound)
		return
	}
	fmt.Fprint(w, 12)
}

// listen serves handler on loopback, on a free port.
func listen(handler http.Handler) (url string, stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections()
		if err := server.Shutdown(ctx); err != nil {
			return err
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, nil
}
