// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// baggageStays says what is lost where a span context goes on without a context.
const baggageStays = "the span context does not carry the extracted baggage: in OpenTelemetry, the context does"

// extract handles Extract. The context with what was extracted is kept in a
// variable when a span is started from it.
func (p *File) extract(u *plan.Use) {
	call := u.Call
	if len(call.Args) != 2 {
		return
	}
	s := p.Site(u, p.Result(call, 0))
	if p.HandsErrorOn(call) {
		s.Errors = plan.ErrorMade
	}
	propagator := p.propagator(s, call)
	carrier := p.carrier(s, propagator, call.Args[0], call.Args[1], true)
	at := p.EnclosingStmt(call)
	if s.Refusal != nil || at == nil {
		return
	}
	as, ok := p.Statement(call).(*ast.AssignStmt)
	if p.looksAtError(call) {
		s.Change(malformedNotFound)
	}
	if !ok || len(as.Lhs) != 2 {
		s.Change(baggageStays)
		p.Edit(s, call, func(r *edit.Renderer) string {
			return p.remoteHelper(r, call) + "(" + p.extracted(r, propagator, nil, carrier) + ")"
		})
		return
	}
	if to := p.Expr(as.Lhs[0]); to != nil && to.Pinned() != nil {
		p.extractForLegacy(s, as, propagator, carrier)
		return
	}
	v := p.Variable(as.Lhs[0])
	from := p.RemoteOf(v, as)
	if p.flowsOn(v, as) {
		s.Change(baggageStays)
	}
	if from == nil {
		p.Edit(s, as, func(r *edit.Renderer) string {
			return p.extractedParts(r, as, p.extracted(r, propagator, nil, carrier), false)
		})
		return
	}
	p.Remotes[v] = from
	list, _ := p.Siblings(as)
	dropped := p.onlyReferences(v, as)
	noError := syntax.IsBlank(as.Lhs[1])
	if dropped {
		err, left := p.Variable(as.Lhs[1]), 0
		if err != nil {
			left = p.Mentions(p.EnclosingFunc(as), err) - 1
		}
		for _, set := range p.SetToNil(v, as) {
			p.Edit(s, set, nil)
			if err != nil {
				left -= p.Mentions(set, err)
			}
		}
		noError = noError || left == 0
	}
	first := func(r *edit.Renderer) string { return from.Name + " := " + p.extracted(r, propagator, from, carrier) }
	switch {
	case list == nil: // in an if
		p.Prefix(s, from.At, first)
		p.Edit(s, as, func(r *edit.Renderer) string { return p.extractedParts(r, as, from.Name, dropped) })
	case dropped && noError:
		p.Edit(s, as, first)
	default:
		p.Edit(s, as, func(r *edit.Renderer) string {
			return first(r) + "\n" + p.extractedParts(r, as, from.Name, dropped)
		})
	}
}

// extracted renders a context with what a carrier has.
func (p *File) extracted(r *edit.Renderer, by propagator, from *starts.Remote, carrier func(*edit.Renderer) string) string {
	switch {
	case from == nil || from.Base == nil:
		return by.text(r) + ".Extract(" + r.Pkg("context") + ".Background(), " + carrier(r) + ")"
	case from.Active || p.IsBackground(from.Base):
		return by.text(r) + ".Extract(" + r.Text(from.Base) + ", " + carrier(r) + ")"
	case by.tracer != nil:
		return r.Helper("extractBy") + "(" + by.text(r) + ", " + r.Text(from.Base) + ", " + carrier(r) + ")"
	}
	return r.Helper("extract") + "(" + r.Text(from.Base) + ", " + carrier(r) + ")"
}

// extractedParts renders the assignment of span context and error.
func (p *File) extractedParts(r *edit.Renderer, as *ast.AssignStmt, from string, dropped bool) string {
	sc, err, tok := r.Text(as.Lhs[0]), r.Text(as.Lhs[1]), as.Tok
	_, call := p.Calls(as.Rhs[0])
	helper := p.remoteHelper
	switch {
	case dropped:
		sc = "_"
		helper = func(r *edit.Renderer, _ *ast.CallExpr) string { return r.Helper("remoteSpanContext") }
		if id, ok := as.Lhs[1].(*ast.Ident); ok && p.Info.Defs[id] == nil {
			tok = token.ASSIGN
		}
	case syntax.IsBlank(as.Lhs[1]) && p.Run.KnownOf(p.Result(call, 0))&flow.AsksRemote == 0:
		return sc + " " + tok.String() + " " + r.Trace("SpanContextFromContext") + "(" + from + ")"
	}
	return sc + ", " + err + " " + tok.String() + " " + helper(r, call) + "(" + from + ")"
}

// remoteHelper names the helper that returns what was extracted.
func (p *File) remoteHelper(r *edit.Renderer, extract *ast.CallExpr) string {
	if p.Run.KnownOf(p.Result(extract, 0))&flow.AsksRemote != 0 {
		return r.Helper("foundSpanContext")
	}
	return r.Helper("remoteSpanContext")
}

// onlyReferences tells whether the variable is only named as a parent.
func (p *File) onlyReferences(v *types.Var, as *ast.AssignStmt) bool {
	only := true
	sets := p.SetToNil(v, as)
	p.EachMention(v, as, func(id *ast.Ident, parent ast.Node) {
		if slices.ContainsFunc(sets, func(s ast.Stmt) bool { return s.Pos() <= id.Pos() && id.Pos() < s.End() }) {
			return
		}
		if sel, ok := parent.(*ast.SelectorExpr); ok && p.SymbolOf(sel) == "opentracing.SpanContext.ForeachBaggageItem" {
			return // which asks the context
		}
		call, ok := parent.(*ast.CallExpr)
		only = only && ok && p.RefersTo(call, v) && p.SymbolOf(call.Fun) != "opentracing.FollowsFrom"
	})
	return only
}

// flowsOn tells whether the span context goes anywhere but into references.
func (p *File) flowsOn(v *types.Var, as *ast.AssignStmt) bool {
	flows := false
	p.EachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		switch parent := parent.(type) {
		case *ast.CallExpr:
			flows = flows || !p.RefersTo(parent, v)
		case *ast.BinaryExpr:
		case *ast.AssignStmt:
			flows = flows || !p.IsNil(parent.Rhs[0])
		default:
			flows = true
		}
	})
	return flows
}
