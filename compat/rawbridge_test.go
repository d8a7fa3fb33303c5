// SPDX-License-Identifier: Apache-2.0

//go:build !nobridge

package compat

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// contextOnly is a span whose tracer knows no hook, and whose context does.
type contextOnly struct {
	opentracing.Span
	of opentracing.SpanContext
}

func (c contextOnly) Context() opentracing.SpanContext { return c.of }

func TestBordersOfTheRawBridge(t *testing.T) {
	keepGlobals(t)
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
	raw, _ := bridge.NewTracerPair(provider.Tracer("raw"))
	rawSpan := raw.StartSpan("raw")
	if got := OTelSpan(rawSpan); !got.IsRecording() {
		t.Errorf("OTelSpan of the raw bridge's span is %v, want the recording one", got)
	}
	id, _ := OTelSpanContext(rawSpan.Context())
	alone := contextOnly{opentracing.NoopTracer{}.StartSpan(""), rawSpan.Context()}
	if got := OTelSpan(alone).SpanContext(); !got.Equal(id) {
		t.Errorf("OTelSpan by the context alone is %v, want %v", got, id)
	}
}

// TestRawBridgesContext extracts by the raw bridge, and starts a span here.
func TestRawBridgesContext(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	raw := bridge.NewBridgeTracer()
	raw.SetTextMapPropagator(w3c)
	sc, err := raw.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Traceparent": {sampledTraceparent}, "Tracestate": {"vendor=1"}})
	if err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("s", opentracing.ChildOf(sc)).Finish()
	parent := namedSpans(recorder)["s"].Parent()
	if parent.TraceState().String() != "vendor=1" || !parent.IsRemote() {
		t.Errorf("tracestate %q, remote %v, want vendor=1 and true", parent.TraceState(), parent.IsRemote())
	}
}

func TestUnwrapIsTheBridgesSpan(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	s := tracer.StartSpan("s")
	raw := s.(interface{ Unwrap() opentracing.Span }).Unwrap()
	raw.SetTag("by", "bridge")
	s.Finish()
	if got := namedSpans(recorder)["s"].Attributes(); len(got) != 1 || got[0].Key != "by" {
		t.Errorf("attributes %v", got)
	}
}

func TestLogHandlerAddsTheRawBridgesSpan(t *testing.T) {
	raw, _ := bridge.NewTracerPair(sdktrace.NewTracerProvider().Tracer("raw"))
	rawSpan := raw.StartSpan("raw")
	id, _ := OTelSpanContext(rawSpan.Context())
	var out bytes.Buffer
	slog.New(NewLogHandler(slog.NewTextHandler(&out, nil), nil)).InfoContext(opentracing.ContextWithSpan(context.Background(), rawSpan), "order placed")
	if want := "trace_id=" + id.TraceID().String() + " span_id=" + id.SpanID().String(); !strings.Contains(out.String(), want) {
		t.Errorf("logged %q, want %q in it", out.String(), want)
	}
}
