// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// A startedContext is the context that Start returns with a span, kept in a
// variable where the old code made it later on, by ContextWithSpan or for an
// Inject. Only that context has the span for code that stays OpenTracing, and the
// span's baggage.
type startedContext struct {
	name   string
	base   ast.Expr // the context that the span is started in; nil is a new one
	starts []*ast.AssignStmt
	decl   *ast.DeclStmt // the span's, where there are several starts
	users  []*ast.CallExpr
	// carriers are activations in another context than the base: they take the
	// baggage along.
	carriers []*ast.CallExpr

	// absorbed tells whether the start takes in an activation that comes next, so
	// that the context has a variable.
	absorbed bool
	declared bool
}

// startedContexts finds the contexts to keep in the function around a node, once.
func (p *contextFile) startedContexts(at ast.Node) {
	fn := p.outermostFunc(at)
	if fn == nil || p.scanned[fn] {
		return
	}
	p.scanned[fn] = true
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch symbol := p.symbolOf(call.Fun); {
		case symbol == "opentracing.ContextWithSpan" && len(call.Args) == 2 && !p.ignored(call):
			p.demandContext(call, call.Args[1], call.Args[0])
		case symbol == "opentracing.Tracer.Inject" && len(call.Args) == 3:
			if inner, c := p.calls(call.Args[0]); inner == "opentracing.Span.Context" {
				p.demandContext(call, receiverOf(c), nil)
			}
		case symbol == "opentracing.Span.BaggageItem":
			p.demandContext(call, receiverOf(call), nil)
		case symbol == "opentracing.SpanContext.ForeachBaggageItem":
			if inner, c := p.calls(receiverOf(call)); inner == "opentracing.Span.Context" {
				p.demandContext(call, receiverOf(c), nil)
			}
		}
		return true
	})
	for _, v := range slices.SortedFunc(maps.Keys(p.contexts), func(a, b *types.Var) int { return int(a.Pos()) - int(b.Pos()) }) {
		p.nameContexts(v)
	}
}

// demandContext notes that a call needs the context that a span was started with:
// one made of base, or any.
func (p *contextFile) demandContext(call *ast.CallExpr, span, base ast.Expr) {
	v := p.variable(span)
	if v == nil || v.IsField() {
		return
	}
	if base == nil && p.activeIn(span, p.contextName(call), call) {
		return
	}
	starts, decl := p.startsOf(v, call)
	if len(starts) == 0 || base != nil && p.absorbed(call, starts) {
		return
	}
	carries := false
	for _, as := range starts {
		_, start := p.calls(p.chainBase(as.Rhs[0]))
		n := p.result(start, 0)
		if n == nil || n.pinned() != nil || n.origin&originNoop != 0 {
			return // a tracer that does nothing hands the context's own span on
		}
		if len(as.Lhs) == 2 && !isBlank(as.Lhs[1]) {
			return // it has a name already: see activeIn
		}
		if base == nil {
			continue
		}
		fixed := p.startBase(as)
		if fixed != nil && !p.sameContext(fixed, base) || !p.stableContext(base, as, call) {
			if fixed == nil && len(start.Args) < 2 {
				return // a root has no baggage
			}
			carries = true
		}
	}
	if carries {
		base = nil
	}
	for _, c := range p.contexts[v] {
		if !slices.Equal(c.starts, starts) {
			if slices.ContainsFunc(c.starts, func(as *ast.AssignStmt) bool { return slices.Contains(starts, as) }) {
				return // a start keeps one context
			}
			continue
		}
		if base != nil && (c.base == nil && !p.isBackground(base) || c.base != nil && !p.sameContext(c.base, base)) {
			if c.base != nil || len(p.activations(c)) > 0 {
				return
			}
			c.base = base
		}
		c.add(call, carries)
		return
	}
	if len(starts) > 1 && slices.ContainsFunc(starts, func(as *ast.AssignStmt) bool { return as.Tok == token.DEFINE }) {
		return
	}
	c := &startedContext{starts: starts, decl: decl, base: base}
	if base == nil {
		c.base = p.startBase(starts[0])
	}
	if as := p.activationOf(starts[0], v); as != nil && base == nil && !carries && call.Pos() < as.Pos() {
		c.name, c.absorbed = p.variable(as.Lhs[0]).Name(), true
	}
	c.add(call, carries)
	p.contexts[v] = append(p.contexts[v], c)
}

