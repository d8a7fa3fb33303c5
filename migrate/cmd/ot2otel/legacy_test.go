// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate"
)

// legacyUses are the uses of OpenTracing in examples/legacy, by file. They were
// counted by reading and searching the files, not by this program: whoever changes
// the example counts again.
var legacyUses = map[string]int{
	"internal/audit/queue.go":      15,
	"internal/audit/worker.go":     20, // the keys of literals are none
	"internal/httpapi/handlers.go": 22,
	"internal/httpapi/recover.go":  8,
	"internal/httpapi/server.go":   6, // nethttp's own functions are none
	"internal/orders/mailer.go":    20,
	"internal/orders/pricing.go":   34,
	"internal/orders/service.go":   39,
	"internal/orders/stock.go":     11,
	"internal/payments/client.go":  29, // nethttp.Tracer.Finish is none
	"internal/payments/gateway.go": 37,
	"internal/store/cache.go":      11,
	"internal/store/store.go":      20,
	"internal/store/tx.go":         11, // 3 through the embedded span
	"main_test.go":                 16, // and recorder's again; memory's spans are OpenTelemetry's
	"shop/shop.go":                 1,
	"shop/shop_test.go":            58, // recorder.MockTracer is a field of the test's own
}

// legacySymbols are counts of some symbols, found by searching for their names and
// leaving out what is only spelt alike: http.Header.Set, Request.Context,
// nethttp's Finish.
var legacySymbols = map[string]int{
	"opentracing.Span.SetTag":              31,
	"opentracing.Span.Finish":              19,
	"opentracing.Span":                     15,
	"opentracing.Tracer":                   13,
	"log.String":                           15,
	"ext.LogError":                         11,
	"opentracing.Span.LogFields":           11,
	"opentracing.StartSpanFromContext":     10,
	"opentracing.SpanFromContext":          9,
	"opentracing.Span.LogKV":               7,
	"opentracing.Span.Context":             7,
	"opentracing.Tracer.StartSpan":         7,
	"opentracing.FollowsFrom":              2,
	"opentracing.Tracer.Inject":            2,
	"opentracing.Tracer.Extract":           2,
	"opentracing.Span.SetBaggageItem":      1,
	"opentracing.NoopTracer":               2,
	"mocktracer.MockSpan":                  12,
	"mocktracer.MockTracer.FinishedSpans":  3,
	"opentracing.Span.FinishWithOptions":   1,
	"opentracing.FinishOptions.LogRecords": 0,
}

func TestReportOnLegacyShop(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", "..", "examples", "legacy"))
	var out, errs bytes.Buffer
	if code := run(t.Context(), stdio{out: &out, err: &errs}, []string{"report", "-format=json", "./..."}); code != exitOK {
		t.Fatalf("exit code %d:\n%s", code, errs.String())
	}
	var report migrate.Report
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}

	files := make(map[string]int)
	for _, use := range report.Uses {
		files[use.File]++
	}
	if diff := cmp.Diff(legacyUses, files); diff != "" {
		t.Errorf("uses by file: every one of the example is counted, and nothing else (-counted by hand +reported):\n%s", diff)
	}
	want := migrate.Tally{
		Code: migrate.Count{Calls: 197, References: 87, Uses: 284},
		Test: migrate.Count{Calls: 22, References: 52, Uses: 74},
	}
	if diff := cmp.Diff(want, report.Totals); diff != "" {
		t.Errorf("totals: code and tests, calls and references are told apart (-want +got):\n%s", diff)
	}
	symbols := make(map[string]int)
	for _, s := range report.Symbols {
		symbols[s.Symbol] = s.Total()
	}
	for name, n := range legacySymbols {
		if symbols[name] != n {
			t.Errorf("%s: %d uses reported, %d counted by hand", name, symbols[name], n)
		}
	}
	if report.Derived != 4 {
		t.Errorf("%d derived uses, want 4: three on tx, which embeds its span, one on recorder, which embeds its tracer", report.Derived)
	}
	imports := make(map[string]int)
	for _, i := range report.Instrumentation {
		imports[i.Path] = len(i.Files)
	}
	if got := imports["github.com/opentracing-contrib/go-stdlib/nethttp"]; got != 2 {
		t.Errorf("nethttp is reported in %d files, want 2: instrumentation is listed by import", got)
	}
	if len(report.Notes) > 0 {
		t.Errorf("notes %q: the module graph is complete", report.Notes)
	}
	var dependencies []string
	for _, d := range report.Dependencies {
		dependencies = append(dependencies, d.Path)
	}
	if diff := cmp.Diff([]string{"github.com/opentracing-contrib/go-stdlib", "github.com/ot2otel/ot2otel", "go.opentelemetry.io/otel/bridge/opentracing"}, dependencies); diff != "" {
		t.Errorf("dependencies that use OpenTracing (-want +got):\n%s", diff)
	}
	for _, sum := range []struct {
		name string
		got  int
	}{
		{"packages", sumTallies(report.Packages, func(p migrate.PackageTally) int { return p.Total() })},
		{"symbols", sumTallies(report.Symbols, func(s migrate.SymbolTally) int { return s.Total() })},
		{"areas", sumTallies(report.Areas, func(a migrate.AreaTally) int { return a.Total() })},
		{"uses", len(report.Uses)},
	} {
		if sum.got != report.Totals.Total() {
			t.Errorf("the %s add up to %d, the total is %d", sum.name, sum.got, report.Totals.Total())
		}
	}
}

func sumTallies[T any](all []T, total func(T) int) int {
	n := 0
	for _, t := range all {
		n += total(t)
	}
	return n
}
