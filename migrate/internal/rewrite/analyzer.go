// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ot2otel/ot2otel/migrate/internal/check"
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// NewAnalyzer returns the rewriter as an analyzer of one package, for go vet
// -vettool, go fix -fixtool and other drivers of golang.org/x/tools/go/analysis.
// It converts the flow groups that do not leave the package: exported types stay,
// since their importers are not seen. A nil opts means the defaults; options that
// concern loading or writing have no effect. Whether the program still sets up a tracer
// of another library ([Result.ForeignTracers]) is not seen in one package: that stage 1 of
// Guide comes first is for the user to know.
//
// Each OpenTracing use that is or could be rewritten is a diagnostic; the first one
// of a file has the fix of the whole file. Messages are on one line, and have escapes such
// as \x1b for what can't be seen. The names of files are printed by the driver.
func NewAnalyzer(opts *FixOptions) *analysis.Analyzer {
	o := FixOptions{Tests: true}
	if opts != nil {
		o = *opts
	}
	return &analysis.Analyzer{
		Name: "ot2otel",
		Doc:  "rewrite uses of the OpenTracing API to the OpenTelemetry API",
		URL:  "https://pkg.go.dev/github.com/ot2otel/ot2otel/migrate",
		Run:  func(pass *analysis.Pass) (any, error) { return nil, analyze(pass, &o) },
	}
}

func analyze(pass *analysis.Pass, opts *FixOptions) error {
	imports := pass.Pkg.Imports()
	if !slices.ContainsFunc(imports, func(p *types.Package) bool { return opentracing.IsOpenTracing(p.Path()) }) {
		return nil // nothing to do without the API
	}
	u := &source.Unit{Path: pass.Pkg.Path(), Pkg: pass.Pkg, Info: pass.TypesInfo, Wanted: true, KeepAPI: pass.Pkg.Name() != "main"}
	for _, syntax := range pass.Files {
		name := pass.Fset.File(syntax.FileStart).Name()
		src, err := pass.ReadFile(name)
		if err != nil {
			return fmt.Errorf("migrate: %s", terminal.Text(err.Error())) // which drivers print
		}
		f := &source.File{Name: name, Syntax: syntax, Src: src, Disk: src, Unit: u, Test: source.IsTestFile(name)}
		if ast.IsGenerated(syntax) {
			f.Fixed = "the file is generated"
		}
		u.Files = append(u.Files, f)
	}
	rw := fixRun{plan.New(pass.Fset, []*source.Unit{u}, opts.engine(), rules.New), check.PassChecker(pass), nil}
	rw.Others = true // what isn't seen
	rw.LeftOut = ignored(pass)
	for _, f := range rw.LeftOut {
		u.Elsewhere = append(u.Elsewhere, f.Syntax)
	}
	rw.Plan()
	outs, err := rw.checked(rw.checker)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(outs, func(o *edit.Output) bool { return o.File == nil }) {
		// A new file can't be a part of a fix: what needs one stays.
		for _, g := range rw.List {
			g.Refuse(&flow.Pin{Category: plan.RefusedUnsupported, Pos: g.First(), Reason: "it needs a new file, which ot2otel fix can make"})
		}
		outs = nil
	}
	rw.report(pass, outs)
	return nil
}

// ignored returns the files of the package of a pass that its build leaves out.
func ignored(pass *analysis.Pass) (files []*source.ExcludedFile) {
	for _, name := range pass.IgnoredFiles {
		if filepath.Ext(name) != ".go" {
			continue
		}
		src, err := pass.ReadFile(name)
		if err != nil {
			continue // gone since: the driver saw it
		}
		syntax, err := parser.ParseFile(pass.Fset, name, src, parser.SkipObjectResolution)
		if err != nil || syntax.Name.Name != pass.Pkg.Name() {
			continue // it does not compile either way, or is of another package
		}
		files = append(files, &source.ExcludedFile{
			Name: name, Path: pass.Pkg.Path(), Syntax: syntax, Why: "build constraints exclude it, and one build of a package is looked at here",
		})
	}
	return files
}

// report makes diagnostics of the sites of a pass.
func (rw fixRun) report(pass *analysis.Pass, outs []*edit.Output) {
	fixed := make(map[*source.File]bool)
	for _, s := range rw.Sites {
		if len(s.Uses) == 0 || s.Instead != nil && !rw.On(s) || s.Kept != nil && len(s.Uses) == len(s.Kept.Uses) && rw.On(s.Kept) {
			continue
		}
		d := analysis.Diagnostic{Pos: s.Pos, Category: s.Rule, Message: s.Symbol + " can be rewritten to OpenTelemetry"}
		if !rw.On(s) {
			why := rw.Why(s)
			d.Category, d.Message = why.Category.Name, s.Symbol+" stays ("+why.Category.Name+"): "+why.Reason
		} else if i := slices.IndexFunc(outs, func(o *edit.Output) bool { return o.File == s.File }); i >= 0 && !fixed[s.File] {
			fixed[s.File] = true
			d.SuggestedFixes = []analysis.SuggestedFix{{
				Message: "Rewrite the file to OpenTelemetry",
				TextEdits: []analysis.TextEdit{{
					Pos: s.File.Syntax.FileStart, End: s.File.Syntax.FileEnd, NewText: edit.KeepLayout(s.File.Disk, outs[i].Text),
				}},
			}}
		}
		d.Message = terminal.Text(d.Message)
		pass.Report(d)
	}
}
