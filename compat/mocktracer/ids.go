// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"context"
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/trace"
)

// firstID is the number before the first one that is given, as mocktracer had it.
const firstID = 42

// numbers are the IDs of a [MockSpanContext]. They are the process's, since such a context
// is a value that goes from one tracer to another.
var numbers = newNumbering()

// numbering has a number for each of OpenTelemetry's IDs, and the other way round. A small
// number n and the ID with the value n are each other's. Numbers for other IDs, which come
// from outside, are given one by one and remembered.
type numbering struct {
	last   atomic.Int64
	traces pairs[trace.TraceID]
	spans  pairs[trace.SpanID]
	active sync.Map // of int to *MockSpan: spans that have not finished, by their span's number
}

func newNumbering() *numbering {
	n := &numbering{
		traces: newPairs(
			func(number int) (id trace.TraceID) {
				binary.BigEndian.PutUint64(id[8:], uint64(number)) //nolint:gosec // its bits
				return id
			},
			func(id trace.TraceID) uint64 {
				if binary.BigEndian.Uint64(id[:8]) != 0 {
					return math.MaxUint64
				}
				return binary.BigEndian.Uint64(id[8:])
			}),
		spans: newPairs(
			func(number int) (id trace.SpanID) {
				binary.BigEndian.PutUint64(id[:], uint64(number)) //nolint:gosec // its bits
				return id
			},
			func(id trace.SpanID) uint64 { return binary.BigEndian.Uint64(id[:]) }),
	}
	n.last.Store(firstID)
	return n
}

// next returns a number that was not given before.
func (n *numbering) next() int { return int(n.last.Add(1)) }

// started reports whether the number is that of a span of this process.
func (n *numbering) started(spanID int) bool {
	return spanID > firstID && int64(spanID) <= n.last.Load() && !n.spans.remembers(spanID)
}

// numbersOf returns the numbers of a trace and a span, 0 for no ID.
func (n *numbering) numbersOf(sc trace.SpanContext) (traceID, spanID int) {
	return n.traces.number(sc.TraceID(), n.next), n.spans.number(sc.SpanID(), n.next)
}

// idsOf returns the IDs of the numbers.
func (n *numbering) idsOf(traceID, spanID int) (trace.TraceID, trace.SpanID) {
	return n.traces.id(traceID), n.spans.id(spanID)
}

// pairs are IDs and their numbers. Those of small numbers are not kept.
type pairs[ID comparable] struct {
	ofNumber func(int) ID
	value    func(ID) uint64

	mu      *sync.Mutex
	numbers map[ID]int
	ids     map[int]ID
}

func newPairs[ID comparable](ofNumber func(int) ID, value func(ID) uint64) pairs[ID] {
	return pairs[ID]{ofNumber, value, new(sync.Mutex), make(map[ID]int), make(map[int]ID)}
}

// number returns the number of an ID; next gives one that is not in use.
func (p pairs[ID]) number(id ID, next func() int) int {
	value := p.value(id)
	if value == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if number, known := p.numbers[id]; known {
		return number
	}
	if value <= math.MaxInt32 {
		if _, taken := p.ids[int(value)]; !taken {
			return int(value)
		}
	}
	number := next()
	p.numbers[id], p.ids[number] = number, id
	return number
}

// id returns the ID of a number.
func (p pairs[ID]) id(number int) ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, known := p.ids[number]; known {
		return id
	}
	id := p.ofNumber(number)
	if number < 0 || number > math.MaxInt32 {
		p.numbers[id], p.ids[number] = number, id
	}
	return id
}

// remembers reports whether the number is that of a large ID.
func (p pairs[ID]) remembers(number int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.ids[number]
	return known
}

// idGenerator makes OpenTelemetry's IDs of the next numbers.
type idGenerator struct{}

// NewIDs returns those of a root.
func (g idGenerator) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	traceID := numbers.traces.id(numbers.next())
	return traceID, g.NewSpanID(ctx, traceID)
}

// NewSpanID returns that of a span.
func (idGenerator) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	return numbers.spans.id(numbers.next())
}
