// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// A remote is the context that a span context was extracted into. Spans are
// started from it, so that baggage flows on.
type remote struct {
	name string
	base ast.Expr // what it is made from; nil is a new context
	at   ast.Stmt
	// active tells whether the span of base is still the active one, where nothing
	// was extracted.
	active bool
}

// baggageStays says what is lost where a span context goes on without a context.
const baggageStays = "the baggage that came with the span context does not go on with it: OpenTelemetry's goes with the context"

// extract handles Extract. The context with what was extracted is kept in a
// variable when a span is started from it.
func (p *propagationFile) extract(u *use) {
	call := u.call
	if len(call.Args) != 2 {
		return
	}
	s := p.site(u, p.result(call, 0))
	if p.handsErrorOn(call) {
		s.errors = errorMade
	}
	p.propagator(s, receiverOf(call))
	carrier := p.carrier(s, call.Args[0], call.Args[1], true)
	at := p.enclosingStmt(call)
	if s.refusal != nil || at == nil {
		return
	}
	as, ok := p.statement(call).(*ast.AssignStmt)
	if p.looksAtError(call) {
		s.change(malformedNotFound)
	}
	if !ok || len(as.Lhs) != 2 {
		s.change(baggageStays)
		p.edit(s, call, func(r *renderer) string {
			return p.remoteHelper(r, call) + "(" + p.extracted(r, nil, carrier) + ")"
		})
		return
	}
	v := p.variable(as.Lhs[0])
	from := p.remoteOf(v, as)
	if p.flowsOn(v, as) {
		s.change(baggageStays)
	}
	if from == nil {
		p.edit(s, as, func(r *renderer) string {
			return p.extractedParts(r, as, p.extracted(r, nil, carrier), false)
		})
		return
	}
	p.remotes[v] = from
	list, _ := p.siblings(as)
	dropped := p.onlyReferences(v, as)
	noError := isBlank(as.Lhs[1])
	if dropped {
		err, left := p.variable(as.Lhs[1]), 0
		if err != nil {
			left = p.mentions(p.enclosingFunc(as), err) - 1
		}
		for _, set := range p.setToNil(v, as) {
			p.edit(s, set, nil)
			if err != nil {
				left -= p.mentions(set, err)
			}
		}
		noError = noError || left == 0
	}
	first := func(r *renderer) string { return from.name + " := " + p.extracted(r, from, carrier) }
	switch {
	case list == nil: // in an if
		p.prefix(s, from.at, first)
		p.edit(s, as, func(r *renderer) string { return p.extractedParts(r, as, from.name, dropped) })
	case dropped && noError:
		p.edit(s, as, first)
	default:
		p.edit(s, as, func(r *renderer) string {
			return first(r) + "\n" + p.extractedParts(r, as, from.name, dropped)
		})
	}
}

// extracted renders a context with what a carrier has.
func (p *propagationFile) extracted(r *renderer, from *remote, carrier func(*renderer) string) string {
	switch {
	case from == nil || from.base == nil:
		return r.pkg(otelPath) + ".GetTextMapPropagator().Extract(" + r.pkg("context") + ".Background(), " + carrier(r) + ")"
	case from.active || p.isBackground(from.base):
		return r.pkg(otelPath) + ".GetTextMapPropagator().Extract(" + r.text(from.base) + ", " + carrier(r) + ")"
	}
	return r.helper("extract") + "(" + r.text(from.base) + ", " + carrier(r) + ")"
}