func (c *startedContext) add(call *ast.CallExpr, carries bool) {
	if carries {
		c.carriers = append(c.carriers, call)
	} else {
		c.users = append(c.users, call)
	}
}

// carriedFor returns the context whose baggage an activation in another context
// takes along, or nil.
func (p *contextFile) carriedFor(call *ast.CallExpr, span ast.Expr) *startedContext {
	return p.startedContext(call, span, func(c *startedContext) bool { return slices.Contains(c.carriers, call) })
}

// startedContext returns the first of the contexts of a span that are known at a
// node and meet a condition, or nil.
func (p *contextFile) startedContext(at ast.Node, span ast.Expr, meets func(*startedContext) bool) *startedContext {
	p.startedContexts(at)
	all := p.contexts[p.variable(span)]
	if i := slices.IndexFunc(all, meets); i >= 0 {
		return all[i]
	}
	return nil
}

// needed tells whether a context is named in the new code. An adapter takes baggage
// along by itself.
func (p *contextFile) needed(c *startedContext) bool {
	return c != nil && !c.absorbed && (len(c.users) > 0 || len(c.carriers) > 0 && !p.below.opentracing)
}

// nameContexts names the contexts that are kept. One whose base is not looked at
// any more takes its name.
func (p *contextFile) nameContexts(v *types.Var) {
	for _, c := range p.contexts[v] {
		switch {
		case c.name != "":
		case p.replacesBase(c):
			c.name = p.variable(c.base).Name()
		default:
			c.name = p.freshIn(p.outermostFunc(c.starts[0]), v.Name()+"Ctx")
		}
	}
}

// replacesBase tells whether a context can have the variable of its base.
func (p *contextFile) replacesBase(c *startedContext) bool {
	base, start := p.variable(c.base), c.starts[0]
	if base == nil || c.decl != nil || start.Tok != token.DEFINE || base.Parent() == p.file.unit.pkg.Scope() {
		return false
	}
	free := true
	for _, call := range slices.Concat(c.users, c.carriers) {
		free = free && lookup(p.file, call.Pos(), base.Name()) == base
	}
	ast.Inspect(p.outermostFunc(start), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if n.End() <= start.Pos() && p.mentions(n, base) > 0 {
				free = false
			}
		case *ast.CallExpr:
			if slices.Contains(c.users, n) && n.Pos() > start.End() && p.variable(n.Args[0]) == base {
				return false // will be replaced whole
			}
		case *ast.Ident:
			free = free && (n.Pos() < start.End() || p.info.ObjectOf(n) != base)
		}
		return free
	})
	return free
}

// activations returns the calls of ContextWithSpan among the users of a context.
func (p *contextFile) activations(c *startedContext) (calls []*ast.CallExpr) {
	for _, call := range c.users {
		if p.symbolOf(call.Fun) == "opentracing.ContextWithSpan" {
			calls = append(calls, call)
		}
	}
	return calls
}

// startBase returns the context that a start names itself, or nil.
func (p *contextFile) startBase(as *ast.AssignStmt) ast.Expr {
	switch symbol, call := p.calls(p.chainBase(as.Rhs[0])); symbol {
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return call.Args[0]
	}
	return nil
}

// contextFor returns the context that is kept for a call, or nil.
func (p *contextFile) contextFor(call *ast.CallExpr, span ast.Expr) *startedContext {
	return p.startedContext(call, span, func(c *startedContext) bool { return slices.Contains(c.users, call) })
}

// keptContext returns the context that a start has to keep, or nil.
func (p *contextFile) keptContext(as *ast.AssignStmt) *startedContext {
	return p.startedContext(as, as.Lhs[0], func(c *startedContext) bool { return slices.Contains(c.starts, as) })
}

// absorbed tells whether the start before an activation takes it in: see absorb.
func (p *contextFile) absorbed(call *ast.CallExpr, starts []*ast.AssignStmt) bool {
	as, ok := p.statement(call).(*ast.AssignStmt)
	if !ok || len(starts) != 1 || len(starts[0].Lhs) != 1 {
		return false
	}
	return p.activationOf(starts[0], p.variable(starts[0].Lhs[0])) == as
}

