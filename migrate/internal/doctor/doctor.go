// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"context"
	"path/filepath"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Examine looks at a program, at the go.mod files of its modules, and at the files below
// their root that programs are deployed by. Nothing of it is run, and nothing is written.
//
// p is nil where the packages could not be loaded; then the module of dir is looked at
// without them, and variables, which mean something to code only, are not judged. Errors
// are a [*source.ModuleError] when dir is in no module, and those of ctx and of reading
// the root. What else can't be read or does not parse is among the Gaps.
func Examine(ctx context.Context, dir string, p *source.Program) (*Diagnosis, error) {
	e := &examiner{program: p, diagnosis: &Diagnosis{Version: Version, Findings: []Finding{}, Gaps: []Gap{}}}
	if p != nil {
		e.root, e.diagnosis.Module = p.Module.Dir, p.Module.Path
	} else {
		root, err := source.ModuleRoot(dir)
		if err != nil {
			return nil, err
		}
		if root == "" {
			return nil, &source.ModuleError{Dir: dir}
		}
		e.root = root
	}
	for _, dir := range e.moduleFolders() {
		e.readModule(dir)
	}
	e.readWorkspace(ctx, dir)
	if p == nil && len(e.modules) > 0 && e.modules[0].file.Module != nil {
		e.diagnosis.Module = e.modules[0].file.Module.Mod.Path
	}
	if err := e.readManifests(ctx); err != nil {
		return nil, err
	}
	if p != nil {
		e.readCode()
		e.judgeSettings()
		e.judgePropagators()
	}
	for _, mod := range e.modules {
		e.judgeVersions(mod)
	}
	e.judgeWorkspace()
	e.diagnosis.sort()
	return e.diagnosis, ctx.Err()
}

// An examiner looks at one module or workspace.
type examiner struct {
	program   *source.Program // nil where the code could not be loaded
	root      string          // the folder whose files are looked at
	modules   []*module
	workspace *workspace // nil for none
	settings  []setting  // the variables in manifests
	diagnosis *Diagnosis
}

func (e *examiner) find(kind Kind, file string, line int, reason, fix string) {
	e.diagnosis.Findings = append(e.diagnosis.Findings, Finding{kind, file, line, reason, fix})
}

// miss says that a file was not looked at although it should have been.
func (e *examiner) miss(file, reason string) {
	e.diagnosis.Gaps = append(e.diagnosis.Gaps, Gap{File: file, Reason: reason})
}

// note says that a file is one which is not looked at.
func (e *examiner) note(file string, line int, reason string) {
	e.diagnosis.Gaps = append(e.diagnosis.Gaps, Gap{file, line, reason, true})
}

// rel returns the name of a file as findings have it.
func (e *examiner) rel(file string) string {
	if e.program != nil {
		return e.program.Rel(file)
	}
	if rel, err := filepath.Rel(e.root, file); err == nil {
		file = rel
	}
	return filepath.ToSlash(file)
}

// moduleFolders returns the folders of the modules that are looked at: the module's own,
// or those of a workspace whose root is in none.
func (e *examiner) moduleFolders() []string {
	if e.program != nil && e.program.Module.GoMod == "" && e.program.Workspace != nil {
		return e.program.Workspace.Modules
	}
	return []string{e.root}
}

// build returns the packages that the program, without its tests, is built from, those of
// the standard library apart.
func (e *examiner) build() (all []*packages.Package) {
	var roots []*packages.Package
	for _, pkg := range e.program.Roots {
		if pkg.ForTest == "" && !source.IsTestMain(pkg) {
			roots = append(roots, pkg)
		}
	}
	packages.Visit(roots, nil, func(pkg *packages.Package) {
		if pkg.Module != nil {
			all = append(all, pkg)
		}
	})
	return all
}
