// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

func probabilistic(t *testing.T, rate float64) sdktrace.Sampler {
	t.Helper()
	sampler, err := jaeger.NewProbabilisticSampler(rate)
	if err != nil {
		t.Fatal(err)
	}
	return sampler
}

// sampled asks a sampler for a root with that trace ID.
func sampled(sampler sdktrace.Sampler, id trace.TraceID) bool {
	return sampler.ShouldSample(sdktrace.SamplingParameters{ParentContext: context.Background(), TraceID: id}).Decision == sdktrace.RecordAndSample
}

func randomTraceID(random *rand.Rand) (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], random.Uint64())
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	return id
}

// TestSamplersAreParentBased holds all samplers to follow a parent, local or remote,
// and to keep its trace state.
func TestSamplersAreParentBased(t *testing.T) {
	state, err := trace.ParseTraceState("vendor=1")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name       string
		sampler    sdktrace.Sampler
		root       bool
		attributes []attribute.KeyValue
	}{
		{"const true", jaeger.NewConstSampler(true), true, []attribute.KeyValue{attribute.String("sampler.type", "const"), attribute.Bool("sampler.param", true)}},
		{"const false", jaeger.NewConstSampler(false), false, nil},
		{"probabilistic 1", probabilistic(t, 1), true, []attribute.KeyValue{attribute.String("sampler.type", "probabilistic"), attribute.Float64("sampler.param", 1)}},
		{"probabilistic 0", probabilistic(t, 0), false, nil},
		{"rate limiting", jaeger.NewRateLimitingSampler(0.5), true, []attribute.KeyValue{attribute.String("sampler.type", "ratelimiting"), attribute.Float64("sampler.param", 0.5)}},
	} {
		for _, flags := range []trace.TraceFlags{0, trace.FlagsSampled} {
			for _, remote := range []bool{false, true} {
				parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{15: 9}, SpanID: trace.SpanID{1}, TraceFlags: flags, TraceState: state, Remote: remote})
				result := tc.sampler.ShouldSample(sdktrace.SamplingParameters{ParentContext: trace.ContextWithSpanContext(t.Context(), parent), TraceID: parent.TraceID()})
				if got := result.Decision == sdktrace.RecordAndSample; got != parent.IsSampled() || result.Tracestate.String() != "vendor=1" || result.Attributes != nil {
					t.Errorf("%s below a parent with the flags %v, remote %t: %+v", tc.name, flags, remote, result)
				}
			}
		}
		result := tc.sampler.ShouldSample(sdktrace.SamplingParameters{ParentContext: t.Context(), TraceID: trace.TraceID{8: 0x12, 15: 9}})
		if got := result.Decision == sdktrace.RecordAndSample; got != tc.root {
			t.Errorf("%s: a root is sampled: %t", tc.name, got)
		}
		if diff := cmp.Diff(tc.attributes, result.Attributes, cmp.Comparer(func(a, b attribute.Value) bool { return a == b })); diff != "" {
			t.Errorf("%s: attributes of a root (-want +got):\n%s", tc.name, diff)
		}
		if !strings.HasPrefix(tc.sampler.Description(), "ParentBased{root:Jaeger{") {
			t.Errorf("%s: description %q", tc.name, tc.sampler.Description())
		}
	}
}

// TestProbabilisticShare samples the share that it was told, within five standard
// deviations, whatever the high bits are.
func TestProbabilisticShare(t *testing.T) {
	const traces = 20_000
	for _, rate := range []float64{0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 1} {
		for seed := range uint64(2) {
			random := rand.New(rand.NewPCG(seed, 1))
			sampler, count := probabilistic(t, rate), 0
			for range traces {
				id := randomTraceID(random)
				one := sampled(sampler, id)
				if one {
					count++
				}
				clear(id[:8])
				id[8] ^= 0x80
				if sampled(sampler, id) != one {
					t.Fatalf("rate %v: %s is decided by more than the low 63 bits", rate, id)
				}
			}
			if deviation := math.Sqrt(traces * rate * (1 - rate)); math.Abs(float64(count)-traces*rate) > 5*deviation {
				t.Errorf("rate %v, seed %d: %d of %d are sampled", rate, seed, count, traces)
			}
		}
	}
}

// TestProbabilisticFleet chooses with a smaller rate a part of what a larger one chooses,
// so that services with different rates share traces.
func TestProbabilisticFleet(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	small, large := probabilistic(t, 0.1), probabilistic(t, 0.2)
	for range 10_000 {
		if id := randomTraceID(random); sampled(small, id) && !sampled(large, id) {
			t.Fatalf("%s is sampled by the smaller rate only", id)
		}
	}
}

func TestProbabilisticRange(t *testing.T) {
	for _, rate := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		sampler, err := jaeger.NewProbabilisticSampler(rate)
		if sampler != nil || err == nil || !strings.HasPrefix(err.Error(), "jaeger: ") {
			t.Errorf("rate %v: %v, %v; want an error", rate, sampler, err)
		}
	}
}

// TestRateLimiting counts what is sampled of a steady stream.
func TestRateLimiting(t *testing.T) {
	for _, tc := range []struct {
		explanation    string
		perSecond      float64
		every, lasting time.Duration
		want           int
	}{
		{"one in two seconds: the burst of 1 and 5 more in 10 s", 0.5, 10 * time.Millisecond, 10 * time.Second, 6},
		{"a burst of 10 and 10 a second", 10, 10 * time.Millisecond, 10 * time.Second, 110},
		{"a rate between", 2.5, 10 * time.Millisecond, 10 * time.Second, 2 + 25},
		{"traces that come slower are all sampled", 10, 200 * time.Millisecond, 2 * time.Second, 11},
		{"0 samples the burst of 1", 0, 10 * time.Millisecond, 10 * time.Second, 1},
		{"less than 0 is as 0", -1, 10 * time.Millisecond, 10 * time.Second, 1},
		{"not a number is as 0", math.NaN(), 10 * time.Millisecond, 10 * time.Second, 1},
		{"without a limit", math.Inf(1), 10 * time.Millisecond, time.Second, 101},
	} {
		synctest.Test(t, func(t *testing.T) {
			sampler, count := jaeger.NewRateLimitingSampler(tc.perSecond), 0
			for start := time.Now(); time.Since(start) <= tc.lasting; time.Sleep(tc.every) {
				if sampled(sampler, trace.TraceID{1}) {
					count++
				}
			}
			if count < tc.want-1 || count > tc.want { // floating point may cost one
				t.Errorf("%s: %d are sampled, want %d", tc.explanation, count, tc.want)
			}
		})
	}
}

// TestRateLimitingBurst saves no more than a burst, however long nothing came.
func TestRateLimitingBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sampler, count := jaeger.NewRateLimitingSampler(5), 0
		time.Sleep(time.Hour)
		for range 100 {
			if sampled(sampler, trace.TraceID{1}) {
				count++
			}
		}
		if count != 5 {
			t.Errorf("%d are sampled after an hour, want 5", count)
		}
	})
}

// TestRateLimitingConcurrentSafe shares one burst among goroutines.
func TestRateLimitingConcurrentSafe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sampler := jaeger.NewRateLimitingSampler(50)
		var mu sync.Mutex
		var wg sync.WaitGroup
		count := 0
		for range 8 {
			wg.Go(func() {
				for range 100 {
					if sampled(sampler, trace.TraceID{1}) {
						mu.Lock()
						count++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if count != 50 {
			t.Errorf("%d are sampled at once, want the burst of 50", count)
		}
	})
}
