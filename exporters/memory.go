// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"fmt"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// Memory is an exporter that keeps the spans it is given, for tests. The zero
// value is ready:
//
//	var mem exporters.Memory
//	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(&mem))
//
// With [NewProvider] it is &exporters.Config{Memory: &mem}. Unlike
// tracetest.InMemoryExporter it keeps its spans over Shutdown, so a test may
// close what it tests and look afterwards.
//
// All methods may be called from any goroutine. Limit must be set before use,
// and a Memory must not be copied after its first use.
type Memory struct {
	// Limit is how many spans are kept; the oldest go first. 0: all of them.
	Limit int

	mu      sync.Mutex
	spans   []tracetest.SpanStub
	dropped int
	arrived chan struct{} // closed and forgotten when spans arrive

	provider *sdktrace.TracerProvider // see TracerProvider
}

var _ sdktrace.SpanExporter = (*Memory)(nil)

// ExportSpans keeps spans. It never fails, not even when ctx is done.
func (m *Memory) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, span := range spans {
		m.spans = append(m.spans, tracetest.SpanStubFromReadOnlySpan(span))
	}
	if over := len(m.spans) - m.Limit; m.Limit > 0 && over > 0 {
		m.dropped += over
		clear(m.spans[:over]) // let the dropped ones be collected
		m.spans = m.spans[over:]
	}
	if m.arrived != nil {
		close(m.arrived)
		m.arrived = nil
	}
	return nil
}

// Shutdown loses nothing: the spans stay, and further ones are kept too. A TracerProvider of
// m that was shut down is followed by a new one.
func (m *Memory) Shutdown(context.Context) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.provider = nil
	return nil
}

// Spans returns a copy of what was kept, in the order in which the spans
// ended.
func (m *Memory) Spans() Spans {
	m.mu.Lock()
	defer m.mu.Unlock()
	spans := make(Spans, len(m.spans))
	for i := range m.spans {
		spans[i] = newSpan(m.spans[i])
	}
	return spans
}

// FinishedSpans is [Memory.Spans] by the name that users of OpenTracing's
// mocktracer know.
func (m *Memory) FinishedSpans() Spans { return m.Spans() }

// Reset forgets every span and the count of dropped ones.
func (m *Memory) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spans, m.dropped = nil, 0
}

// Dropped returns how many spans Limit cost.
func (m *Memory) Dropped() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropped
}

// WaitFor returns the spans as soon as there are at least n of them. A server
// often ends its span after its client has the response; a test waits here
// instead of sleeping. When ctx ends first, it returns what there is and an
// error that says so and wraps ctx.Err().
func (m *Memory) WaitFor(ctx context.Context, n int) (Spans, error) {
	for {
		m.mu.Lock()
		have := len(m.spans)
		if m.arrived == nil {
			m.arrived = make(chan struct{})
		}
		arrived := m.arrived
		m.mu.Unlock()
		if have >= n {
			return m.Spans(), nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return m.Spans(), fmt.Errorf("exporters: %d of %d awaited spans ended: %w", have, n, ctx.Err())
		}
	}
}

// String is [Spans.String] of all spans. Nothing is redacted in it.
func (m *Memory) String() string { return m.Spans().String() }
