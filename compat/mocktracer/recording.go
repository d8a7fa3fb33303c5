// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"crypto/rand"
	"sync"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/recording"
)

// recordingOfProcess records the spans of all tracers of the process in the file that
// OT2OTEL_RECORD names; nil for none.
var recordingOfProcess = sync.OnceValue(newRecording)

func newRecording() sdktrace.SpanProcessor {
	file, err := recording.OfEnvironment("mocktracer")
	if err != nil {
		otel.Handle(err)
	}
	if file == nil {
		return nil
	}
	p := apart{SpanProcessor: file.Processor()}
	_, _ = rand.Read(p.high[:]) // never fails
	return p
}

// apart keeps apart what several processes record in one file, such as the tests of
// several packages: all of them count their traces from the same number.
type apart struct {
	sdktrace.SpanProcessor
	high [8]byte // of the IDs of traces
}

func (p apart) OnEnd(span sdktrace.ReadOnlySpan) {
	p.SpanProcessor.OnEnd(&spanApart{span, p.high})
}

type spanApart struct {
	sdktrace.ReadOnlySpan
	high [8]byte
}

func (s *spanApart) SpanContext() trace.SpanContext { return s.context(s.ReadOnlySpan.SpanContext()) }
func (s *spanApart) Parent() trace.SpanContext      { return s.context(s.ReadOnlySpan.Parent()) }

func (s *spanApart) Links() []sdktrace.Link {
	links := append([]sdktrace.Link(nil), s.ReadOnlySpan.Links()...)
	for i := range links {
		links[i].SpanContext = s.context(links[i].SpanContext)
	}
	return links
}

// context returns sc with a trace ID of this process, if it is a number of mocktracer's.
func (s *spanApart) context(sc trace.SpanContext) trace.SpanContext {
	id := sc.TraceID()
	if !id.IsValid() || [8]byte(id[:8]) != [8]byte{} {
		return sc
	}
	copy(id[:8], s.high[:])
	return sc.WithTraceID(id)
}
