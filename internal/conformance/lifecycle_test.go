// SPDX-License-Identifier: Apache-2.0

package conformance_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

var lifecycleRequirements = []requirement{
	{29, "`sampling.priority` above 0 at the start forces sampling, and 0 drops, where compat/jaeger's sampler is installed", func(f *fixture) {
		for _, c := range []struct {
			priority uint16
			next     sdktrace.Sampler
			want     int
		}{{1, sdktrace.NeverSample(), 1}, {0, sdktrace.AlwaysSample(), 0}} {
			f.use(setup{sdk: []sdktrace.TracerProviderOption{sdktrace.WithSampler(jaeger.Priority(c.next))}})
			f.tracer.StartSpan("s", opentracing.Tag{Key: string(ext.SamplingPriority), Value: c.priority}).Finish()
			f.equal("number of spans", len(f.recorder.Ended()), c.want)
		}
	}},
	{30, "use after Finish and a second Finish are safe, and the span is exported once", func(f *fixture) {
		s := f.tracer.StartSpan("s")
		s.Finish()
		s.SetOperationName("late").SetTag("late", true).SetBaggageItem("late", "1")
		s.LogKV("late", 1)
		s.LogFields(log.Int("late", 1))
		s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{}}})
		s.Finish()
		f.tracer.StartSpan("child", opentracing.ChildOf(s.Context())).Finish()
		f.childOf(f.ended("child"), f.ended("s"))
		f.equal("attributes", len(f.ended("s").Attributes()), 0)
		f.equal("events", len(f.ended("s").Events()), 0)
	}},
	{31, "the tracer is an io.Closer: Close shuts the provider down once and returns its error; later spans are no-ops that pass their parent on", func(f *fixture) {
		failure := errors.New("disk full")
		processor := &failingProcessor{err: failure}
		f.use(setup{sdk: []sdktrace.TracerProviderOption{sdktrace.WithSpanProcessor(processor)}})
		closer, ok := f.tracer.(io.Closer)
		if !ok {
			f.fatalf("%T is no io.Closer", f.tracer)
		}
		before := f.tracer.StartSpan("before")
		before.SetBaggageItem("k", "v")
		for range 2 {
			f.equal("Close returns the provider's error", errors.Is(closer.Close(), failure), true)
		}
		f.equal("number of shutdowns", processor.shutdowns.Load(), int32(1))
		after := f.tracer.StartSpan("after", opentracing.ChildOf(before.Context()))
		after.SetTag("k", "v")
		parent, carrier := opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{}
		f.inject(before, opentracing.TextMap, parent)
		f.inject(after, opentracing.TextMap, carrier)
		after.Finish()
		f.equal("baggage passed on", carrier["baggage"], "k=v")
		f.equal("parent passed on", carrier["traceparent"], parent["traceparent"])
		_, native := f.provider.Tracer("native").Start(opentracing.ContextWithSpan(f.ctx, after), "native after")
		f.equal("an OpenTelemetry span started later records", native.IsRecording(), false)
		f.equal("number of spans recorded", len(f.recorder.Ended()), 0)
	}},
}

type failingProcessor struct {
	shutdowns atomic.Int32
	err       error
}

func (*failingProcessor) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (*failingProcessor) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (*failingProcessor) ForceFlush(context.Context) error                { return nil }
func (p *failingProcessor) Shutdown(context.Context) error {
	p.shutdowns.Add(1)
	return p.err
}
