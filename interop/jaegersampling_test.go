// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	jaegerclient "github.com/uber/jaeger-client-go"

	jaegertwin "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/internal/document"
)

// TestSamplingTable starts spans by jaeger-client-go and by its twin, and holds
// docs/jaeger.md to what is sampled.
func TestSamplingTable(t *testing.T) {
	var table strings.Builder
	table.WriteString("| what is started | jaeger-client-go | the twin |\n|---|---|---|\n")
	row := func(explanation, was, is string) {
		if was != is {
			is = "**" + is + "**"
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", explanation, was, is)
	}
	headers := func(pairs ...string) opentracing.TextMapCarrier {
		carrier := opentracing.TextMapCarrier{}
		for i := 0; i < len(pairs); i += 2 {
			carrier[pairs[i]] = pairs[i+1]
		}
		return carrier
	}
	priority := func(value uint16) opentracing.StartSpanOption {
		return opentracing.Tag{Key: string(ext.SamplingPriority), Value: value}
	}
	for _, c := range []struct {
		explanation string
		all         bool // what const samples
		parent      opentracing.TextMapCarrier
		options     []opentracing.StartSpanOption
		after       func(opentracing.Span)
	}{
		{"a root, `const` 0", false, nil, nil, nil},
		{"a root, `const` 1", true, nil, nil, nil},
		{"a child of a peer's sampled span, `const` 0", false, headers("uber-trace-id", "1:2:0:1"), nil, nil},
		{"a child of a peer's span that isn't sampled, `const` 1", true, headers("uber-trace-id", "1:2:0:0"), nil, nil},
		{"a child in a peer's debug trace, `const` 0", false, headers("uber-trace-id", "1:2:0:3"), nil, nil},
		{"a root of a request with `jaeger-debug-id`, `const` 0", false, headers("jaeger-debug-id", "ticket-1"), nil, nil},
		{"a root with `sampling.priority` 1 at its start, `const` 0", false, nil, []opentracing.StartSpanOption{priority(1)}, nil},
		{"a root with `sampling.priority` 0 at its start, `const` 1", true, nil, []opentracing.StartSpanOption{priority(0)}, nil},
		{"a root with `sampling.priority` 1 set later, `const` 0", false, nil, nil, func(span opentracing.Span) { ext.SamplingPriority.Set(span, 1) }},
		{"a root with `sampling.priority` 0 set later, `const` 1", true, nil, nil, func(span opentracing.Span) { ext.SamplingPriority.Set(span, 0) }},
		{"a child with `sampling.priority` 1 at its start, of a span that isn't sampled", false, headers("uber-trace-id", "1:2:0:0"), []opentracing.StartSpanOption{priority(1)}, nil},
	} {
		old, closeOld := jaegerclient.NewTracer("shop", jaegerclient.NewConstSampler(c.all), jaegerclient.NewNullReporter())
		twin, closeTwin := jaegertwin.NewTracer("shop", jaegertwin.NewConstSampler(c.all), jaegertwin.NewNullReporter(), jaegertwin.TracerOptions.Logger(jaegertwin.NullLogger))
		outcome := func(tracer opentracing.Tracer) string {
			options := c.options
			if c.parent != nil {
				parent, err := tracer.Extract(opentracing.TextMap, c.parent)
				if err != nil {
					t.Fatalf("%s: %v", c.explanation, err)
				}
				options = append([]opentracing.StartSpanOption{opentracing.ChildOf(parent)}, options...)
			}
			span := tracer.StartSpan("operation", options...)
			defer span.Finish()
			if c.after != nil {
				c.after(span)
			}
			sent := opentracing.TextMapCarrier{}
			if err := tracer.Inject(span.Context(), opentracing.TextMap, sent); err != nil {
				t.Fatalf("%s: %v", c.explanation, err)
			}
			switch header := sent["uber-trace-id"]; header[strings.LastIndexByte(header, ':')+1:] {
			case "0":
				return "not sampled"
			case "1":
				return "sampled"
			case "3":
				return "sampled, debug"
			default:
				return header
			}
		}
		row(c.explanation, outcome(old), outcome(twin))
		closeOld.Close()
		closeTwin.Close()
	}

	oldShare, err := jaegerclient.NewProbabilisticSampler(0.3)
	if err != nil {
		t.Fatal(err)
	}
	twinShare, err := jaegertwin.NewProbabilisticSampler(0.3)
	if err != nil {
		t.Fatal(err)
	}
	oldRemote := jaegerclient.NewRemotelyControlledSampler("shop", jaegerclient.SamplerOptions.SamplingStrategyFetcher(shareOf30{}))
	defer oldRemote.Close()
	oldRemote.UpdateSampler()
	twinRemote := jaegertwin.NewRemotelyControlledSampler("shop", jaegertwin.SamplerOptions.SamplingStrategyFetcher(shareOf30{}), jaegertwin.SamplerOptions.Logger(jaegertwin.NullLogger))
	defer twinRemote.Close()
	twinRemote.UpdateSampler()
	for _, c := range []struct {
		explanation string
		old         jaegerclient.Sampler
		twin        jaegertwin.Sampler
	}{
		{"10,000 roots, `probabilistic` 0.3", oldShare, twinShare},
		{"10,000 roots, `remote`, whose server says 0.3", oldRemote.Sampler().(jaegerclient.Sampler), twinRemote},
		{"10 roots at once, `ratelimiting` 2", jaegerclient.NewRateLimitingSampler(2), jaegertwin.NewRateLimitingSampler(2)},
		{"10 roots at once, `ratelimiting` 0.5", jaegerclient.NewRateLimitingSampler(0.5), jaegertwin.NewRateLimitingSampler(0.5)},
	} {
		var roots int
		if _, err := fmt.Sscanf(strings.ReplaceAll(c.explanation, ",", ""), "%d", &roots); err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(3, 4))
		var was, is, same int
		for range roots {
			high, low := random.Uint64(), random.Uint64()
			before, _ := c.old.IsSampled(jaegerclient.TraceID{High: high, Low: low}, "operation")
			after, _ := c.twin.IsSampled(jaegertwin.TraceID{High: high, Low: low}, "operation")
			if before {
				was++
			}
			if after {
				is++
			}
			if before && after {
				same++
			}
		}
		others := ""
		if same != was {
			others = fmt.Sprintf(", of which %d are the same", same)
		}
		row(c.explanation, fmt.Sprintf("%d", was), fmt.Sprintf("%d%s", is, others))
	}
	document.Check(t, "../docs/jaeger.md", "sampling", table.String(), *updateDocs)
}

// shareOf30 is a sampling server.
type shareOf30 struct{}

func (shareOf30) Fetch(string) ([]byte, error) {
	return []byte(`{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.3}}`), nil
}
