// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// helpingTracer starts a span of its own for each span, by the provider that is on it.
type helpingTracer struct {
	*mocktracer.MockTracer
	otel    trace.Tracer
	helping bool
}

func (t *helpingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	if !t.helping {
		t.helping = true
		_, s := t.otel.Start(context.Background(), "helper")
		s.End()
		t.helping = false
	}
	return t.MockTracer.StartSpan(name, opts...)
}

// TestProviderOfInLayers starts spans inside of each other, which is no loop, while the
// collector of garbage keeps what could be used again away.
func TestProviderOfInLayers(t *testing.T) {
	const spans = 1100 // more than are started before a look is had at the stack
	reports := catchReports(t)
	helping := &helpingTracer{MockTracer: mocktracer.New()}
	helping.otel = compat.ProviderOf(helping).Tracer("")
	mock := mocktracer.New()
	layers := compat.ProviderOf(struct{ opentracing.Tracer }{compat.NewTracer(compat.ProviderOf(mock), nil)}).Tracer("")
	for range spans {
		for _, tracer := range []trace.Tracer{helping.otel, layers} {
			_, s := tracer.Start(context.Background(), "s")
			s.End()
		}
		runtime.GC()
		runtime.GC()
	}
	if got := len(helping.FinishedSpans()); got != 2*spans {
		t.Errorf("a tracer that starts helpers: %d spans, want %d", got, 2*spans)
	}
	if got := len(mock.FinishedSpans()); got != spans {
		t.Errorf("a provider on a provider: %d spans, want %d", got, spans)
	}
	for _, report := range reports() {
		t.Error(report)
	}
}

// teeTracer starts each span by two tracers, with the same options.
type teeTracer struct {
	opentracing.NoopTracer
	first, second *mocktracer.MockTracer
}

func (t *teeTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.second.StartSpan(name, opts...).SetTag("second", true).Finish()
	return t.first.StartSpan(name, opts...)
}

// wrappingTracer wraps the options in place.
type wrappingTracer struct {
	*mocktracer.MockTracer
	applied int
}

type wrapped struct {
	opentracing.StartSpanOption
	applied *int
}

func (w wrapped) Apply(o *opentracing.StartSpanOptions) {
	*w.applied++
	w.StartSpanOption.Apply(o)
}

func (t *wrappingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	for i := range opts {
		opts[i] = wrapped{opts[i], &t.applied}
	}
	return t.MockTracer.StartSpan(name, opts...)
}

// TestProviderOfOptions gives options to tracers that apply them more than once, or change
// them.
func TestProviderOfOptions(t *testing.T) {
	tee := &teeTracer{first: mocktracer.New(), second: mocktracer.New()}
	_, s := compat.ProviderOf(tee).Tracer("").Start(context.Background(), "s", trace.WithAttributes(attribute.Int("n", 1)))
	s.End()
	first, second := tee.first.FinishedSpans()[0], tee.second.FinishedSpans()[0]
	if first.Tag("n") != 1 || second.Tag("n") != 1 || first.Tag("second") != nil {
		t.Errorf("spans of one start have the tags %v and %v", first.Tags(), second.Tags())
	}

	wrapping := &wrappingTracer{MockTracer: mocktracer.New()}
	tracer := compat.ProviderOf(wrapping).Tracer("")
	for range 10 {
		_, s := tracer.Start(context.Background(), "s")
		s.End()
	}
	if wrapping.applied != 10 {
		t.Errorf("10 spans applied %d wrapped options", wrapping.applied)
	}
}

// TestProviderOfPriority asks for a context while the priority, on which it depends, is set.
func TestProviderOfPriority(t *testing.T) {
	_, s := compat.ProviderOf(mocktracer.New()).Tracer("").Start(context.Background(), "s")
	defer s.End()
	var both sync.WaitGroup
	for _, f := range []func(){
		func() { s.SetAttributes(attribute.Int("sampling.priority", 1)) },
		func() { s.SpanContext() },
	} {
		both.Go(func() {
			for range 200_000 {
				f()
			}
		})
	}
	both.Wait()
}
