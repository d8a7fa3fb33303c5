// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// priorityKey is the tag of OpenTracing's semantic conventions.
const priorityKey = attribute.Key("sampling.priority")

// Priority returns a sampler that honours the tag sampling.priority of a span that
// is being started: above 0 the span is sampled, 0 and below it is dropped. Without
// the tag, and with one that isn't a number, next decides; a nil next is the SDK's
// default, ParentBased(AlwaysSample). It is safe for concurrent use if next is.
//
// Put it outermost, around a ParentBased sampler: the tag has precedence over the
// parent's decision, as in Jaeger's client. Set on a span that has started, the tag
// is an attribute only.
func Priority(next sdktrace.Sampler) sdktrace.Sampler {
	if next == nil {
		next = sdktrace.ParentBased(sdktrace.AlwaysSample())
	}
	return prioritySampler{next}
}

type prioritySampler struct{ next sdktrace.Sampler }

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
		result := sdktrace.SamplingResult{
			Decision:   sdktrace.Drop,
			Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState(),
		}
		if priority > 0 {
			result.Decision = sdktrace.RecordAndSample
		}
		return result
	}
	return s.next.ShouldSample(p)
}

func (s prioritySampler) Description() string {
	return fmt.Sprintf("Priority{%s}", s.next.Description())
}
