// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/trace"
)

// maxReplaced is how many contexts are found again by IDs that stand for them. Those of
// spans that are long done are not asked for.
const maxReplaced = 4096

// replacedIDs are the IDs of contexts whose tracers tell none. OpenTelemetry code asks by
// them whether there is a span, and hands on a parent.
type replacedIDs struct {
	mu       sync.Mutex
	contexts map[trace.SpanID]replacedContext
	order    [maxReplaced]trace.SpanID
	next     int
}

type replacedContext struct {
	opentracing.SpanContext
	provider *legacyProvider
}

// replace returns IDs for a context of a tracer that tells none, in the trace of its parent.
func (r *replacedIDs) replace(p *legacyProvider, sc opentracing.SpanContext, parent trace.TraceID) trace.SpanContext {
	var id trace.SpanID
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1) // which is not zero
	for !parent.IsValid() {
		binary.BigEndian.PutUint64(parent[:8], rand.Uint64())
		binary.BigEndian.PutUint64(parent[8:], rand.Uint64())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.contexts == nil {
		r.contexts = make(map[trace.SpanID]replacedContext)
	}
	delete(r.contexts, r.order[r.next])
	r.contexts[id], r.order[r.next] = replacedContext{sc, p}, id
	r.next = (r.next + 1) % maxReplaced
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: parent, SpanID: id, TraceFlags: trace.FlagsSampled})
}

// find returns the context of a provider's tracer that IDs stand for; nil for others.
func (r *replacedIDs) find(p *legacyProvider, sc trace.SpanContext) opentracing.SpanContext {
	r.mu.Lock()
	found := r.contexts[sc.SpanID()]
	r.mu.Unlock()
	if found.provider == nil || found.provider != p && !p.records(found.provider.tracer) {
		return nil
	}
	return found.SpanContext
}

// legacyIDs are those of all tracers: a tracer may have several providers, and code hands
// contexts from one to another.
var legacyIDs replacedIDs
