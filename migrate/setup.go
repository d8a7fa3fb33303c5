// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

// StageOne is the address of the part of [Guide] on the set-up of the tracer.
const StageOne = Guide + "#stage-1"

// StageOneFirst says what [Result.ForeignTracers] mean for a program.
const StageOneFirst = "The program sets up a tracer that is not OpenTelemetry's. Spans of rewritten code do not get there: they are lost, or in traces of their own."

// A ForeignTracer is a place where a program makes a tracer of another library, or
// makes one that is not compat's the global one. Spans of rewritten code do not get
// there.
type ForeignTracer struct {
	// Pos is the place of the call.
	Pos token.Position
	// Function is what is called, as in "config.Configuration.NewTracer".
	Function string
	// Tracer says whose tracer it is: the import path of a library, or a type of the
	// module, as in "example.com/app/tracing.Tracer". It is empty where that is not known.
	Tracer string
}

// String names the call, and whose tracer it is.
func (t ForeignTracer) String() string { return setUpText(t.Function, t.Tracer) }

func setUpText(function, tracer string) string {
	if tracer == "" {
		return function
	}
	return function + ", a tracer of " + tracer
}

// foreignTracers returns the places, outside of tests, where packages of p make or
// install foreign tracers. A global tracer of which nothing is known is not one of them
// where the module makes a tracer of compat or of the bridge, and neither is a library's
// that is only handed on.
func (rw *rewriter) foreignTracers() []ForeignTracer {
	p := rw.program
	table, made := Instrumentations(), p.makesTracer()
	var places []ForeignTracer
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) {
			continue
		}
		for _, file := range pkg.Syntax {
			if isTestFile(p.Fset.File(file.FileStart).Name()) {
				continue
			}
			importsTesting := imports(file, "testing")
			called := make(map[*ast.Ident]bool)
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if f, ok := pkg.TypesInfo.Uses[id].(*types.Func); ok && isGlobalSetter(f) && !called[id] && !made && !importsTesting {
						places = append(places, ForeignTracer{Pos: p.Position(pkg, id.Pos()), Function: functionName(f)}) // a value, so its tracer isn't seen
					}
					return true
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch fun := ast.Unparen(call.Fun).(type) {
				case *ast.Ident:
					called[fun] = true
				case *ast.SelectorExpr:
					called[fun.Sel] = true
				}
				place := ForeignTracer{Pos: p.Position(pkg, call.Pos())}
				if f := foreignSetUp(table, pkg.TypesInfo, call); f != nil {
					place.Function, place.Tracer = functionName(f), f.Pkg().Path()
				} else if f := setsGlobal(pkg.TypesInfo, call); f == nil || importsTesting {
					return true // which is for tests
				} else if tracer, foreign := rw.globalTracer(call.Args[0]); !foreign && (made || tracer != "") {
					return true
				} else {
					place.Function = functionName(f)
					if foreign {
						place.Tracer = tracer
					}
				}
				places = append(places, place)
				return true
			})
		}
	}
	for _, b := range rw.borders {
		if made || b.replaces == nil || b.file.test || !rw.on(b.replaces) {
			continue
		}
		if from := rw.broughtTo(b.src); from != nil {
			places = append(places, ForeignTracer{Pos: rw.position(cmp.Or(from.pos, b.expr.Pos())), Function: from.name, Tracer: from.path})
		}
	}
	slices.SortStableFunc(places, func(a, b ForeignTracer) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), a.Pos.Offset-b.Pos.Offset)
	})
	return slices.CompactFunc(places, func(a, b ForeignTracer) bool { return a.Pos == b.Pos })
}

// makesTracer tells whether a package of p makes a tracer of compat or of the bridge,
// outside of tests. Of packages that do not compile, an import tells so much.
func (p *Program) makesTracer() bool {
	for _, pkg := range p.Roots {
		if len(pkg.Errors) > 0 && pkg.ForTest == "" && (importsPackage(pkg, compatPath) || importsPackage(pkg, bridgePath)) {
			return true
		}
	}
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) || pkg.TypesInfo == nil {
			continue // or it has nothing to do with OpenTracing
		}
		for id, obj := range pkg.TypesInfo.Uses {
			if makesOwnTracer(obj) && !isTestFile(p.Fset.File(id.Pos()).Name()) {
				return true
			}
		}
	}
	return false
}

// globalTracer says whose tracer an expression is, as far as that is seen: the first that
// is not OpenTelemetry's, or else anything else. It is empty if nothing is seen.
func (rw *rewriter) globalTracer(e ast.Expr) (tracer string, foreign bool) {
	f := rw.files[rw.fset.File(e.Pos())]
	if f == nil {
		return "", false
	}
	w := newFlowFile(rw.graph, f)
	if t := w.info.TypeOf(e); !types.IsInterface(t) {
		switch named := namedOf(t); {
		case named == nil || named.Obj().Pkg() == nil:
			return "", false
		case isMockTracer(t):
			return MocktracerPath, true
		case isNoop(t) || knowsOpenTelemetry(named.Obj().Pkg().Path()):
			return named.Obj().Name(), false
		case w.own[named.Obj().Pkg().Path()]:
			return named.Obj().Pkg().Path() + "." + named.Obj().Name(), true
		default:
			return named.Obj().Pkg().Path(), true
		}
	}
	n := w.expr(e)
	if n == nil {
		return "", false
	}
	if from := rw.broughtTo(n); from != nil {
		return from.path, true
	}
	sources := rw.sources(n, false)
	for _, at := range slices.Sorted(maps.Keys(rw.ownPlaces)) {
		if slices.ContainsFunc(rw.ownPlaces[at], func(place *node) bool { return sources[place] }) {
			return rw.ownName(at), true
		}
	}
	for from := range sources {
		switch {
		case from.origin&originMock != 0:
			return MocktracerPath, true
		case from.origin&(originSome|originMade|originNoop|originContext) != 0:
			tracer = "OpenTelemetry's"
		}
	}
	return tracer, false
}

// ownName names the type that is declared at a place.
func (rw *rewriter) ownName(at token.Pos) string {
	u := rw.files[rw.fset.File(at)].unit
	for _, name := range u.pkg.Scope().Names() {
		if u.pkg.Scope().Lookup(name).Pos() == at {
			return u.path + "." + name
		}
	}
	return u.path
}

func imports(f *ast.File, path string) bool {
	return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return specOf(spec).path == path })
}

// importsPackage tells whether a file of pkg imports path.
func importsPackage(pkg *packages.Package, path string) bool {
	return slices.ContainsFunc(pkg.Syntax, func(f *ast.File) bool { return imports(f, path) })
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

// setsGlobal returns the function by which a call makes a tracer the global one, or nil.
func setsGlobal(info *types.Info, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(info, call).(*types.Func)
	if f == nil || len(call.Args) != 1 || !isGlobalSetter(f) {
		return nil
	}
	return f
}

// isGlobalSetter tells whether a function makes a tracer the global one.
func isGlobalSetter(f *types.Func) bool {
	switch symbolText(f) {
	case "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer":
		return true
	}
	return false
}

// foreignSetUp returns the function that a call calls, if that makes a tracer of
// another library or installs one.
func foreignSetUp(table []Instrumentation, info *types.Info, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(info, call).(*types.Func)
	if f == nil || f.Pkg() == nil {
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
