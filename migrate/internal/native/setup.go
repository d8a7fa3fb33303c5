// SPDX-License-Identifier: Apache-2.0

package native

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A text makes new code in a file.
type text func(r *edit.Renderer) string

// A made tracer is what a set-up has made, and the provider in its place.
type made struct {
	provider text
	// propagator is what becomes OpenTelemetry's global one with the provider, nil for none.
	propagator text
	// replaced tells that the variable of the tracer is gone, and global that the provider is
	// the global one from the start.
	replaced, global bool
}

// setUps plans the calls that make a tracer.
func (f *file) setUps() {
	f.made, f.closers = make(map[*types.Var]*made), make(map[*types.Var]*made)
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f.calls(call) {
		case opentelemetry.CompatPath + ".Install":
			f.compatTracer(call, true)
		case opentelemetry.CompatPath + ".NewTracer":
			f.compatTracer(call, false)
		case "(" + configPath + ".Configuration).NewTracer", "(" + configPath + ".Configuration).New", "(" + configPath + ".Configuration).InitGlobalTracer":
			f.jaegerTracer(call)
		case globalTracer:
			f.globalVariable(call)
		}
		return true
	})
}

const globalTracer = opentracing.OpenTracingPath + ".GlobalTracer"

// globalVariable plans a variable that has the global tracer. It goes: who needs it has
// OpenTelemetry's global provider.
func (f *file) globalVariable(call *ast.CallExpr) {
	as, ok := f.Parent[call].(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 1 || f.Variable(as.Lhs[0]) == nil || f.onlyValue(as.Lhs[0]) != call {
		return
	}
	f.made[f.Variable(as.Lhs[0])] = &made{provider: globalProvider, replaced: true, global: true}
	f.take(call.Fun)
	f.edits.Add(f.part(as.Pos()), as, nil)
}

func globalProvider(r *edit.Renderer) string {
	return r.Pkg(opentelemetry.OTelPath) + ".GetTracerProvider()"
}

const configPath = opentelemetry.JaegerTwinPath + "/config"

// findPropagators notes the calls that set OpenTelemetry's propagator.
func (f *file) findPropagators() {
	if f.Source.Test {
		return
	}
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && f.calls(call) == opentelemetry.OTelPath+".SetTextMapPropagator" {
			f.run.propagators = append(f.run.propagators, call.Pos())
		}
		return true
	})
}

// compatTracer plans compat.Install and compat.NewTracer. What compat does of the provider is
// for OpenTracing code, of which there is none, so the provider itself takes its place.
func (f *file) compatTracer(call *ast.CallExpr, global bool) {
	what := "compat." + f.Callee(call).Name()
	to := "the provider"
	if global {
		to = "otel.SetTracerProvider"
	}
	f.move(call, what, to)
	if f.spread(call) {
		return
	}
	propagator, reason := f.compatPropagator(call)
	if reason != "" {
		f.hold(call, reason)
		f.take(call.Fun)
		return
	}
	arg := call.Args[0]
	m := &made{global: global, propagator: propagator, provider: func(r *edit.Renderer) string { return r.Text(arg) }}
	sets := func(*edit.Renderer) string { return "" }
	stmt := f.EnclosingStmt(call)
	switch {
	case global:
		sets = func(r *edit.Renderer) string { return f.setGlobals(r, m) }
	case propagator != nil && !f.becomesGlobal(stmt, call):
		sets = func(r *edit.Renderer) string { return "\n" + f.setPropagator(r, m) }
	}
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		if stmt.X != call || !global {
			break
		}
		f.replace(stmt, func(r *edit.Renderer) string { return sets(r)[1:] })
		f.take(call.Fun, call.Args[1])
		return
	case *ast.AssignStmt:
		v := f.Variable(stmt.Lhs[0])
		if len(stmt.Lhs) != 1 || stmt.Rhs[0] != call {
			break
		}
		f.take(call.Fun, call.Args[1])
		if stmt.Tok != token.DEFINE || v == nil {
			if isPath(stmt.Lhs[0]) {
				m.provider = func(r *edit.Renderer) string { return r.Text(stmt.Lhs[0]) }
			} else if !f.isStable(arg) {
				break
			}
			f.replace(stmt, func(r *edit.Renderer) string { return r.Text(stmt.Lhs[0]) + " = " + r.Text(arg) + sets(r) })
			return
		}
		m.replaced = true
		f.made[v] = m
		switch {
		case f.isStable(arg) && !global && f.becomesGlobal(stmt, call):
			f.edits.Add(f.part(stmt.Pos()), stmt, nil)
			return
		case f.isStable(arg):
			f.replace(stmt, func(r *edit.Renderer) string { return trimNewline(sets(r)) })
			return
		}
		name := f.FreeName(stmt, "provider", "tracerProvider", "otelProvider")
		m.provider = func(*edit.Renderer) string { return name }
		f.replace(stmt, func(r *edit.Renderer) string { return name + " := " + r.Text(arg) + sets(r) })
		return
	case *ast.ReturnStmt:
		if len(stmt.Results) != 1 || stmt.Results[0] != call || !f.isStable(arg) {
			break
		}
		f.take(call.Fun, call.Args[1])
		f.replace(stmt, func(r *edit.Renderer) string { return trimNewline(sets(r)+"\n") + "return " + r.Text(arg) })
		return
	}
	f.hold(call, what+" is part of a larger expression; assign its result to a variable first")
}

