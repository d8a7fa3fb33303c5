// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/harness"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/otel/propagation"

	bridge "go.opentelemetry.io/otel/bridge/opentracing"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/internal/document"
)

var updateDocs = flag.Bool("update", false, "write the tables in the docs anew")

// harnessPeer names the tracer of TestHarness when it runs in a process of its
// own: the harness ends the test at the first tracer that panics.
const harnessPeer = "OT2OTEL_HARNESS_PEER"

// TestHarness runs the API checks of opentracing-go with every check on and a
// probe: compat passes all of them.
func TestHarness(t *testing.T) {
	peer := os.Getenv(harnessPeer)
	if peer == "" {
		peer = "compat"
	}
	harness.RunAPIChecks(t, func() (opentracing.Tracer, func()) { return harnessTracer(t, peer), nil },
		harness.CheckEverything(), harness.UseProbe(probe{peer}))
}

// TestHarnessTable compares what the docs say that each tracer passes with what it
// does.
func TestHarnessTable(t *testing.T) {
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var row strings.Builder
	for _, peer := range []string{"compat", "bridge", "jaeger"} {
		command := exec.CommandContext(t.Context(), executable, "-test.run", "^TestHarness$", "-test.v")
		command.Env = append(os.Environ(), harnessPeer+"="+peer)
		output, err := command.CombinedOutput()
		passed := strings.Count(string(output), "--- PASS: TestHarness/")
		fmt.Fprintf(&row, "| %d ", passed)
		if peer == "compat" && (err != nil || passed != 16) {
			t.Errorf("compat: %v\n%s", err, output)
		}
	}
	document.Check(t, "../docs/conformance.md", "harness", "| compat | raw bridge | jaeger-client-go |\n|--:|--:|--:|\n"+row.String()+"|\n", *updateDocs)
}

func harnessTracer(t *testing.T, peer string) opentracing.Tracer {
	switch peer {
	case "bridge":
		tracer, _ := bridge.NewTracerPair(newProvider(true).Tracer("harness"))
		tracer.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
		return tracer
	default:
		return newTracer(t, peer, true)
	}
}

// probe tells the harness which spans are of one trace, and what they inherit.
type probe struct{ peer string }

func (p probe) SameTrace(first, second opentracing.Span) bool {
	return p.traceID(first.Context()) == p.traceID(second.Context())
}

func (p probe) SameSpanContext(span opentracing.Span, sc opentracing.SpanContext) bool {
	if p.peer == "jaeger" {
		return span.Context().(jaeger.SpanContext).SpanID() == sc.(jaeger.SpanContext).SpanID()
	}
	first, ok1 := compat.OTelSpanContext(span.Context())
	second, ok2 := compat.OTelSpanContext(sc)
	return ok1 && ok2 && first.TraceID() == second.TraceID() && first.SpanID() == second.SpanID()
}

func (p probe) traceID(sc opentracing.SpanContext) string {
	if p.peer == "jaeger" {
		return sc.(jaeger.SpanContext).TraceID().String()
	}
	otelContext, ok := compat.OTelSpanContext(sc)
	if !ok {
		return "none"
	}
	return otelContext.TraceID().String()
}
