// SPDX-License-Identifier: Apache-2.0

package check

import (
	"go/ast"
	"go/types"
	"os"

	"golang.org/x/tools/go/analysis"
)

// PassChecker makes a checker of the one package of a pass.
func PassChecker(pass *analysis.Pass) *Checker {
	known := map[string]*types.Package{}
	collectImports(pass.Pkg, known)
	syntax := make(map[string]*ast.File)
	cp := &checkedPackage{id: pass.Pkg.Path(), path: pass.Pkg.Path(), sizes: pass.TypesSizes, version: pass.Pkg.GoVersion()}
	for _, file := range pass.Files {
		name := pass.Fset.File(file.FileStart).Name()
		cp.files = append(cp.files, name)
		syntax[name] = file
	}
	c := &Checker{
		fset: pass.Fset, packages: []*checkedPackage{cp},
		parse: func(name string) (*ast.File, error) { return syntax[name], nil },
	}
	dir, _ := os.Getwd()
	c.Stubs = newStubImporter(c.fset, known, goLister(dir, nil, os.Environ()))
	return c
}
