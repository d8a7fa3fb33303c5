// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/traceheader"
)

// priorityKey is the tag of OpenTracing's semantic conventions.
const priorityKey = attribute.Key("sampling.priority")

// Priority returns a sampler that honours, in this order,
//
//   - the tag sampling.priority of a span that is being started: above 0 the span is
//     sampled, 0 and below it is dropped;
//   - the debug ID that [Propagator] or [Formats] extracted: the root that is started below
//     it is sampled, with the attribute jaeger-debug-id;
//   - the debug flag that they extracted: a span in that trace is sampled if its parent is.
//
// Else next decides, also where the tag isn't a number; a nil next is the SDK's default,
// ParentBased(AlwaysSample). It is safe for concurrent use if next is.
//
// Put it outermost, around a ParentBased sampler: the tag has precedence over the
// parent's decision, as in Jaeger's client. Set on a span that has started, the tag
// is an attribute only. Unlike Jaeger's client, sampling.priority doesn't make a trace a
// debug trace.
func Priority(next sdktrace.Sampler) sdktrace.Sampler { return NewPriority(next, nil) }

// PriorityOptions are the optional settings of [NewPriority]. The zero value is ready to
// use.
type PriorityOptions struct {
	// DebugIDsPerSecond limits the traces that debug IDs start, in the way of
	// [NewRateLimitingSampler]: whoever can send a request can send a debug ID. Beyond the
	// limit next decides, and the trace is not a debug trace. 0 is no limit; below 0 debug
	// IDs are ignored.
	DebugIDsPerSecond float64
}

// NewPriority is [Priority] with options. Nil options are the defaults.
func NewPriority(next sdktrace.Sampler, opts *PriorityOptions) sdktrace.Sampler {
	if next == nil {
		next = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	s := prioritySampler{next: next, debugIDs: constDecision(true)}
	switch {
	case opts == nil || opts.DebugIDsPerSecond == 0:
	case opts.DebugIDsPerSecond > 0:
		s.debugIDs = newRateLimiter(opts.DebugIDsPerSecond)
	default:
		s.debugIDs = constDecision(false)
	}
	return s
}

type prioritySampler struct {
	next     sdktrace.Sampler
	debugIDs decision // whether one starts a debug trace
}

func (s prioritySampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	for _, kv := range p.Attributes {
		if kv.Key != priorityKey {
			continue
		}
		var priority float64
		switch kv.Value.Type() {
		case attribute.INT64:
			priority = float64(kv.Value.AsInt64())
		case attribute.FLOAT64:
			priority = kv.Value.AsFloat64()
		default:
			continue
		}
		return decided(priority > 0, trace.SpanContextFromContext(p.ParentContext))
	}
	if mark := markOf(p.ParentContext); mark != nil {
		const debug = traceheader.FlagSampled | traceheader.FlagDebug
		switch parent := trace.SpanContextFromContext(p.ParentContext); {
		case mark.debugID != "" && parent.Equal(debugRoot):
			if !s.debugIDs.sample(p.TraceID) {
				mark.refused.Store(true)
				break
			}
			result := decided(true, parent)
			result.Attributes = []attribute.KeyValue{debugIDKey.String(mark.debugID)}
			return result
		case flagsOf(p.ParentContext, parent)&debug == debug:
			return decided(true, parent)
		}
	}
	return s.next.ShouldSample(p)
}

// decided returns a decision that keeps the parent's trace state.
func decided(sampled bool, parent trace.SpanContext) sdktrace.SamplingResult {
	result := sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: parent.TraceState()}
	if sampled {
		result.Decision = sdktrace.RecordAndSample
	}
	return result
}

func (s prioritySampler) Description() string {
	return fmt.Sprintf("Priority{%s}", s.next.Description())
}