// extractedParts renders the assignment of span context and error.
func (p *propagationFile) extractedParts(r *renderer, as *ast.AssignStmt, from string, dropped bool) string {
	sc, err, tok := r.text(as.Lhs[0]), r.text(as.Lhs[1]), as.Tok
	_, call := p.calls(as.Rhs[0])
	helper := p.remoteHelper
	switch {
	case dropped:
		sc = "_"
		helper = func(r *renderer, _ *ast.CallExpr) string { return r.helper("remoteSpanContext") }
		if id, ok := as.Lhs[1].(*ast.Ident); ok && p.info.Defs[id] == nil {
			tok = token.ASSIGN
		}
	case isBlank(as.Lhs[1]) && p.run.knownOf(p.result(call, 0))&asksRemote == 0:
		return sc + " " + tok.String() + " " + r.trace("SpanContextFromContext") + "(" + from + ")"
	}
	return sc + ", " + err + " " + tok.String() + " " + helper(r, call) + "(" + from + ")"
}

// remoteHelper names the helper that returns what was extracted.
func (p *propagationFile) remoteHelper(r *renderer, extract *ast.CallExpr) string {
	if p.run.knownOf(p.result(extract, 0))&asksRemote != 0 {
		return r.helper("foundSpanContext")
	}
	return r.helper("remoteSpanContext")
}

// remoteOf returns the context to keep for a span context, or nil where no span is
// started from it or its place has no room for a variable.
func (p *startFile) remoteOf(v *types.Var, as *ast.AssignStmt) *remote {
	if v == nil || as.Tok != token.DEFINE || p.assignments(p.enclosingFunc(as), v) != 1+len(p.setToNil(v, as)) {
		return nil
	}
	from := &remote{at: as}
	if list, _ := p.siblings(as); list == nil {
		ifs, ok := p.parent[as].(*ast.IfStmt)
		if !ok || ifs.Init != as {
			return nil
		}
		if list, _ := p.siblings(ifs); list == nil {
			return nil
		}
		from.at = ifs
	}
	found := false
	ast.Inspect(p.enclosingFunc(as), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !p.refersTo(call, v) {
			return true
		}
		found = true
		if base, active := p.startedIn(call); base != nil && from.base == nil && p.stableContext(base, from.at, call) {
			from.base, from.active = base, active
		}
		return true
	})
	if from.active && !p.isBackground(from.base) && !p.onlyStartedIn(from.base, v, as) {
		from.base, from.active = nil, false
	}
	if !found {
		return nil
	}
	from.name = p.freshIn(p.outermostFunc(as), "remote")
	return from
}

// onlyStartedIn tells whether an extracted span context is only the parent of spans that
// are started from one context, whose own span may be what the new code finds there:
// nothing asks for it or for the error.
func (p *startFile) onlyStartedIn(base ast.Expr, v *types.Var, as *ast.AssignStmt) bool {
	only := isBlank(as.Lhs[1])
	p.eachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		call, ok := parent.(*ast.CallExpr)
		if only = only && ok && p.refersTo(call, v); only {
			other, active := p.startedIn(call)
			only = active && p.sameContext(other, base) && p.stableContext(base, as, call)
		}
	})
	return only
}

// refersTo tells whether a call makes a reference to a span context, or injects it.
func (p *startFile) refersTo(call *ast.CallExpr, v *types.Var) bool {
	switch p.symbolOf(call.Fun) {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		return len(call.Args) == 1 && p.variable(call.Args[0]) == v
	case "opentracing.Tracer.Inject":
		return len(call.Args) == 3 && p.variable(call.Args[0]) == v
	}
	return false
}

