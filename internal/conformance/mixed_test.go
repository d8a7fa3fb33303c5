// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

var mixedRequirements = []requirement{
	{24, "contexts and spans of a raw BridgeTracer are accepted as parents; a decorated span is found through `Unwrap() opentracing.Span`; any other foreign context keeps its baggage and is reported once through otel.Handle", func(f *fixture) {
		f.childOfRawBridge()

		outer := f.tracer.StartSpan("decorated")
		decorated := opentracing.ContextWithSpan(f.ctx, decorator{f.tracer.StartSpan("other"), outer})
		_, native := f.provider.Tracer("native").Start(decorated, "under the decorated one")
		native.End()
		outer.Finish()
		f.childOf(f.ended("under the decorated one"), f.ended("decorated"))

		reports := f.reports(func() {
			for range 2 {
				s := f.tracer.StartSpan("foreign", opentracing.ChildOf(foreignContext{}))
				f.equal("baggage of a foreign context", s.BaggageItem("foreign"), "kept")
			}
		})
		known := f.tracer.StartSpan("known")
		f.reports(func() {
			f.tracer.StartSpan("foreign reference first", opentracing.ChildOf(foreignContext{}), opentracing.ChildOf(known.Context())).Finish()
			f.tracer.StartSpan("no-op reference first", opentracing.ChildOf(opentracing.NoopTracer{}.StartSpan("").Context()), opentracing.FollowsFrom(known.Context())).Finish()
		})
		known.Finish()
		f.childOf(f.ended("foreign reference first"), f.ended("known"))
		f.childOf(f.ended("no-op reference first"), f.ended("known"))
		f.equal("number of reports", len(reports), 1)
		if len(reports) == 1 && !strings.Contains(reports[0], "foreignContext") {
			f.errorf("the report %q doesn't name the type", reports[0])
		}
	}},
	{25, "OpenTracing code sees OpenTelemetry spans and the other way round, in both nestings; scope names of OpenTelemetry libraries are kept; assertions of the SDK's ReadOnlySpan and ReadWriteSpan hold; what a span says is its TracerProvider stays in the trace", func(f *fixture) {
		ot1, ctx := opentracing.StartSpanFromContextWithTracer(f.ctx, f.tracer, "ot1")
		ctx, otel1 := f.provider.Tracer("library", trace.WithInstrumentationVersion("1.2.3")).Start(ctx, "otel1")
		ot2, ctx := opentracing.StartSpanFromContextWithTracer(ctx, f.tracer, "ot2")
		ctx, otel2 := trace.SpanFromContext(ctx).TracerProvider().Tracer("transport").Start(ctx, "otel2")
		ot3, ctx := opentracing.StartSpanFromContextWithTracer(ctx, f.tracer, "ot3")
		_, otel3 := f.provider.Tracer("library").Start(ctx, "otel3")
		if _, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan); !ok {
			f.errorf("the span in the context is a %T, no sdktrace.ReadOnlySpan", trace.SpanFromContext(ctx))
		}
		if _, ok := otel1.(sdktrace.ReadWriteSpan); !ok {
			f.errorf("the started span is a %T, no sdktrace.ReadWriteSpan", otel1)
		}
		otel1.SpanContext()
		f.equal("tracer of the span that OpenTracing code sees", opentracing.SpanFromContext(ctx).Tracer() == f.tracer, true)
		otel3.End()
		ot3.Finish()
		otel2.End()
		ot2.Finish()
		otel1.End()
		ot1.Finish()
		chain := []string{"ot1", "otel1", "ot2", "otel2", "ot3", "otel3"}
		for i := 1; i < len(chain); i++ {
			f.childOf(f.ended(chain[i]), f.ended(chain[i-1]))
		}
		f.equal("scope of the library", f.ended("otel1").InstrumentationScope().Name+" "+f.ended("otel1").InstrumentationScope().Version, "library 1.2.3")
		f.equal("scope of the transport", f.ended("otel2").InstrumentationScope().Name, "transport")
	}},
	{26, "compat.StartSpanFromContext honours a context that holds only a span of a provider that was never wrapped, or an extracted remote context", func(f *fixture) {
		f.use(setup{install: true})
		start := compat.StartSpanFromContext
		if f.subject == "bridge" {
			start = opentracing.StartSpanFromContext // what it has
		}
		ctx, unwrapped := f.sdk.Tracer("unwrapped").Start(f.ctx, "unwrapped")
		child, _ := start(ctx, "child of unwrapped")
		child.Finish()
		unwrapped.End()
		f.childOf(f.ended("child of unwrapped"), f.ended("unwrapped"))

		remote := w3c.Extract(f.ctx, propagation.MapCarrier{"traceparent": traceparent, "baggage": "tenant=acme"})
		child, _ = start(remote, "child of remote")
		f.equal("baggage", child.BaggageItem("tenant"), "acme")
		child.Finish()
		f.equal("remote parent", f.ended("child of remote").Parent().SpanID().String(), "b7ad6b7169203331")

		// OpenTelemetry code may set another span under an OpenTracing one.
		outer, ctx := opentracing.StartSpanFromContext(f.ctx, "outer")
		ctx = trace.ContextWithSpan(ctx, unwrapped)
		child, _ = start(ctx, "child of the inner one")
		child.Finish()
		outer.Finish()
		f.childOf(f.ended("child of the inner one"), f.ended("unwrapped"))
	}},
}

// decorator is a span as wrappers in the field have it.
type decorator struct {
	opentracing.Span // not the one that it decorates
	inner            opentracing.Span
}

func (d decorator) Unwrap() opentracing.Span { return d.inner }

// reports returns what do reports through otel.Handle.
func (f *fixture) reports(do func()) []string {
	var mu sync.Mutex
	var reports []string
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, err.Error())
	}))
	defer otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	do()
	return reports
}
