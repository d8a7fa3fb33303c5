// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// headerTracer speaks a format: what it injects is what it extracted last, else headers.
type headerTracer struct {
	*mocktracer.MockTracer
	headers     map[string]string
	onlyHeaders bool // not opentracing.TextMap
}

type headerContext struct {
	mocktracer.MockSpanContext
	headers map[string]string
}

type headerSpan struct {
	opentracing.Span
	headers map[string]string
}

func (s headerSpan) Context() opentracing.SpanContext {
	return &headerContext{headers: s.headers}
}

func (t *headerTracer) StartSpan(name string, _ ...opentracing.StartSpanOption) opentracing.Span {
	return headerSpan{t.MockTracer.StartSpan(name), t.headers}
}

func (t *headerTracer) Inject(sc opentracing.SpanContext, format, carrier any) error {
	if t.onlyHeaders && format != opentracing.HTTPHeaders {
		return opentracing.ErrUnsupportedFormat
	}
	for key, value := range sc.(*headerContext).headers {
		carrier.(opentracing.TextMapWriter).Set(key, value)
	}
	return nil
}

func (t *headerTracer) Extract(format, carrier any) (opentracing.SpanContext, error) {
	if t.onlyHeaders && format != opentracing.HTTPHeaders {
		return nil, opentracing.ErrUnsupportedFormat
	}
	found := map[string]string{}
	err := carrier.(opentracing.TextMapReader).ForeachKey(func(key, value string) error {
		if _, mine := t.headers[key]; mine {
			found[key] = value
		}
		return nil
	})
	if len(found) == 0 {
		err = errors.Join(err, opentracing.ErrSpanContextNotFound)
	}
	return &headerContext{headers: found}, err
}

func TestProviderOfIdentity(t *testing.T) {
	const (
		wide   = "0af7651916cd43dd8448eb211c80319c"
		narrow = "00000000000000008448eb211c80319c"
		span   = "b7ad6b7169203331"
	)
	for _, tc := range []struct {
		explanation string
		headers     map[string]string
		traceID     string // none: invalid; "replaced": one that stands for the tracer's
		spanID      string
		sampled     bool
	}{
		{"Jaeger", map[string]string{"uber-trace-id": wide + ":" + span + ":0:1"}, wide, span, true},
		{"Jaeger, 64 bits without leading zeros", map[string]string{"Uber-Trace-Id": "8448eb211c80319c:31:0:0"}, narrow, "0000000000000031", false},
		{"Jaeger, encoded", map[string]string{"uber-trace-id": wide + "%3A" + span + "%3A0%3A3"}, wide, span, true},
		{"B3", map[string]string{"X-B3-TraceId": wide, "X-B3-SpanId": span, "X-B3-Sampled": "1"}, wide, span, true},
		{"B3 with the debug flag", map[string]string{"x-b3-traceid": "8448eb211c80319c", "x-b3-spanid": span, "x-b3-flags": "1"}, narrow, span, true},
		{"B3 in one header", map[string]string{"b3": wide + "-" + span + "-1"}, wide, span, true},
		{"OT", map[string]string{"ot-tracer-traceid": "8448eb211c80319c", "ot-tracer-spanid": span, "ot-tracer-sampled": "true"}, narrow, span, true},
		{"Datadog", map[string]string{"x-datadog-trace-id": "9532127138774266268", "x-datadog-parent-id": "13235353014750950193", "x-datadog-sampling-priority": "1"}, narrow, span, true},
		{"mocktracer", map[string]string{"mockpfx-ids-traceid": "49", "mockpfx-ids-spanid": "50", "mockpfx-ids-sampled": "false"}, "00000000000000000000000000000031", "0000000000000032", false},
		{"W3C", map[string]string{"traceparent": "00-" + wide + "-" + span + "-01"}, wide, span, true},
		{"an unknown format", map[string]string{"x-own": wide}, "replaced", "", false},
		{"nothing", nil, "replaced", "", false},
		{"zeros", map[string]string{"uber-trace-id": "0:0:0:1", "b3": "0"}, "", "", false},
		{"not digits", map[string]string{"uber-trace-id": "x:y:z:1", "x-b3-traceid": "?", "x-b3-spanid": "1", "b3": "1-?", "mockpfx-ids-traceid": "-1", "mockpfx-ids-spanid": "1"}, "", "", false},
		{"too long", map[string]string{"uber-trace-id": wide + "00:" + span + ":0:1", "b3": wide + "-" + span + "00"}, "", "", false},
	} {
		for _, onlyHeaders := range []bool{false, true} {
			tracer := &headerTracer{mocktracer.New(), tc.headers, onlyHeaders}
			_, s := compat.ProviderOf(tracer).Tracer("").Start(context.Background(), "s")
			sc := s.SpanContext()
			if tc.traceID == "" {
				if sc.IsValid() {
					t.Errorf("%s: %v, want an invalid one", tc.explanation, sc)
				}
				continue
			}
			if tc.traceID == "replaced" {
				if !sc.IsValid() || sc.IsRemote() || !s.SpanContext().Equal(sc) {
					t.Errorf("%s: %v, want a valid one that stays", tc.explanation, sc)
				}
				continue
			}
			if sc.TraceID().String() != tc.traceID || sc.SpanID().String() != tc.spanID || sc.IsSampled() != tc.sampled || sc.IsRemote() {
				t.Errorf("%s: %s:%s, sampled %t, remote %t", tc.explanation, sc.TraceID(), sc.SpanID(), sc.IsSampled(), sc.IsRemote())
			}
			if again := s.SpanContext(); !again.Equal(sc) {
				t.Errorf("%s: asked again, it is %v", tc.explanation, again)
			}
		}
	}
}

