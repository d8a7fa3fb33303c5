// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// Not every 200 is a collector's that has taken the spans.
func TestSuccessOfAnotherServer(t *testing.T) {
	cleanEnvironment(t, nil)
	const page = `traces export: 200 OK with the content type "text/html; charset=utf-8", which is not one of OTLP: check that the endpoint is the URL of a collector`
	const word = `traces export: 200 OK with the content type "text/plain", which is not one of OTLP: check that the endpoint is the URL of a collector`
	tests := []struct {
		explanation, contentType, body string
		outcome                        delivery.Outcome
		want                           string
	}{
		{"a page, as of a login", "text/html; charset=utf-8", "<html>", delivery.Refused, page},
		{"a page without anything", "text/html; charset=utf-8", "", delivery.Delivered, ""},
		{"a word: taken, and told", "text/plain", "ok", delivery.Partial, word},
		{"nothing at all", "", "", delivery.Delivered, ""},
		{"JSON, whatever was sent", "application/json; charset=utf-8", "{}", delivery.Delivered, ""},
		{"in other letters", "Application/X-Protobuf", "", delivery.Delivered, ""},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.contentType != "" {
					w.Header().Set("Content-Type", tt.contentType)
				}
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			err := exportOne(t, &otlp.Options{Endpoint: server.URL})
			got := delivery.Of(err)
			if got.Outcome != tt.outcome || got.Rejected != 0 || err != nil && err.Error() != tt.want {
				t.Errorf("outcome %d, %v\nwant %d, %s", got.Outcome, err, tt.outcome, tt.want)
			}
		})
	}
}

// A batch costs no new compressor, which is most of a megabyte.
func TestCompressorIsReused(t *testing.T) {
	cleanEnvironment(t, nil)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer server.Close()
	exporter, err := otlp.New(context.Background(), &otlp.Options{Endpoint: server.URL, Compression: "gzip"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = exporter.Shutdown(context.Background()) }()
	spans := []sdktrace.ReadOnlySpan{tracetest.SpanStub{Name: "op"}.Snapshot()}
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if err := exporter.ExportSpans(context.Background(), spans); err != nil {
				b.Fatal(err)
			}
		}
	})
	if got := result.AllocedBytesPerOp(); got > 400<<10 {
		t.Errorf("a batch allocates %d bytes", got)
	}
}
