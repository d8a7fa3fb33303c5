// SPDX-License-Identifier: Apache-2.0

package spancontext

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// IsJaegerContext tells whether a type is the span context of jaeger-client-go or of its
// twin, which programs take trace IDs out of.
func IsJaegerContext(t types.Type) bool { return jaegerHolds(t) != "" }

// jaegerHolds returns the change of an assertion of Jaeger's context, or "" if t is none.
func jaegerHolds(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Name() != "SpanContext" {
		return ""
	}
	switch n.Obj().Pkg().Path() {
	case opentracing.JaegerPath:
		return "this assertion never held on compat, because its span contexts are not Jaeger's; the new condition holds for every valid context, sampled or not"
	case opentelemetry.JaegerTwinPath:
		return "this assertion held only for spans of the Jaeger twin; the new condition holds for every valid context, and a trace ID always has 32 digits"
	}
	return ""
}

// JaegerContext handles an assertion to Jaeger's span context, which holds no more
// once Jaeger's tracer is gone. What it gave is there in OpenTelemetry's:
//
//	if sc, ok := span.Context().(jaeger.SpanContext); ok {
//		log.Print(sc.TraceID().String())
//	}
//
// becomes
//
//	if sc := span.SpanContext(); sc.IsValid() {
//		log.Print(sc.TraceID().String())
//	}
func (p *File) JaegerContext(s *plan.Site, e *ast.TypeAssertExpr) {
	s.Note = "compat has no span contexts of Jaeger; the new code reads OpenTelemetry's, so it finds the IDs again"
	s.Changes = jaegerHolds(p.Info.TypeOf(e.Type))
	switch stmt := p.Statement(e).(type) {
	case *ast.SelectorExpr:
		call, ok := p.Parent[stmt].(*ast.CallExpr)
		if !ok || call.Fun != stmt || !p.jaegerCall(s, call, stmt.Sel.Name) {
			break
		}
		p.Edit(s, e, func(r *edit.Renderer) string { return r.Operand(e.X) })
		return
	case *ast.AssignStmt:
		if p.contextVariables(s, stmt, e.X, true) {
			return
		}
	}
	s.Deny(flow.RefusedTypeAssertion, e.Pos(), "the code asserts a jaeger.SpanContext and uses parts of it that OpenTelemetry's span context lacks")
}

// jaegerGuard makes one if of two that ask for a span and then for Jaeger's context:
//
//	if span := opentracing.SpanFromContext(ctx); span != nil {
//		if sc, ok := span.Context().(jaeger.SpanContext); ok {
//
// becomes
//
//	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
func (p *File) jaegerGuard(n *ast.IfStmt) bool {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !p.IsNil(cond.Y) || n.Else != nil || len(n.Body.List) != 1 {
		return false
	}
	span := p.Variable(cond.X)
	inner, ok := n.Body.List[0].(*ast.IfStmt)
	if !ok || span == nil || inner.Else != nil || p.Mentions(n.Body, span) != 1 {
		return false
	}
	from := p.GuardInit(n, span)
	init, ok := inner.Init.(*ast.AssignStmt)
	if !ok || from == nil || init.Tok != token.DEFINE || len(init.Lhs) != 2 || syntax.IsBlank(init.Lhs[0]) || p.CommentIn(n.Pos(), inner.Body.Lbrace) || p.CommentIn(inner.End(), n.End()) {
		return false
	}
	assertion, ok := ast.Unparen(init.Rhs[0]).(*ast.TypeAssertExpr)
	if !ok || assertion.Type == nil || !IsJaegerContext(p.Info.TypeOf(assertion.Type)) || p.Variable(inner.Cond) == nil || p.Variable(inner.Cond) != p.Variable(init.Lhs[1]) {
		return false
	}
	symbol, context := p.Calls(assertion.X)
	if symbol != "opentracing.Span.Context" || p.Variable(syntax.ReceiverOf(context)) != span || p.Mentions(inner.Body, p.Variable(init.Lhs[1])) > 0 {
		return false
	}
	s := p.Site(p.UseOf(from.Fun), p.Expr(from), p.Expr(assertion.X), p.Expr(cond.X))
	p.Take(s, p.UseOf(context.Fun))
	s.Rule, s.Changes = "assertions", jaegerHolds(p.Info.TypeOf(assertion.Type))
	p.Edit(s, n, func(r *edit.Renderer) string {
		sc := r.Text(init.Lhs[0])
		return "if " + sc + " := " + r.Trace("SpanContextFromContext") + "(" + r.Text(from.Args[0]) + "); " + sc + ".IsValid() " + r.Text(inner.Body)
	})
	return true
}

