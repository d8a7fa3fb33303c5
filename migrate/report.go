// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"io"

	"github.com/ot2otel/ot2otel/migrate/internal/baseline"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/report"
)

type (
	// A Report says what a program uses of OpenTracing, and what [Fix] would do with it.
	Report = report.Report
	// A Plan says what [Fix], with its defaults, would do with the uses of a [Report].
	Plan = report.Plan
	// A PlanCount counts uses by what becomes of them.
	PlanCount = report.PlanCount
	// A PackagePlan counts what becomes of the uses in one package and its tests.
	PackagePlan = report.PackagePlan
	// An AreaPlan counts what becomes of the uses of one area.
	AreaPlan = report.AreaPlan
	// A CategoryPlan is one of [Categories] with the uses that stay for it.
	CategoryPlan = report.CategoryPlan
	// A PlanCause is a [Cause] in a report.
	PlanCause = report.PlanCause
	// A Count counts uses of the OpenTracing API.
	Count = report.Count
	// A Tally counts uses in test files and in all others apart.
	Tally = report.Tally
	// A PackageTally counts the uses in one package and its tests.
	PackageTally = report.PackageTally
	// A SymbolTally counts the uses of one symbol.
	SymbolTally = report.SymbolTally
	// An AreaTally counts the uses of the symbols of one area.
	AreaTally = report.AreaTally
	// TextOptions say how a report is written for a reader.
	TextOptions = report.TextOptions
	// A Use is a mention of the OpenTracing API.
	Use = inventory.Use
	// A Baseline is the OpenTracing that a code base is known to have: how often each
	// symbol is used in each file.
	Baseline = baseline.Baseline
	// A BaselineDiff is what differs between a baseline and a program.
	BaselineDiff = baseline.BaselineDiff
)

const (
	// ReportVersion is the version of the schema of a [Report] as JSON.
	ReportVersion = report.ReportVersion
	// BaselineName is the name of the baseline file in a module's root.
	BaselineName = baseline.BaselineName
)

// NewReport counts the uses of OpenTracing in a program.
func NewReport(ctx context.Context, p *Program) (*Report, error) { return report.NewReport(ctx, p) }

// ReportFormats are the formats that Report.Write knows.
func ReportFormats() []string { return report.ReportFormats() }

// ReportSections are the names of the parts of a report that [TextOptions] take.
func ReportSections() []string { return report.Sections() }

// Uses returns the uses of the OpenTracing API in a program, in source order.
func Uses(p *Program) []Use { return inventory.Uses(p) }

// NewBaseline returns the baseline of uses.
func NewBaseline(uses []Use) *Baseline { return baseline.NewBaseline(uses) }

// ParseBaseline reads a baseline. name is what errors call it.
func ParseBaseline(name string, r io.Reader) (*Baseline, error) {
	return baseline.ParseBaseline(name, r)
}
