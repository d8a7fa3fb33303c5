// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"runtime"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
)

// freshTracer starts a new span each time, which tells no IDs.
type freshTracer struct{ opentracing.NoopTracer }

type quietContext struct{}

func (quietContext) ForeachBaggageItem(func(k, v string) bool) {}

func (freshTracer) StartSpan(string, ...opentracing.StartSpanOption) opentracing.Span {
	return &costlessSpan{mocktracer.New().StartSpan(""), quietContext{}}
}

// TestReplacedIDsAreForgotten has IDs go with the spans that they stand for.
func TestReplacedIDsAreForgotten(t *testing.T) {
	count := func() (spans, tracers int) {
		legacyIDs.mu.Lock()
		defer legacyIDs.mu.Unlock()
		return len(legacyIDs.spans), len(legacyIDs.tracer)
	}
	const more = 1000
	tracer := ProviderOf(freshTracer{}).Tracer("")
	for range more {
		_, s := tracer.Start(context.Background(), "s")
		s.SpanContext()
		s.End()
	}
	for range 1000 {
		runtime.GC()
		if spans, tracers := count(); spans < more/2 && tracers < more/2 {
			break
		}
	}
	if spans, tracers := count(); spans >= more/2 || tracers >= more/2 {
		t.Errorf("%d spans and %d of tracers are still known, of %d that are gone", spans, tracers, more)
	}
	if got := len(legacyIDs.recent); got > maxReplaced {
		t.Errorf("%d contexts are remembered, want %d at most", got, maxReplaced)
	}
}

// BenchmarkProviderOfStandIn measures what IDs cost that stand for a tracer's.
func BenchmarkProviderOfStandIn(b *testing.B) {
	tracer := ProviderOf(freshTracer{}).Tracer("")
	b.ReportAllocs()
	for b.Loop() {
		_, s := tracer.Start(context.Background(), "s")
		s.SpanContext()
		s.End()
	}
}
