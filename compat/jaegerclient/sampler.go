// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// Sampler decides whether a new trace is recorded. A program may have one of its own. Those
// of this package are also an sdktrace.Sampler, within ParentBased: by that interface a
// span with a parent follows it. All are safe for concurrent use.
type Sampler interface {
	// IsSampled decides on a trace by its ID and the name of its root, and returns the tags
	// that tell how.
	IsSampled(id TraceID, operation string) (sampled bool, tags []Tag)
	// Close ends what runs in the background.
	Close()
	// Equal reports whether the other sampler decides alike.
	Equal(other Sampler) bool
}

// otelSampler returns a sampler as the SDK has them.
func otelSampler(s Sampler) sdktrace.Sampler {
	if otel, ok := s.(sdktrace.Sampler); ok {
		return otel
	}
	return sdktrace.ParentBased(foreignSampler{s})
}

// foreignSampler is a sampler of the program's.
type foreignSampler struct{ Sampler }

func (s foreignSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	sampled, tags := s.IsSampled(traceIDOf(p.TraceID), p.Name)
	result := sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
	if sampled {
		result.Decision, result.Attributes = sdktrace.RecordAndSample, attributesOf(tags)
	}
	return result
}

func (s foreignSampler) Description() string { return fmt.Sprintf("Jaeger{%T}", s.Sampler) }

// decide asks a sampler of the SDK's about a root.
func decide(s sdktrace.Sampler, id TraceID, operation string) (sampled bool, tags []Tag) {
	result := s.ShouldSample(sdktrace.SamplingParameters{ParentContext: context.Background(), TraceID: id.otel(), Name: operation})
	return result.Decision == sdktrace.RecordAndSample, tagsOf(result.Attributes)
}

// ConstSampler samples all traces, or none.
type ConstSampler struct {
	// Decision is what it does with all.
	Decision bool
}

var (
	sampleAll  = jaeger.NewConstSampler(true)
	sampleNone = jaeger.NewConstSampler(false)
)

// NewConstSampler returns a sampler that samples all traces, or none.
func NewConstSampler(sample bool) *ConstSampler { return &ConstSampler{sample} }

// ShouldSample decides as the SDK asks for it: a span with a parent follows that.
func (s *ConstSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return s.otel().ShouldSample(p)
}

// Description names the sampler and its decision.
func (s *ConstSampler) Description() string { return s.otel().Description() }

func (s *ConstSampler) otel() sdktrace.Sampler {
	if s.Decision {
		return sampleAll
	}
	return sampleNone
}

// IsSampled returns the decision.
func (s *ConstSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return decide(s, id, operation)
}

// Close does nothing.
func (s *ConstSampler) Close() {}

// Equal reports whether other is a ConstSampler with the same decision.
func (s *ConstSampler) Equal(other Sampler) bool {
	o, ok := other.(*ConstSampler)
	return ok && o.Decision == s.Decision
}

// String names the sampler and its decision.
func (s *ConstSampler) String() string { return fmt.Sprintf("ConstSampler(decision=%t)", s.Decision) }

// changeable is a sampler that is replaced as a whole.
type changeable struct {
	now atomic.Pointer[changeableState]
}

type changeableState struct {
	sdktrace.Sampler
	param float64
}

func (c *changeable) set(sampler sdktrace.Sampler, param float64) {
	c.now.Store(&changeableState{sampler, param})
}

// ShouldSample decides as the SDK asks for it: a span with a parent follows that.
func (c *changeable) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return c.now.Load().ShouldSample(p)
}

// Description names the sampler and its parameter.
func (c *changeable) Description() string { return c.now.Load().Description() }

// Close does nothing.
func (c *changeable) Close() {}

// IsSampled decides on a root.
func (c *changeable) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return decide(c, id, operation)
}

// ProbabilisticSampler samples each trace with the same probability, by its ID. Make it with
// [NewProbabilisticSampler].
type ProbabilisticSampler struct{ changeable }

// NewProbabilisticSampler returns a sampler of a share of all traces, from 0 to 1.
func NewProbabilisticSampler(samplingRate float64) (*ProbabilisticSampler, error) {
	s := new(ProbabilisticSampler)
	if err := s.Update(samplingRate); err != nil {
		return nil, err
	}
	return s, nil
}