// contextVariables handles sc, ok := span.Context().(jaeger.SpanContext), and
// sc, ok := compat.OTelSpanContext(span.Context()), whose context is OpenTelemetry's
// already.
func (p *File) contextVariables(s *plan.Site, stmt *ast.AssignStmt, context ast.Expr, jaeger bool) bool {
	fn := p.EnclosingFunc(stmt)
	if stmt.Tok != token.DEFINE || len(stmt.Rhs) != 1 || fn == nil {
		return false
	}
	var vars [2]*types.Var
	for i, l := range stmt.Lhs {
		if syntax.IsBlank(l) {
			continue
		}
		vars[i] = p.Variable(l)
		if p.Info.Defs[l.(*ast.Ident)] == nil || p.Assignments(fn, vars[i]) != 1 {
			return false
		}
	}
	sc, valid := vars[0], vars[1]
	if jaeger && sc != nil && !p.jaegerUses(s, fn, stmt.Lhs[0], sc) {
		return false
	}
	switch {
	case sc == nil && valid == nil:
		return false
	case sc == nil:
		p.Edit(s, stmt, func(r *edit.Renderer) string { return r.Text(stmt.Lhs[1]) + " := " + r.Operand(context) + ".IsValid()" })
		return true
	case valid != nil:
		p.Rename(s, fn, stmt.Lhs[1], valid, func(r *edit.Renderer) string { return r.Text(stmt.Lhs[0]) + ".IsValid()" })
	}
	p.Edit(s, stmt, func(r *edit.Renderer) string { return r.Text(stmt.Lhs[0]) + " := " + r.Text(context) })
	return true
}

// jaegerUses tells whether only methods of a span context are called that
// OpenTelemetry's has too.
func (p *File) jaegerUses(s *plan.Site, fn ast.Node, declared ast.Expr, sc *types.Var) bool {
	fine := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id == declared || p.Info.Uses[id] != sc {
			return fine
		}
		sel, ok := p.Parent[id].(*ast.SelectorExpr)
		if !ok {
			fine = false
			return false
		}
		call, ok := p.Parent[sel].(*ast.CallExpr)
		fine = ok && call.Fun == sel && p.jaegerCall(s, call, sel.Sel.Name)
		return fine
	})
	return fine
}

// jaegerCall tells whether a method call on Jaeger's span context means the same on
// OpenTelemetry's: IDs as text, in as many digits.
func (p *File) jaegerCall(s *plan.Site, call *ast.CallExpr, method string) bool {
	switch method {
	case "IsValid", "IsSampled":
		return true
	case "TraceID", "SpanID":
	default:
		return false
	}
	switch outer := p.Statement(call).(type) {
	case *ast.SelectorExpr:
		text, ok := p.Parent[outer].(*ast.CallExpr)
		if !ok || text.Fun != outer {
			return false
		}
		switch outer.Sel.Name {
		case "IsValid":
			return true
		case "String":
			if method == "TraceID" && p.Opts.ShortTraceIDs {
				p.Wrap(s, text, func(r *edit.Renderer) string { return r.Text(text) + "[16:]" })
			}
			return true
		}
	case *ast.AssignStmt:
		if len(outer.Rhs) == 1 && outer.Tok == token.DEFINE {
			return p.jaegerID(s, outer, call, method)
		}
	}
	return p.shownAsText(call)
}

