// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// ReportVersion is the version of the schema of a [Report] as JSON. Within a
// version, fields are added, never renamed, removed or given another meaning.
const ReportVersion = 1

// A Report is the inventory of a program: how much OpenTracing there is, where,
// and of which part of the API. Its JSON form is stable (see [ReportVersion]); its
// slices are never null.
type Report struct {
	Version     int      `json:"version"`
	Module      string   `json:"module"`      // path of the main module; "" at the root of a workspace
	OpenTracing string   `json:"opentracing"` // version of opentracing-go in the build; "" where it is not in it
	Patterns    []string `json:"patterns"`
	Tags        []string `json:"tags"`  // build tags asked for
	Tests       bool     `json:"tests"` // whether test files were loaded

	PackagesLoaded int   `json:"packagesLoaded"` // packages counted, external tests with the package they test
	PackagesUsing  int   `json:"packagesUsing"`  // those of them with a use
	FilesUsing     int   `json:"filesUsing"`     // files with a use
	Totals         Tally `json:"totals"`

	Aliases   int `json:"aliases"`   // uses among Totals that are [ViaAlias]
	Derived   int `json:"derived"`   // uses among Totals that are [ViaDerived]
	Generated int `json:"generated"` // uses among Totals in generated files

	Packages []PackageTally `json:"packages"` // packages with a use, by import path
	Symbols  []SymbolTally  `json:"symbols"`  // most used first
	Areas    []AreaTally    `json:"areas"`    // most used first

	Instrumentation []inventory.ImportUse  `json:"instrumentation"`
	Dependencies    []inventory.Dependency `json:"dependencies"`

	// Traps are the places that break silently at stage 1 of the guide.
	Traps []inventory.Trap `json:"traps"`

	Uses []ReportUse `json:"uses"` // every use, by file, line and column

	// What was not counted, and why.
	Broken   []BrokenPackage `json:"broken"`   // packages that do not compile
	Excluded []string        `json:"excluded"` // files with OpenTracing that build constraints exclude
	Nested   []ReportModule  `json:"nested"`   // modules in folders beneath, which patterns do not reach
	Notes    []string        `json:"notes"`    // anything else, in a sentence

	// Progress is nil unless [Report.CompareBaseline] was called, Plan is nil unless
	// [Report.AddPlan] was.
	Progress *Progress `json:"progress,omitempty"`
	Plan     *Plan     `json:"plan,omitempty"`

	// leftover tells that go.mod requires OpenTracing.
	leftover bool
}

// A Count counts uses of the OpenTracing API.
type Count struct {
	Calls      int `json:"calls"`
	References int `json:"references"`
	Uses       int `json:"uses"` // the sum
}

func (c *Count) add(kind inventory.UseKind) {
	c.Uses++
	if kind == inventory.UseCall {
		c.Calls++
	} else {
		c.References++
	}
}

// A Tally counts uses in test files and in all others apart.
type Tally struct {
	Code Count `json:"code"` // in files that are not tests
	Test Count `json:"test"` // in _test.go files
}

func (t *Tally) add(u inventory.Use) {
	if u.Test {
		t.Test.add(u.Kind)
	} else {
		t.Code.add(u.Kind)
	}
}

// Total returns the sum of both.
func (t Tally) Total() int { return t.Code.Uses + t.Test.Uses }

// A PackageTally counts the uses in one package and its tests.
type PackageTally struct {
	Path  string `json:"path"`
	Files int    `json:"files"` // with a use
	Tally
}

// A SymbolTally counts the uses of one symbol.
type SymbolTally struct {
	Symbol     string                 `json:"symbol"` // "opentracing.Span.SetTag"
	Path       string                 `json:"path"`   // import path of the symbol's package
	Kind       opentracing.SymbolKind `json:"kind"`
	Area       opentracing.Area       `json:"area"`
	Deprecated bool                   `json:"deprecated,omitempty"`
	Tally
}

// An AreaTally counts the uses of the symbols of one area.
type AreaTally struct {
	Area opentracing.Area `json:"area"`
	Tally
}

// A ReportUse is a Use in a report.
type ReportUse struct {
	File      string            `json:"file"` // relative to the module's (or workspace's) root, with slashes
	Line      int               `json:"line"`
	Column    int               `json:"column"`
	Package   string            `json:"package"`
	Symbol    string            `json:"symbol"`
	Kind      inventory.UseKind `json:"kind"`          // "call" or "reference"
	Via       inventory.UseVia  `json:"via,omitempty"` // "alias" or "derived"
	Test      bool              `json:"test,omitempty"`
	Generated bool              `json:"generated,omitempty"`

	// Outcome is what Fix would do with it; "" without a plan and for a use through
	// an alias. Category is the name of one of Categories, by which it stays.
	Outcome  Outcome `json:"outcome,omitempty"`
	Category string  `json:"category,omitempty"`
}

