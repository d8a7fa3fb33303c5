// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"context"
	"flag"
	"runtime"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/internal/document"
)

var updateDocs = flag.Bool("update", false, "write what the tests find out into docs/providerof.md")

// namedTracer is an opaqueTracer whose spans know it. It starts none where it fails.
type namedTracer struct {
	opaqueTracer
	fails bool
	last  opentracing.Span
}

type namedSpan struct {
	*opaqueSpan
	tracer opentracing.Tracer
}

func (s *namedSpan) Tracer() opentracing.Tracer { return s.tracer }

func (t *namedTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	if t.fails {
		return nil
	}
	t.last = &namedSpan{t.opaqueTracer.StartSpan(name, opts...).(*opaqueSpan), t}
	return t.last
}

// parentIs returns the name of the last span's parent.
func (t *namedTracer) parentIs() string {
	if parent := t.last.(*namedSpan).parent; parent != nil {
		return parent.name
	}
	return ""
}

// askOthers asks for the IDs of more spans than are remembered.
func askOthers(tracer trace.Tracer) {
	for range 4200 {
		_, s := tracer.Start(context.Background(), "other")
		s.SpanContext()
		s.End()
	}
	runtime.GC()
}

// IDs that stand for those of a tracer that tells none are those of its spans, however they
// are looked at, and as long as a span is in use.
func TestProviderOfStandIns(t *testing.T) {
	background := context.Background()
	legacy := func(ot *namedTracer, name string) context.Context {
		return opentracing.ContextWithSpan(background, ot.StartSpan(name))
	}
	extract := func(ot *namedTracer, ctx context.Context, headers propagation.MapCarrier) trace.SpanContext {
		return trace.SpanContextFromContext(compat.PropagatorOf(ot).Extract(ctx, headers))
	}
	type row struct {
		explanation string
		holds       func(ot *namedTracer, tracer trace.Tracer) bool
	}
	kept := []row{
		{"a span that runs is a parent by its IDs after many others", func(ot *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			sc := s.SpanContext()
			askOthers(tracer)
			tracer.Start(trace.ContextWithSpanContext(background, sc), "child")
			defer s.End()
			return ot.parentIs() == "s"
		}},
		{"a span that has ended is so after few", func(ot *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			sc := s.SpanContext()
			s.End()
			s = nil
			runtime.GC()
			tracer.Start(background, "child", trace.WithLinks(trace.Link{SpanContext: sc}))
			return ot.parentIs() == "s"
		}},
		{"a span is the parent below one that the tracer didn't start", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx, s := tracer.Start(background, "s")
			ot.fails = true
			ctx, dropped := tracer.Start(ctx, "dropped")
			ot.fails = false
			askOthers(tracer)
			tracer.Start(ctx, "child")
			return ot.parentIs() == "s" && dropped.SpanContext().Equal(s.SpanContext()) && !dropped.IsRecording()
		}},
		{"a span of OpenTracing code is so too", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx := legacy(ot, "s")
			ot.fails = true
			ctx, _ = tracer.Start(ctx, "dropped")
			ot.fails = false
			tracer.Start(ctx, "child")
			sent := propagation.MapCarrier{}
			compat.PropagatorOf(ot).Inject(ctx, sent)
			return ot.parentIs() == "s" && sent["x-opaque"] == "s" && !trace.SpanContextFromContext(ctx).IsRemote()
		}},
		{"the tag `sampling.priority` leaves the IDs", func(_ *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			sc := s.SpanContext()
			s.SetAttributes(attribute.Int("sampling.priority", 1))
			return s.SpanContext().Equal(sc)
		}},
		{"spans below one of OpenTracing code are of one trace", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx := legacy(ot, "root")
			_, a := tracer.Start(ctx, "a")
			askOthers(tracer)
			_, b := tracer.Start(ctx, "b")
			return a.SpanContext().TraceID() == b.SpanContext().TraceID() && a.SpanContext().SpanID() != b.SpanContext().SpanID()
		}},
		{"a span of OpenTracing code between two is of their trace", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx, outer := tracer.Start(background, "outer")
			between, ctx := opentracing.StartSpanFromContextWithTracer(ctx, ot, "between")
			_, inner := tracer.Start(ctx, "inner")
			return inner.SpanContext().TraceID() == outer.SpanContext().TraceID() && compat.OTelSpan(between).SpanContext().TraceID() == outer.SpanContext().TraceID()
		}},
		{"what is extracted where a span is active is of another trace", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx, s := tracer.Start(background, "s")
			remote := compat.PropagatorOf(ot).Extract(ctx, propagation.MapCarrier{"x-opaque": "producer"})
			_, below := tracer.Start(remote, "below")
			return ot.parentIs() == "producer" && below.SpanContext().TraceID() != s.SpanContext().TraceID() &&
				below.SpanContext().TraceID() == trace.SpanContextFromContext(remote).TraceID()
		}},
		{"what `traceparent` came in with has its IDs", func(ot *namedTracer, tracer trace.Tracer) bool {
			both := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, compat.PropagatorOf(ot))
			ctx, s := tracer.Start(background, "s")
			headers, forwarded := propagation.MapCarrier{}, propagation.MapCarrier{}
			both.Inject(ctx, headers)
			remote := both.Extract(background, headers)
			both.Inject(remote, forwarded)
			_, below := tracer.Start(remote, "below")
			return headers["traceparent"] == forwarded["traceparent"] && below.SpanContext().TraceID() == s.SpanContext().TraceID() && ot.parentIs() == "s"
		}},
		{"an empty context that the tracer extracts has none", func(ot *namedTracer, _ trace.Tracer) bool {
			return !extract(ot, background, propagation.MapCarrier{"x-opaque": ""}).IsValid() &&
				extract(ot, background, propagation.MapCarrier{"x-opaque": "producer"}).IsValid()
		}},
		{"`compat.OTelSpan` has those of the span", func(ot *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			first := compat.OTelSpan(ot.last).SpanContext()
			askOthers(tracer)
			return first.Equal(s.SpanContext()) && compat.OTelSpan(compat.OpenTracingSpan(s)).SpanContext().Equal(first)
		}},
		{"a root is of the trace of what it is linked to, which is its parent", func(ot *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			_, linked := tracer.Start(background, "linked", trace.WithLinks(trace.Link{SpanContext: s.SpanContext()}))
			follows := ot.parentIs() == "s"
			_, root := tracer.Start(background, "root", trace.WithNewRoot(), trace.WithLinks(trace.Link{SpanContext: s.SpanContext()}))
			return follows && linked.SpanContext().TraceID() == s.SpanContext().TraceID() && root.SpanContext().TraceID() != s.SpanContext().TraceID()
		}},
	}
	lost := []row{
		{"a span that has ended is a parent by its IDs after 4,096 others", func(ot *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s")
			sc := s.SpanContext()
			s.End()
			s = nil
			catchReports(t)
			for range 10 { // until it is collected
				askOthers(tracer)
			}
			tracer.Start(background, "child", trace.WithLinks(trace.Link{SpanContext: sc}))
			return ot.parentIs() == "s"
		}},
		{"a root that OpenTracing code starts below a span of OpenTelemetry code is of another trace", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx, outer := tracer.Start(background, "outer")
			_, below := tracer.Start(opentracing.ContextWithSpan(ctx, ot.StartSpan("root")), "below")
			return below.SpanContext().TraceID() != outer.SpanContext().TraceID()
		}},
		{"a span that isn't sampled has no sampled flag", func(_ *namedTracer, tracer trace.Tracer) bool {
			_, s := tracer.Start(background, "s", trace.WithAttributes(attribute.Int("sampling.priority", 0)))
			return !s.SpanContext().IsSampled()
		}},
		{"the tracer finds its span again by a `traceparent` header, in another process", func(ot *namedTracer, tracer trace.Tracer) bool {
			ctx, s := tracer.Start(background, "s")
			headers := propagation.MapCarrier{}
			propagation.TraceContext{}.Inject(ctx, headers)
			_, err := ot.Extract(opentracing.HTTPHeaders, opentracing.TextMapCarrier(headers))
			return s.SpanContext().IsValid() && err == nil
		}},
	}
	var table strings.Builder
	table.WriteString("| IDs that stand for a tracer's | |\n|---|:-:|\n")
	for i, rows := range [][]row{kept, lost} {
		for _, row := range rows {
			ot := &namedTracer{}
			catchReports(t)
			globals(t, ot)
			if got, want := row.holds(ot, otel.Tracer("")), i == 0; got != want {
				t.Errorf("%s: %t, want %t", row.explanation, got, want)
			}
			table.WriteString("| " + row.explanation + " | " + []string{"yes", "–"}[i] + " |\n")
		}
	}
	document.Check(t, "../docs/providerof.md", "standins", table.String(), *updateDocs)
}

