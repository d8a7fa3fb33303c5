// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/opentracing/opentracing-go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ot2otel/ot2otel/compat"
)

// A server that ends on a signal and loses no span: the server ends first, so that
// the requests under way are answered, then the tracer, which exports their spans.
func ExampleTracer_Shutdown() {
	exporter := tracetest.NewInMemoryExporter() // in production, as exporters.NewProvider makes it
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(keptAfterShutdown{exporter}))
	tracer := compat.NewTracer(provider, nil) // in production, compat.Install

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt) // and syscall.SIGTERM
	defer cancel()

	tracing := compat.NewTracing(tracer, nil)
	server := &http.Server{ReadHeaderTimeout: time.Second}
	server.Handler = tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interruptMyself() // the signal comes while a request is under way
		<-stop.Done()
		if span := tracing.GetSpan(r); span != nil {
			tracer.StartSpan("last work", opentracing.ChildOf(span.Context())).Finish()
		}
	}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	answer := make(chan string)
	go func() { answer <- statusOf("http://" + listener.Addr().String()) }()

	<-stop.Done()
	inTime(server.Shutdown)
	inTime(tracer.Shutdown)

	fmt.Println(<-answer)
	for _, span := range exporter.GetSpans() {
		fmt.Println(span.Name)
	}
	// Output:
	// 200 OK
	// last work
	// GET
}

// inTime gives each shutdown a time of its own: a request that hangs must not take the
// tracer's.
func inTime(shutdown func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := shutdown(ctx); err != nil {
		log.Print(err)
	}
}

// keptAfterShutdown is an in-memory exporter that keeps its spans.
type keptAfterShutdown struct{ *tracetest.InMemoryExporter }

func (keptAfterShutdown) Shutdown(context.Context) error { return nil }

func interruptMyself() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(os.Interrupt)
	}
	if err != nil {
		log.Print(err)
	}
}

func statusOf(url string) string {
	res, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	return res.Status
}
