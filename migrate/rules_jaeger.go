// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// jaegerPath is the import path of jaeger-client-go, whose span context programs
// take trace IDs out of.
const jaegerPath = "github.com/uber/jaeger-client-go"

func isJaegerContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == jaegerPath && n.Obj().Name() == "SpanContext"
}

// jaegerHolds is the change of an assertion of Jaeger's context.
const jaegerHolds = "on compat this never held, whose contexts are not Jaeger's; it holds where the context is valid, sampled or not"

// jaegerContext handles an assertion to Jaeger's span context, which holds no more
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
func (p *spanContextFile) jaegerContext(s *site, e *ast.TypeAssertExpr) {
	s.note = "OpenTelemetry's context takes the place of Jaeger's, which compat has no more: the IDs are back"
	s.changes = jaegerHolds
	switch stmt := p.statement(e).(type) {
	case *ast.SelectorExpr:
		call, ok := p.parent[stmt].(*ast.CallExpr)
		if !ok || call.Fun != stmt || !p.jaegerCall(s, call, stmt.Sel.Name) {
			break
		}
		p.edit(s, e, func(r *renderer) string { return r.operand(e.X) })
		return
	case *ast.AssignStmt:
		if p.contextVariables(s, stmt, e.X, true) {
			return
		}
	}
	s.deny("type-assertion", e.Pos(), "it is asserted to be a jaeger.SpanContext, of which more is used than OpenTelemetry's has")
}

// jaegerGuard makes one if of two that ask for a span and then for Jaeger's context:
//
//	if span := opentracing.SpanFromContext(ctx); span != nil {
//		if sc, ok := span.Context().(jaeger.SpanContext); ok {
//
// becomes
//
//	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
func (p *spanContextFile) jaegerGuard(n *ast.IfStmt) bool {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !p.isNil(cond.Y) || n.Else != nil || len(n.Body.List) != 1 {
		return false
	}
	span := p.variable(cond.X)
	inner, ok := n.Body.List[0].(*ast.IfStmt)
	if !ok || span == nil || inner.Else != nil || p.mentions(n.Body, span) != 1 {
		return false
	}
	from := p.guardInit(n, span)
	init, ok := inner.Init.(*ast.AssignStmt)
	if !ok || from == nil || init.Tok != token.DEFINE || len(init.Lhs) != 2 || isBlank(init.Lhs[0]) || p.commentIn(n.Pos(), inner.Body.Lbrace) || p.commentIn(inner.End(), n.End()) {
		return false
	}
	assertion, ok := ast.Unparen(init.Rhs[0]).(*ast.TypeAssertExpr)
	if !ok || assertion.Type == nil || !isJaegerContext(p.info.TypeOf(assertion.Type)) || p.variable(inner.Cond) == nil || p.variable(inner.Cond) != p.variable(init.Lhs[1]) {
		return false
	}
	symbol, context := p.calls(assertion.X)
	if symbol != "opentracing.Span.Context" || p.variable(receiverOf(context)) != span || p.mentions(inner.Body, p.variable(init.Lhs[1])) > 0 {
		return false
	}
	s := p.site(p.useOf(from.Fun), p.expr(from), p.expr(assertion.X), p.expr(cond.X))
	p.take(s, p.useOf(context.Fun))
	s.rule, s.changes = "assertions", jaegerHolds
	p.edit(s, n, func(r *renderer) string {
		sc := r.text(init.Lhs[0])
		return "if " + sc + " := " + r.trace("SpanContextFromContext") + "(" + r.text(from.Args[0]) + "); " + sc + ".IsValid() " + r.text(inner.Body)
	})
	return true
}

// contextVariables handles sc, ok := span.Context().(jaeger.SpanContext), and
// sc, ok := compat.OTelSpanContext(span.Context()), whose context is OpenTelemetry's
// already.
func (p *spanContextFile) contextVariables(s *site, stmt *ast.AssignStmt, context ast.Expr, jaeger bool) bool {
	fn := p.enclosingFunc(stmt)
	if stmt.Tok != token.DEFINE || len(stmt.Rhs) != 1 || fn == nil {
		return false
	}
	var vars [2]*types.Var
	for i, l := range stmt.Lhs {
		if isBlank(l) {
			continue
		}
		vars[i] = p.variable(l)
		if p.info.Defs[l.(*ast.Ident)] == nil || p.assignments(fn, vars[i]) != 1 {
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
		p.edit(s, stmt, func(r *renderer) string { return r.text(stmt.Lhs[1]) + " := " + r.operand(context) + ".IsValid()" })
		return true
	case valid != nil:
		p.rename(s, fn, stmt.Lhs[1], valid, func(r *renderer) string { return r.text(stmt.Lhs[0]) + ".IsValid()" })
	}
	p.edit(s, stmt, func(r *renderer) string { return r.text(stmt.Lhs[0]) + " := " + r.text(context) })
	return true
}

// rename replaces every mention of a variable but its declaration.
func (p *planner) rename(s *site, fn ast.Node, declared ast.Expr, v *types.Var, render func(r *renderer) string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id != declared && p.info.Uses[id] == v {
			p.edit(s, id, render)
		}
		return true
	})
}

