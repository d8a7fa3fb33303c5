// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// StartReferences looks at what becomes of the baggage of the spans that a start
// refers to, and at span contexts that stay OpenTracing.
func (p *File) StartReferences(s *plan.Site, st *Start) {
	// Where the one parent is all that the new span has its baggage from, an adapter
	// knows it.
	st.site = s
	one := len(st.References) == 1 && !st.fromContext && st.slice == nil && (!st.References[0].follows || p.Opts.FollowsFrom != "link")
	for _, ref := range st.References {
		switch {
		case ref.stays == nil:
			s.Loses = s.Loses || p.losesBaggage(st, ref) && (st.name == nil || !p.unseen(st.Call))
		case !one:
			s.Deny(ref.stays.Category, ref.stays.Pos, ref.stays.Reason)
		default:
			p.Referred[ref.context] = true
		}
	}
	if s.Loses && one {
		s.Detached = st.detached(p)
		s.Parent = p.Expr(st.References[0].context)
		s.Carriable = st.References[0].Span != nil
	}
}

// unseen tells whether nobody can ask for the baggage of the span that a call starts:
// it stays in a variable on which calls are made that tell nothing of it.
func (p *File) unseen(start *ast.CallExpr) bool {
	as, ok := p.Statement(start).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 || as.Tok != token.DEFINE {
		return false
	}
	span := p.Variable(as.Lhs[0])
	unseen := span != nil
	ast.Inspect(p.EnclosingFunc(start), func(n ast.Node) bool {
		var called ast.Expr
		switch n := n.(type) {
		case *ast.ExprStmt:
			called = p.CalledSpan(n.X)
		case *ast.DeferStmt:
			called = p.CalledSpan(n.Call)
		case *ast.Ident:
			unseen = unseen && (n == as.Lhs[0] || p.Info.ObjectOf(n) != span)
		}
		if called == nil || span == nil || p.Variable(called) != span {
			return unseen
		}
		// The arguments may name it, too.
		unseen = unseen && p.Mentions(n, span) == 1
		return false
	})
	return unseen
}

// losesBaggage tells whether a reference's baggage stays behind: its span is not
// known to be active in the context that the new span is started in.
func (p *File) losesBaggage(st *Start, ref *reference) bool {
	switch {
	case ref.ctx != nil:
		return false
	case ref.Span == nil:
		return p.Remotes[p.Variable(ref.context)] == nil
	}
	base := p.ContextName(st.Call)
	if keep := st.keptBy(p); keep != nil {
		base = nameOfContext(p, keep)
	}
	return !p.ActiveIn(ref.Span, base, st.Call) && st.baggageOfParent(p, ref) == nil
}

// keptBy returns the context whose values the context of the new span has to have, or nil.
func (s *Start) keptBy(p *File) ast.Expr {
	if as, ok := p.Statement(s.Call).(*ast.AssignStmt); ok && s.keep == nil && len(as.Lhs) == 1 {
		return p.KeptBase(as)
	}
	return s.keep
}

// detached tells whether a start names a new context, or finds none, as there is no baggage
// in either.
func (s *Start) detached(p *File) bool {
	if keep := s.keptBy(p); keep != nil {
		return p.IsBackground(keep)
	}
	return p.ContextName(s.Call) == ""
}

// nameOfContext returns how ActiveIn knows a context.
func nameOfContext(p *File, ctx ast.Expr) string {
	if v := p.RequestOf(ctx); v != nil {
		return v.Name() + ".Context()"
	}
	if v := p.Variable(ctx); v != nil {
		return v.Name()
	}
	return ""
}

// baggageOfParent returns the context whose baggage a start takes over from the span that
// it refers to, or nil. Where the start names a context, too, that one's counts as well.
func (s *Start) baggageOfParent(p *File, ref *reference) ast.Expr {
	if ref.Span == nil || s.fromContext {
		return nil
	}
	return p.BaggageOf(ref.Span, s.Call)
}
