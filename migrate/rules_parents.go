// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
)

// mayBeMissing tells whether a span context in a reference may be nil, or name no trace:
// compat passes over such a reference.
func (p *startFile) mayBeMissing(n *node, e ast.Expr) bool {
	switch {
	case n == nil:
		return false
	case n.origin&(originContext|originNoop) != 0: // of which one that is not nil may have baggage alone
		return true
	}
	return (n.origin&(originNil|originUnknown) != 0 || n.origin&originMade == 0) && !p.nonNil(e)
}

// otherParent denies a start whose parent is another of its references where the first
// one is missing, unless that is the context's span.
func (p *startFile) otherParent(st *start) {
	if len(st.references) < 2 {
		return
	}
	if parent := parentOf(st); parent.missing {
		st.deny("reference-value", parent.context, "the reference may be nil, which makes the parent of another one of them")
	}
}

// parentOf returns the reference that is the parent, as far as the context's span is
// not: the first ChildOf, else the first one.
func parentOf(st *start) *reference {
	for _, ref := range st.references {
		if !ref.follows {
			return ref
		}
	}
	return st.references[0]
}

// displacing renders the context of a start whose parent takes the place of the
// context's span, and the option for a link to that one.
func (p *startFile) displacing(r *renderer, st *start, base string, parent *reference) (ctx, link string) {
	remote := p.remoteOfReference(parent)
	switch {
	case remote != nil && p.within(remote, st):
		return remote.name, r.helper("linkDisplaced") + "(" + base + ", " + remote.name + ")"
	case remote != nil:
		return r.helper("withRemote") + "(" + base + ", " + remote.name + ")", r.helper("linkDisplaced") + "(" + base + ", " + remote.name + ")"
	case parent.missing:
		sc := p.spanContext(r, parent)
		return r.helper("childOf") + "(" + base + ", " + sc + ")", r.helper("linkBesides") + "(" + base + ", " + sc + ")"
	}
	return p.contextWith(r, st, base, parent), r.helper("linkActive") + "(" + base + ")"
}

// remoteOfReference returns the context that a reference was extracted into, or nil.
func (p *startFile) remoteOfReference(ref *reference) *remote {
	if ref.context == nil || ref.stays != nil {
		return nil
	}
	return p.remotes[p.variable(ref.context)]
}

// nameTwice gives names to what a start's references and context are, where the new code
// says it twice and saying it has effects.
func (p *startFile) nameTwice(s *site, st *start) {
	if len(st.references) == 0 {
		return
	}
	parent := parentOf(st)
	displaces := st.fromContext && !parent.follows && !p.isBackground(st.ctx)
	if displaces {
		st.base = p.nameBefore(s, st.call, st.ctx, "outer")
	}
	linked := parent.follows && p.opts.FollowsFrom != "link"
	if linked || displaces && parent.missing && p.remoteOfReference(parent) == nil {
		parent.name = p.nameBefore(s, st.call, cmp.Or(parent.span, parent.context), "parent")
	}
}

// nameBefore evaluates an expression in a call before the statement that the call is in,
// unless that can be done where it is, and again, without effects; it returns the
// variable, or "".
func (p *startFile) nameBefore(s *site, call *ast.CallExpr, e ast.Expr, name string) string {
	if p.effectless(e) {
		return ""
	}
	at := p.hoistable(call)
	if at == nil || !p.effectlessBefore(call, e, at) {
		s.deny("expression", e.Pos(), "it is evaluated twice afterwards, and there is no room for a variable before it")
		return ""
	}
	v := p.fresh(name, at)
	p.declareBefore(s, at, func(r *renderer) string { return v + " := " + r.text(e) })
	return v
}

// effectless tells whether an expression can be evaluated once more: nothing is called
// but getters, conversions, and functions of OpenTracing that only look at something. A
// start goes before the statement anyway.
func (p *startFile) effectless(e ast.Node) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if p.starts(n) && p.hoistable(n) != nil && p.pureArguments(n) {
				return false
			}
			ok = ok && (p.looks(n) || p.isPath(n) || p.info.Types[n.Fun].IsType())
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.FuncLit:
			ok = false
		}
		return ok
	})
	return ok
}

// looks tells whether a call of the OpenTracing API has no effect.
func (p *startFile) looks(call *ast.CallExpr) bool {
	switch p.symbolOf(call.Fun) {
	case "opentracing.Span.Context", "opentracing.Span.Tracer", "opentracing.SpanFromContext", "opentracing.GlobalTracer", "opentracing.ContextWithSpan":
		return true
	}
	return false
}

// effectlessBefore tells whether nothing with an effect is evaluated in a statement
// before an expression that a call is given.
func (p *startFile) effectlessBefore(call *ast.CallExpr, e ast.Expr, at ast.Stmt) bool {
	ok := true
	ast.Inspect(at, func(n ast.Node) bool {
		if n == nil || n.Pos() >= e.Pos() {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			if contains(n, e) {
				return ok // and is called after it
			}
			ok = ok && (p.looks(n) || p.isPath(n) || p.info.Types[n.Fun].IsType() || p.useOf(n.Fun) != nil && !p.starts(n))
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
func (p *startFile) starts(call *ast.CallExpr) bool {
	f := p.callee(call)
	return f != nil && f.Pkg() != nil && starts(f)
}
