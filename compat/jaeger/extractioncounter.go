// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
)

// carriedSet is a set of formats that a carrier has headers of.
type carriedSet int

const (
	carriedJaeger carriedSet = 1 << iota
	carriedW3C
	carriedB3
	carriedOT
	carriedSets // how many sets there are
)

// carriedNames are the names of the bits.
var carriedNames = [...]string{"jaeger", "w3c", "b3", "ot"}

// carriedAs is what a format belongs to.
var carriedAs = map[Format]carriedSet{
	FormatJaeger:       carriedJaeger,
	FormatTraceContext: carriedW3C,
	FormatBaggage:      carriedW3C,
	FormatB3:           carriedB3,
	FormatB3Multi:      carriedB3,
	FormatOT:           carriedOT,
}

func (s carriedSet) String() string {
	var names []string
	for i, name := range carriedNames {
		if s&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, "+")
}

// carried returns the formats that a carrier has headers of.
func (f *Formats) carried(carrier propagation.TextMapCarrier) (set carriedSet) {
	names := f.jaeger.names()
	eachKey(carrier, func(key string) {
		switch {
		case names.match(key) != noKind:
			set |= carriedJaeger
		case matchB3(key) != noKind, f.b3Prefix != "" && hasPrefixFold(key, f.b3Prefix):
			set |= carriedB3
		case matchOT(key) != noKind:
			set |= carriedOT
		case strings.EqualFold(key, "traceparent"), strings.EqualFold(key, "baggage"):
			set |= carriedW3C
		}
	})
	return set
}

// extractionCounter counts calls of Extract.
type extractionCounter struct {
	metric.Int64Counter
	sets [carriedSets][]metric.AddOption // made once
}

func newExtractionCounter(provider metric.MeterProvider) (c extractionCounter) {
	if provider == nil {
		provider = otel.GetMeterProvider()
	}
	var err error
	c.Int64Counter, err = provider.Meter("github.com/ot2otel/ot2otel/compat/jaeger").Int64Counter("ot2otel.propagation.extractions",
		metric.WithUnit("{extraction}"), metric.WithDescription("Extractions of trace headers by the formats that were there."))
	if err != nil {
		otel.Handle(fmt.Errorf("jaeger: extractions are not counted: %w", err))
	}
	for set := range carriedSets {
		c.sets[set] = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attribute.String("ot2otel.propagation.formats", set.String())))}
	}
	return c
}

func (c *extractionCounter) add(ctx context.Context, set carriedSet) {
	if c.Int64Counter != nil {
		c.Add(ctx, 1, c.sets[set]...)
	}
}
