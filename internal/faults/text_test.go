// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// Whatever text is invalid, in a span of either API, all spans arrive, and all other
// texts are what they were.
func TestInvalidTexts(t *testing.T) {
	const bad = "caf\xe9"
	cut := "検索"[:4]
	otel := func(use func(trace.Span)) func(*compat.Tracer) {
		return func(tracer *compat.Tracer) {
			_, span := tracer.TracerProvider().Tracer("t").Start(context.Background(), "bad")
			use(span)
			span.End()
		}
	}
	legacy := func(use func(opentracing.Span)) func(*compat.Tracer) {
		return func(tracer *compat.Tracer) {
			span := tracer.StartSpan("bad")
			use(span)
			span.Finish()
		}
	}
	link := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})
	tests := []struct {
		explanation string
		work        func(*compat.Tracer)
		resource    bool
		mended      int // texts
	}{
		{"an attribute", otel(func(s trace.Span) { s.SetAttributes(attribute.String("user", bad)) }), false, 1},
		{"a text cut in the middle of a character", otel(func(s trace.Span) { s.SetAttributes(attribute.String("user", cut)) }), false, 1},
		{"a list", otel(func(s trace.Span) { s.SetAttributes(attribute.StringSlice("users", []string{"ok", bad, bad})) }), false, 2},
		{"a list of lists and maps", otel(func(s trace.Span) {
			s.SetAttributes(attribute.Slice("users", attribute.SliceValue(attribute.StringValue(bad)), attribute.MapValue(attribute.String(bad, bad))))
		}), false, 3},
		{"a key", otel(func(s trace.Span) { s.SetAttributes(attribute.String(bad, "ok")) }), false, 1},
		{"an error", otel(func(s trace.Span) { s.RecordError(errors.New(bad)) }), false, 1},
		{"a status", otel(func(s trace.Span) { s.SetStatus(codes.Error, bad) }), false, 1},
		{"a name", otel(func(s trace.Span) { s.SetName(bad) }), false, 1},
		{"an event", otel(func(s trace.Span) { s.AddEvent(bad, trace.WithAttributes(attribute.String("k", bad))) }), false, 2},
		{"a link", otel(func(s trace.Span) {
			s.AddLink(trace.Link{SpanContext: link, Attributes: []attribute.KeyValue{attribute.String("k", bad)}})
		}), false, 1},
		{"a scope", func(tracer *compat.Tracer) {
			_, span := tracer.TracerProvider().Tracer(bad, trace.WithInstrumentationVersion(bad), trace.WithInstrumentationAttributes(attribute.String("k", bad))).Start(context.Background(), "bad")
			span.End()
		}, false, 3},
		{"the resource", otel(func(trace.Span) {}), true, 1},
		{"a panic", func(tracer *compat.Tracer) {
			defer func() { _ = recover() }()
			_, span := tracer.TracerProvider().Tracer("t").Start(context.Background(), "bad")
			defer span.End()
			panic(bad)
		}, false, 1},
		{"a tag", legacy(func(s opentracing.Span) { s.SetTag("user", bad) }), false, 1},
		{"a tag that is a list", legacy(func(s opentracing.Span) { s.SetTag("users", []string{"ok", bad}) }), false, 1},
		{"a tag's key", legacy(func(s opentracing.Span) { s.SetTag(bad, "ok") }), false, 1},
		{"an operation", legacy(func(s opentracing.Span) { s.SetOperationName(bad) }), false, 1},
		{"a log", legacy(func(s opentracing.Span) {
			s.LogFields(log.String("event", bad), log.String("k", bad), log.Error(errors.New(bad)))
		}), false, 3},
	}
	for _, tt := range tests {
		for _, protocol := range []string{otlp.ProtocolHTTP, otlp.ProtocolGRPC, otlp.ProtocolJSON} {
			t.Run(tt.explanation+"/"+protocol, func(t *testing.T) {
				r := newReceiver(t)
				if protocol == otlp.ProtocolGRPC {
					r.serveGRPC(t)
				} else {
					r.serveHTTP(t, false)
				}
				config := &exporters.Config{
					Exporter: "otlp", ServiceName: "shop", Quiet: true,
					OTLP: func(ctx context.Context) (sdktrace.SpanExporter, error) {
						return otlp.New(ctx, &otlp.Options{Protocol: protocol, Endpoint: r.url})
					},
				}
				if tt.resource {
					config.Resource = []resource.Option{resource.WithAttributes(attribute.String("host", bad))}
				}
				provider, err := exporters.NewProvider(context.Background(), config)
				if err != nil {
					t.Fatal(err)
				}
				tracer := compat.NewTracer(provider, nil)
				tracer.StartSpan("before").SetTag("user", "caf\u00e9").Finish()
				tt.work(tracer)
				tracer.StartSpan("after").Finish()
				if err := tracer.Close(); err != nil {
					t.Fatal(err)
				}
				if r.count() != 3 {
					t.Fatalf("%d of 3 spans arrived", r.count())
				}
				text := r.text()
				if got := strings.Count(text, "\ufffd"); got != tt.mended {
					t.Errorf("%d texts were mended, want %d:\n%s", got, tt.mended, text)
				}
				if diff := cmp.Diff(1, strings.Count(text, "caf\u00e9")); diff != "" {
					t.Errorf("a valid text was changed:\n%s", text)
				}
			})
		}
	}
}
