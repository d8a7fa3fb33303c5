// SPDX-License-Identifier: Apache-2.0

package mocktracer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/compat/mocktracer"
)

// TestTracing has a handler and a client of compat's middleware in one trace, which goes by
// mocktracer's headers alone.
func TestTracing(t *testing.T) {
	useTracer(t, func(t *testing.T, mock *mocktracer.MockTracer, tracing *compat.Tracing) {
		var headers http.Header
		backend := httptest.NewServer(tracing.TraceAll(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			headers = r.Header
			span, ok := tracing.GetSpan(r).(*mocktracer.MockSpan)
			if !ok {
				t.Errorf("GetSpan returns a %T", tracing.GetSpan(r))
				return
			}
			if opentracing.SpanFromContext(r.Context()) != opentracing.Span(span) {
				t.Error("the request's span is not the active one")
			}
			if got := span.BaggageItem("tenant"); got != "acme" {
				t.Errorf("the item tenant is %q, want acme", got)
			}
		})))
		defer backend.Close()

		root := mock.StartSpan("root").SetBaggageItem("tenant", "acme")
		ctx := opentracing.ContextWithSpan(context.Background(), root)
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, backend.URL+"/path", nil)
		client := &http.Client{Transport: tracing.Transport(nil)}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		client.CloseIdleConnections()
		root.Finish()
		backend.Close()

		want := []string{"Accept-Encoding", "Mockpfx-Baggage-Tenant", "Mockpfx-Ids-Sampled", "Mockpfx-Ids-Spanid", "Mockpfx-Ids-Traceid", "User-Agent"}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(headers))); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
		spans := mock.FinishedSpans()
		if len(spans) != 3 {
			t.Fatalf("%d spans have finished, want 3: %v", len(spans), spans)
		}
		server, client2, parent := spans[0], spans[1], spans[2]
		if server.ParentID != client2.SpanContext.SpanID || client2.ParentID != parent.SpanContext.SpanID {
			t.Errorf("the spans aren't a chain: %v", spans)
		}
		tags := server.Tags()
		delete(tags, "http.url")
		wantTags := map[string]any{"component": "net/http", "http.method": "GET", "http.status_code": uint16(200), "span.kind": ext.SpanKindRPCServerEnum}
		if diff := cmp.Diff(wantTags, tags); diff != "" {
			t.Errorf("the server's tags (-want +got):\n%s", diff)
		}
	})
}

// TestTracingInject makes sure that Inject writes mocktracer's headers and no more.
func TestTracingInject(t *testing.T) {
	useTracer(t, func(t *testing.T, mock *mocktracer.MockTracer, tracing *compat.Tracing) {
		span := mock.StartSpan("span").(*mocktracer.MockSpan)
		header := http.Header{}
		if err := tracing.Inject(opentracing.ContextWithSpan(context.Background(), span), header); err != nil {
			t.Fatal(err)
		}
		want := http.Header{}
		if err := mock.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(want)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, header); diff != "" || len(want) != 3 {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
	})
}

// TestStartSpanFromContext has compat's function start spans of the global MockTracer, which
// keep the types of their tags.
func TestStartSpanFromContext(t *testing.T) {
	mock := install(t)
	native := mock.TracerProvider().Tracer("native")
	root, ctx := compat.StartSpanFromContext(context.Background(), "root", opentracing.Tags{"small": uint8(1)})
	if _, ok := root.(*mocktracer.MockSpan); !ok {
		t.Fatalf("StartSpanFromContext returns a %T", root)
	}
	if got := opentracing.SpanFromContext(ctx); got != root {
		t.Errorf("active is %v, want %v", got, root)
	}
	nativeContext, middle := native.Start(ctx, "native")
	if got := opentracing.SpanFromContext(nativeContext); got != opentracing.Span(mocktracer.SpanOf(middle)) {
		t.Errorf("a native span is %v of %T to OpenTracing code", got, got)
	}
	leaf, _ := compat.StartSpanFromContext(nativeContext, "leaf")
	other, _ := opentracing.StartSpanFromContext(nativeContext, "other")
	for _, span := range []opentracing.Span{leaf, other} {
		span.Finish()
	}
	middle.End()
	root.Finish()
	spans := finished(t, mock)
	if got := spans["root"].Tag("small"); got != uint8(1) {
		t.Errorf("the tag is %v of %T, want a uint8", got, got)
	}
	for _, name := range []string{"leaf", "other"} {
		if spans[name].ParentID != spans["native"].SpanContext.SpanID {
			t.Errorf("%v is not a child of %v", spans[name], spans["native"])
		}
	}
}

