// SPDX-License-Identifier: Apache-2.0

// Command twoservices runs two applications whose code knows OpenTracing only: a
// client application calls a server application, with the span in the request's
// headers. It is the Go twin of Flask-OpenTracing's example.
//
//	go run ./examples/twoservices           make three calls, print their traces, exit
//	go run ./examples/twoservices -verbose  the same, with all tags and logs
//	go run ./examples/twoservices -serve    stay up until interrupted
//
// Only this file knows OpenTelemetry: it installs compat as the OpenTracing
// tracer. Another tracer here needs no change in the applications.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/examples/twoservices/client"
	"github.com/ot2otel/ot2otel/examples/twoservices/server"
	"github.com/ot2otel/ot2otel/exporters"
)

func main() {
	stayUp := flag.Bool("serve", false, "stay up until interrupted")
	verbose := flag.Bool("verbose", false, "print all tags and logs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *stayUp, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "twoservices:", err)
		os.Exit(1)
	}
}

// run starts both applications, makes the calls or waits for ctx, and prints the
// traces.
func run(ctx context.Context, out io.Writer, stayUp, verbose bool) (err error) {
	if _, isFile := out.(*os.File); !isFile {
		out = &lockedWriter{w: out} // the tree is printed in the background
	}
	// Two services in one process share what prints, so that a trace which crosses
	// both is printed in one piece. In production each service has one provider,
	// and one line: tracer := compat.Install(provider, nil).
	tree := exporters.NewTree(out, &exporters.TreeOptions{Verbose: verbose})
	serverTracer, err := newTracer(ctx, "server-app", tree)
	if err != nil {
		return err
	}
	clientTracer, err := newTracer(ctx, "client-app", tree)
	if err != nil {
		return err
	}
	opentracing.SetGlobalTracer(clientTracer)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))

	serverURL, stopServer, err := listen(server.Handler(serverTracer))
	if err != nil {
		return err
	}
	clientURL, stopClient, err := listen(client.Handler(clientTracer, serverURL))
	if err != nil {
		stopServer()
		return err
	}
	if stayUp {
		fmt.Fprintf(out, "client application: %s/order/tea?customer=ada\nserver application: %s/prices/tea\n", clientURL, serverURL)
		<-ctx.Done()
	} else {
		err = call(ctx, out, clientURL)
	}
	stopClient()
	stopServer()
	for _, tracer := range []*compat.Tracer{clientTracer, serverTracer} {
		if closeErr := tracer.Close(); err == nil {
			err = closeErr
		}
	}
	return err
}

// newTracer returns the tracer of one service.
func newTracer(ctx context.Context, service string, exporter sdktrace.SpanExporter) (*compat.Tracer, error) {
	provider, err := exporters.NewProvider(ctx, &exporters.Config{
		ServiceName:   service,
		SpanExporters: []sdktrace.SpanExporter{exporter},
		Quiet:         true,
	})
	if err != nil {
		return nil, err
	}
	return compat.NewTracer(provider, nil), nil
}

// call makes the calls whose traces are printed.
func call(ctx context.Context, out io.Writer, clientURL string) error {
	for _, path := range []string{"/order/tea?customer=ada", "/order/caviar?customer=bob", "/health"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, clientURL+path, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "GET %s\n  %s: %s", path, response.Status, body)
	}
	return nil
}

// listen serves handler on loopback, on a free port.
func listen(handler http.Handler) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	httpServer := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = httpServer.Serve(listener) // ends by Shutdown
	}()
	return "http://" + listener.Addr().String(), func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		http.DefaultClient.CloseIdleConnections()
		_ = httpServer.Shutdown(ctx)
		<-done
	}, nil
}

// lockedWriter takes one Write at a time.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
