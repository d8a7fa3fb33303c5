// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"crypto/rand"
	"encoding/binary"
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
	_, _ = rand.Read(p.process.trace[:]) // never fails
	_, _ = rand.Read(p.process.span[:])
	return p
}

// apart keeps apart what several processes record in one file, such as the tests of
// several packages: all of them count their traces and spans from the same number.
type apart struct {
	sdktrace.SpanProcessor
	process processIDs
}

// processIDs are the high halves of the IDs of a process, which are zero in numbers. Spans
// need their own, since processes may continue the same trace.
type processIDs struct {
	trace [8]byte
	span  [4]byte
}

func (p apart) OnEnd(span sdktrace.ReadOnlySpan) {
	p.SpanProcessor.OnEnd(&spanApart{span, p.process})
}

type spanApart struct {
	sdktrace.ReadOnlySpan
	process processIDs
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

// context returns sc with IDs of this process where those of sc are numbers of mocktracer's.
// The ID of a span that is too small to be one is another process's, and stays.
func (s *spanApart) context(sc trace.SpanContext) trace.SpanContext {
	traceID, spanID := sc.TraceID(), sc.SpanID()
	if traceID.IsValid() && [8]byte(traceID[:8]) == [8]byte{} {
		copy(traceID[:8], s.process.trace[:])
	}
	if [4]byte(spanID[:4]) == [4]byte{} && binary.BigEndian.Uint32(spanID[4:]) > firstID {
		copy(spanID[:4], s.process.span[:])
	}
	return sc.WithTraceID(traceID).WithSpanID(spanID)
}