// jaegerID tells whether an ID that is kept in a variable is only tested, or used as
// a text or as a value of any type, which loggers print by its String method.
func (p *File) jaegerID(s *plan.Site, stmt *ast.AssignStmt, call *ast.CallExpr, method string) bool {
	fn := p.EnclosingFunc(stmt)
	if stmt.Tok != token.DEFINE || len(stmt.Lhs) != 1 || fn == nil || syntax.IsBlank(stmt.Lhs[0]) {
		return false
	}
	v := p.Variable(stmt.Lhs[0])
	if v == nil || p.Assignments(fn, v) != 1 {
		return false
	}
	fine := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.Info.Uses[id] != v {
			return fine
		}
		switch par := p.Parent[id].(type) {
		case *ast.SelectorExpr:
			text, ok := p.Parent[par].(*ast.CallExpr)
			switch {
			case !ok || text.Fun != par:
				fine = false
			case par.Sel.Name == "IsValid":
			case par.Sel.Name != "String":
				fine = false
			case method == "TraceID" && p.Opts.ShortTraceIDs:
				p.Wrap(s, text, func(r *edit.Renderer) string { return r.Text(text) + "[16:]" })
			}
		default:
			fine = p.shownAsText(id)
		}
		return fine
	})
	return fine
}

// shownAsText tells whether an ID becomes a value of any type, which loggers print by
// its String method.
func (p *File) shownAsText(id ast.Expr) bool {
	if p.Opts.ShortTraceIDs {
		return false
	}
	switch n := p.Statement(id).(type) {
	case *ast.CallExpr:
		if f := p.Callee(n); f != nil && f.Pkg() != nil && syntax.Prints(f.Pkg().Path()) {
			return printsText(f, p.Info, n, id)
		}
		return takesAny(p.Info, n, id)
	case *ast.CompositeLit:
		return syntax.IsAny(p.Elem(p.Info.TypeOf(n)))
	case *ast.KeyValueExpr:
		lit, ok := p.Parent[n].(*ast.CompositeLit)
		return ok && n.Value == id && syntax.IsAny(p.Elem(p.Info.TypeOf(lit)))
	case *ast.AssignStmt:
		i := slices.Index(n.Rhs, id)
		return i >= 0 && len(n.Lhs) == len(n.Rhs) && n.Tok == token.ASSIGN && syntax.IsAny(p.Info.TypeOf(n.Lhs[i]))
	}
	return false
}

// takesAny tells whether an argument goes to a parameter of type any.
func takesAny(info *types.Info, call *ast.CallExpr, arg ast.Expr) bool {
	sig, ok := info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return false
	}
	i := slices.Index(call.Args, arg)
	if i < 0 {
		return false
	}
	t, _ := syntax.Parameter(sig, nil, i, call.Ellipsis.IsValid())
	return syntax.IsAny(t)
}

// printsText tells whether an argument of f, a function that formats, is printed by its
// String method: with %s or %v where there is a format.
func printsText(f *types.Func, info *types.Info, call *ast.CallExpr, arg ast.Expr) bool {
	if !strings.HasSuffix(f.Name(), "f") {
		return true
	}
	format := f.Signature().Params().Len() - 2 // before the variadic arguments
	at := slices.Index(call.Args, arg) - format - 1
	c := info.Types[call.Args[format]].Value
	if at < 0 || c == nil || call.Ellipsis.IsValid() {
		return false
	}
	verbs := regexp.MustCompile(`%[^%a-zA-Z]*[%a-zA-Z]`).FindAllString(constant.StringVal(c), -1)
	verbs = slices.DeleteFunc(verbs, func(v string) bool { return v == "%%" })
	return at < len(verbs) && (verbs[at] == "%s" || verbs[at] == "%v")
}
