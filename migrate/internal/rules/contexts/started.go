// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A startedContext is the context that Start returns with a span, kept in a
// variable where the old code made it later on, by ContextWithSpan or for an
// Inject. Only that context has the span for code that stays OpenTracing, and the
// span's baggage.
type startedContext struct {
	Name   string
	Base   ast.Expr // the context that the span is started in; nil is a new one
	starts []*ast.AssignStmt
	decl   *ast.DeclStmt // the span's, where there are several starts
	users  []*ast.CallExpr
	// carriers are activations in another context than the base: they take the
	// baggage along.
	carriers []*ast.CallExpr

	// Absorbed tells whether the start takes in an activation that comes next, so
	// that the context has a variable.
	Absorbed bool
	declared bool
}

// startedContexts finds the contexts to keep in the function around a node, once.
func (p *File) startedContexts(at ast.Node) {
	fn := p.OutermostFunc(at)
	if fn == nil || p.scanned[fn] {
		return
	}
	p.scanned[fn] = true
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch symbol := p.SymbolOf(call.Fun); {
		case symbol == "opentracing.ContextWithSpan" && len(call.Args) == 2 && !p.Ignored(call):
			p.demandContext(call, call.Args[1], call.Args[0])
		case symbol == "opentracing.Tracer.Inject" && len(call.Args) == 3:
			if inner, c := p.Calls(call.Args[0]); inner == "opentracing.Span.Context" {
				p.demandContext(call, syntax.ReceiverOf(c), nil)
			}
		case symbol == "opentracing.Span.BaggageItem":
			p.demandContext(call, syntax.ReceiverOf(call), nil)
		case symbol == "opentracing.SpanContext.ForeachBaggageItem":
			if inner, c := p.Calls(syntax.ReceiverOf(call)); inner == "opentracing.Span.Context" {
				p.demandContext(call, syntax.ReceiverOf(c), nil)
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
func (p *File) demandContext(call *ast.CallExpr, span, base ast.Expr) {
	v := p.Variable(span)
	if v == nil || v.IsField() {
		return
	}
	if base == nil && p.ActiveIn(span, p.ContextName(call), call) {
		return
	}
	starts, decl := p.startsOf(v, call)
	if len(starts) == 0 || base != nil && p.absorbed(call, starts) {
		return
	}
	carries := false
	for _, as := range starts {
		_, start := p.Calls(p.ChainBase(as.Rhs[0]))
		n := p.Result(start, 0)
		if n == nil || n.Pinned() != nil || n.Origin&flow.OriginNoop != 0 {
			return // a tracer that does nothing hands the context's own span on
		}
		if len(as.Lhs) == 2 && !syntax.IsBlank(as.Lhs[1]) {
			return // it has a name already: see activeIn
		}
		if base == nil {
			continue
		}
		fixed := p.startBase(as)
		if fixed != nil && !p.SameContext(fixed, base) || !p.StableContext(base, as, call) {
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
		if base != nil && (c.Base == nil && !p.IsBackground(base) || c.Base != nil && !p.SameContext(c.Base, base)) {
			if c.Base != nil || len(p.activations(c)) > 0 {
				return
			}
			c.Base = base
		}
		c.add(call, carries)
		return
	}
	if len(starts) > 1 && slices.ContainsFunc(starts, func(as *ast.AssignStmt) bool { return as.Tok == token.DEFINE }) {
		return
	}
	c := &startedContext{starts: starts, decl: decl, Base: base}
	if base == nil {
		c.Base = p.startBase(starts[0])
	}
	if as := p.ActivationOf(starts[0], v); as != nil && base == nil && !carries && call.Pos() < as.Pos() {
		c.Name, c.Absorbed = p.Variable(as.Lhs[0]).Name(), true
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
func (p *File) carriedFor(call *ast.CallExpr, span ast.Expr) *startedContext {
	return p.startedContext(call, span, func(c *startedContext) bool { return slices.Contains(c.carriers, call) })
}

// startedContext returns the first of the contexts of a span that are known at a
// node and meet a condition, or nil.
func (p *File) startedContext(at ast.Node, span ast.Expr, meets func(*startedContext) bool) *startedContext {
	p.startedContexts(at)
	all := p.contexts[p.Variable(span)]
	if i := slices.IndexFunc(all, meets); i >= 0 {
		return all[i]
	}
	return nil
}

// Needed tells whether a context is named in the new code. An adapter takes baggage
// along by itself.
func (p *File) Needed(c *startedContext) bool {
	return c != nil && !c.Absorbed && (len(c.users) > 0 || len(c.carriers) > 0 && !p.Below.Opentracing)
}

// nameContexts names the contexts that are kept. One whose base is not looked at
// any more takes its name.
func (p *File) nameContexts(v *types.Var) {
	for _, c := range p.contexts[v] {
		switch {
		case c.Name != "":
		case p.replacesBase(c):
			c.Name = p.Variable(c.Base).Name()
		default:
			c.Name = p.FreshIn(p.OutermostFunc(c.starts[0]), v.Name()+"Ctx")
		}
	}
}

// replacesBase tells whether a context can have the variable of its base.
func (p *File) replacesBase(c *startedContext) bool {
	base, start := p.Variable(c.Base), c.starts[0]
	if base == nil || c.decl != nil || start.Tok != token.DEFINE || base.Parent() == p.Source.Unit.Pkg.Scope() {
		return false
	}
	free := true
	for _, call := range slices.Concat(c.users, c.carriers) {
		free = free && source.Lookup(p.Source, call.Pos(), base.Name()) == base
	}
	ast.Inspect(p.OutermostFunc(start), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if n.End() <= start.Pos() && p.Mentions(n, base) > 0 {
				free = false
			}
		case *ast.CallExpr:
			if slices.Contains(c.users, n) && n.Pos() > start.End() && p.Variable(n.Args[0]) == base {
				return false // will be replaced whole
			}
		case *ast.Ident:
			free = free && (n.Pos() < start.End() || p.Info.ObjectOf(n) != base)
		}
		return free
	})
	return free
}

// activations returns the calls of ContextWithSpan among the users of a context.
func (p *File) activations(c *startedContext) (calls []*ast.CallExpr) {
	for _, call := range c.users {
		if p.SymbolOf(call.Fun) == "opentracing.ContextWithSpan" {
			calls = append(calls, call)
		}
	}
	return calls
}

// startBase returns the context that a start names itself, or nil.
func (p *File) startBase(as *ast.AssignStmt) ast.Expr {
	switch symbol, call := p.Calls(p.ChainBase(as.Rhs[0])); symbol {
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return call.Args[0]
	}
	return nil
}

// ContextFor returns the context that is kept for a call, or nil.
func (p *File) ContextFor(call *ast.CallExpr, span ast.Expr) *startedContext {
	return p.startedContext(call, span, func(c *startedContext) bool { return slices.Contains(c.users, call) })
}

// KeptContext returns the context that a start has to keep, or nil.
func (p *File) KeptContext(as *ast.AssignStmt) *startedContext {
	return p.startedContext(as, as.Lhs[0], func(c *startedContext) bool { return slices.Contains(c.starts, as) })
}

// absorbed tells whether the start before an activation takes it in: see absorb.
func (p *File) absorbed(call *ast.CallExpr, starts []*ast.AssignStmt) bool {
	as, ok := p.Statement(call).(*ast.AssignStmt)
	if !ok || len(starts) != 1 || len(starts[0].Lhs) != 1 {
		return false
	}
	return p.ActivationOf(starts[0], p.Variable(starts[0].Lhs[0])) == as
}

// ActivationOf returns the statement that puts a span into a context right after
// its start, or nil.
func (p *File) ActivationOf(start *ast.AssignStmt, span *types.Var) *ast.AssignStmt {
	siblings, i := p.Siblings(start)
	if siblings == nil || len(start.Lhs) != 1 {
		return nil
	}
	return p.activationAfter(siblings[i+1:], span, start)
}

// activationAfter returns the activation of a span that follows its start among
// statements that concern only the span, or nil.
func (p *File) activationAfter(following []ast.Stmt, span *types.Var, start *ast.AssignStmt) *ast.AssignStmt {
	var between []ast.Stmt
	for _, stmt := range following {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if symbol, call := p.Calls(stmt.Call); symbol != "opentracing.Span.Finish" || p.Variable(syntax.ReceiverOf(call)) != span {
				return nil
			}
		case *ast.ExprStmt:
			if base := p.CalledSpan(stmt.X); base == nil || p.Variable(base) != span {
				return nil
			}
		case *ast.AssignStmt:
			if p.Activates(stmt, span, &Activation{Start: start}, between) {
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

// DeclareContext declares the variable for the context of several starts next to
// the span's.
func (p *File) DeclareContext(s *plan.Site, c *startedContext) {
	if c == nil || c.decl == nil || c.declared {
		return
	}
	c.declared = true
	p.Wrap(s, c.decl, func(r *edit.Renderer) string {
		if !p.Needed(c) {
			return r.Text(c.decl)
		}
		return r.Text(c.decl) + "\nvar " + c.Name + " " + r.Pkg("context") + ".Context"
	})
}

// Declaration is the statement before a start that assigns to a variable, or "".
func (c *startedContext) Declaration(r *edit.Renderer, start *ast.AssignStmt) string {
	if start.Tok == token.DEFINE || c.decl != nil {
		return ""
	}
	return "var " + c.Name + " " + r.Pkg("context") + ".Context\n"
}

// ActiveIn tells whether a span is the active one of a context variable, or of the
// request in r.Context(): both come from one start, the context was made with it,
// or the span was taken out of the context, and neither has changed since.
func (p *File) ActiveIn(span ast.Expr, ctx string, at ast.Node) bool {
	v := p.Variable(span)
	name, ofRequest := strings.CutSuffix(ctx, ".Context()")
	c, ok := source.Lookup(p.Source, at.Pos(), name).(*types.Var)
	if v == nil || !ok {
		return false
	}
	got, known := p.LastAssignment(v, at)
	made, also := p.LastAssignment(c, at)
	if !known || !also {
		return false
	}
	if as, ok := made.(*ast.AssignStmt); ok && len(as.Rhs) == 1 && !ofRequest {
		switch symbol, call := p.Calls(as.Rhs[0]); symbol {
		case "opentracing.ContextWithSpan":
			if p.Variable(call.Args[1]) == v && p.SameValue(v, as, at) {
				return true
			}
		case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
			if len(as.Lhs) == 2 && got == made && p.Variable(as.Lhs[0]) == v {
				return true
			}
		}
	}
	as, ok := got.(*ast.AssignStmt)
	if !ok {
		return false
	}
	symbol, call := p.Calls(p.AssignedValue(as, v))
	if symbol != "opentracing.SpanFromContext" || !p.SameValue(c, as, at) {
		return false
	}
	if ofRequest {
		return p.RequestOf(call.Args[0]) == c
	}
	return p.Variable(call.Args[0]) == c
}