// TestBorder has a span of a MockTracer go from one API to the other and back.
func TestBorder(t *testing.T) {
	useTracer(t, func(t *testing.T, mock *mocktracer.MockTracer, _ *compat.Tracing) {
		span := mock.StartSpan("legacy").(*mocktracer.MockSpan)
		native := compat.OTelSpan(span)
		if native.SpanContext().SpanID() == (trace.SpanID{}) {
			t.Fatal("the native span has no ID")
		}
		if _, ok := native.(sdktrace.ReadOnlySpan); !ok {
			t.Errorf("the native span is a %T, and not the SDK's", native)
		}
		native.SetAttributes(attribute.Int("n", 1))
		native.SetName("renamed")
		span.SetTag("wide", uint32(7))
		for what, got := range map[string]any{
			"OpenTracingSpan":                              compat.OpenTracingSpan(native),
			"SpanOf":                                       mocktracer.SpanOf(native),
			"SpanFromContext":                              compat.SpanFromContext(trace.ContextWithSpan(context.Background(), native)),
			"SpanFromContext of an active span":            compat.SpanFromContext(opentracing.ContextWithSpan(context.Background(), span)),
			"opentracing.SpanFromContext":                  opentracing.SpanFromContext(opentracing.ContextWithSpan(context.Background(), span)),
			"SpanFromContext with ContextWithSpanContext":  compat.SpanFromContext(compat.ContextWithSpanContext(context.Background(), span.Context())),
			"SpanOf with ContextWithSpanContext":           mocktracer.SpanOf(trace.SpanFromContext(compat.ContextWithSpanContext(context.Background(), span.Context()))),
			"OpenTracingSpan of an active span by its own": compat.OpenTracingSpan(trace.SpanFromContext(opentracing.ContextWithSpan(context.Background(), span))),
		} {
			if got != any(span) {
				t.Errorf("%s returns another span: %v of %T", what, got, got)
			}
		}
		if attributes := native.(sdktrace.ReadOnlySpan).Attributes(); len(attributes) != 2 {
			t.Errorf("the native span has the attributes %v, want those of both APIs", attributes)
		}
		span.Finish()
		if span.OperationName != "renamed" || span.Tag("n") != 1 || span.Tag("wide") != uint32(7) {
			t.Errorf("%v has the tags %v", span, span.Tags())
		}
		sc, ok := compat.OTelSpanContext(span.Context())
		if !ok || !sc.Equal(native.SpanContext()) {
			t.Errorf("OTelSpanContext returns %v, want %v", sc, native.SpanContext())
		}
	})
}

// TestLogHandler has the IDs of a MockTracer's spans, of both APIs, in logs.
func TestLogHandler(t *testing.T) {
	useTracer(t, func(t *testing.T, mock *mocktracer.MockTracer, _ *compat.Tracing) {
		span := mock.StartSpan("legacy")
		ctx := opentracing.ContextWithSpan(context.Background(), span)
		nativeContext, native := mock.TracerProvider().Tracer("native").Start(ctx, "native")
		for _, c := range []struct {
			ctx  context.Context
			span trace.Span
		}{{ctx, compat.OTelSpan(span)}, {nativeContext, native}} {
			var written bytes.Buffer
			slog.New(compat.NewLogHandler(slog.NewJSONHandler(&written, nil), nil)).InfoContext(c.ctx, "hello")
			var line map[string]any
			if err := json.Unmarshal(written.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			sc := c.span.SpanContext()
			if line["trace_id"] != sc.TraceID().String() || line["span_id"] != sc.SpanID().String() {
				t.Errorf("the line %s lacks the IDs of %v", written.String(), sc)
			}
		}
	})
}
