// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

func probabilistic(t *testing.T, rate float64) *jaeger.ProbabilisticSampler {
	t.Helper()
	sampler, err := jaeger.NewProbabilisticSampler(rate)
	if err != nil {
		t.Fatal(err)
	}
	return sampler
}

func TestSamplers(t *testing.T) {
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(2, 0)
	if err != nil {
		t.Fatal(err)
	}
	share, number := probabilistic(t, 1), jaeger.NewRateLimitingSampler(1)
	if err := share.Update(0.25); err != nil {
		t.Fatal(err)
	}
	number.Update(0.5)
	number.Update(0.5) // does not start anew
	for _, c := range []struct {
		sampler     jaeger.Sampler
		least, most int // of 1000
		text        string
	}{
		{jaeger.NewConstSampler(true), 1000, 1000, "ConstSampler(decision=true)"},
		{&jaeger.ConstSampler{}, 0, 0, "ConstSampler(decision=false)"},
		{probabilistic(t, 0.5), 440, 560, "ProbabilisticSampler(samplingRate=0.5)"},
		{share, 190, 310, "ProbabilisticSampler(samplingRate=0.25)"},
		{number, 1, 1, "RateLimitingSampler(maxTracesPerSecond=0.5)"},
		{guaranteed, 2, 3, "GuaranteedThroughputProbabilisticSampler(lowerBound=2, samplingRate=0)"},
	} {
		text := c.sampler.(interface{ String() string }).String()
		if got := sampledOf(c.sampler, 1000, ""); got < c.least || got > c.most {
			t.Errorf("%s: %d of 1000 are sampled, want %d to %d", text, got, c.least, c.most)
		}
		if text != c.text {
			t.Errorf("text %q, want %q", text, c.text)
		}
		if otel, ok := c.sampler.(sdktrace.Sampler); ok && !strings.HasPrefix(otel.Description(), "ParentBased{") {
			t.Errorf("%s is the SDK's sampler %s, want one within ParentBased", text, otel.Description())
		}
	}
	for _, c := range []struct {
		a, b jaeger.Sampler
		want bool
	}{
		{jaeger.NewConstSampler(true), jaeger.NewConstSampler(true), true},
		{jaeger.NewConstSampler(true), jaeger.NewConstSampler(false), false},
		{probabilistic(t, 0.5), probabilistic(t, 0.5), true},
		{probabilistic(t, 0.5), probabilistic(t, 0.4), false},
		{number, jaeger.NewRateLimitingSampler(0.5), true},
		{number, jaeger.NewConstSampler(true), false},
	} {
		if got := c.a.Equal(c.b); got != c.want {
			t.Errorf("%v equals %v: %t, want %t", c.a, c.b, got, c.want)
		}
	}
	if _, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(2, 1.5); err == nil {
		t.Error("a share of 1.5 is valid")
	}
}
