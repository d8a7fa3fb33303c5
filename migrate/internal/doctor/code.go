// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// readCode looks at the packages of the program.
func (e *examiner) readCode() {
	p := e.program
	for _, b := range p.Broken {
		reason := "it does not compile"
		if b.TestsOnly {
			reason = "its tests do not compile"
		}
		e.miss(b.Path, reason)
	}
	e.diagnosis.Packages = len(p.Packages)
	provides := e.providesTracer()
	for _, trap := range inventory.Traps(p) {
		kind := kindOfTrap(trap.Kind)
		switch {
		case kind == KindProvider && source.IsTestFile(trap.File): // a program of its own
		case kind == KindAssertion && provides: // the tracer is Jaeger's, and stays
		default:
			e.find(kind, trap.File, trap.Line, trap.Happens, trap.Fix)
		}
	}
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) || pkg.TypesInfo == nil {
			continue // or it has nothing to do with OpenTracing
		}
		var files []*ast.File
		for _, file := range pkg.Syntax {
			if source.IsTestFile(p.Fset.File(file.FileStart).Name()) || source.Imports(file, "testing") {
				continue
			}
			if !provides {
				e.tracers(pkg, file)
			}
			files = append(files, file)
		}
		newFunctions(e, pkg, files).doubled()
	}
}

func kindOfTrap(kind inventory.TrapKind) Kind {
	switch kind {
	case inventory.TrapProvider:
		return KindProvider
	case inventory.TrapEarly:
		return KindEarly
	case inventory.TrapPriority:
		return KindPriority
	}
	return KindAssertion
}

// providesTracer tells whether the program hands a tracer to compat.ProviderOf, which keeps
// the tracer and has OpenTelemetry's spans recorded by it.
func (e *examiner) providesTracer() bool {
	for _, pkg := range e.program.Packages {
		if !e.program.InModule(pkg) || pkg.TypesInfo == nil {
			continue
		}
		for _, obj := range pkg.TypesInfo.Uses {
			if f, ok := obj.(*types.Func); ok && opentelemetry.ProvidesTracer(f) {
				return true
			}
		}
	}
	return false
}

// tracers looks for what makes a tracer of another library.
func (e *examiner) tracers(pkg *packages.Package, file *ast.File) {
	table := opentracing.Instrumentations()
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if f := inventory.ForeignSetUp(table, pkg.TypesInfo, call); f != nil {
			pos := e.program.Position(pkg, call.Pos())
			fix := "tracer := compat.Install(provider, nil)"
			if path := f.Pkg().Path(); path == opentracing.JaegerPath || path == opentracing.JaegerPath+"/config" {
				fix = "ot2otel fix -stage 1"
			}
			e.find(KindTracer, e.rel(pos.Filename), pos.Line,
				fmt.Sprintf("%s makes a tracer of %s: spans of OpenTelemetry code do not get there", inventory.FunctionName(f), f.Pkg().Path()), fix)
		}
		return true
	})
}
