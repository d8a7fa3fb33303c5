// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// mayBeMissing tells whether a span context in a reference may be nil, or name no trace:
// compat passes over such a reference.
func (p *File) mayBeMissing(n *flow.Node, e ast.Expr) bool {
	switch {
	case n == nil:
		return false
	case n.Origin&(flow.OriginContext|flow.OriginNoop) != 0: // of which one that is not nil may have baggage alone
		return true
	}
	return (n.Origin&(flow.OriginNil|flow.OriginUnknown) != 0 || n.Origin&flow.OriginMade == 0) && !p.NonNil(e)
}

// otherParent denies a start whose parent is another of its references where the first
// one is missing, unless that is the context's span.
func (p *File) otherParent(st *Start) {
	if len(st.References) < 2 {
		return
	}
	if parent := parentOf(st); parent.missing {
		st.deny(RefusedReferenceValue, parent.context, "the reference may be nil, and then another reference is the parent")
	}
}

// parentOf returns the reference that is the parent, as far as the context's span is
// not: the first ChildOf, else the first one.
func parentOf(st *Start) *reference {
	for _, ref := range st.References {
		if !ref.follows {
			return ref
		}
	}
	return st.References[0]
}

// displacing renders the context of a start whose parent takes the place of the
// context's span, and the option for a link to that one.
func (p *File) displacing(r *edit.Renderer, st *Start, base string, parent *reference) (ctx, link string) {
	remote := p.remoteOfReference(parent)
	switch {
	case remote != nil && p.within(remote, st):
		return remote.Name, r.Helper("linkDisplaced") + "(" + base + ", " + remote.Name + ")"
	case remote != nil:
		return r.Helper("withRemote") + "(" + base + ", " + remote.Name + ")", r.Helper("linkDisplaced") + "(" + base + ", " + remote.Name + ")"
	case parent.missing:
		sc := p.spanContext(r, parent)
		return r.Helper("childOf") + "(" + base + ", " + sc + ")", r.Helper("linkBesides") + "(" + base + ", " + sc + ")"
	}
	return p.ContextWith(r, st, base, parent), r.Helper("linkActive") + "(" + base + ")"
}

// remoteOfReference returns the context that a reference was extracted into, or nil.
func (p *File) remoteOfReference(ref *reference) *Remote {
	if ref.context == nil || ref.stays != nil {
		return nil
	}
	return p.Remotes[p.Variable(ref.context)]
}

// nameTwice gives names to what a start's references and context are, where the new code
// says it twice and saying it has effects.
func (p *File) nameTwice(s *plan.Site, st *Start) {
	if len(st.References) == 0 {
		return
	}
	parent := parentOf(st)
	displaces := st.fromContext && !parent.follows && !p.IsBackground(st.ctx)
	if displaces {
		st.base = p.nameBefore(s, st.Call, st.ctx, "outer")
	}
	linked := parent.follows && p.Opts.FollowsFrom != "link"
	if linked || displaces && parent.missing && p.remoteOfReference(parent) == nil {
		parent.name = p.nameBefore(s, st.Call, cmp.Or(parent.Span, parent.context), "parent")
	}
}

// nameBefore evaluates an expression in a call before the statement that the call is in,
// unless that can be done where it is, and again, without effects; it returns the
// variable, or "".
func (p *File) nameBefore(s *plan.Site, call *ast.CallExpr, e ast.Expr, name string) string {
	if p.effectless(e) {
		return ""
	}
	at := p.Hoistable(call)
	if at == nil || !p.effectlessBefore(call, e, at) {
		s.Deny(spans.RefusedExpression, e.Pos(), "the new code evaluates it twice, and no variable fits before it")
		return ""
	}
	v := p.Fresh(name, at)
	p.DeclareBefore(s, at, func(r *edit.Renderer) string { return v + " := " + r.Text(e) })
	return v
}

// effectless tells whether an expression can be evaluated once more: nothing is called
// but getters, conversions, and functions of OpenTracing that only look at something. A
// start goes before the statement anyway.
func (p *File) effectless(e ast.Node) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if p.starts(n) && p.Hoistable(n) != nil && p.PureArguments(n) {
				return false
			}
			ok = ok && (p.Looks(n) || p.IsPath(n) || p.Info.Types[n.Fun].IsType())
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.FuncLit:
			ok = false
		}
		return ok
	})
	return ok
}

// effectlessBefore tells whether nothing with an effect is evaluated in a statement
// before an expression that a call is given.
func (p *File) effectlessBefore(call *ast.CallExpr, e ast.Expr, at ast.Stmt) bool {
	ok := true
	ast.Inspect(at, func(n ast.Node) bool {
		if n == nil || n.Pos() >= e.Pos() {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			if syntax.Contains(n, e) {
				return ok // and is called after it
			}
			ok = ok && (p.Looks(n) || p.IsPath(n) || p.Info.Types[n.Fun].IsType() || p.UseOf(n.Fun) != nil && !p.starts(n))
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		}
		return ok
	})
	return ok
}

// starts tells whether a call starts a span.
func (p *File) starts(call *ast.CallExpr) bool {
	f := p.Callee(call)
	return f != nil && f.Pkg() != nil && opentracing.Starts(f)
}

// belowLegacy tells whether a span of the program's tracer may be started below one of a
// tracer that stays OpenTracing. On compat it had no parent, as its tracer can't refer to one
// of another.
func (p *File) belowLegacy(st *Start) bool {
	if st.ofSpan != nil || st.tracer != nil && p.Run.MayBeLegacy(p.Source, p.TracerNode(st.tracer)) {
		return false
	}
	if st.fromContext && !p.IsBackground(st.ctx) && p.Run.MayBeBelow(p.Source) {
		return true
	}
	return slices.ContainsFunc(st.References, func(ref *reference) bool {
		return ref.ctx != nil && p.Run.MayBeBelow(p.Source) || ref.Span != nil && p.Run.MayStay(p.Source, p.Expr(ref.Span))
	})
}
