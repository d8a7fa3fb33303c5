// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"testing"
	"time"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// answer is a sampling server with one answer.
type answer []byte

func (a *answer) Fetch(string) ([]byte, error) { return *a, nil }

// FuzzStrategy looks for an answer of a sampling server by which contrib's sampler panics.
func FuzzStrategy(f *testing.F) {
	for _, seed := range []string{sampleAllOf, sampleNoneOf, sampleThree, perOperation, "{}", "null", `{"operationSampling":{"perOperationStrategies":[{"operation":"GET"},null]}}`} {
		f.Add([]byte(seed))
	}
	given := new(answer)
	sampler := jaeger.NewRemotelyControlledSampler("shop", jaeger.SamplerOptions.SamplingStrategyFetcher(given),
		jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour), jaeger.SamplerOptions.Logger(jaeger.NullLogger))
	sampler.Close() // its own requests
	f.Fuzz(func(_ *testing.T, text []byte) {
		*given = text
		sampler.UpdateSampler()
		sampler.IsSampled(jaeger.TraceID{Low: 1}, "GET")
	})
}

// FuzzContextFromString looks for a text that panics, or is read as another one.
func FuzzContextFromString(f *testing.F) {
	f.Add("00000000000000010000000000000002:0000000000000003:0000000000000004:1")
	f.Add("a:b:0:0")
	f.Fuzz(func(t *testing.T, text string) {
		sc, err := jaeger.ContextFromString(text)
		if err != nil || sc.Flags() > 9 { // which have another text
			return
		}
		if again, err := jaeger.ContextFromString(sc.String()); err != nil || again.String() != sc.String() {
			t.Errorf("%q is %v, and that is %v, %v", text, sc, again, err)
		}
	})
}
