// SPDX-License-Identifier: Apache-2.0

package source

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// MakesTracer tells whether a package of p makes a tracer of compat or of the bridge,
// outside of tests. Of packages that do not compile, an import tells so much.
func (p *Program) MakesTracer() bool {
	for _, pkg := range p.Roots {
		if len(pkg.Errors) > 0 && pkg.ForTest == "" && (importsPackage(pkg, opentelemetry.CompatPath) || importsPackage(pkg, opentelemetry.BridgePath)) {
			return true
		}
	}
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) || pkg.TypesInfo == nil {
			continue // or it has nothing to do with OpenTracing
		}
		for id, obj := range pkg.TypesInfo.Uses {
			if opentelemetry.MakesOwnTracer(obj) && !IsTestFile(p.Fset.File(id.Pos()).Name()) {
				return true
			}
		}
	}
	return false
}

func Imports(f *ast.File, path string) bool {
	return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return SpecOf(spec).Path == path })
}

// importsPackage tells whether a file of pkg imports path.
func importsPackage(pkg *packages.Package, path string) bool {
	return slices.ContainsFunc(pkg.Syntax, func(f *ast.File) bool { return Imports(f, path) })
}