// activationOf returns the statement that puts a span into a context right after
// its start, or nil.
func (p *contextFile) activationOf(start *ast.AssignStmt, span *types.Var) *ast.AssignStmt {
	siblings, i := p.siblings(start)
	if siblings == nil || len(start.Lhs) != 1 {
		return nil
	}
	return p.activationAfter(siblings[i+1:], span, start)
}

// activationAfter returns the activation of a span that follows its start among
// statements that concern only the span, or nil.
func (p *contextFile) activationAfter(following []ast.Stmt, span *types.Var, start *ast.AssignStmt) *ast.AssignStmt {
	var between []ast.Stmt
	for _, stmt := range following {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if symbol, call := p.calls(stmt.Call); symbol != "opentracing.Span.Finish" || p.variable(receiverOf(call)) != span {
				return nil
			}
		case *ast.ExprStmt:
			if base := p.calledSpan(stmt.X); base == nil || p.variable(base) != span {
				return nil
			}
		case *ast.AssignStmt:
			if p.activates(stmt, span, &activation{start: start}, between) {
				return stmt
			}
			return nil
		default:
			return nil
		}
		between = append(between, stmt)
	}
	return nil
}

// chainBase returns what a chain of calls on a span starts from.
func (p *spanFile) chainBase(e ast.Expr) ast.Expr {
	if base := p.calledSpan(e); base != nil {
		return ast.Unparen(base)
	}
	return ast.Unparen(e)
}

// calledSpan returns the span that a call, or a chain of calls, does something to,
// as spanOps does, without a look at what that is.
func (p *spanFile) calledSpan(e ast.Expr) ast.Expr {
	symbol, call := p.calls(e)
	if call == nil || p.builders[symbol] == nil {
		return nil
	}
	span := receiverOf(call)
	if !strings.HasPrefix(symbol, "opentracing.Span.") {
		if len(call.Args) == 0 {
			return nil
		}
		span = call.Args[0]
	}
	if inner := p.calledSpan(span); inner != nil {
		return inner
	}
	return span
}

// declareContext declares the variable for the context of several starts next to
// the span's.
func (p *contextFile) declareContext(s *site, c *startedContext) {
	if c == nil || c.decl == nil || c.declared {
		return
	}
	c.declared = true
	p.wrap(s, c.decl, func(r *renderer) string {
		if !p.needed(c) {
			return r.text(c.decl)
		}
		return r.text(c.decl) + "\nvar " + c.name + " " + r.pkg("context") + ".Context"
	})
}

// declaration is the statement before a start that assigns to a variable, or "".
func (c *startedContext) declaration(r *renderer, start *ast.AssignStmt) string {
	if start.Tok == token.DEFINE || c.decl != nil {
		return ""
	}
	return "var " + c.name + " " + r.pkg("context") + ".Context\n"
}

// activeIn tells whether a span is the active one of a context variable, or of the
// request in r.Context(): both come from one start, the context was made with it,
// or the span was taken out of the context, and neither has changed since.
func (p *contextFile) activeIn(span ast.Expr, ctx string, at ast.Node) bool {
	v := p.variable(span)
	name, ofRequest := strings.CutSuffix(ctx, ".Context()")
	c, ok := lookup(p.file, at.Pos(), name).(*types.Var)
	if v == nil || !ok {
		return false
	}
	got, known := p.lastAssignment(v, at)
	made, also := p.lastAssignment(c, at)
	if !known || !also {
		return false
	}
	if as, ok := made.(*ast.AssignStmt); ok && len(as.Rhs) == 1 && !ofRequest {
		switch symbol, call := p.calls(as.Rhs[0]); symbol {
		case "opentracing.ContextWithSpan":
			if p.variable(call.Args[1]) == v && p.sameValue(v, as, at) {
				return true
			}
		case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
			if len(as.Lhs) == 2 && got == made && p.variable(as.Lhs[0]) == v {
				return true
			}
		}
	}
	as, ok := got.(*ast.AssignStmt)
	if !ok {
		return false
	}
	symbol, call := p.calls(p.assignedValue(as, v))
	if symbol != "opentracing.SpanFromContext" || !p.sameValue(c, as, at) {
		return false
	}
	if ofRequest {
		return p.requestOf(call.Args[0]) == c
	}
	return p.variable(call.Args[0]) == c
}