// SamplingRate returns the share.
func (s *ProbabilisticSampler) SamplingRate() float64 { return s.now.Load().param }

// Update changes the share.
func (s *ProbabilisticSampler) Update(samplingRate float64) error {
	sampler, err := jaeger.NewProbabilisticSampler(samplingRate)
	if err == nil {
		s.set(sampler, samplingRate)
	}
	return err
}

// Equal reports whether other is a ProbabilisticSampler of the same share.
func (s *ProbabilisticSampler) Equal(other Sampler) bool {
	o, ok := other.(*ProbabilisticSampler)
	return ok && math.Abs(o.SamplingRate()-s.SamplingRate()) < 1e-9
}

// String names the sampler and its share.
func (s *ProbabilisticSampler) String() string {
	return fmt.Sprintf("ProbabilisticSampler(samplingRate=%v)", s.SamplingRate())
}

// RateLimitingSampler samples up to a number of traces a second. Make it with
// [NewRateLimitingSampler].
type RateLimitingSampler struct{ changeable }

// NewRateLimitingSampler returns a sampler of up to a number of traces a second; less than 1
// is valid. The larger of 1 and that number may follow at once.
func NewRateLimitingSampler(maxTracesPerSecond float64) *RateLimitingSampler {
	s := new(RateLimitingSampler)
	s.Update(maxTracesPerSecond)
	return s
}

// Update changes the number. The same one changes nothing.
func (s *RateLimitingSampler) Update(maxTracesPerSecond float64) {
	if now := s.now.Load(); now == nil || now.param != maxTracesPerSecond {
		s.set(jaeger.NewRateLimitingSampler(maxTracesPerSecond), maxTracesPerSecond)
	}
}

// Equal reports whether other is a RateLimitingSampler of the same number.
func (s *RateLimitingSampler) Equal(other Sampler) bool {
	o, ok := other.(*RateLimitingSampler)
	return ok && o.now.Load().param == s.now.Load().param
}

// String names the sampler and its number.
func (s *RateLimitingSampler) String() string {
	return fmt.Sprintf("RateLimitingSampler(maxTracesPerSecond=%v)", s.now.Load().param)
}

// GuaranteedThroughputProbabilisticSampler samples a share of all traces, and at least a
// number of them a second. Make it with [NewGuaranteedThroughputProbabilisticSampler].
type GuaranteedThroughputProbabilisticSampler struct {
	share *ProbabilisticSampler
	least *RateLimitingSampler
}

// NewGuaranteedThroughputProbabilisticSampler returns a sampler of a share of all traces,
// from 0 to 1, and of at least lowerBound of them a second.
func NewGuaranteedThroughputProbabilisticSampler(lowerBound, samplingRate float64) (*GuaranteedThroughputProbabilisticSampler, error) {
	share, err := NewProbabilisticSampler(samplingRate)
	if err != nil {
		return nil, err
	}
	return &GuaranteedThroughputProbabilisticSampler{share, NewRateLimitingSampler(lowerBound)}, nil
}

// IsSampled decides on a root. A trace that the share has counts for the number, too.
func (s *GuaranteedThroughputProbabilisticSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	byShare, tags := s.share.IsSampled(id, operation)
	byNumber, _ := s.least.IsSampled(id, operation)
	if !byShare && byNumber {
		tags = []Tag{{SamplerTypeTagKey, SamplerTypeLowerBound}, {SamplerParamTagKey, s.share.SamplingRate()}}
	}
	return byShare || byNumber, tags
}

// Close does nothing.
func (s *GuaranteedThroughputProbabilisticSampler) Close() {}

// Equal returns false, as that of Jaeger's client.
func (s *GuaranteedThroughputProbabilisticSampler) Equal(Sampler) bool { return false }

// String names the sampler, its number and its share.
func (s GuaranteedThroughputProbabilisticSampler) String() string {
	return fmt.Sprintf("GuaranteedThroughputProbabilisticSampler(lowerBound=%v, samplingRate=%v)", s.least.now.Load().param, s.share.SamplingRate())
}
