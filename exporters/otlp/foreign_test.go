// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

// What OpenTelemetry's own exporters say is understood too, though the types of
// their errors can't be imported: Batch is for any exporter.
func TestOutcomesOfOpenTelemetrysExporters(t *testing.T) {
	cleanEnvironment(t, nil)
	answer := func(status int, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-protobuf")
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}
	}
	partial, err := proto.Marshal(&collector.ExportTraceServiceResponse{PartialSuccess: &collector.ExportTracePartialSuccess{RejectedSpans: 3, ErrorMessage: "m"}})
	if err != nil {
		t.Fatal(err)
	}
	overHTTP := func(handler http.HandlerFunc) sdktrace.SpanExporter {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(server.URL), otlptracehttp.WithRetry(
			otlptracehttp.RetryConfig{Enabled: true, InitialInterval: time.Millisecond, MaxInterval: time.Millisecond, MaxElapsedTime: 5 * time.Millisecond}))
		if err != nil {
			t.Fatal(err)
		}
		return exporter
	}
	overGRPC := func(endpoint string) sdktrace.SpanExporter {
		exporter, err := otlptracegrpc.New(context.Background(), otlptracegrpc.WithEndpoint(endpoint), otlptracegrpc.WithInsecure(),
			otlptracegrpc.WithTimeout(200*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		return exporter
	}
	serve := func(r *receiver) string { return r.serveGRPC(t, "tcp", "127.0.0.1:0") }
	tests := []struct {
		explanation string
		exporter    sdktrace.SpanExporter
		want        delivery.Outcome
		rejected    int64
	}{
		{"HTTP 200", overHTTP(answer(200, nil)), delivery.Delivered, 0},
		{"HTTP, in part", overHTTP(answer(200, partial)), delivery.Partial, 3},
		{"HTTP 400", overHTTP(answer(400, nil)), delivery.Refused, 0},
		{"HTTP 503", overHTTP(answer(503, nil)), delivery.Later, 0},
		{"HTTP, nobody there", mustHTTP(t, "http://"+deadAddress(t)), delivery.Unanswered, 0},
		{"gRPC", overGRPC(serve(&receiver{})), delivery.Delivered, 0},
		{"gRPC, in part", overGRPC(serve(&receiver{partial: "m"})), delivery.Partial, 1},
		{"gRPC, refused", overGRPC(serve(&receiver{refuse: status.Error(codes.Unauthenticated, "no")})), delivery.Refused, 0},
		{"gRPC, busy", overGRPC(serve(&receiver{refuse: status.Error(codes.Aborted, "no")})), delivery.Later, 0},
		{"gRPC, nobody there", overGRPC(deadAddress(t)), delivery.Unanswered, 0},
	}
	for _, tt := range tests {
		err := tt.exporter.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{tracetest.SpanStub{Name: "op"}.Snapshot()})
		if got := delivery.Of(err); got.Outcome != tt.want || got.Rejected != tt.rejected {
			t.Errorf("%s: %v is %d with %d rejected, want %d with %d", tt.explanation, err, got.Outcome, got.Rejected, tt.want, tt.rejected)
		}
		_ = tt.exporter.Shutdown(context.Background())
	}
}

func mustHTTP(t *testing.T, url string) sdktrace.SpanExporter {
	t.Helper()
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(url))
	if err != nil {
		t.Fatal(err)
	}
	return exporter
}
