// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// hook takes out a branch that makes a span the active one of OpenTelemetry, where it is
// the active one of the context:
//
//	ctx = opentracing.ContextWithSpan(ctx, span)
//	if b, ok := tracer.(*bridge.BridgeTracer); ok {
//		ctx = b.ContextWithSpanHook(ctx, span)
//	}
//
// becomes
//
//	ctx = trace.ContextWithSpan(ctx, span)
func (p *File) hook(n *ast.IfStmt) {
	hook := p.Hooks[n]
	if hook == nil {
		return
	}
	tracer := hook.Tracer.X
	from := p.Expr(tracer)
	s := &plan.Site{File: p.Source, Pos: hook.Tracer.Pos(), Symbol: "opentracing.Tracer", Rule: "assertions"}
	p.Sites = append(p.Sites, s)
	p.TakeAll(s, n)
	s.Need(from, p.Expr(hook.Span))
	asked := "it is asserted to be a " + types.TypeString(p.Info.TypeOf(hook.Tracer.Type), (*types.Package).Name)
	ctx := p.Variable(hook.Context)
	switch {
	case types.IsInterface(p.Info.TypeOf(hook.Tracer.Type)) && from != nil && from.Origin&flow.OriginOwnTracer != 0:
		s.Deny(flow.RefusedOwnTracer, hook.Tracer.Pos(), "a tracer type of your own may be used here, and its ContextWithSpanHook is called")
	case ctx == nil || !p.OnlyReads(tracer) || !p.ActiveIn(hook.Span, ctx.Name(), n):
		s.Deny(flow.RefusedTypeAssertion, hook.Tracer.Pos(), asked+", and the context may have another span than the one that is put into it then")
	case hook.Returns && !p.returnsAfter(n, ctx):
		s.Deny(flow.RefusedTypeAssertion, hook.Tracer.Pos(), asked+", and other code runs if it is none")
	case p.unusedWithout(n, ctx) || p.unusedWithout(n, p.Variable(hook.Span)) || p.unusedWithout(n, p.Variable(tracer)):
		s.Deny(flow.RefusedTypeAssertion, hook.Tracer.Pos(), asked+", for which alone a variable is declared")
	}
	p.Edit(s, n, nil)
}

// returnsAfter tells whether what follows a statement is that a variable is returned.
func (p *File) returnsAfter(n ast.Stmt, v *types.Var) bool {
	list, i := p.Siblings(n)
	if i+1 >= len(list) {
		return false
	}
	next, ok := list[i+1].(*ast.ReturnStmt)
	return ok && len(next.Results) == 1 && p.Variable(next.Results[0]) == v
}

// unusedWithout tells whether a variable has no use without a statement.
func (p *File) unusedWithout(n ast.Stmt, v *types.Var) bool {
	if v == nil || v.Kind() != types.LocalVar {
		return false
	}
	return p.Mentions(p.EnclosingFunc(n), v)-p.Mentions(n, v) < 2
}

// inHook tells whether an assertion is that of a hook.
func (p *File) inHook(e *ast.TypeAssertExpr) bool {
	n, ok := p.Parent[p.Parent[e]].(*ast.IfStmt)
	return ok && p.Hooks[n] != nil
}
