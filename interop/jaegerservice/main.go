// SPDX-License-Identifier: Apache-2.0

// Command jaegerservice is a service as they were written for jaeger-client-go. Its test
// runs it as it is, and with other import lines, on the twin.
//
// It answers requests on a free loopback port, whose address it prints, asks the peer that
// PEER names about each of them, and ends when its standard input does.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	jaegerlog "github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-lib/metrics"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Getenv("PEER"), os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(peer string, until io.Reader, out io.Writer) error {
	cfg, err := config.FromEnv()
	if err != nil {
		return err
	}
	cfg.ServiceName = "shelf"
	cfg.Sampler.Type = jaeger.SamplerTypeConst
	cfg.Sampler.Param = 1
	cfg.Tags = append(cfg.Tags, opentracing.Tag{Key: "version", Value: "1.2"})
	closer, err := cfg.InitGlobalTracer("", config.Logger(jaegerlog.StdLogger), config.Metrics(metrics.NullFactory), config.Tag("shard", 7))
	if err != nil {
		return err
	}
	defer closer.Close()

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &service{tracer: opentracing.GlobalTracer(), peer: peer, out: out}
	server := &http.Server{Handler: nethttp.Middleware(s.tracer, s, nethttp.OperationNameFunc(func(r *http.Request) string { return r.Method + " " + r.URL.Path }))}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintln(out, listener.Addr())
	_, _ = io.Copy(io.Discard, until)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type service struct {
	tracer opentracing.Tracer
	peer   string
	out    io.Writer
}

// ServeHTTP looks a book up, and asks the peer for it.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	span := opentracing.SpanFromContext(ctx)
	if sc, ok := span.Context().(jaeger.SpanContext); ok {
		fmt.Fprintf(s.out, "serve trace=%s span=%s sampled=%t\n", sc.TraceID(), sc.SpanID(), sc.IsSampled())
	}
	span.SetBaggageItem("reader", "Ada Ü")
	title := r.URL.Query().Get("title")
	if err := s.lookUp(ctx, title); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.peer+"/stock", nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	request, traced := nethttp.TraceRequest(s.tracer, request, nethttp.ClientTrace(false), nethttp.OperationName("ask"))
	defer traced.Finish()
	response, err := (&http.Client{Transport: &nethttp.Transport{}}).Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	_, _ = io.Copy(w, response.Body)
}

func (s *service) lookUp(ctx context.Context, title string) error {
	span, _ := opentracing.StartSpanFromContext(ctx, "look up", opentracing.Tag{Key: "title", Value: title})
	defer span.Finish()
	ext.DBType.Set(span, "sql")
	ext.SpanKindRPCClient.Set(span)
	span.SetTag("rows", 1).SetTag("ratio", 0.5).SetTag("cached", false)
	span.LogFields(otlog.String("event", "row"), otlog.Int("shelf", 3))
	if title == "missing" {
		err := errors.New("no such title")
		ext.Error.Set(span, true)
		span.LogFields(otlog.Error(err))
		return err
	}
	return nil
}
