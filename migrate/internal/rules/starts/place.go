// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/contexts"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// placeSingle rewrites a start that returns a span alone.
func (p *File) placeSingle(s *plan.Site, whole *ast.CallExpr, st *Start, ops []*spans.Op) {
	switch stmt := p.Statement(whole).(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 1 {
			break
		}
		p.placeAssigned(s, whole, stmt, st, ops)
		return
	case *ast.ValueSpec:
		decl, ok := p.Parent[p.Parent[stmt]].(*ast.DeclStmt)
		if !ok || len(stmt.Names) != 1 || len(p.Parent[stmt].(*ast.GenDecl).Specs) != 1 {
			break
		}
		base := p.ContextAt(decl)
		p.Edit(s, decl, func(r *edit.Renderer) string {
			tok := " := "
			if stmt.Names[0].Name == "_" {
				tok = " = "
			}
			return withOps(r, "_, "+stmt.Names[0].Name+tok+p.core(r, st, base(r, st), false), stmt.Names[0].Name, ops)
		})
		return
	case *ast.ExprStmt:
		list, _ := p.Siblings(stmt)
		base := p.ContextAt(stmt)
		if len(ops) == 0 {
			p.Edit(s, stmt, func(r *edit.Renderer) string { return p.core(r, st, base(r, st), false) })
			return
		}
		if list == nil {
			break
		}
		span := p.Fresh("span", stmt)
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			return p.Scoped(stmt, withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops))
		})
		return
	case *ast.DeferStmt:
		if list, _ := p.Siblings(stmt); list == nil || len(ops) == 0 || ops[len(ops)-1].Several {
			break
		}
		span := p.Fresh("span", stmt)
		base := p.ContextAt(stmt)
		p.Edit(s, stmt, func(r *edit.Renderer) string {
			text := withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops[:len(ops)-1])
			return p.Scoped(stmt, text+"\ndefer "+spans.RenderCall(r, span, ops[len(ops)-1:]))
		})
		return
	}
	at := p.Hoistable(whole)
	if at != nil && !p.PureArguments(whole) && !p.First(whole, at) {
		at = nil // the order of evaluation would change
	}
	if at == nil && len(ops) == 0 {
		base := p.ContextAt(whole)
		p.Edit(s, whole, func(r *edit.Renderer) string {
			return r.Helper("spanOf") + "(" + p.core(r, st, base(r, st), false) + ")"
		})
		return
	}
	if at == nil || len(ops) > 0 && ops[len(ops)-1].Ends {
		s.Deny(spans.RefusedExpression, whole.Pos(), "no statement fits before the start of the span")
		return
	}
	span := p.Fresh("span", at)
	base := p.ContextAt(at)
	p.DeclareBefore(s, at, func(r *edit.Renderer) string {
		return withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops)
	})
	p.Edit(s, whole, func(*edit.Renderer) string { return span })
}

// placeAssigned rewrites span := tracer.StartSpan(…), together with the
// ContextWithSpan that may follow.
func (p *File) placeAssigned(s *plan.Site, whole *ast.CallExpr, stmt *ast.AssignStmt, st *Start, ops []*spans.Op) {
	siblings, i := p.Siblings(stmt)
	lhs := stmt.Lhs[0]
	if siblings == nil && len(ops) > 0 || len(ops) > 0 && (!p.Repeatable(lhs) || syntax.IsBlank(lhs)) {
		s.Deny(spans.RefusedExpression, stmt.Pos(), "the chain needs a variable and separate statements after the start")
		return
	}
	var after *contexts.Activation
	if siblings != nil && (!st.mayBeNoop || p.Expr(st.tracer).Find().Rooted) { // OpenTelemetry's hands a parent on
		after = &contexts.Activation{Start: stmt}
		p.absorb(s, siblings[i+1:], lhs, st, after)
	}
	kept := p.KeptContext(stmt)
	p.DeclareContext(s, kept)
	if kept != nil && kept.Absorbed && (after == nil || after.Ctx == nil) {
		kept.Absorbed, kept.Name = false, p.FreshIn(p.OutermostFunc(stmt), "spanCtx")
	}
	base := p.ContextAt(stmt)
	if kept != nil && kept.Base != nil {
		st.keep = kept.Base
	}
	if after != nil && after.Ctx != nil {
		st.keep = after.From
	}
	root := st.keep != nil && st.slice == nil && len(st.References) == 0 && !p.IsBackground(st.keep)
	p.Edit(s, stmt, func(r *edit.Renderer) string {
		ctx, from := "_", ""
		if st.keep != nil && st.slice == nil {
			from = r.Text(st.keep)
			if root {
				from = p.WithoutBaggage(r, st.keep)
			}
		} else {
			from = base(r, st)
		}
		text, more := "", ""
		switch {
		case after != nil && after.Ctx != nil:
			ctx = r.Text(after.Ctx)
			if p.Needed(kept) {
				text, more = kept.Declaration(r, stmt), "\n"+kept.Name+" "+stmt.Tok.String()+" "+ctx
			}
		case p.Needed(kept):
			text, ctx = kept.Declaration(r, stmt), kept.Name
		}
		text += ctx + ", " + r.Text(lhs) + " " + stmt.Tok.String() + " " + p.core(r, st, from, root)
		return withOps(r, text, r.Text(lhs), ops) + more
	})
}

// ContextAt returns how to write the context in which a span without one of its
// own is started: one in scope where the parent replaces its span anyway, a new
// one for a root.
func (p *File) ContextAt(at ast.Node) func(r *edit.Renderer, st *Start) string {
	found := p.ContextName(at)
	return func(r *edit.Renderer, st *Start) string {
		if st.slice != nil {
			return st.slice.base(r)
		}
		if len(st.References) == 0 || found == "" {
			return r.Pkg("context") + ".Background()"
		}
		return found
	}
}
