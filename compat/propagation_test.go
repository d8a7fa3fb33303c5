// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

const sampledTraceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestInstallSetsThePropagatorOfItsOptions(t *testing.T) {
	keepGlobals(t)
	otel.SetTextMapPropagator(w3c) // the one that is global at first keeps to the first that is set
	Install(sdktrace.NewTracerProvider(), &Options{TextMap: propagation.Baggage{}})
	carrier := propagation.MapCarrier{}
	tracer := opentracing.GlobalTracer().(*Tracer)
	span := tracer.StartSpan("s").SetBaggageItem("k", "v")
	if err := tracer.Inject(span.Context(), opentracing.HTTPHeaders, carrier); err != nil || len(carrier) != 1 || carrier["baggage"] != "k=v" {
		t.Errorf("HTTPHeaders without a propagator of its own: %v, %v, want what TextMap's writes", carrier, err)
	}
	if got := otel.GetTextMapPropagator().Fields(); len(got) != 1 {
		t.Errorf("fields of the global propagator: %v, want baggage alone", got)
	}
	fields := opentracing.TextMapCarrier{}
	if err := tracer.Inject(span.Context(), opentracing.TextMap, fields); err != nil || len(fields) != 1 {
		t.Errorf("TextMap: %v, %v", fields, err)
	}
}

func TestInstallPropagatesByHeaders(t *testing.T) {
	keepGlobals(t)
	otel.SetTextMapPropagator(w3c)
	Install(sdktrace.NewTracerProvider(), &Options{TextMap: propagation.Baggage{}, HTTPHeaders: propagation.TraceContext{}})
	if got := otel.GetTextMapPropagator().Fields(); len(got) != 2 {
		t.Errorf("fields of the global propagator: %v, want those of HTTPHeaders", got)
	}
}

func TestHTTPHeadersIsAsTextMap(t *testing.T) {
	tracer, _ := newRecorded(t, &Options{TextMap: debugPropagator{}})
	if _, err := tracer.Extract(opentracing.HTTPHeaders, http.Header{"Debug": {"1"}}); err != nil {
		t.Errorf("extract by the propagator for TextMap: %v", err)
	}
}

type debugKey struct{}

// debugPropagator carries a mark in the context beside the span context, as
// Jaeger's and B3's propagators do, and a sampled context without IDs.
type debugPropagator struct{}

func (debugPropagator) Fields() []string { return []string{"debug"} }

func (debugPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	if mark, ok := ctx.Value(debugKey{}).(string); ok {
		carrier.Set("debug", mark)
	}
}

func (debugPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = context.WithValue(ctx, debugKey{}, carrier.Get("debug"))
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}))
}

// debugSampler notes what it is given.
type debugSampler struct {
	mark    any
	sampled bool
}

func (s *debugSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	s.mark = p.ParentContext.Value(debugKey{})
	s.sampled = trace.SpanContextFromContext(p.ParentContext).IsSampled()
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}
func (*debugSampler) Description() string { return "debug" }

func TestExtractedContextReachesSamplersAndPropagators(t *testing.T) {
	sampler := &debugSampler{}
	tracer := NewTracer(sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler)), &Options{TextMap: debugPropagator{}})
	sc, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"debug": "1"})
	if err != nil {
		t.Fatalf("extract a context that is sampled and has no IDs: %v", err)
	}
	tracer.StartSpan("s", opentracing.ChildOf(sc))
	if sampler.mark != "1" || !sampler.sampled {
		t.Errorf("the sampler sees %+v, want the mark and a sampled parent", sampler)
	}
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(sc, opentracing.TextMap, carrier); err != nil || carrier["debug"] != "1" {
		t.Errorf("injected: %v, %v, want the mark", carrier, err)
	}
	if _, ok := OTelSpanContext(sc); ok {
		t.Error("an OTelSpanContext of a context without IDs")
	}
}

// otherCarrier is a carrier of OpenTelemetry's that this package doesn't know.
type otherCarrier struct{ propagation.MapCarrier }

