// SPDX-License-Identifier: Apache-2.0

// Package mocktracer is the twin of github.com/opentracing/opentracing-go/mocktracer: the
// same API, for tests that are to keep their assertions while the code that they run is
// rewritten for OpenTelemetry. To use it, change the import.
//
//	mock := mocktracer.New()
//	t.Cleanup(mocktracer.Install(mock))
//	…
//	for _, span := range mock.FinishedSpans() {
//
// Its spans are those of an OpenTelemetry provider, [MockTracer.TracerProvider]. So spans
// that OpenTelemetry code starts are in [MockTracer.FinishedSpans] too, with tags made of
// their attributes, kind and status, and logs made of their events: docs/mocktracer.md has
// the types of those. [SpanOf] finds the MockSpan of such a span. Parents, links and baggage
// are as package compat has them, all of which works with a MockTracer that is given or
// global.
//
// [Install] makes a tracer the one of both APIs. A test that hands its tracer to the code as
// a parameter needs none of it, and may run in parallel with others.
//
// # Sampling
//
// Every span is recorded. MockSpanContext.Sampled is a flag: children and headers have it,
// and a span that isn't sampled is among the finished ones. As before, SetTag of
// sampling.priority with an int or a uint16 changes the flag and is not a tag.
//
// # Differences
//
//   - A span finishes once; a second Finish does nothing. SetTag and the like still work
//     on a span that has finished, when OpenTracing code calls them.
//   - FinishWithOptions without a FinishTime takes the present.
//   - MockSpan.Log records; it panicked.
//   - StartSpan with contexts of other tracers keeps their baggage; it panicked.
//   - The parent is the first ChildOf reference, else the first reference, and the baggage
//     is that of all of them; it was the first reference's.
//   - A MockSpanContext without an ID names no parent.
//
// # Bad input
//
// A nil *MockTracer starts spans that nobody keeps; its other methods return nothing or
// OpenTracing's errors. The zero MockTracer is as that of [New]. After Reset spans that were
// started before still end among the finished ones. Where two tests install a tracer each
// at a time, the one that was installed last is global, and restoring one leaves the
// other in place. What panics in an Injector or an Extractor is returned as an error.
package mocktracer
