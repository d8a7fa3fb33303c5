// SPDX-License-Identifier: Apache-2.0

package report

import (
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
)

func TestNext(t *testing.T) {
	foreign := func(tracer string) *Plan { return &Plan{ForeignTracers: []PlanTracer{{Tracer: tracer}}} }
	spans := []ReportUse{{Symbol: "opentracing.Span.SetTag"}}
	setUps := []ReportUse{{Symbol: "opentracing.SetGlobalTracer"}, {Symbol: "opentracing.Span.SetTag", Test: true}}
	mock := []SymbolTally{{Path: opentracing.MocktracerPath}}
	for _, tt := range []struct {
		explanation string
		report      Report
		want        string
	}{
		{"a test on mocktracer has a twin", Report{Symbols: mock, Plan: &Plan{}}, "ot2otel fix -stage 1 -diff ./..."},
		{"nor does that take a plan", Report{Symbols: mock}, "ot2otel fix -stage 1 -diff ./..."},
		{"so has Jaeger's client", Report{Plan: foreign("github.com/uber/jaeger-client-go/config")}, "ot2otel fix -stage 1 -diff ./..."},
		{"another tracer is set up by hand", Report{Plan: foreign("github.com/opentracing/basictracer-go")}, "set up OpenTelemetry's tracer, see " + rewrite.StageOne},
		{"so is a twin whose globals are not both set", Report{Plan: foreign("github.com/ot2otel/ot2otel/compat/jaegerclient")}, "set up OpenTelemetry's tracer, see " + rewrite.StageOne},
		{"what can be rewritten is", Report{Plan: &Plan{PlanTally: PlanTally{Code: PlanCount{Rewritten: 1, Stay: 9}}}}, "ot2otel fix -diff ./..."},
		{"else the reason is explained", Report{Uses: spans, Plan: &Plan{Causes: []PlanCause{{Category: "own-tracer"}}}}, "ot2otel explain own-tracer"},
		{"where only set-ups are left, the last stage is next", Report{Uses: setUps, Plan: &Plan{Causes: []PlanCause{{Category: "set-up"}}}}, "ot2otel fix -stage 4 -diff ./..."},
		{"patterns are kept, and quoted", Report{Patterns: []string{"./a", "./b c"}}, "ot2otel fix -diff ./a './b c'"},
	} {
		if got := tt.report.next(); got != tt.want {
			t.Errorf("%s: next is %q, want %q", tt.explanation, got, tt.want)
		}
	}
}
