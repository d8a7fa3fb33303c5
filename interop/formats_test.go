// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/contrib/propagators/ot"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// TestFormatsReadWhatContribReads holds the formats B3 and OT of compat/jaeger to those of
// contrib's propagators: what they find of thousands of generated requests is found alike,
// with its debug flag, and what is sent on is the same. Formats finds more: IDs without
// leading zeros, and in upper case.
func TestFormatsReadWhatContribReads(t *testing.T) {
	silenceReports(t)
	for _, tc := range []struct {
		formats []jaeger.Format
		contrib propagation.TextMapPropagator
		fields  func(*rand.Rand) propagation.MapCarrier
	}{
		{[]jaeger.Format{jaeger.FormatB3, jaeger.FormatB3Multi}, b3.New(b3.WithInjectEncoding(b3.B3SingleHeader | b3.B3MultipleHeader)), randomB3},
		{[]jaeger.Format{jaeger.FormatOT}, ot.OT{}, randomOT},
	} {
		own, err := jaeger.NewFormats(&jaeger.FormatsOptions{Extract: tc.formats})
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(3, 3))
		found := 0
		for range 5000 {
			fields := tc.fields(random)
			contribCtx, ownCtx := tc.contrib.Extract(t.Context(), fields), own.Extract(t.Context(), fields)
			want, got := trace.SpanContextFromContext(contribCtx), trace.SpanContextFromContext(ownCtx)
			if !want.IsValid() {
				continue
			}
			found++
			if !got.Equal(want) {
				t.Fatalf("%v: %v has %v, contrib's has %v", fields, tc.formats, got, want)
			}
			contribNext, ownNext := propagation.MapCarrier{}, propagation.MapCarrier{}
			tc.contrib.Inject(contribCtx, contribNext)
			own.Inject(ownCtx, ownNext)
			for key, value := range contribNext {
				if key == "b3" || strings.HasPrefix(key, "x-b3-") && key != "x-b3-traceid" || strings.HasPrefix(key, "ot-tracer-") {
					if !sameB3(ownNext[key], value) {
						t.Fatalf("%v: sent on as %v, contrib's as %v", fields, ownNext, contribNext)
					}
				}
			}
		}
		if found < 500 {
			t.Errorf("%v: contrib's finds only %d", tc.formats, found)
		}
	}
}

// sameB3 reports whether two headers say the same: a trace ID of 64 bits may have 16 or 32
// digits, and a sampling state that is missing may be sent on as one.
func sameB3(own, contrib string) bool {
	short := func(text string) string {
		return strings.TrimSuffix(strings.TrimPrefix(text, strings.Repeat("0", 16)), "-0")
	}
	return short(own) == short(contrib)
}

// randomHex returns digits, most often so many.
func randomHex(random *rand.Rand, digits ...int) string {
	text := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
	switch random.IntN(20) {
	case 0:
		return text[:1+random.IntN(31)]
	case 1:
		return strings.Repeat("0", digits[0])
	case 2:
		return "xyz"
	}
	return text[:digits[random.IntN(len(digits))]]
}

func oneOf(random *rand.Rand, of ...string) string { return of[random.IntN(len(of))] }

// randomB3 has a single header, or the others, or both where the single one has no IDs.
func randomB3(random *rand.Rand) propagation.MapCarrier {
	fields := propagation.MapCarrier{}
	if random.IntN(2) == 0 {
		parts := []string{randomHex(random, 16, 32), randomHex(random, 16), oneOf(random, "0", "1", "d"), "05e3ac9a4f6e3b90"}
		fields["b3"] = strings.Join(parts[:2+random.IntN(3)], "-")
		if random.IntN(10) > 0 {
			return fields
		}
		fields["b3"] = oneOf(random, "", "-", "x", "x-y-z")
	}
	fields["x-b3-traceid"], fields["x-b3-spanid"] = randomHex(random, 16, 32), randomHex(random, 16)
	if random.IntN(2) == 0 {
		fields["x-b3-sampled"] = oneOf(random, "0", "1", "true", "false", "TRUE", "False", "yes", "")
	}
	if random.IntN(4) == 0 {
		fields["x-b3-flags"] = oneOf(random, "0", "1", "2", "")
	}
	return fields
}

func randomOT(random *rand.Rand) propagation.MapCarrier {
	return propagation.MapCarrier{
		"ot-tracer-traceid": randomHex(random, 16, 32),
		"ot-tracer-spanid":  randomHex(random, 16),
		"ot-tracer-sampled": oneOf(random, "true", "false", "1", "0", "", "yes", "TRUE"),
	}
}
