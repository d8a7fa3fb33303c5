// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"fmt"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

var baggageRequirements = []requirement{
	{17, "a SpanContext is immutable, SetBaggageItem makes a new one; get, set, inject and start are safe at once, and no update is lost", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		before := s.Context()
		s.SetBaggageItem("k", "v")
		f.equal("baggage of the context returned before", items(before), "")
		f.equal("baggage of the context returned after", items(s.Context()), "k=v")

		if f.subject == "bridge" && raceDetector {
			// It has a data race here, which would end the test.
			f.fatalf("data race")
		}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				s.SetBaggageItem(fmt.Sprint("item", i), "v")
				s.BaggageItem("item0")
				_ = f.tracer.Inject(s.Context(), opentracing.TextMap, opentracing.TextMapCarrier{})
				child := f.tracer.StartSpan("child", opentracing.ChildOf(s.Context()))
				child.SetTag("n", i)
				child.LogKV("n", i)
				child.Finish()
			})
		}
		wg.Wait()
		for i := range 12 {
			f.equal("item", s.BaggageItem(fmt.Sprint("item", i)), "v")
		}
	}},
	{18, "OpenTelemetry code sees OpenTracing baggage through the context, extracted and inherited too, and items set after activation reach every inject by the installed global propagator; OpenTracing spans see OpenTelemetry's baggage of the context in which they are activated", func(f *fixture) {
		f.use(setup{install: true})
		sc := f.extract(propagation.MapCarrier{"traceparent": traceparent, "baggage": "extracted=1"})
		parent := f.tracer.StartSpan("parent", opentracing.ChildOf(sc))
		parent.SetBaggageItem("inherited", "2")
		s := f.tracer.StartSpan("s", opentracing.ChildOf(parent.Context()))
		ctx := opentracing.ContextWithSpan(f.ctx, s)
		f.equal("baggage of the context", baggage.FromContext(ctx).Len(), 2)
		native, nativeSpan := f.provider.Tracer("native").Start(ctx, "native")
		defer nativeSpan.End()

		s.SetBaggageItem("late", "3")
		carrier := propagation.MapCarrier{}
		otel.GetTextMapPropagator().Inject(ctx, carrier)
		f.equal("injected", sorted(carrier["baggage"]), "extracted=1 inherited=2 late=3")

		opentracing.SpanFromContext(native).SetBaggageItem("on native", "4")
		carrier = propagation.MapCarrier{}
		otel.GetTextMapPropagator().Inject(trace.ContextWithSpan(native, nativeSpan), carrier)
		f.equal("baggage set on a span of OpenTelemetry code", opentracing.SpanFromContext(native).BaggageItem("on native"), "4")

		below := baggage.ContextWithBaggage(ctx, bag("explicit=5"))
		s.SetBaggageItem("later", "6")
		carrier = propagation.MapCarrier{}
		otel.GetTextMapPropagator().Inject(below, carrier)
		if got := baggageOf(carrier["baggage"]); got.Member("explicit").Value() != "5" || got.Member("later").Value() != "6" {
			f.errorf("injected below OpenTelemetry's own baggage: %q, want explicit and later in it", carrier["baggage"])
		}
		activated := f.tracer.StartSpan("activated", opentracing.ChildOf(s.Context()))
		opentracing.ContextWithSpan(below, activated)
		f.equal("OpenTelemetry's item on an activated span", activated.BaggageItem("explicit"), "5")
	}},
}

// bag parses W3C baggage.
func bag(text string) baggage.Baggage {
	b, err := baggage.Parse(text)
	if err != nil {
		panic(err)
	}
	return b
}

func baggageOf(header string) baggage.Baggage {
	b, _ := baggage.Parse(header)
	return b
}

// sorted returns the items of a baggage header, sorted.
func sorted(header string) string {
	carrier := opentracing.TextMapCarrier{}
	for _, member := range baggageOf(header).Members() {
		carrier[member.Key()] = member.Value()
	}
	return itemsOf(carrier)
}