// The IDs of a span that isn't a pointer stay too.
func TestProviderOfStandInsOfValues(t *testing.T) {
	_, s := compat.ProviderOf(&headerTracer{mocktracer.New(), nil, false}).Tracer("").Start(context.Background(), "s")
	sc := s.SpanContext()
	s.SetAttributes(attribute.Int("sampling.priority", 1))
	if got := s.SpanContext(); !sc.IsValid() || !got.Equal(sc) {
		t.Errorf("%v, then %v", sc, got)
	}
}

// pooledTracer has one span, which it uses again and again.
type pooledTracer struct {
	namedTracer
	span *opaqueSpan
}

func (t *pooledTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	*t.span = *t.opaqueTracer.StartSpan(name, opts...).(*opaqueSpan)
	return t.span
}

// packageSpan isn't on the heap.
var packageSpan opaqueSpan

// A span that uses another one's memory has IDs of its own.
func TestProviderOfStandInsOfPooledSpans(t *testing.T) {
	for explanation, span := range map[string]*opaqueSpan{"on the heap": {}, "in a variable of the package": &packageSpan} {
		tracer := compat.ProviderOf(&pooledTracer{span: span}).Tracer("")
		seen := map[trace.SpanID]bool{}
		for range 3 {
			_, s := tracer.Start(context.Background(), "s")
			seen[s.SpanContext().SpanID()] = true
			s.End()
		}
		if len(seen) != 3 {
			t.Errorf("%s: %d IDs of 3 spans", explanation, len(seen))
		}
	}
}