// A BrokenPackage is a package that does not compile and was not counted.
type BrokenPackage struct {
	Package   string   `json:"package"`             // import path
	TestsOnly bool     `json:"testsOnly,omitempty"` // only its tests do not compile; the rest was counted
	Errors    []string `json:"errors"`
}

// A ReportModule is a nested module that was not counted.
type ReportModule struct {
	Path        string `json:"path"`
	Dir         string `json:"dir"` // relative, with slashes
	OpenTracing bool   `json:"opentracing"`
}

// NewReport makes the inventory of p. It runs the go command for the module graph;
// where that fails, Notes say so. The error is ctx's.
func NewReport(ctx context.Context, p *source.Program) (*Report, error) {
	r := &Report{
		Version: ReportVersion, Module: p.Module.Path, OpenTracing: inventory.APIVersion(p),
		Patterns: p.Patterns, Tags: orEmpty(p.Options.Tags), Tests: p.Options.Tests,
		Instrumentation: orEmpty(inventory.ImportUses(p)), Excluded: orEmpty(inventory.Excluded(p)),
		Traps: inventory.Traps(p), leftover: p.Module.RequiresOpenTracing,
		Uses: []ReportUse{}, Broken: []BrokenPackage{}, Nested: []ReportModule{}, Notes: []string{},
	}
	r.count(p)
	for _, b := range p.Broken {
		r.Broken = append(r.Broken, BrokenPackage{Package: b.Path, TestsOnly: b.TestsOnly, Errors: orEmpty(b.Texts(p))})
	}
	for _, n := range p.Module.Nested {
		r.Nested = append(r.Nested, ReportModule{Path: n.Path, Dir: p.Rel(n.Dir), OpenTracing: n.OpenTracing})
	}
	deps, err := inventory.Dependencies(ctx, p)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("dependencies that only require OpenTracing are not listed: %s", strings.TrimPrefix(err.Error(), "migrate: ")))
	}
	r.Dependencies = orEmpty(deps)
	return r, nil
}

// count fills the tallies.
func (r *Report) count(p *source.Program) {
	loaded := make(map[string]bool)
	for _, pkg := range p.Packages {
		loaded[source.PackageUnderTest(pkg)] = true
	}
	r.PackagesLoaded = len(loaded)

	byPackage := make(map[string]*PackageTally)
	bySymbol := make(map[string]*SymbolTally)
	byArea := make(map[opentracing.Area]*AreaTally)
	files := make(map[string]bool)
	for _, u := range inventory.Uses(p) {
		name := u.Symbol.String()
		r.Totals.add(u)
		pkg := at(byPackage, u.Package, PackageTally{Path: u.Package})
		pkg.add(u)
		at(bySymbol, name, SymbolTally{Symbol: name, Path: u.Symbol.Path, Kind: u.Symbol.Kind,
			Area: u.Symbol.Area, Deprecated: u.Symbol.Deprecated}).add(u)
		at(byArea, u.Symbol.Area, AreaTally{Area: u.Symbol.Area}).add(u)
		if !files[u.File] {
			files[u.File] = true
			pkg.Files++
		}
		switch u.Via {
		case inventory.ViaAlias:
			r.Aliases++
		case inventory.ViaDerived:
			r.Derived++
		}
		if u.Generated {
			r.Generated++
		}
		r.Uses = append(r.Uses, ReportUse{File: u.File, Line: u.Line, Column: u.Column, Package: u.Package,
			Symbol: name, Kind: u.Kind, Via: u.Via, Test: u.Test, Generated: u.Generated})
	}
	r.PackagesUsing, r.FilesUsing = len(byPackage), len(files)
	r.Packages = sorted(byPackage, func(a, b PackageTally) int { return cmp.Compare(a.Path, b.Path) })
	r.Symbols = sorted(bySymbol, func(a, b SymbolTally) int {
		return cmp.Or(b.Total()-a.Total(), cmp.Compare(a.Symbol, b.Symbol))
	})
	r.Areas = sorted(byArea, func(a, b AreaTally) int {
		return cmp.Or(b.Total()-a.Total(), cmp.Compare(a.Area, b.Area))
	})
}

// at returns the value at key, which is set to initial if there is none.
func at[K comparable, V any](m map[K]*V, key K, initial V) *V {
	if m[key] == nil {
		m[key] = &initial
	}
	return m[key]
}

func sorted[K comparable, V any](m map[K]*V, compare func(a, b V) int) []V {
	all := make([]V, 0, len(m))
	for _, v := range m {
		all = append(all, *v)
	}
	slices.SortFunc(all, compare)
	return all
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
