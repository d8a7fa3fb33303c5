// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// NewAnalyzer returns the rewriter as an analyzer of one package, for go vet
// -vettool, go fix -fixtool and other drivers of golang.org/x/tools/go/analysis.
// It converts the flow groups that do not leave the package: exported types stay,
// since their importers are not seen. A nil opts means the defaults; options that
// concern loading or writing have no effect. Whether the program still sets up a tracer
// of another library ([Result.ForeignTracers]) is not seen in one package: that stage 1 of
// [Guide] comes first is for the user to know.
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
	if !slices.ContainsFunc(imports, func(p *types.Package) bool { return IsOpenTracing(p.Path()) }) {
		return nil // nothing to do without the API
	}
	u := &unit{path: pass.Pkg.Path(), pkg: pass.Pkg, info: pass.TypesInfo, wanted: true, keepAPI: pass.Pkg.Name() != "main"}
	for _, syntax := range pass.Files {
		name := pass.Fset.File(syntax.FileStart).Name()
		src, err := pass.ReadFile(name)
		if err != nil {
			return fmt.Errorf("migrate: %s", terminal.Text(err.Error())) // which drivers print
		}
		f := &sourceFile{name: name, syntax: syntax, src: src, disk: src, unit: u, test: isTestFile(name)}
		if ast.IsGenerated(syntax) {
			f.fixed = "the file is generated"
		}
		u.files = append(u.files, f)
	}
	rw := fixRun{newRewriter(pass.Fset, []*unit{u}, opts)}
	rw.others = true // what isn't seen
	rw.plan()
	outs, err := rw.checked(passChecker(pass))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(outs, func(o *output) bool { return o.file == nil }) {
		// A new file can't be a part of a fix: what needs one stays.
		for _, g := range rw.list {
			g.refuse(&pin{category: "unsupported", pos: g.first(), reason: "it needs a new file, which ot2otel fix can make"})
		}
		outs = nil
	}
	rw.report(pass, outs)
	return nil
}

// report makes diagnostics of the sites of a pass.
func (rw fixRun) report(pass *analysis.Pass, outs []*output) {
	fixed := make(map[*sourceFile]bool)
	for _, s := range rw.sites {
		if len(s.uses) == 0 || s.instead != nil && !rw.on(s) || s.kept != nil && len(s.uses) == len(s.kept.uses) && rw.on(s.kept) {
			continue
		}
		d := analysis.Diagnostic{Pos: s.pos, Category: s.rule, Message: s.symbol + " can be rewritten to OpenTelemetry"}
		if !rw.on(s) {
			why := rw.why(s)
			d.Category, d.Message = why.category, s.symbol+" stays ("+why.category+"): "+why.reason
		} else if i := slices.IndexFunc(outs, func(o *output) bool { return o.file == s.file }); i >= 0 && !fixed[s.file] {
			fixed[s.file] = true
			d.SuggestedFixes = []analysis.SuggestedFix{{
				Message: "Rewrite the file to OpenTelemetry",
				TextEdits: []analysis.TextEdit{{
					Pos: s.file.syntax.FileStart, End: s.file.syntax.FileEnd, NewText: keepLayout(s.file.disk, outs[i].text),
				}},
			}}
		}
		d.Message = terminal.Text(d.Message)
		pass.Report(d)
	}
}

// passChecker makes a checker of the one package of a pass.
func passChecker(pass *analysis.Pass) *checker {
	known := map[string]*types.Package{}
	collectImports(pass.Pkg, known)
	syntax := make(map[string]*ast.File)
	cp := &checkedPackage{id: pass.Pkg.Path(), path: pass.Pkg.Path(), sizes: pass.TypesSizes, version: pass.Pkg.GoVersion()}
	for _, file := range pass.Files {
		name := pass.Fset.File(file.FileStart).Name()
		cp.files = append(cp.files, name)
		syntax[name] = file
	}
	c := &checker{
		fset: pass.Fset, packages: []*checkedPackage{cp},
		parse: func(name string) (*ast.File, error) { return syntax[name], nil },
	}
	dir, _ := os.Getwd()
	c.stubs = newStubImporter(c.fset, known, goLister(dir, nil, os.Environ()))
	return c
}
