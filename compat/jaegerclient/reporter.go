// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/compat"
)

// Reporter gets each sampled span that has ended, of either API.
type Reporter interface {
	// Report is called when a span ends, by the goroutine that ends it.
	Report(span *Span)
	// Close is called when the tracer is closed, and sends what there is.
	Close()
}

// flusher is a reporter that can do its work within a time.
type flusher interface {
	forceFlush(context.Context) error
	shutdown(context.Context) error
}

// sending is a reporter that sends spans somewhere.
type sending interface {
	// destinations returns where to, for people, and what is wrong.
	destinations() ([]string, error)
}

// processor hands the spans of a provider to a reporter.
type processor struct {
	reporter Reporter
	sampler  Sampler                       // closed with the reporter
	tracer   atomic.Pointer[compat.Tracer] // set when it is made, maybe after its first span
}

var _ sdktrace.SpanProcessor = (*processor)(nil)

func (p *processor) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd reports a span. One that is recorded but not sampled isn't for exporters
// (OpenTelemetry specification, trace/sdk.md, "Sampling").
func (p *processor) OnEnd(span sdktrace.ReadOnlySpan) {
	if span.SpanContext().IsSampled() {
		p.reporter.Report(newSpan(span, p.tracer.Load()))
	}
}

func (p *processor) ForceFlush(ctx context.Context) error { return forceFlush(ctx, p.reporter) }

func (p *processor) Shutdown(ctx context.Context) error {
	err := shutdown(ctx, p.reporter)
	p.sampler.Close()
	return err
}

func forceFlush(ctx context.Context, reporter Reporter) error {
	if f, ok := reporter.(flusher); ok {
		return f.forceFlush(ctx)
	}
	return nil
}

func shutdown(ctx context.Context, reporter Reporter) error {
	if f, ok := reporter.(flusher); ok {
		return f.shutdown(ctx)
	}
	reporter.Close()
	return nil
}

// NewNullReporter returns a reporter that drops all spans.
func NewNullReporter() Reporter { return nullReporter{} }

type nullReporter struct{}

func (nullReporter) Report(*Span) {}
func (nullReporter) Close()       {}

// NewLoggingReporter returns a reporter that logs the IDs of each span.
func NewLoggingReporter(logger Logger) Reporter { return loggingReporter{logger} }

type loggingReporter struct{ logger Logger }

func (r loggingReporter) Report(span *Span) { r.logger.Infof("Reporting span %s", span) }
func (loggingReporter) Close()              {}

func (loggingReporter) destinations() ([]string, error) { return []string{"the log"}, nil }

// InMemoryReporter keeps spans for tests. The zero value is ready to use, and all methods
// are safe for concurrent use.
type InMemoryReporter struct {
	mu    sync.Mutex
	spans []opentracing.Span
}

// NewInMemoryReporter returns a reporter that keeps spans for tests.
func NewInMemoryReporter() *InMemoryReporter { return &InMemoryReporter{} }

// Report keeps the span.
func (r *InMemoryReporter) Report(span *Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = append(r.spans, span)
}

// Close forgets the spans.
func (r *InMemoryReporter) Close() { r.Reset() }

// SpansSubmitted returns how many spans there are.
func (r *InMemoryReporter) SpansSubmitted() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.spans)
}

// GetSpans returns the spans in the order in which they ended. Each is a *[Span].
func (r *InMemoryReporter) GetSpans() []opentracing.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans)
}

// Reset forgets the spans.
func (r *InMemoryReporter) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spans = nil
}

func (r *InMemoryReporter) destinations() ([]string, error) { return []string{"memory"}, nil }

// NewCompositeReporter returns a reporter that hands each span to all reporters.
func NewCompositeReporter(reporters ...Reporter) Reporter { return compositeReporter(reporters) }

type compositeReporter []Reporter

func (r compositeReporter) Report(span *Span) {
	for _, reporter := range r {
		reporter.Report(span)
	}
}

func (r compositeReporter) Close() {
	for _, reporter := range r {
		reporter.Close()
	}
}

func (r compositeReporter) forceFlush(ctx context.Context) error {
	var errs []error
	for _, reporter := range r {
		errs = append(errs, forceFlush(ctx, reporter))
	}
	return errors.Join(errs...)
}

func (r compositeReporter) shutdown(ctx context.Context) error {
	var errs []error
	for _, reporter := range r {
		errs = append(errs, shutdown(ctx, reporter))
	}
	return errors.Join(errs...)
}

func (r compositeReporter) destinations() (all []string, err error) {
	for _, reporter := range r {
		names, wrong := destinationsOf(reporter)
		all, err = append(all, names...), errors.Join(err, wrong)
	}
	return all, err
}

func destinationsOf(reporter Reporter) ([]string, error) {
	switch reporter := reporter.(type) {
	case sending:
		return reporter.destinations()
	case nullReporter:
		return nil, nil
	}
	return []string{"a reporter of the program"}, nil
}
