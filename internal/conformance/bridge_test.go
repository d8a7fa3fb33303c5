// SPDX-License-Identifier: Apache-2.0

//go:build !nobridge

package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"

	"github.com/ot2otel/ot2otel/internal/document"
)

// TestConformanceTable compares the table in the docs with what compat and the
// raw bridge do.
func TestConformanceTable(t *testing.T) {
	var table strings.Builder
	table.WriteString("| # | requirement | compat | raw bridge |\n|--:|---|---|---|\n")
	for _, r := range requirements() {
		verdicts := map[string]string{}
		for _, subject := range []string{"compat", "bridge"} {
			verdicts[subject] = "yes"
			if failure := run(t, r, subject); failure != "" {
				t.Logf("%d, %s: %s", r.number, subject, failure)
				verdicts[subject] = "no"
			}
		}
		fmt.Fprintf(&table, "| %d | %s | %s | %s |\n", r.number, r.words, verdicts["compat"], verdicts["bridge"])
	}
	document.Check(t, "../../docs/conformance.md", "table", table.String(), *updateDocs)
}

// useBridge makes a tracer of the raw bridge.
func (f *fixture) useBridge(s setup) {
	tracer := bridge.NewBridgeTracer()
	provider := bridge.NewTracerProvider(tracer, f.sdk)
	tracer.SetOpenTelemetryTracer(provider.Tracer("bridge"))
	propagator := s.options.TextMap
	if propagator == nil && !s.install {
		propagator = w3c
	}
	if propagator != nil {
		tracer.SetTextMapPropagator(propagator)
	}
	f.tracer, f.provider = tracer, provider
	f.ctx = tracer.NewHookedContext(f.ctx)
	if s.install {
		opentracing.SetGlobalTracer(tracer)
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(w3c)
	}
}

// childOfRawBridge starts a child of a span of the raw bridge.
func (f *fixture) childOfRawBridge() {
	raw, _ := bridge.NewTracerPair(f.sdk.Tracer("raw"))
	rawParent := raw.StartSpan("raw parent")
	rawParent.SetBaggageItem("from", "raw")
	child := f.tracer.StartSpan("child of raw", opentracing.ChildOf(rawParent.Context()))
	f.equal("baggage of a child of the raw bridge's span", child.BaggageItem("from"), "raw")
	finish(child, rawParent)
	f.childOf(f.ended("child of raw"), f.ended("raw parent"))
}