func TestCarriers(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	for _, carrier := range []any{map[string]string{}, propagation.MapCarrier{}, otherCarrier{propagation.MapCarrier{}}} {
		if err := tracer.Inject(span.Context(), opentracing.TextMap, carrier); err != nil {
			t.Errorf("inject into %T: %v", carrier, err)
		}
		if sc, err := tracer.Extract(opentracing.TextMap, carrier); err != nil {
			t.Errorf("extract from %T: %v", carrier, err)
		} else if id, _ := OTelSpanContext(sc); id.SpanID() != OTelSpan(span).SpanContext().SpanID() {
			t.Errorf("extract from %T: %v", carrier, id)
		}
	}
	for _, carrier := range []any{map[string]string{"TraceParent": sampledTraceparent}, propagation.MapCarrier{"TraceParent": sampledTraceparent}} {
		if _, err := tracer.Extract(opentracing.TextMap, carrier); err != nil {
			t.Errorf("extract from %T with a key in another case: %v", carrier, err)
		}
	}
	for _, carrier := range []any{(*bytes.Buffer)(nil), nil, 7} {
		if err := tracer.Inject(span.Context(), opentracing.Binary, carrier); err != opentracing.ErrInvalidCarrier {
			t.Errorf("inject binary into %T: %v", carrier, err)
		}
		if _, err := tracer.Extract(opentracing.Binary, carrier); err != opentracing.ErrInvalidCarrier {
			t.Errorf("extract binary from %T: %v", carrier, err)
		}
	}
}

func TestBinaryIsTheSameEachTime(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	span := tracer.StartSpan("s").SetBaggageItem("k", "v")
	var first []byte
	for range 200 {
		var wire bytes.Buffer
		if err := tracer.Inject(span.Context(), opentracing.Binary, &wire); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = wire.Bytes()
		}
		if !bytes.Equal(wire.Bytes(), first) {
			t.Fatalf("%q, then %q", first, wire.Bytes())
		}
	}
	for explanation, wire := range map[string]string{
		"another format":         "x\x01" + string(first[2:]),
		"a key over the limit":   "o\x01\x01\x81\x80\x01",
		"more fields than limit": "o\x01\x81\x01",
	} {
		// What the lengths promise is there: nothing but the check can refuse it.
		data := append([]byte(wire), make([]byte, 1<<16)...)
		if _, err := tracer.Extract(opentracing.Binary, bytes.NewReader(data)); !errors.Is(err, opentracing.ErrSpanContextCorrupted) {
			t.Errorf("%s: %v, want ErrSpanContextCorrupted", explanation, err)
		}
	}
}

// stoppable counts the calls of a provider.
type stoppable struct {
	*sdktrace.TracerProvider
	flushed, stopped int
}

func (s *stoppable) ForceFlush(context.Context) error { s.flushed++; return nil }
func (s *stoppable) Shutdown(context.Context) error   { s.stopped++; return nil }

func TestProviderPassesFlushAndShutdownOn(t *testing.T) {
	stopped := &stoppable{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(tracetest.NewSpanRecorder()))}
	tracer := NewTracer(stopped, nil)
	wrapped := tracer.TracerProvider().(interface {
		ForceFlush(context.Context) error
		Shutdown(context.Context) error
	})
	if err := errors.Join(wrapped.ForceFlush(t.Context()), wrapped.Shutdown(t.Context())); err != nil {
		t.Error(err)
	}
	if stopped.stopped != 1 {
		t.Errorf("shut down %d times by the provider that OpenTelemetry code has, want once", stopped.stopped)
	}
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	if stopped.flushed != 1 || stopped.stopped != 1 {
		t.Errorf("flushed %d times, shut down %d times, want once", stopped.flushed, stopped.stopped)
	}
	// This provider records after its shutdown, so the tracer has to know.
	if span := tracer.StartSpan("s"); OTelSpan(span).IsRecording() {
		t.Error("a span of a closed tracer records")
	}
	if _, span := tracer.TracerProvider().Tracer("native").Start(t.Context(), "s"); span.IsRecording() {
		t.Error("an OpenTelemetry span of a closed tracer records")
	}
}

// TestCarrierKeysOfSeveralCasesAreFoundAlike: a map has no order.
func TestCarrierKeysOfSeveralCasesAreFoundAlike(t *testing.T) {
	tracer, _ := newRecorded(t, &Options{TextMap: w3c})
	const exact, other = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for name, carrier := range map[string]opentracing.TextMapCarrier{
		"as written":      {"traceparent": exact, "TraceParent": other, "TRACEPARENT": other, "baggage": "a=1", "Baggage": "a=2", "BAGGAGE": "a=3"},
		"none as written": {"TRACEPARENT": exact, "TraceParent": other, "traceParent": other, "BAGGAGE": "a=1", "Baggage": "a=2", "bAGGAGE": "a=3"},
	} {
		for range 20 {
			sc, err := tracer.Extract(opentracing.TextMap, carrier)
			if err != nil {
				t.Fatal(err)
			}
			if got := sc.(*spanContext).TraceID().String(); got != exact[3:35] {
				t.Fatalf("%s: trace %s, want %s", name, got, exact[3:35])
			}
			if got := sc.(*spanContext).baggage().Member("a").Value(); got != "1" {
				t.Fatalf("%s: the item has the value %q, want that of the key as written", name, got)
			}
		}
	}
}