// startedIn returns the context in which the span with a reference is started, and
// whether that context's own span counts too; nil where it is dropped.
func (p *startFile) startedIn(ref *ast.CallExpr) (base ast.Expr, active bool) {
	if o := p.sliceAround(ref); o != nil {
		return o.keep, false
	}
	call, ok := p.statement(ref).(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	switch p.symbolOf(call.Fun) {
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return call.Args[0], true
	case "opentracing.StartSpan", "opentracing.Tracer.StartSpan":
	default:
		return nil, false
	}
	as, ok := p.enclosingStmt(call).(*ast.AssignStmt)
	if !ok {
		return nil, false
	}
	return p.keptBase(as), false
}

// keptBase returns the context that the span of a start is put into, or nil.
func (p *contextFile) keptBase(as *ast.AssignStmt) ast.Expr {
	if p.startAssignment(as, p.variable(as.Lhs[0])) == nil {
		return nil
	}
	if kept := p.keptContext(as); kept != nil && kept.base != nil {
		return kept.base
	}
	if after := p.activationOf(as, p.variable(as.Lhs[0])); after != nil {
		_, activation := p.calls(after.Rhs[0])
		return activation.Args[0]
	}
	return nil
}

// within tells whether a span can be started in a remote's context: its values are
// those of the context that the span's has to have.
func (p *startFile) within(from *remote, st *start) bool {
	switch {
	case st.fromContext:
		return from.active && p.sameContext(from.base, st.keep) && p.stableContext(from.base, from.at, st.call)
	case st.keep == nil:
		return !from.active
	case from.base == nil:
		return p.isBackground(st.keep)
	}
	return !from.active && p.sameContext(from.base, st.keep) && p.stableContext(from.base, from.at, st.call)
}

// mention is one mention of a span context that was extracted: what its node in
// the tree is a part of.
func (p *syntaxFile) eachMention(v *types.Var, as *ast.AssignStmt, visit func(id *ast.Ident, parent ast.Node)) {
	ast.Inspect(p.enclosingFunc(as), func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && v != nil && p.info.ObjectOf(id) == v && id != as.Lhs[0] {
			visit(id, p.parent[id])
		}
		return true
	})
}

// onlyReferences tells whether the variable is only named as a parent.
func (p *propagationFile) onlyReferences(v *types.Var, as *ast.AssignStmt) bool {
	only := true
	sets := p.setToNil(v, as)
	p.eachMention(v, as, func(id *ast.Ident, parent ast.Node) {
		if slices.ContainsFunc(sets, func(s ast.Stmt) bool { return s.Pos() <= id.Pos() && id.Pos() < s.End() }) {
			return
		}
		if sel, ok := parent.(*ast.SelectorExpr); ok && p.symbolOf(sel) == "opentracing.SpanContext.ForeachBaggageItem" {
			return // which asks the context
		}
		call, ok := parent.(*ast.CallExpr)
		only = only && ok && p.refersTo(call, v) && p.symbolOf(call.Fun) != "opentracing.FollowsFrom"
	})
	return only
}

// flowsOn tells whether the span context goes anywhere but into references.
func (p *propagationFile) flowsOn(v *types.Var, as *ast.AssignStmt) bool {
	flows := false
	p.eachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		switch parent := parent.(type) {
		case *ast.CallExpr:
			flows = flows || !p.refersTo(parent, v)
		case *ast.BinaryExpr:
		case *ast.AssignStmt:
			flows = flows || !p.isNil(parent.Rhs[0])
		default:
			flows = true
		}
	})
	return flows
}

// setToNil returns the statements that set the span context to nil where there was
// an error: nothing was extracted then anyway.
func (p *startFile) setToNil(v *types.Var, as *ast.AssignStmt) (sets []ast.Stmt) {
	err := p.variable(as.Lhs[1])
	p.eachMention(v, as, func(_ *ast.Ident, parent ast.Node) {
		set, ok := parent.(*ast.AssignStmt)
		if !ok || len(set.Lhs) != 1 || p.variable(set.Lhs[0]) != v || !p.isNil(set.Rhs[0]) || err == nil {
			return
		}
		block, _ := p.parent[set].(*ast.BlockStmt)
		ifs, ok := p.parent[block].(*ast.IfStmt)
		if !ok || block == nil || ifs.Body != block || !p.implies(ifs.Cond, err, token.NEQ) {
			return
		}
		if last, known := p.lastAssignment(err, ifs.Cond); !known || last != ast.Node(as) {
			return
		}
		if list, _ := p.siblings(ifs); list != nil && len(block.List) == 1 && ifs.Else == nil && ifs.Init == nil {
			sets = append(sets, ifs)
		} else {
			sets = append(sets, set)
		}
	})
	return sets
}
