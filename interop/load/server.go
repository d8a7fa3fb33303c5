// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// parent is what the client sends in its headers.
const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

var w3c = propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})

// instrumentation puts a tracing layer with its defaults around a handler.
type instrumentation func(http.Handler, *sdktrace.TracerProvider) http.Handler

// bare is the name of the server without an instrumentation.
const bare = "bare"

// instrumentations are what is compared.
var instrumentations = []struct {
	name  string
	trace instrumentation
}{
	{"nethttp+bridge", func(h http.Handler, provider *sdktrace.TracerProvider) http.Handler {
		tracer, _ := bridge.NewTracerPair(provider.Tracer("load"))
		tracer.SetTextMapPropagator(w3c)
		return nethttp.Middleware(tracer, h)
	}},
	{"otelhttp", func(h http.Handler, provider *sdktrace.TracerProvider) http.Handler {
		return otelhttp.NewHandler(h, "server", otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(w3c),
			otelhttp.WithMeterProvider(noop.NewMeterProvider()))
	}},
	{"compat", func(h http.Handler, provider *sdktrace.TracerProvider) http.Handler {
		return compat.NewTracing(compat.NewTracer(provider, &compat.Options{TextMap: w3c}), nil).TraceAll(h)
	}},
}

// server is one of those that are compared. It counts its spans, and does nothing
// else with them: what is measured is making them.
type server struct {
	name     string
	url      string
	sampled  bool
	spans    atomic.Uint64
	http     http.Server
	served   chan error
	provider *sdktrace.TracerProvider // nil for the bare one
}

// OnEnd makes a server a span processor.
func (s *server) OnEnd(sdktrace.ReadOnlySpan)                     { s.spans.Add(1) }
func (s *server) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (s *server) Shutdown(context.Context) error                  { return nil }
func (s *server) ForceFlush(context.Context) error                { return nil }

// startServers starts them all on loopback, on free ports.
func startServers() (servers []*server, err error) {
	defer func() {
		if err != nil {
			for _, s := range servers {
				_ = s.stop()
			}
		}
	}()
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	s := &server{name: bare}
	if err := s.start(handler); err != nil {
		return nil, err
	}
	servers = append(servers, s)
	for _, sampled := range []bool{true, false} {
		suffix, sampler := ", unsampled", sdktrace.NeverSample()
		if sampled {
			suffix, sampler = ", sampled", sdktrace.AlwaysSample()
		}
		for _, i := range instrumentations {
			s := &server{name: i.name + suffix, sampled: sampled}
			s.provider = sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithSpanProcessor(s))
			if err := s.start(i.trace(handler, s.provider)); err != nil {
				return servers, err
			}
			servers = append(servers, s)
		}
	}
	return servers, nil
}

func (s *server) start(handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.url = "http://" + listener.Addr().String() + "/orders/7"
	s.http = http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	s.served = make(chan error, 1)
	go func() { s.served <- s.http.Serve(listener) }()
	return nil
}

func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if s.provider != nil {
		err = errors.Join(err, s.provider.Shutdown(ctx))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// waitForSpans waits until each request has its span, or none has where they aren't
// sampled. The last ones end after their response was read.
func (s *server) waitForSpans(before, requests uint64) error {
	want := uint64(0)
	if s.sampled {
		want = requests
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		got := s.spans.Load() - before
		if got == want {
			return nil
		}
		if got > want || time.Now().After(deadline) {
			return fmt.Errorf("%d requests have %d spans, want %d", requests, got, want)
		}
		time.Sleep(time.Millisecond)
	}
}
