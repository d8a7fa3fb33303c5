// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// countingProvider is a provider of meters whose counters a test reads.
type countingProvider struct {
	noop.MeterProvider
	counts map[string]int64
}

func (p *countingProvider) Meter(string, ...metric.MeterOption) metric.Meter {
	return countingMeter{provider: p}
}

type countingMeter struct {
	noop.Meter
	provider *countingProvider
}

func (m countingMeter) Int64Counter(name string, opts ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return counter{name: name + " " + metric.NewInt64CounterConfig(opts...).Unit(), provider: m.provider}, nil
}

type counter struct {
	noop.Int64Counter
	name     string
	provider *countingProvider
}

func (c counter) Add(_ context.Context, n int64, opts ...metric.AddOption) {
	attributes := metric.NewAddConfig(opts).Attributes()
	c.provider.counts[c.name+" "+attributes.Encoded(attribute.DefaultEncoder())] += n
}

func TestExtractionCounter(t *testing.T) {
	provider := &countingProvider{counts: make(map[string]int64)}
	// Jaeger is off: who still speaks it is counted.
	formats := newFormats(t, &jaeger.FormatsOptions{Extract: []jaeger.Format{jaeger.FormatTraceContext}, MeterProvider: provider})
	want := make(map[string]int64)
	for _, tc := range []struct {
		formats string
		carrier propagation.MapCarrier
	}{
		{"none", nil},
		{"none", propagation.MapCarrier{"accept": "*/*", "uber": "", "x-b3": "", "ot-tracer": "", "uberctx-": ""}},
		{"jaeger", propagation.MapCarrier{"Uber-Trace-Id": "malformed"}},
		{"jaeger", propagation.MapCarrier{"uberctx-a": "1"}},
		{"jaeger", propagation.MapCarrier{"jaeger-baggage": "a=1"}},
		{"jaeger", propagation.MapCarrier{"JAEGER-DEBUG-ID": "1"}},
		{"w3c", propagation.MapCarrier{"Traceparent": "00"}},
		{"w3c", propagation.MapCarrier{"baggage": "a=1"}},
		{"b3", propagation.MapCarrier{"b3": "0"}},
		{"b3", propagation.MapCarrier{"X-B3-Sampled": "0"}},
		{"ot", propagation.MapCarrier{"Ot-Tracer-Traceid": "1"}},
		{"ot", propagation.MapCarrier{"ot-baggage-a": "1"}},
		{"jaeger+w3c", propagation.MapCarrier{"uber-trace-id": "1:2:0:1", "traceparent": "00"}},
		{"jaeger+w3c+b3+ot", propagation.MapCarrier{"uber-trace-id": "1:2:0:1", "traceparent": "00", "b3": "0", "ot-tracer-spanid": "1"}},
	} {
		formats.Extract(t.Context(), tc.carrier)
		want["ot2otel.propagation.extractions {extraction} ot2otel.propagation.formats="+tc.formats]++
	}
	if diff := cmp.Diff(want, provider.counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
