// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

// StageOne is the address of the part of [Guide] on the set-up of the tracer.
const StageOne = Guide + "#stage-1"

// StageOneFirst says what [Result.ForeignTracers] mean for a program.
const StageOneFirst = "Spans of rewritten code do not get to the tracer that is set up here, and no call of compat.Install is seen in the module. Without one they are lost or in traces of their own."

// A ForeignTracer is a place where a program makes a tracer of another library, or
// makes one that is not compat's the global one. Spans of rewritten code do not get
// there.
type ForeignTracer struct {
	// Pos is the place of the call.
	Pos token.Position
	// Function is what is called, as in "config.Configuration.NewTracer".
	Function string
}

// foreignTracers returns the places, outside of tests, where packages of p make or
// install foreign tracers. There are none where one of them makes a tracer of compat
// or of the bridge, which then is the one, whatever else is still there. Of packages
// that do not compile, an import tells so much.
func (p *Program) foreignTracers() []ForeignTracer {
	for _, pkg := range p.Roots {
		if len(pkg.Errors) > 0 && pkg.ForTest == "" && (importsPackage(pkg, compatPath) || importsPackage(pkg, bridgePath)) {
			return nil
		}
	}
	table := Instrumentations()
	var places []ForeignTracer
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) {
			continue
		}
		for _, file := range pkg.Syntax {
			if isTestFile(p.Fset.File(file.FileStart).Name()) {
				continue
			}
			own := false
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					own = own || makesOwnTracer(pkg.TypesInfo.Uses[n])
				case *ast.CallExpr:
					if f := foreignSetUp(table, pkg, n); f != nil {
						places = append(places, ForeignTracer{Pos: p.Position(pkg, n.Pos()), Function: functionName(f)})
					}
				}
				return true
			})
			if own {
				return nil
			}
		}
	}
	slices.SortStableFunc(places, func(a, b ForeignTracer) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), a.Pos.Offset-b.Pos.Offset)
	})
	return places
}

// importsPackage tells whether a file of pkg imports path.
func importsPackage(pkg *packages.Package, path string) bool {
	return slices.ContainsFunc(pkg.Syntax, func(f *ast.File) bool {
		return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return specOf(spec).path == path })
	})
}

// makesOwnTracer tells whether obj is a function that makes a tracer whose spans
// OpenTelemetry knows.
func makesOwnTracer(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	switch obj.Pkg().Path() {
	case compatPath:
		return obj.Name() == "Install" || obj.Name() == "NewTracer"
	case bridgePath:
		return strings.HasPrefix(obj.Name(), "New")
	}
	return false
}

// foreignSetUp returns the function that a call calls, if that makes a tracer of
// another library or installs one.
func foreignSetUp(table []Instrumentation, pkg *packages.Package, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(pkg.TypesInfo, call).(*types.Func)
	if f == nil || f.Pkg() == nil {
		return nil
	}
	if sym, ok := SymbolOf(f); ok {
		switch sym.String() {
		case "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer":
			if len(call.Args) == 1 && !recordsNothing(pkg.TypesInfo.TypeOf(call.Args[0])) {
				return f
			}
		}
		return nil
	}
	if row, _ := lookupInstrumentation(table, f.Pkg().Path()); row.Role != "tracer" {
		return nil
	}
	if recv := f.Signature().Recv(); recv != nil && (isTracer(recv.Type()) || f.Name() == "Tracer") {
		return nil // it asks a tracer or a span for something
	}
	for v := range f.Signature().Results().Variables() {
		if isTracer(v.Type()) || types.TypeString(v.Type(), nil) == "io.Closer" {
			return f
		}
	}
	return nil
}

// recordsNothing tells whether t is NoopTracer or a tracer of mocktracer.
func recordsNothing(t types.Type) bool {
	named := namedOf(t)
	return named != nil && named.Obj().Pkg() != nil &&
		(named.Obj().Pkg().Path() == MocktracerPath || openTracingType(named) == "opentracing.NoopTracer")
}

// isTracer tells whether t has the methods of opentracing.Tracer, by name: the API's
// own type need not be known where t is.
func isTracer(t types.Type) bool {
	methods := types.NewMethodSet(t)
	for _, name := range []string{"StartSpan", "Inject", "Extract"} {
		if methods.Lookup(nil, name) == nil {
			return false
		}
	}
	return true
}

// functionName names a function by its package's name, a method by its type, too.
func functionName(f *types.Func) string {
	name := f.Pkg().Name() + "."
	if recv := f.Signature().Recv(); recv != nil {
		if named := namedOf(recv.Type()); named != nil {
			name += named.Obj().Name() + "."
		}
	}
	return name + f.Name()
}
