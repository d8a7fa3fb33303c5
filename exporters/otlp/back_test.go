// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// busy is a collector over gRPC that is unavailable at first.
type busy struct {
	collector.UnimplementedTraceServiceServer
	until, calls atomic.Int64
}

func (b *busy) Export(context.Context, *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	if b.calls.Add(1) <= b.until.Load() {
		return nil, status.Error(codes.Unavailable, "data refused due to high memory usage")
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func (b *busy) serve(t *testing.T, address string) string {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, b)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() { server.Stop(); <-done })
	return listener.Addr().String()
}

// hurried is a context as that of a batch that somebody waits for.
func hurried() context.Context {
	hurry := make(chan struct{})
	close(hurry)
	return delivery.WithHints(context.Background(), delivery.Hints{Hurry: hurry})
}

func newGRPC(t *testing.T, address string) func() error {
	t.Helper()
	cleanEnvironment(t, nil)
	exporter, err := otlp.New(context.Background(), &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exporter.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown = %v", err)
		}
	})
	spans := tracetest.SpanStubs{{Name: "op"}}.Snapshots()
	return func() error { return exporter.ExportSpans(hurried(), spans) }
}

// Unavailable is what a server answers, and what gRPC says where there is none. The
// server is tried again although somebody waits.
func TestAnswerOfUnavailable(t *testing.T) {
	b := &busy{}
	b.until.Store(2) // where nobody answers, there is one more try only
	if err := newGRPC(t, b.serve(t, "127.0.0.1:0"))(); err != nil {
		t.Errorf("ExportSpans = %v after %d calls", err, b.calls.Load())
	}
}

// An endpoint of gRPC that is back gets the next batch, and one that isn't costs little.
func TestEndpointIsBack(t *testing.T) {
	address := deadAddress(t)
	export := newGRPC(t, address)
	begin := time.Now()
	err := export() // gRPC waits for a second then before it looks again
	if outcome := delivery.Of(err); outcome.Outcome != delivery.Unanswered {
		t.Fatalf("ExportSpans = %v, outcome %d", err, outcome.Outcome)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("a dead endpoint took %v", took)
	}
	(&busy{}).serve(t, address)
	if err := export(); err != nil {
		t.Errorf("ExportSpans = %v, want it delivered", err)
	}
}

// A connection that breaks once costs no batch, although somebody waits.
func TestConnectionBreaksOnce(t *testing.T) {
	cleanEnvironment(t, nil)
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	exporter, err := otlp.New(context.Background(), &otlp.Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = exporter.Shutdown(context.Background()) }()
	if err := exporter.ExportSpans(hurried(), tracetest.SpanStubs{{Name: "op"}}.Snapshots()); err != nil || requests.Load() != 2 {
		t.Errorf("ExportSpans = %v after %d requests", err, requests.Load())
	}
}
