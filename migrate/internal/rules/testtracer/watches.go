// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A watch is a call in a test by which code sees the tracer that the test brings
// without being handed it: as the global one, or as that of a span in a context.
type watch struct {
	call *ast.CallExpr
	site *plan.Site // of the call, where its span may become one of OpenTelemetry
	// global is set where it is the global one, mock where it is one of the twin of
	// mocktracer, and OpenTracing's global one only.
	global, mock bool
}

// planWatched refuses what a test looks at by a tracer that it makes the global one,
// or puts a span of into a context: the functions that run because of the test, and
// start spans by the global tracer or take them out of contexts.
func (rw *Run) planWatched() {
	if rw.BreakTests {
		return
	}
	type tests struct {
		file   *source.File
		global bool
	}
	roots := make(map[tests][]token.Pos)
	first := make(map[tests]watch)
	var order []tests
	for _, p := range rw.files {
		for _, w := range p.watches() {
			of := tests{p.Source, w.global}
			tests := rw.callGraph().tests(p.Source, placeAround(p.Source, w.call.Pos()))
			if w.site != nil {
				rw.later = append(rw.later, laterWatch{w, tests})
				continue
			}
			if roots[of] == nil {
				order = append(order, of)
				first[of] = w
			}
			roots[of] = append(roots[of], tests...)
		}
	}
	for _, of := range order {
		calls := rw.callGraph()
		reached := calls.reach(roots[of])
		rw.holdWatched(first[of], func(at token.Pos) bool { return reached[calls.place(at)] })
	}
}

// A laterWatch is one that holds code only if its own call stays.
type laterWatch struct {
	watch
	tests []token.Pos
}

// Again refuses what a test looks at by a span that stays after all, and tells whether there
// was any.
func (rw *Run) Again() (refused bool) {
	rw.later = slices.DeleteFunc(rw.later, func(w laterWatch) bool {
		if rw.On(w.site) {
			return false
		}
		calls := rw.callGraph()
		reached := calls.reach(w.tests)
		why := &flow.Pin{Category: adapter.RefusedTestTracer, Pos: w.call.Pos(), Reason: w.reason()}
		for _, s := range rw.seenBy(w.watch, func(at token.Pos) bool { return reached[calls.place(at)] }) {
			rw.RefuseSite(s, why)
			refused = true
		}
		return true
	})
	return refused
}

// reason says why a watch holds code.
func (w watch) reason() string {
	switch {
	case w.mock:
		return "a test installs a mock for OpenTracing code only; mocktracer.Install installs it for both APIs"
	case w.global:
		return "a test sets a global tracer of its own and may check the spans that it records"
	}
	return "a test puts a span of another tracer into a context and may check what happens to it"
}

// seenBy returns the sites outside of tests that use the tracer of a watch.
func (rw *Run) seenBy(w watch, reached func(token.Pos) bool) (sites []*plan.Site) {
	for _, s := range rw.Sites {
		if !s.File.Test && slices.ContainsFunc(s.Uses, func(u *plan.Use) bool { return w.sees(u.Sym) }) && reached(placeAround(s.File, s.Pos)) {
			sites = append(sites, s)
		}
	}
	return sites
}

func (rw *Run) holdWatched(w watch, reached func(token.Pos) bool) {
	for _, s := range rw.seenBy(w, reached) {
		s.Deny(adapter.RefusedTestTracer, w.call.Pos(), w.reason())
	}
}

// sees tells whether a function of the API uses the tracer.
func (w watch) sees(sym opentracing.Symbol) bool {
	switch sym.String() {
	case "opentracing.SpanFromContext":
		return true
	case "opentracing.StartSpan", "opentracing.StartSpanFromContext", "opentracing.GlobalTracer":
		return w.global
	}
	return false
}

// watches returns the watches of a test file.
func (p *File) watches() []watch {
	if !p.Source.Test {
		return nil
	}
	all := p.installs()
	for _, u := range p.Order {
		call, ok := p.Parent[u.Expr].(*ast.CallExpr)
		if !ok || call.Fun != u.Expr {
			continue
		}
		at, global := 1, false
		switch u.Sym.String() {
		case "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer":
			at, global = 0, true
		case "opentracing.ContextWithSpan", "opentracing.StartSpanFromContextWithTracer":
		default:
			continue
		}
		switch {
		case len(call.Args) <= at:
		case global && (opentelemetry.IsTwinMock(p.Info.TypeOf(call.Args[at])) || p.Mocked(p.Expr(call.Args[at]))):
			all = append(all, watch{call: call, global: true, mock: true})
		case p.brings(call.Args[at]):
			w := watch{call: call, global: global}
			if s := p.Owner[u.Id]; !global && s != nil && s.Refusal == nil {
				w.site = s
			}
			all = append(all, w)
		}
	}
	return all
}

// installs returns the calls in a test file by which another library makes a tracer of
// its own the global one, as Configuration.InitGlobalTracer of Jaeger's client does: it
// returns what closes the tracer only.
func (p *File) installs() (all []watch) {
	table := opentracing.Instrumentations()
	if !slices.ContainsFunc(p.Source.Syntax.Imports, func(spec *ast.ImportSpec) bool {
		row, _ := opentracing.LookupInstrumentation(table, source.SpecOf(spec).Path)
		return row.Role == "tracer"
	}) {
		return nil
	}
	ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f := inventory.ForeignSetUp(table, p.Info, call)
			if f != nil && !slices.ContainsFunc(slices.Collect(f.Signature().Results().Variables()), func(v *types.Var) bool { return opentracing.IsTracer(v.Type()) }) {
				all = append(all, watch{call: call, global: true})
			}
		}
		return true
	})
	return all
}

// looksAtMocks tells whether the tests of the file's package use more of mocktracer
// than to make a tracer.
func (p *File) looksAtMocks() bool {
	for _, obj := range p.Info.Uses {
		if s, ok := opentracing.SymbolOf(obj); ok && s.Path == opentracing.MocktracerPath && s.Name != "New" {
			return true
		}
	}
	return false
}

// brings tells whether an expression in a test is a tracer, or a span of one, that the
// code under test didn't choose.
func (p *File) brings(e ast.Expr) bool {
	t := p.Info.TypeOf(e)
	if opentracing.IsNoop(t) || opentelemetry.HasProvider(t) || opentracing.IsMockTracer(t) && !p.looksAtMocks() {
		return false
	}
	if !types.IsInterface(t) {
		return true
	}
	n := p.Expr(e)
	switch {
	case n == nil:
		return false
	case n.Origin&(flow.OriginMock|flow.OriginOwnTracer|flow.OriginOwnSpan) != 0:
		return true
	case n.Origin&flow.OriginUnknown == 0:
		return false
	}
	v := p.Variable(e)
	last, _ := p.LastAssignment(v, e)
	if as, ok := last.(*ast.AssignStmt); ok {
		e = p.AssignedValue(as, v)
	}
	made, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return true
	}
	f := p.Callee(made)
	if f == nil || f.Pkg() == nil {
		return true
	}
	if f.FullName() == "("+opentracing.OpenTracingPath+".Tracer).StartSpan" {
		return p.brings(syntax.ReceiverOf(made)) // which is the program's where that is
	}
	decl := p.Files[p.Fset.File(f.Pos())]
	return !flow.KnowsOpenTelemetry(f.Pkg().Path()) && (decl == nil || decl.Test)
}

// placeAround returns the place by which a call graph knows the declaration around pos.
func placeAround(f *source.File, pos token.Pos) token.Pos {
	for _, decl := range f.Syntax.Decls {
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