func TestGlobalPropagatorOfNilIsNone(t *testing.T) {
	keepGlobals(t)
	otel.SetTextMapPropagator(nil)
	tracer := Install(sdktrace.NewTracerProvider(), nil)
	carrier := opentracing.TextMapCarrier{}
	if err := tracer.Inject(tracer.StartSpan("s").Context(), opentracing.TextMap, carrier); err != nil || carrier["traceparent"] == "" {
		t.Errorf("injected %v, error %v, want W3C's traceparent", carrier, err)
	}
}

// shy is a propagator that doesn't tell its fields.
type shy struct{ propagation.TextMapPropagator }

func (shy) Fields() []string { return nil }

// TestPropagatorsWithoutFieldsStay guards what somebody chose from W3C's, which is
// for those who chose nothing.
func TestPropagatorsWithoutFieldsStay(t *testing.T) {
	keepGlobals(t)
	for want, chosen := range map[string]propagation.TextMapPropagator{
		"[]":        propagation.NewCompositeTextMapPropagator(), // OTEL_PROPAGATORS=none
		"[baggage]": shy{propagation.Baggage{}},
	} {
		for _, how := range []string{"global", "option"} {
			var opts Options
			if how == "option" {
				opts.TextMap = chosen
				otel.SetTextMapPropagator(w3c)
			} else {
				otel.SetTextMapPropagator(chosen)
			}
			tracer := Install(sdktrace.NewTracerProvider(), &opts)
			span, ctx := opentracing.StartSpanFromContext(context.Background(), "s")
			span.SetBaggageItem("k", "v")
			byTracer, byGlobal := opentracing.TextMapCarrier{}, propagation.MapCarrier{}
			if err := tracer.Inject(span.Context(), opentracing.TextMap, byTracer); err != nil {
				t.Error(err)
			}
			otel.GetTextMapPropagator().Inject(ctx, byGlobal)
			if got := fmt.Sprint(propagation.MapCarrier(byTracer).Keys(), byGlobal.Keys()); got != want+" "+want {
				t.Errorf("%s: the tracer and the global propagator inject %s, want twice %s", how, got, want)
			}
		}
	}
}

// fieldPerItem is a propagator that writes each baggage item as a field, as Jaeger's
// does.
type fieldPerItem struct{ propagation.TraceContext }

func (fieldPerItem) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	for _, member := range baggage.FromContext(ctx).Members() {
		carrier.Set("item-"+member.Key(), member.Value())
	}
}

// TestBinaryWritesWhatItReads guards against a trace that is cut at the receiver,
// without a word at the sender.
func TestBinaryWritesWhatItReads(t *testing.T) {
	for name, c := range map[string]struct {
		propagator    propagation.TextMapPropagator
		items, length int
		wantErr       string
	}{
		"as much as W3C allows":   {w3c, 8, 1000, ""},
		"more than W3C allows":    {w3c, 17, 1000, ""}, // what fits
		"a field that is long":    {fieldPerItem{}, 1, 17000, `field "item-k0" has`},
		"as many as W3C allows":   {fieldPerItem{}, 64, 1, ""},
		"more fields than it has": {fieldPerItem{}, 200, 1, "200 fields"},
	} {
		tracer, _ := newRecorded(t, &Options{TextMap: c.propagator})
		span := tracer.StartSpan("s")
		for i := range c.items {
			span.SetBaggageItem(fmt.Sprint("k", i), strings.Repeat("x", c.length))
		}
		var wire bytes.Buffer
		err := tracer.Inject(span.Context(), opentracing.Binary, &wire)
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) || wire.Len() != 0 {
				t.Errorf("%s: error %v and %d bytes, want %q and none", name, err, wire.Len(), c.wantErr)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := readBinary(&wire); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var errOfPropagator = errors.New("no codec")

// panickingPropagator panics where a propagator must not.
type panickingPropagator struct{ propagation.TraceContext }

func (panickingPropagator) Inject(context.Context, propagation.TextMapCarrier) {
	panic(errOfPropagator)
}
func (panickingPropagator) Extract(context.Context, propagation.TextMapCarrier) context.Context {
	panic(errOfPropagator)
}

func TestPanicOfAPropagatorIsAnError(t *testing.T) {
	tracer, _ := newRecorded(t, &Options{TextMap: panickingPropagator{}})
	sc := tracer.StartSpan("s").Context()
	if err := tracer.Inject(sc, opentracing.TextMap, opentracing.TextMapCarrier{}); !errors.Is(err, errOfPropagator) {
		t.Errorf("inject: %v", err)
	}
	if got, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{}); got != nil || !errors.Is(err, errOfPropagator) {
		t.Errorf("extract: %v, %v", got, err)
	}
}