// isPath tells whether an expression is a field of a field of a variable.
func isPath(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name != "_"
	case *ast.SelectorExpr:
		return isPath(e.X)
	}
	return false
}

func trimNewline(s string) string {
	if len(s) > 0 && s[0] == '\n' {
		return s[1:]
	}
	return s
}

// isStable tells whether an expression is a variable that is assigned once.
func (f *file) isStable(e ast.Expr) bool {
	v := f.Variable(e)
	if v == nil {
		return false
	}
	fn := f.OutermostFunc(e)
	if fn == nil || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return false
	}
	times := 0
	syntax.EachValue(fn, func(name ast.Expr) bool { return f.Variable(name) == v }, func(ast.Expr, bool) { times++ })
	return times <= 1
}

// setGlobals makes a provider and its propagator global ones, on lines of their own after
// another.
func (f *file) setGlobals(r *edit.Renderer, m *made) string {
	s := "\n" + r.Pkg(opentelemetry.OTelPath) + ".SetTracerProvider(" + m.provider(r) + ")"
	if m.propagator != nil {
		s += "\n" + f.setPropagator(r, m)
	}
	return s
}

func (f *file) setPropagator(r *edit.Renderer, m *made) string {
	return r.Pkg(opentelemetry.OTelPath) + ".SetTextMapPropagator(" + m.propagator(r) + ")"
}

// compatPropagator returns what a tracer of compat propagates by, nil where that is set by
// itself, or why that can't be told.
func (f *file) compatPropagator(call *ast.CallExpr) (propagator text, reason string) {
	opts := ast.Unparen(call.Args[1])
	if !f.IsNil(opts) {
		given, ok := syntax.LiteralFields(opts)
		if !ok {
			return nil, "the options of compat are not a literal"
		}
		var chosen ast.Expr
		for _, name := range []string{"TextMap", "HTTPHeaders"} { // the later one is for headers, which count
			if e := given[name]; e != nil && !f.IsNil(e) {
				chosen = e
			}
			delete(given, name)
		}
		for name := range given {
			if name != "LinkAllReferences" { // of references of OpenTracing, of which there are none
				return nil, "compat.Options." + name + " has no counterpart"
			}
		}
		if chosen != nil {
			return func(r *edit.Renderer) string { return r.Text(chosen) }, ""
		}
	}
	fn := f.OutermostFunc(call)
	for _, pos := range f.run.propagators {
		if fn != nil && fn.Pos() <= pos && pos < fn.End() {
			return nil, "" // it is set here
		}
	}
	for _, pos := range f.run.propagators {
		if f.Source.Test || !f.run.together(f.Source, f.run.Files[f.run.Fset.File(pos)]) {
			continue
		}
		at := f.run.Fset.PositionFor(pos, false)
		return nil, fmt.Sprintf("otel.SetTextMapPropagator is also called at %s:%d, so fix can't tell what propagates; move that call next to this one", filepath.Base(at.Filename), at.Line)
	}
	return w3c, ""
}

// together tells whether the packages of two files may be in one program because one imports
// the other.
func (rw *Run) together(a, b *source.File) bool {
	return b != nil && (rw.Reach[a.Unit.Path][b.Unit.Path] || rw.Reach[b.Unit.Path][a.Unit.Path])
}

// w3c is what compat propagates by where nobody chose.
func w3c(r *edit.Renderer) string {
	p := r.Pkg(opentelemetry.PropagationPath)
	return p + ".NewCompositeTextMapPropagator(" + p + ".TraceContext{}, " + p + ".Baggage{})"
}

// becomesGlobal tells whether the tracer that a statement makes becomes the global one in the
// same function.
func (f *file) becomesGlobal(stmt ast.Stmt, call *ast.CallExpr) bool {
	as, ok := stmt.(*ast.AssignStmt)
	fn := f.OutermostFunc(call)
	if !ok || fn == nil {
		return false
	}
	v := f.Variable(as.Lhs[0])
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && f.setsGlobal(c) && v != nil && f.Variable(c.Args[0]) == v {
			found = true
		}
		return !found
	})
	return found
}

// setsGlobal tells whether a call makes a tracer the global one.
func (f *file) setsGlobal(call *ast.CallExpr) bool {
	fn := f.Callee(call)
	return fn != nil && len(call.Args) == 1 && slices.Contains([]string{
		opentracing.OpenTracingPath + ".SetGlobalTracer", opentracing.OpenTracingPath + ".InitGlobalTracer",
		opentelemetry.CompatPath + ".SetGlobalTracer",
	}, fn.FullName())
}