// embeddingTracer's spans embed one that does nothing, for the methods that they don't have.
type embeddingTracer struct {
	opaqueTracer
	started int
}

func (t *embeddingTracer) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	t.started++
	s := t.opaqueTracer.StartSpan(name, opts...).(*opaqueSpan)
	s.Span = opentracing.NoopTracer{}.StartSpan("")
	return s
}

// The provider of a span is one that goes on with its trace.
func TestProviderOfSpansTracerWithoutIDs(t *testing.T) {
	reports := catchReports(t)
	ot := &namedTracer{}
	ctx, s := compat.ProviderOf(decoratingTracer{ot}).Tracer("").Start(context.Background(), "s")
	for range 3 {
		s.TracerProvider().Tracer("").Start(ctx, "below")
		if got := ot.parentIs(); got != "decorated s" || ot.last.(*namedSpan).name != "below" {
			t.Errorf("below has the parent %q, want decorated s", got)
		}
		s.TracerProvider().Tracer("").Start(trace.ContextWithSpanContext(context.Background(), s.SpanContext()), "by IDs")
		if got := ot.parentIs(); got != "decorated s" {
			t.Errorf("by its IDs, the parent is %q, want decorated s", got)
		}
	}
	if a, b := s.TracerProvider(), s.TracerProvider(); a != b {
		t.Errorf("the provider is %v, then %v", a, b)
	}

	embedding := &embeddingTracer{}
	provider := compat.ProviderOf(embedding)
	ctx, s = provider.Tracer("").Start(context.Background(), "s")
	_, below := s.TracerProvider().Tracer("").Start(ctx, "below")
	if parentOf(below) != "s" || embedding.started != 2 || s.TracerProvider() != provider {
		t.Errorf("%d spans started by %v, the parent of below is %q; want 2 and s", embedding.started, s.TracerProvider(), parentOf(below))
	}
	// The mock that opaqueSpan embeds doesn't know its contexts.
	provider = compat.ProviderOf(opaqueTracer{})
	if _, s = provider.Tracer("").Start(context.Background(), "s"); s.TracerProvider() != provider {
		t.Errorf("the provider of a span that embeds another tracer's is %v", s.TracerProvider())
	}
	if got := reports(); len(got) != 0 {
		t.Errorf("reports %q", got)
	}
}
