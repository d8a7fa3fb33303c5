// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

func TestBaggageOfTheContext(t *testing.T) {
	keepGlobals(t)
	tracer, _ := newRecorded(t, nil)
	opentracing.SetGlobalTracer(tracer)
	remote := w3c.Extract(context.Background(), propagation.MapCarrier{
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "baggage": "tenant=acme",
	})
	if got := SpanFromContext(remote).BaggageItem("tenant"); got != "acme" {
		t.Errorf("an extracted context's span has tenant=%q", got)
	}
	below, native := tracer.TracerProvider().Tracer("native").Start(remote, "native")
	defer native.End()
	if got := baggage.FromContext(below).Member("tenant").Value(); got != "acme" {
		t.Errorf("the context of an OpenTelemetry span below an extracted context has tenant=%q", got)
	}
	parent := tracer.StartSpan("parent").SetBaggageItem("secret", "1").SetBaggageItem("tenant", "acme")
	ctx := opentracing.ContextWithSpan(context.Background(), parent)
	for explanation, without := range map[string]context.Context{
		"taken away with all":  baggage.ContextWithoutBaggage(ctx),
		"taken away by itself": baggage.ContextWithBaggage(ctx, baggage.FromContext(ctx).DeleteMember("secret")),
	} {
		child, below := StartSpanFromContext(without, "child")
		if got := child.BaggageItem("secret"); got != "" || hasItem(baggage.FromContext(below), "secret") {
			t.Errorf("%s: the child has the item", explanation)
		}
	}
	bare := trace.ContextWithSpan(context.Background(), OTelSpan(parent))
	if child, _ := StartSpanFromContext(bare, "child"); child.BaggageItem("secret") != "1" {
		t.Error("the child of a span that was set without its baggage lacks the item")
	}
	if child, _ := StartSpanFromContext(ctx, "child"); child.BaggageItem("secret") != "1" {
		t.Error("the child of an unchanged context lacks the item")
	}
}

// withItems sets items in the baggage of ctx, as OpenTelemetry code does.
func withItems(t *testing.T, ctx context.Context, pairs ...string) context.Context {
	t.Helper()
	bag := baggage.FromContext(ctx)
	for i := 0; i < len(pairs); i += 2 {
		member, err := baggage.NewMemberRaw(pairs[i], pairs[i+1])
		if err == nil {
			bag, err = bag.SetMember(member)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return baggage.ContextWithBaggage(ctx, bag)
}

// TestInjectedBaggage injects by the global propagator, below OpenTelemetry code
// that changed the baggage and after OpenTracing code set items on the span.
func TestInjectedBaggage(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	for _, c := range []struct {
		explanation string
		below       func(context.Context) context.Context // the span has k=1, gone=1
		late        map[string]string                     // set on the span after that
		want        map[string]string
	}{
		{"what was taken away by itself stays away", func(ctx context.Context) context.Context {
			return baggage.ContextWithBaggage(ctx, baggage.FromContext(ctx).DeleteMember("gone"))
		}, map[string]string{"late": "2"}, map[string]string{"k": "1", "late": "2"}},
		{"what was taken away altogether stays away", baggage.ContextWithoutBaggage, map[string]string{"late": "2"}, map[string]string{}},
		{"a stale copy of an item doesn't hide the new value", func(ctx context.Context) context.Context {
			return withItems(t, ctx, "explicit", "3")
		}, map[string]string{"k": "2"}, map[string]string{"k": "2", "gone": "1", "explicit": "3"}},
		{"a value that OpenTelemetry code set wins", func(ctx context.Context) context.Context {
			return withItems(t, ctx, "k", "3")
		}, map[string]string{"k": "2"}, map[string]string{"k": "3", "gone": "1"}},
	} {
		span := tracer.StartSpan("s").SetBaggageItem("k", "1").SetBaggageItem("gone", "1")
		ctx := c.below(opentracing.ContextWithSpan(context.Background(), span))
		for key, value := range c.late {
			span.SetBaggageItem(key, value)
		}
		carrier := propagation.MapCarrier{}
		tracer.newLivePropagator(propagation.Baggage{}).Inject(ctx, carrier)
		got := map[string]string{}
		for _, member := range baggage.FromContext(propagation.Baggage{}.Extract(context.Background(), carrier)).Members() {
			got[member.Key()] = member.Value()
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: injected %v, want %v", c.explanation, got, c.want)
		}
	}
}

// TestAdoptedBaggage activates a span in contexts that have baggage.
func TestAdoptedBaggage(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	outer := tracer.StartSpan("outer").SetBaggageItem("outer", "1")
	below := opentracing.ContextWithSpan(context.Background(), outer)
	outer.SetBaggageItem("late", "1")
	stale := withItems(t, below, "explicit", "1")
	outer.SetBaggageItem("late", "2").SetBaggageItem("outer", "2")
	for _, c := range []struct {
		explanation string
		ctx         context.Context
		want        map[string]string
	}{
		{"items of the span that was active are its own", below, map[string]string{"own": "1"}},
		{"OpenTelemetry's item is taken, a copy of the span's at activation isn't", stale, map[string]string{"own": "1", "explicit": "1", "late": "1"}},
		{"an item that was set on the span wins", withItems(t, context.Background(), "own", "2"), map[string]string{"own": "1"}},
	} {
		span := tracer.StartSpan("s").SetBaggageItem("own", "1")
		opentracing.ContextWithSpan(c.ctx, span)
		got := map[string]string{}
		span.Context().ForeachBaggageItem(func(key, value string) bool {
			got[key] = value
			return true
		})
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: the span has %v, want %v", c.explanation, got, c.want)
		}
	}
}

func TestBaggageThatCantBeIsReported(t *testing.T) {
	tracer, _ := newRecorded(t, nil)
	reports := reportsOf(func() { tracer.StartSpan("s").SetBaggageItem("", "v") })
	if len(reports) != 1 || !strings.Contains(reports[0], `baggage item ""`) {
		t.Errorf("reports %q, want one that names the item", reports)
	}
}

// TestErrorHandlerMayUseTheSpan guards against a deadlock.
func TestErrorHandlerMayUseTheSpan(t *testing.T) {
	tracer, recorder := newRecorded(t, nil)
	span := tracer.StartSpan("s")
	previous := otel.GetErrorHandler()
	defer otel.SetErrorHandler(previous)
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { span.SetTag("error", err) }))
	done := make(chan struct{})
	go func() {
		defer close(done)
		span.SetBaggageItem("", "v").Finish()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("SetBaggageItem reports under its lock")
	}
	if got := namedSpans(recorder)["s"].Status().Description; !strings.Contains(got, "is dropped") {
		t.Errorf("status %q, want what was reported", got)
	}
}
