// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// The JSON is that of OpenTelemetry's own exporter.
func TestJSONIsOpenTelemetrys(t *testing.T) {
	cleanEnvironment(t, nil)
	var bodies []any
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var body any
		if err := json.Unmarshal(content, &body); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, body)
	}))
	defer server.Close()

	context1 := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 0xab}, SpanID: trace.SpanID{2, 0xcd}, TraceFlags: trace.FlagsSampled})
	attributes := []attribute.KeyValue{
		attribute.String("s", "<é\u2028>"), attribute.Int("i", 1<<60), attribute.Float64("f", 1.5), attribute.Bool("b", true),
		attribute.StringSlice("list", []string{"a", ""}), attribute.ByteSlice("bytes", []byte{0xff}),
	}
	span := tracetest.SpanStub{
		Name: "op", SpanContext: context1, Parent: context1, SpanKind: trace.SpanKindClient,
		StartTime: time.Unix(1, 2), EndTime: time.Unix(3, 4), Attributes: attributes,
		Events: []sdktrace.Event{{Name: "e", Time: time.Unix(2, 0), Attributes: attributes}},
		Links:  []sdktrace.Link{{SpanContext: context1, Attributes: attributes}},
		Status: sdktrace.Status{Code: codes.Error, Description: "no"}, DroppedEvents: 3,
		Resource:             resource.NewWithAttributes("https://example.com", attributes...),
		InstrumentationScope: instrumentation.Scope{Name: "scope", Version: "1"},
	}.Snapshot()
	for _, options := range []*otlp.Options{{}, {HTTP: []otlptracehttp.Option{otlptracehttp.WithTimeout(time.Minute)}}} {
		options.Protocol, options.Endpoint = otlp.ProtocolJSON, server.URL
		exporter, err := otlp.New(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		if err := exporter.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{span}); err != nil {
			t.Error(err)
		}
		if err := exporter.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if len(bodies) != 2 {
		t.Fatalf("%d requests", len(bodies))
	}
	if diff := cmp.Diff(bodies[1], bodies[0]); diff != "" {
		t.Errorf("the JSON differs (-OpenTelemetry's +ours):\n%s", diff)
	}
}
