// SPDX-License-Identifier: Apache-2.0

// Package mocktracer is the twin of github.com/opentracing/opentracing-go/mocktracer: the
// same API. With it, tests keep their assertions while the code under test is rewritten for
// OpenTelemetry. To use it, change the import.
//
//	mock := mocktracer.New()
//	t.Cleanup(mocktracer.Install(mock))
//	…
//	for _, span := range mock.FinishedSpans() {
//
// Its spans come from an OpenTelemetry provider, [MockTracer.TracerProvider]. So
// [MockTracer.FinishedSpans] also has the spans that OpenTelemetry code starts. Their
// attributes, kind and status are tags, and their events are logs; docs/mocktracer.md lists
// the types of the values. [SpanOf] returns the MockSpan of such a span. Parents, links and
// baggage work as in package compat. All functions of compat work with a MockTracer, as a
// parameter or as the global tracer.
//
// [Install] sets a tracer for both APIs. A test that passes its tracer to the code as a
// parameter does not need Install, and may run in parallel with others.
//
// # Sampling
//
// A MockTracer records every span. MockSpanContext.Sampled is only a flag that children and
// headers inherit: FinishedSpans also returns spans that are not sampled. As in the original,
// SetTag of sampling.priority with an int or a uint16 changes the flag and sets no tag.
//
// # Differences
//
// Unlike the original:
//
//   - A span finishes once, and a second Finish does nothing. OpenTracing code can still
//     call SetTag and similar methods on a finished span.
//   - FinishWithOptions without a FinishTime uses the current time.
//   - MockSpan.Log records. In the original it panics.
//   - StartSpan with contexts of other tracers keeps their baggage. In the original it
//     panics.
//   - The parent is the first ChildOf reference, else the first reference. The baggage is
//     that of all references. In the original, both come from the first reference.
//   - A MockSpanContext without an ID is not a parent.
//
// # Bad input
//
// A nil *MockTracer starts spans and does not keep them. Its other methods return nothing or
// OpenTracing's errors. The zero MockTracer works like that of [New]. A span that was started
// before Reset is among the finished spans when it ends. If two tests install a tracer at the
// same time, the tracer that was installed last is global. Restoring one of them leaves the
// other in place. If an Injector or an Extractor panics, the tracer returns an error.
package mocktracer