// jaegerUses tells whether only methods of a span context are called that
// OpenTelemetry's has too.
func (p *spanContextFile) jaegerUses(s *site, fn ast.Node, declared ast.Expr, sc *types.Var) bool {
	fine := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id == declared || p.info.Uses[id] != sc {
			return fine
		}
		sel, ok := p.parent[id].(*ast.SelectorExpr)
		if !ok {
			fine = false
			return false
		}
		call, ok := p.parent[sel].(*ast.CallExpr)
		fine = ok && call.Fun == sel && p.jaegerCall(s, call, sel.Sel.Name)
		return fine
	})
	return fine
}

// jaegerCall tells whether a method call on Jaeger's span context means the same on
// OpenTelemetry's: IDs as text, in as many digits.
func (p *spanContextFile) jaegerCall(s *site, call *ast.CallExpr, method string) bool {
	switch method {
	case "IsValid", "IsSampled":
		return true
	case "TraceID", "SpanID":
	default:
		return false
	}
	switch outer := p.statement(call).(type) {
	case *ast.SelectorExpr:
		text, ok := p.parent[outer].(*ast.CallExpr)
		if !ok || text.Fun != outer {
			return false
		}
		switch outer.Sel.Name {
		case "IsValid":
			return true
		case "String":
			if method == "TraceID" && p.opts.ShortTraceIDs {
				p.wrap(s, text, func(r *renderer) string { return r.text(text) + "[16:]" })
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
func (p *spanContextFile) jaegerID(s *site, stmt *ast.AssignStmt, call *ast.CallExpr, method string) bool {
	fn := p.enclosingFunc(stmt)
	if stmt.Tok != token.DEFINE || len(stmt.Lhs) != 1 || fn == nil || isBlank(stmt.Lhs[0]) {
		return false
	}
	v := p.variable(stmt.Lhs[0])
	if v == nil || p.assignments(fn, v) != 1 {
		return false
	}
	fine := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || p.info.Uses[id] != v {
			return fine
		}
		switch par := p.parent[id].(type) {
		case *ast.SelectorExpr:
			text, ok := p.parent[par].(*ast.CallExpr)
			switch {
			case !ok || text.Fun != par:
				fine = false
			case par.Sel.Name == "IsValid":
			case par.Sel.Name != "String":
				fine = false
			case method == "TraceID" && p.opts.ShortTraceIDs:
				p.wrap(s, text, func(r *renderer) string { return r.text(text) + "[16:]" })
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
func (p *spanContextFile) shownAsText(id ast.Expr) bool {
	if p.opts.ShortTraceIDs {
		return false
	}
	switch n := p.statement(id).(type) {
	case *ast.CallExpr:
		if f := p.callee(n); f != nil && f.Pkg() != nil && prints(f.Pkg().Path()) {
			return p.printsText(n, id)
		}
		return p.takesAny(n, id)
	case *ast.CompositeLit:
		return isAny(p.elem(p.info.TypeOf(n)))
	case *ast.KeyValueExpr:
		lit, ok := p.parent[n].(*ast.CompositeLit)
		return ok && n.Value == id && isAny(p.elem(p.info.TypeOf(lit)))
	case *ast.AssignStmt:
		i := slices.Index(n.Rhs, id)
		return i >= 0 && len(n.Lhs) == len(n.Rhs) && n.Tok == token.ASSIGN && isAny(p.info.TypeOf(n.Lhs[i]))
	}
	return false
}

func isAny(t types.Type) bool {
	if t == nil {
		return false
	}
	iface, ok := types.Unalias(t).(*types.Interface)
	return ok && iface.Empty()
}

// takesAny tells whether an argument goes to a parameter of type any.
func (p *syntaxFile) takesAny(call *ast.CallExpr, arg ast.Expr) bool {
	sig, ok := p.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return false
	}
	i := slices.Index(call.Args, arg)
	if i < 0 {
		return false
	}
	t, _ := parameter(sig, nil, i, call.Ellipsis.IsValid())
	return isAny(t)
}

// printsText tells whether an argument of a function that formats is printed by its
// String method: with %s or %v where there is a format.
func (p *syntaxFile) printsText(call *ast.CallExpr, arg ast.Expr) bool {
	f := p.callee(call)
	if !strings.HasSuffix(f.Name(), "f") {
		return true
	}
	format := f.Signature().Params().Len() - 2 // before the variadic arguments
	at := slices.Index(call.Args, arg) - format - 1
	c := p.info.Types[call.Args[format]].Value
	if at < 0 || c == nil || call.Ellipsis.IsValid() {
		return false
	}
	verbs := regexp.MustCompile(`%[^%a-zA-Z]*[%a-zA-Z]`).FindAllString(constant.StringVal(c), -1)
	verbs = slices.DeleteFunc(verbs, func(v string) bool { return v == "%%" })
	return at < len(verbs) && (verbs[at] == "%s" || verbs[at] == "%v")
}
