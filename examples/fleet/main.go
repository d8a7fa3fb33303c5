// SPDX-License-Identifier: Apache-2.0

// Command fleet runs three services that are at three points of the way from Jaeger's
// client to OpenTelemetry: old is on jaeger-client-go, twin on compat/jaegerclient, and
// native on OpenTelemetry. It sends requests through them in all orders, and prints the
// trace of each.
//
//	go run .
//
// The services sample nothing by themselves. Each request brings a debug ID and baggage in
// Jaeger's headers: by the ID it is sampled, in one trace, and the baggage reaches all.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
	"github.com/ot2otel/ot2otel/examples/fleet/legacy"
	"github.com/ot2otel/ot2otel/examples/fleet/native"
	"github.com/ot2otel/ot2otel/exporters"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

// orders are the ways of a request.
var orders = []string{"/old/twin/native", "/old/native/twin", "/twin/old/native", "/twin/native/old", "/native/old/twin", "/native/twin/old"}

// run starts the services, sends a request through each order, and prints its trace.
func run(ctx context.Context, out io.Writer) (err error) {
	spans := new(exporters.Memory)
	f, err := newFleet(ctx, spans, func(string, http.Header) {})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	for i, order := range orders {
		debugID := fmt.Sprintf("order-%d", i+1)
		if err := f.send(ctx, order, debugID); err != nil {
			return err
		}
		fmt.Fprintf(out, "GET %s, jaeger-debug-id: %s\n", order, debugID)
		tree := exporters.NewTree(out, &exporters.TreeOptions{Verbose: true})
		if err := tree.ExportSpans(ctx, spans.Spans().Stubs().Snapshots()); err != nil {
			return err
		}
		if err := tree.Shutdown(ctx); err != nil { // prints what it holds
			return err
		}
		spans.Reset()
	}
	return nil
}

// fleet is the three services.
type fleet struct {
	urls   map[string]string // by name
	closer []func() error
}

// newFleet starts the services, whose spans go to exporter. watch is called with the
// headers of each request that a service gets.
func newFleet(ctx context.Context, exporter sdktrace.SpanExporter, watch func(service string, header http.Header)) (*fleet, error) {
	f := &fleet{urls: make(map[string]string)}
	oldTracer, oldCloser, err := newOldTracer("old", exporter)
	if err != nil {
		return nil, err
	}
	twinTracer, twinCloser, err := newTwinTracer("twin", exporter)
	if err != nil {
		return nil, err
	}
	formats, err := jaeger.NewFormats(nil)
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSyncer(exporter),
		sdktrace.WithSampler(jaeger.Priority(jaeger.NewConstSampler(false))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "native"))))
	for name, handler := range map[string]http.Handler{
		"old":    legacy.Handler(oldTracer, f.next),
		"twin":   legacy.Handler(twinTracer, f.next),
		"native": native.Handler(provider, formats, f.next),
	} {
		watched := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			watch(name, r.Header)
			handler.ServeHTTP(w, r)
		})
		if err := f.listen(ctx, name, watched); err != nil {
			return nil, errors.Join(err, f.close())
		}
	}
	f.closer = append(f.closer, oldCloser.Close, twinCloser.Close, func() error { return provider.Shutdown(context.WithoutCancel(ctx)) })
	return f, nil
}

// next returns the service that the path names first, and its URL with the rest; none at
// the path's end.
func (f *fleet) next(path string) (name, url string) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if name == "" {
		return "", ""
	}
	return name, f.urls[name] + "/" + rest
}

// listen serves on loopback, on a free port.
func (f *fleet) listen(ctx context.Context, name string, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends by Shutdown
	}()
	f.urls[name] = "http://" + listener.Addr().String()
	f.closer = append(f.closer, func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections()
		err := server.Shutdown(ctx)
		<-done
		return err
	})
	return nil
}

func (f *fleet) close() error {
	var errs []error
	for _, closer := range f.closer {
		errs = append(errs, closer())
	}
	return errors.Join(errs...)
}

// send sends a request of a user's through the services, in an order.
func (f *fleet) send(ctx context.Context, order, debugID string) error {
	_, url := f.next(order)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if debugID != "" {
		request.Header.Set("jaeger-debug-id", debugID)
	}
	request.Header.Set("jaeger-baggage", "user=ada")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", order, response.Status)
	}
	return nil
}