// TestPropagatorOfFormats has a propagator read what another one of OpenTelemetry has put
// into a context, and write it.
func TestPropagatorOfFormats(t *testing.T) {
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{8: 1, 15: 2}, SpanID: trace.SpanID{7: 3}, TraceFlags: trace.FlagsSampled, Remote: true})
	for _, headers := range [][]string{
		{"uber-trace-id"}, {"x-b3-sampled", "x-b3-spanid", "x-b3-traceid"}, {"b3"}, {"ot-tracer-sampled", "ot-tracer-spanid", "ot-tracer-traceid"},
		{"x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-trace-id"}, {"mockpfx-ids-sampled", "mockpfx-ids-spanid", "mockpfx-ids-traceid"}, {"traceparent"},
	} {
		for _, onlyHeaders := range []bool{false, true} {
			speaks := map[string]string{}
			for _, key := range headers {
				speaks[key] = ""
			}
			propagator := compat.PropagatorOf(&headerTracer{mocktracer.New(), speaks, onlyHeaders})
			if diff := cmp.Diff(headers, propagator.Fields()); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			carrier := propagation.MapCarrier{}
			propagator.Inject(trace.ContextWithSpanContext(context.Background(), sc), carrier)
			if diff := cmp.Diff(headers, slices.Sorted(maps.Keys(carrier))); diff != "" {
				t.Errorf("injected (-want +got):\n%s", diff)
				continue
			}
			got := trace.SpanContextFromContext(propagator.Extract(context.Background(), carrier))
			if !got.Equal(sc) {
				t.Errorf("%v: extracted %v, want %v", headers, got, sc)
			}
		}
	}
}

func TestPropagatorOfRoundTrip(t *testing.T) {
	mock, tracer := mocked()
	propagator := compat.PropagatorOf(mock)
	ctx, s := tracer.Start(context.Background(), "client")
	opentracing.SpanFromContext(ctx).SetBaggageItem("tenant", "a b")
	member, _ := baggage.NewMemberRaw("region", "eu")
	bag, _ := baggage.FromContext(ctx).SetMember(member)
	header := propagation.HeaderCarrier{}
	propagator.Inject(baggage.ContextWithBaggage(ctx, bag), header)
	if got := opentracing.SpanFromContext(ctx).BaggageItem("region"); got != "" {
		t.Errorf("the active span got the item region = %q of another context", got)
	}
	serverCtx := propagator.Extract(context.Background(), header)
	if got := baggage.FromContext(serverCtx); got.Member("tenant").Value() != "a b" || got.Member("region").Value() != "eu" {
		t.Errorf("extracted baggage %v", got)
	}
	if sc := trace.SpanContextFromContext(serverCtx); !sc.IsRemote() || sc.SpanID() != s.SpanContext().SpanID() {
		t.Errorf("extracted %v", sc)
	}
	if trace.SpanFromContext(serverCtx).IsRecording() {
		t.Error("the span of another process is recording")
	}
	// It is forwarded as it is, and continued.
	forwarded := propagation.HeaderCarrier{}
	propagator.Inject(serverCtx, forwarded)
	if diff := cmp.Diff(header, forwarded); diff != "" {
		t.Errorf("forwarded (-want +got):\n%s", diff)
	}
	_, server := tracer.Start(serverCtx, "server")
	server.End()
	s.End()
	spans := finished(mock)
	if got := spans["server"]; got.ParentID != spans["client"].SpanContext.SpanID || got.BaggageItem("region") != "eu" {
		t.Errorf("server: parent %d, baggage %v", got.ParentID, got.SpanContext.Baggage)
	}
	// Nothing active is nothing sent.
	empty := propagation.MapCarrier{}
	propagator.Inject(context.Background(), empty)
	if len(empty) != 0 {
		t.Errorf("injected %v without a span", empty)
	}
}
