// SPDX-License-Identifier: Apache-2.0

// Command routers serves the same small shop by five routers, traced by compat:
// net/http's mux, chi, gorilla/mux, gin and echo. Each has a file of its own, with
// all that the router needs to be traced.
//
//	go run .
//
// makes two calls to each of them on loopback, prints their traces and exits.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/gin-gonic/gin"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

// routers are the handlers by the name of their router.
var routers = []struct {
	name    string
	handler func(*compat.Tracing) http.Handler
}{
	{"net/http", netHTTP},
	{"chi", chiRouter},
	{"gorilla/mux", gorillaRouter},
	{"gin", ginRouter},
	{"echo", echoRouter},
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "routers:", err)
		os.Exit(1)
	}
}

// run calls the shop of each router, and prints the traces.
func run(ctx context.Context, out io.Writer) error {
	for _, router := range routers {
		fmt.Fprintf(out, "== %s\n", router.name)
		if err := show(ctx, out, router.handler); err != nil {
			return fmt.Errorf("%s: %w", router.name, err)
		}
	}
	return nil
}

// show serves a handler on loopback, and prints the traces of two calls.
func show(ctx context.Context, out io.Writer, handler func(*compat.Tracing) http.Handler) (err error) {
	provider, err := exporters.NewProvider(ctx, &exporters.Config{ServiceName: "shop", Exporter: "tree", Output: out, Quiet: true})
	if err != nil {
		return err
	}
	tracer := compat.NewTracer(provider, nil)
	defer func() {
		if closeErr := tracer.Close(); err == nil {
			err = closeErr
		}
	}()
	server := httptest.NewServer(handler(newTracing(tracer)))
	defer server.Close()
	for _, path := range []string{"/api/orders/7", "/nowhere"} {
		response, err := server.Client().Get(server.URL + path)
		if err != nil {
			return err
		}
		response.Body.Close()
	}
	return nil
}
