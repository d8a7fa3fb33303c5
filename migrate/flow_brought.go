// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// bringsTracer tells whether a tracer of another module, or a span of one, comes to
// the rewritten code here: not one that code of the rewritten modules chose.
func (b *border) bringsTracer() bool {
	pin := b.src.pinned()
	return pin != nil && pin.category == "external-api" && !isNoop(b.file.unit.info.TypeOf(b.expr))
}

// isMockTracer tells whether a type is *mocktracer.MockTracer.
func isMockTracer(t types.Type) bool {
	n := namedOf(t)
	return n != nil && openTracingType(n) == "mocktracer.MockTracer"
}

// A watch is a call in a test by which code sees the tracer that the test brings
// without being handed it: as the global one, or as that of a span in a context.
type watch struct {
	call *ast.CallExpr
	// global is set where it is the global one.
	global bool
}

// planWatched refuses what a test looks at by a tracer that it makes the global one,
// or puts a span of into a context: the functions that run because of the test, and
// start spans by the global tracer or take them out of contexts.
func (rw *testRun) planWatched() {
	if rw.breakTests {
		return
	}
	type tests struct {
		unit   *unit
		global bool
	}
	var calls *callGraph
	roots := make(map[tests][]token.Pos)
	first := make(map[tests]watch)
	var order []tests
	for _, p := range rw.files {
		for _, w := range p.watches() {
			if calls == nil {
				calls = newCallGraph(rw.graph)
			}
			of := tests{p.file.unit, w.global}
			if roots[of] == nil {
				order = append(order, of)
				first[of] = w
			}
			roots[of] = append(roots[of], calls.tests(p.file, placeAround(p.file, w.call.Pos()))...)
		}
	}
	for _, of := range order {
		reached := calls.reach(roots[of])
		rw.holdWatched(first[of], func(at token.Pos) bool { return reached[calls.place(at)] })
	}
}

func (rw *testRun) holdWatched(w watch, reached func(token.Pos) bool) {
	reason := "a test puts a span of another tracer than the program's into a context, and may look at what becomes of it"
	if w.global {
		reason = "a test makes another tracer than the program's the global one, and may look at the spans that it records"
	}
	for _, s := range rw.sites {
		if s.file.test || !slices.ContainsFunc(s.uses, func(u *use) bool { return w.sees(u.sym) }) {
			continue
		}
		if reached(placeAround(s.file, s.pos)) {
			s.deny("test-tracer", w.call.Pos(), reason)
		}
	}
}

// sees tells whether a function of the API uses the tracer.
func (w watch) sees(sym Symbol) bool {
	switch sym.String() {
	case "opentracing.SpanFromContext":
		return true
	case "opentracing.StartSpan", "opentracing.StartSpanFromContext", "opentracing.GlobalTracer":
		return w.global
	}
	return false
}

// watches returns the watches of a test file.
func (p *testFile) watches() []watch {
	if !p.file.test {
		return nil
	}
	all := p.installs()
	for _, u := range p.order {
		call, ok := p.parent[u.expr].(*ast.CallExpr)
		if !ok || call.Fun != u.expr {
			continue
		}
		at, global := 1, false
		switch u.sym.String() {
		case "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer":
			at, global = 0, true
		case "opentracing.ContextWithSpan", "opentracing.StartSpanFromContextWithTracer":
		default:
			continue
		}
		if len(call.Args) > at && p.brings(call.Args[at]) {
			all = append(all, watch{call, global})
		}
	}
	return all
}

// installs returns the calls in a test file by which another library makes a tracer of
// its own the global one, as Configuration.InitGlobalTracer of Jaeger's client does: it
// returns what closes the tracer only.
func (p *planner) installs() (all []watch) {
	table := Instrumentations()
	if !slices.ContainsFunc(p.file.syntax.Imports, func(spec *ast.ImportSpec) bool {
		row, _ := lookupInstrumentation(table, specOf(spec).path)
		return row.Role == "tracer"
	}) {
		return nil
	}
	ast.Inspect(p.file.syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f := foreignSetUp(table, p.info, call)
			if f != nil && !slices.ContainsFunc(slices.Collect(f.Signature().Results().Variables()), func(v *types.Var) bool { return isTracer(v.Type()) }) {
				all = append(all, watch{call, true})
			}
		}
		return true
	})
	return all
}

// looksAtMocks tells whether the tests of the file's package use more of mocktracer
// than to make a tracer.
func (p *testFile) looksAtMocks() bool {
	for _, obj := range p.info.Uses {
		if s, ok := SymbolOf(obj); ok && s.Path == MocktracerPath && s.Name != "New" {
			return true
		}
	}
	return false
}

// brings tells whether an expression in a test is a tracer, or a span of one, that the
// code under test didn't choose.
func (p *testFile) brings(e ast.Expr) bool {
	t := p.info.TypeOf(e)
	if isNoop(t) || isCompatTracer(t) || isMockTracer(t) && !p.looksAtMocks() {
		return false
	}
	if !types.IsInterface(t) {
		return true
	}
	n := p.expr(e)
	switch {
	case n == nil:
		return false
	case n.origin&(originMock|originOwnTracer|originOwnSpan) != 0:
		return true
	case n.origin&originUnknown == 0:
		return false
	}
	v := p.variable(e)
	last, _ := p.lastAssignment(v, e)
	if as, ok := last.(*ast.AssignStmt); ok {
		e = p.assignedValue(as, v)
	}
	made, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return true
	}
	f := p.callee(made)
	if f == nil || f.Pkg() == nil {
		return true
	}
	decl := p.files[p.fset.File(f.Pos())]
	return f.Pkg().Path() != compatPath && (decl == nil || decl.test)
}

// placeAround returns the place by which a call graph knows the declaration around pos.
func placeAround(f *sourceFile, pos token.Pos) token.Pos {
	for _, decl := range f.syntax.Decls {
		if pos < decl.Pos() || pos >= decl.End() {
			continue
		}
		if fd, ok := decl.(*ast.FuncDecl); ok {
			return fd.Name.Pos()
		}
		if gd, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range gd.Specs {
				if vs, ok := spec.(*ast.ValueSpec); ok && pos >= vs.Pos() && pos < vs.End() {
					return vs.Names[0].Pos()
				}
			}
		}
	}
	return token.NoPos
}
