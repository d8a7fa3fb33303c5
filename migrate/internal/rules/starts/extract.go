// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A Remote is the context that a span context was extracted into. Spans are
// started from it, so that baggage flows on.
type Remote struct {
	Name string
	Base ast.Expr // what it is made from; nil is a new context
	At   ast.Stmt
	// Active tells whether the span of base is still the active one, where nothing
	// was extracted.
	Active bool
}

// RemoteOf returns the context to keep for a span context, or nil where no span is
// started from it or its place has no room for a variable.
func (p *File) RemoteOf(v *types.Var, as *ast.AssignStmt) *Remote {
	if v == nil || as.Tok != token.DEFINE || p.Assignments(p.EnclosingFunc(as), v) != 1+len(p.SetToNil(v, as)) {
		return nil
	}
	from := &Remote{At: as}
	if list, _ := p.Siblings(as); list == nil {
		ifs, ok := p.Parent[as].(*ast.IfStmt)
		if !ok || ifs.Init != as {
			return nil
		}
		if list, _ := p.Siblings(ifs); list == nil {
			return nil
		}
		from.At = ifs
	}
	found := false
	ast.Inspect(p.EnclosingFunc(as), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !p.RefersTo(call, v) {
			return true
		}
		found = true
		if base, active := p.startedIn(call); base != nil && from.Base == nil && p.StableContext(base, from.At, call) {
			from.Base, from.Active = base, active
		}
		return true
	})
	if from.Active && !p.IsBackground(from.Base) && !p.onlyStartedIn(from.Base, v, as) {
		from.Base, from.Active = nil, false
	}
	if !found {
		return nil
	}
	from.Name = p.FreshIn(p.OutermostFunc(as), "remote")
	return from
}

// onlyStartedIn tells whether an extracted span context is only the parent of spans that
// are started from one context, whose own span may be what the new code finds there:
// nothing asks for it or for the error.
func (p *File) onlyStartedIn(base ast.Expr, v *types.Var, as *ast.AssignStmt) bool {
	only := syntax.IsBlank(as.Lhs[1])
	p.EachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		call, ok := parent.(*ast.CallExpr)
		if only = only && ok && p.RefersTo(call, v); only {
			other, active := p.startedIn(call)
			only = active && p.SameContext(other, base) && p.StableContext(base, as, call)
		}
	})
	return only
}

// startedIn returns the context in which the span with a reference is started, and
// whether that context's own span counts too; nil where it is dropped.
func (p *File) startedIn(ref *ast.CallExpr) (base ast.Expr, active bool) {
	if o := p.sliceAround(ref); o != nil {
		return o.keep, false
	}
	call, ok := p.Statement(ref).(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	switch p.SymbolOf(call.Fun) {
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return call.Args[0], true
	case "opentracing.StartSpan", "opentracing.Tracer.StartSpan":
	default:
		return nil, false
	}
	as, ok := p.EnclosingStmt(call).(*ast.AssignStmt)
	if !ok {
		return nil, false
	}
	return p.KeptBase(as), false
}

// within tells whether a span can be started in a remote's context: its values are
// those of the context that the span's has to have.
func (p *File) within(from *Remote, st *Start) bool {
	switch {
	case st.fromContext:
		return from.Active && p.SameContext(from.Base, st.keep) && p.StableContext(from.Base, from.At, st.Call)
	case st.keep == nil:
		return !from.Active
	case from.Base == nil:
		return p.IsBackground(st.keep)
	}
	return !from.Active && p.SameContext(from.Base, st.keep) && p.StableContext(from.Base, from.At, st.Call)
}

// AssignsExtracted returns the statement that assigns what an Extract returns, if it is one
// among others, or nil.
func (p *File) AssignsExtracted(extract ast.Expr) *ast.AssignStmt {
	as, ok := p.Statement(extract).(*ast.AssignStmt)
	if list, _ := p.Siblings(as); !ok || list == nil || len(as.Lhs) != 2 {
		return nil
	}
	return as
}
