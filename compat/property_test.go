// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// TestRandomInterleavings makes random traces with both APIs and compares them
// with a model: who is whose parent, and who carries which baggage. The steps of
// each seed are the same in every run.
func TestRandomInterleavings(t *testing.T) {
	keepGlobals(t)
	for seed := range uint64(200) {
		tracer, recorder := newRecorded(t, nil)
		opentracing.SetGlobalTracer(tracer)
		otel.SetTextMapPropagator(tracer.newLivePropagator(w3c))
		m := &model{t: t, tracer: tracer, random: rand.New(rand.NewPCG(seed, 1)), wanted: map[string]string{}}
		m.scopes = []scope{{ctx: context.Background()}}
		for range 40 {
			m.step()
		}
		var wg sync.WaitGroup
		for _, s := range m.started {
			wg.Go(s.finish)
		}
		wg.Wait()
		names := map[trace.SpanID]string{}
		for _, s := range recorder.Ended() {
			names[s.SpanContext().SpanID()] = s.Name()
		}
		got := map[string]string{}
		for _, s := range recorder.Ended() {
			got[s.Name()] = names[s.Parent().SpanID()]
		}
		if !maps.Equal(got, m.wanted) {
			t.Errorf("seed %d: parents %v, want %v", seed, got, m.wanted)
		}
		if t.Failed() {
			t.Fatalf("seed %d: steps %v", seed, m.steps)
		}
	}
}

// model is what the trace must be, as far as the steps went.
type model struct {
	t       *testing.T
	tracer  *Tracer
	random  *rand.Rand
	scopes  []scope
	started []*modelSpan
	wanted  map[string]string // span's name to its parent's
	steps   []string
}

// modelSpan is a span of either API, and the baggage that it must carry.
type modelSpan struct {
	name   string
	span   opentracing.Span
	items  map[string]string
	finish func()
}

// scope is a context and the span that must be active in it; nil for none.
type scope struct {
	ctx    context.Context
	active *modelSpan
}

func (m *model) step() {
	in := m.scopes[m.random.IntN(len(m.scopes))]
	name := fmt.Sprint("s", len(m.started))
	parent, inherited := "", map[string]string{}
	if in.active != nil {
		parent, inherited = in.active.name, maps.Clone(in.active.items)
	}
	steps := []string{"start by OpenTracing", "start by OpenTelemetry", "start and activate later", "set item", "over the wire", "in a goroutine", "set tag and log"}
	step := steps[m.random.IntN(len(steps))]
	m.steps = append(m.steps, fmt.Sprintf("%s %s in %q", name, step, parent))
	switch step {
	case "start by OpenTracing":
		span, ctx := opentracing.StartSpanFromContext(in.ctx, name)
		m.add(name, parent, span, inherited, ctx, span.Finish)
	case "start by OpenTelemetry":
		ctx, span := m.tracer.TracerProvider().Tracer("native").Start(in.ctx, name)
		m.add(name, parent, opentracing.SpanFromContext(ctx), inherited, ctx, func() { span.End() })
	case "start and activate later":
		if in.active == nil {
			return
		}
		span := m.tracer.StartSpan(name, opentracing.ChildOf(in.active.span.Context()))
		// Activated in the context of any other span, it is active all the same.
		other := m.scopes[m.random.IntN(len(m.scopes))]
		m.add(name, parent, span, inherited, opentracing.ContextWithSpan(other.ctx, span), span.Finish)
	case "set item":
		if in.active == nil {
			return
		}
		key := fmt.Sprint("k", m.random.IntN(3))
		in.active.span.SetBaggageItem(key, name)
		in.active.items[key] = name
	case "over the wire":
		carrier := propagation.MapCarrier{}
		otel.GetTextMapPropagator().Inject(in.ctx, carrier)
		sc, err := m.tracer.Extract(opentracing.TextMap, carrier)
		if (err == nil) != (in.active != nil) {
			m.t.Errorf("extract from %v: %v", carrier, err)
		}
		if err != nil {
			return
		}
		span := m.tracer.StartSpan(name, opentracing.ChildOf(sc))
		m.add(name, parent, span, inherited, opentracing.ContextWithSpan(context.Background(), span), span.Finish)
	case "in a goroutine":
		var span opentracing.Span
		var ctx context.Context
		done := make(chan struct{})
		go func() {
			defer close(done)
			span, ctx = StartSpanFromContext(in.ctx, name)
		}()
		<-done
		m.add(name, parent, span, inherited, ctx, span.Finish)
	case "set tag and log":
		if in.active == nil {
			return
		}
		in.active.span.SetTag("k", 1).LogKV("k", 1)
		trace.SpanFromContext(in.ctx).AddEvent("native")
	}
	for _, s := range m.scopes {
		m.check(s)
	}
}

func (m *model) add(name, parent string, span opentracing.Span, items map[string]string, ctx context.Context, finish func()) {
	s := &modelSpan{name: name, span: span, items: items, finish: finish}
	m.started = append(m.started, s)
	m.wanted[name] = parent
	m.scopes = append(m.scopes, scope{ctx: ctx, active: s})
}

// check compares what both APIs see in a scope with the model.
func (m *model) check(s scope) {
	if s.active == nil {
		return
	}
	if got := opentracing.SpanFromContext(s.ctx); got != s.active.span {
		m.t.Errorf("OpenTracing code sees %v in the scope of %s", got, s.active.name)
	}
	read, ok := trace.SpanFromContext(s.ctx).(sdktrace.ReadOnlySpan)
	if !ok || read.Name() != s.active.name {
		m.t.Errorf("OpenTelemetry code sees %v in the scope of %s", read, s.active.name)
	}
	ofSpan, ofContext := map[string]string{}, map[string]string{}
	s.active.span.Context().ForeachBaggageItem(func(key, value string) bool {
		ofSpan[key] = value
		return true
	})
	for _, member := range baggage.FromContext(s.ctx).Members() {
		ofContext[member.Key()] = member.Value()
	}
	for api, got := range map[string]map[string]string{"OpenTracing": ofSpan, "OpenTelemetry": ofContext} {
		if !maps.Equal(got, s.active.items) {
			m.t.Errorf("%s's baggage of %s is %v, want %v", api, s.active.name, got, s.active.items)
		}
	}
}
