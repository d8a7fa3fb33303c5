// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The attributes of a sampled root, which name the sampler that chose it.
const (
	SamplerTypeTagKey  = "sampler.type"
	SamplerParamTagKey = "sampler.param"
)

// The values of sampler.type.
const (
	SamplerTypeConst         = "const"
	SamplerTypeProbabilistic = "probabilistic"
	SamplerTypeRateLimiting  = "ratelimiting"
)

// NewConstSampler returns a sampler that samples all traces, or none. As each sampler of
// this package, it decides for roots only and is inside ParentBased: a span with a
// parent is sampled if the parent is. Roots that it samples have the attributes
// sampler.type and sampler.param. It is safe for concurrent use.
func NewConstSampler(sample bool) sdktrace.Sampler {
	return newRootSampler(constDecision(sample), SamplerTypeConst, attribute.Bool(SamplerParamTagKey, sample))
}

// NewProbabilisticSampler returns a sampler of the given share of traces, from 0 to 1;
// else the error names the rate. It decides by the low 64 bits of the trace ID, as Jaeger's
// clients do, so that all services with one rate choose the same traces. See
// [NewConstSampler] for spans with a parent, attributes and concurrency.
func NewProbabilisticSampler(samplingRate float64) (sdktrace.Sampler, error) {
	if !(samplingRate >= 0 && samplingRate <= 1) { // NaN isn't, too
		return nil, fmt.Errorf("jaeger: the sampling rate %v is not between 0 and 1; 0.1 samples one trace in ten", samplingRate)
	}
	return newRootSampler(shareDecision(maxLow*samplingRate), SamplerTypeProbabilistic, attribute.Float64(SamplerParamTagKey, samplingRate)), nil
}

// NewRateLimitingSampler returns a sampler of at most so many traces in a second. Less than
// 1 is valid: 0.5 is one trace in two seconds. After a time without traces as many as the
// larger of 1 and maxTracesPerSecond may follow at once. Of 0, less and NaN the result
// samples one trace, as Jaeger's does for 0. See [NewConstSampler] for spans with a parent,
// attributes and concurrency.
func NewRateLimitingSampler(maxTracesPerSecond float64) sdktrace.Sampler {
	return newRootSampler(newRateLimiter(maxTracesPerSecond), SamplerTypeRateLimiting, attribute.Float64(SamplerParamTagKey, maxTracesPerSecond))
}

// decision decides whether a new trace is sampled.
type decision interface {
	sample(trace.TraceID) bool
}

// rootSampler is a sampler of new traces.
type rootSampler struct {
	decision
	attributes  []attribute.KeyValue
	description string
}

func newRootSampler(by decision, kind string, param attribute.KeyValue) sdktrace.Sampler {
	return sdktrace.ParentBased(&rootSampler{
		decision:    by,
		attributes:  []attribute.KeyValue{attribute.String(SamplerTypeTagKey, kind), param}, // without room to append to
		description: fmt.Sprintf("Jaeger{%s,%s}", kind, param.Value.String()),
	})
}

func (s *rootSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	result := decided(s.sample(p.TraceID), trace.SpanContextFromContext(p.ParentContext))
	if result.Decision == sdktrace.RecordAndSample {
		result.Attributes = s.attributes
	}
	return result
}

func (s *rootSampler) Description() string { return s.description }

type constDecision bool

func (d constDecision) sample(trace.TraceID) bool { return bool(d) }

// maxLow is the largest of Jaeger's random numbers, which have 63 bits.
const maxLow = 1<<63 - 1

// shareDecision is the largest number that is sampled. Jaeger's clients compute it in
// floating point, and so is a rate of 1 one more than maxLow.
type shareDecision uint64

func (d shareDecision) sample(id trace.TraceID) bool {
	return binary.BigEndian.Uint64(id[8:])&maxLow <= uint64(d)
}
