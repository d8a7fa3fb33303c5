// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A use is one mention of an OpenTracing symbol.
type use struct {
	sym  Symbol
	id   *ast.Ident
	expr ast.Expr      // the selector around id, or id
	call *ast.CallExpr // the call of expr, or nil
	key  bool          // it names a field in a composite literal, with which it counts as one use
}

// A planner finds the sites of one file.
type planner struct {
	*flowFile
	run      *rewriter
	rules    ruleSet // nil in a file that has nothing to do with OpenTracing
	families []fileRules
	opts     *FixOptions
	uses     map[*ast.Ident]*use
	order    []*use
	owner    map[*ast.Ident]*site
	sites    []*site
	edits    *fileEdits
	taken    map[string][]ast.Node // the blocks that new names are for
}

func newPlanner(rw *rewriter, f *sourceFile) *planner {
	return &planner{
		flowFile: newFlowFile(rw.graph, f),
		run:      rw,
		opts:     rw.opts,
		uses:     make(map[*ast.Ident]*use),
		owner:    make(map[*ast.Ident]*site),
		edits:    newFileEdits(f),
	}
}

// prepare finds the uses in the file, and makes its rules.
func (p *planner) prepare(families families) {
	if !p.concerned(p.file) {
		return // and need no more memory, as most files of a large module
	}
	p.parents(func(n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			p.collect(id)
		}
	})
	p.families = families.file(p)
	p.rules = newRuleSet(p.families)
}

// plan visits the file from outside inwards and from top to bottom: a rule for a
// whole call or statement takes the uses inside it before their own rules see them.
func (p *planner) plan() {
	if p.rules == nil {
		return
	}
	ast.Inspect(p.file.syntax, func(n ast.Node) bool {
		for _, rules := range p.families {
			if rules.visit(n) {
				break
			}
		}
		p.comparedParts(n)
		switch n := n.(type) {
		case *ast.CallExpr:
			if u := p.useOf(n.Fun); u != nil && p.owner[u.id] == nil {
				u.call = n
				p.apply(u)
			}
		case *ast.SelectorExpr:
			if u := p.uses[n.Sel]; u != nil && p.owner[u.id] == nil && p.isMethodExpr(n) {
				p.apply(u) // before the type in it
			}
		case *ast.Ident:
			if u := p.uses[n]; u != nil && p.owner[n] == nil {
				p.apply(u)
			}
		}
		return true
	})
}

func (p *planner) collect(id *ast.Ident) {
	obj := p.info.Uses[id]
	sym, ok := SymbolOf(standIn(obj))
	if !ok {
		return
	}
	u := &use{sym: sym, id: id, expr: id}
	if sel, ok := p.parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		u.expr = sel
	}
	if kv, ok := p.parent[id].(*ast.KeyValueExpr); ok {
		if _, ok := p.parent[kv].(*ast.CompositeLit); ok {
			u.key = fieldKey(p.info, kv) == id
		}
	}
	p.uses[id] = u
	p.order = append(p.order, u)
}

// useOf returns the use that an expression is, or nil.
func (p *planner) useOf(e ast.Expr) *use {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return p.uses[e]
	case *ast.SelectorExpr:
		return p.uses[e.Sel]
	}
	return nil
}

// symbolOf returns the symbol that an expression names, or "".
func (p *syntaxFile) symbolOf(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return symbolText(standIn(p.info.Uses[e]))
	case *ast.SelectorExpr:
		return symbolText(standIn(p.info.Uses[e.Sel]))
	}
	return ""
}

// calls returns the symbol that an expression calls, and the call.
func (p *syntaxFile) calls(e ast.Expr) (string, *ast.CallExpr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	if p.isMethodExpr(ast.Unparen(call.Fun)) {
		return "", call // its first argument is the receiver
	}
	return p.symbolOf(call.Fun), call
}

func (p *planner) apply(u *use) {
	r := p.rules[u.sym.String()]
	switch {
	case r == nil:
		p.refuse(u, "unknown-symbol", "this version of ot2otel has no rule for "+u.sym.String())
		return
	case u.call != nil && p.isMethodExpr(u.expr):
	case u.call != nil && r.call != nil:
		r.call(u)
	case u.call == nil && r.value != nil:
		r.value(u)
	}
	if p.owner[u.id] == nil {
		category := r.category
		if category == "method-value" && (u.call == nil && u.sym.Kind == KindFunc || p.isMethodExpr(u.expr)) {
			category = "function-value"
		}
		p.refuse(u, category, "there is no rule for "+u.sym.String()+" at this place")
	}
}

// site starts a site for a use.
func (p *planner) site(u *use, nodes ...*node) *site {
	s := &site{file: p.file, pos: u.expr.Pos(), symbol: u.sym.String()}
	if r := p.rules[u.sym.String()]; r != nil {
		s.rule = r.name
	}
	p.sites = append(p.sites, s)
	p.take(s, u)
	s.need(nodes...)
	return s
}

// take makes a use part of a site.
func (p *planner) take(s *site, u *use) {
	if u == nil || p.owner[u.id] == s {
		return
	}
	p.owner[u.id] = s
	s.uses = append(s.uses, u)
	switch u.sym.String() {
	case "opentracing.SpanFromContext", "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		s.reads = true
	}
	if call, ok := p.parent[u.expr].(*ast.CallExpr); ok && call.Fun == u.expr {
		for _, arg := range call.Args {
			s.need(p.anon[arg]) // also of a type that implements OpenTracing's
		}
		p.needApart(s, call)
	}
}

// takeAll makes every use in a syntax tree part of a site that nobody took yet.
func (p *planner) takeAll(s *site, root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if u := p.uses[id]; u != nil && p.owner[id] == nil {
				p.take(s, u)
			}
		}
		return true
	})
}

// refuse makes a site that can't be converted, with the nodes that the use has.
func (p *planner) refuse(u *use, category, reason string) *site {
	s := p.site(u, p.nodesOf(u)...)
	s.deny(category, u.expr.Pos(), reason)
	return s
}

// nodesOf returns the nodes that a use touches: receiver, arguments, results.
func (p *planner) nodesOf(u *use) []*node {
	var nodes []*node
	add := func(n *node) {
		if n != nil {
			nodes = append(nodes, n)
		}
	}
	if sel, ok := u.expr.(*ast.SelectorExpr); ok && p.info.Selections[sel] != nil {
		add(p.receiver(sel))
	}
	if u.call != nil {
		for _, arg := range u.call.Args {
			add(p.expr(arg))
		}
		if f := p.callee(u.call); f != nil && p.apiBase(u.call, f) != nil {
			add(p.apiBase(u.call, f))
		}
		return nodes
	}
	if n := p.mentioned(u.expr); n != nil {
		add(n)
	} else {
		add(p.anon[u.expr])
		add(p.anon[u.id])
	}
	return nodes
}

func (p *planner) edit(s *site, n ast.Node, render func(r *renderer) string) {
	p.edits.add(s, n, render)
}

// method returns the receiver expression of a method call.
func receiverOf(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// statement returns the statement whose expression, or one of whose right sides,
// e is, through parentheses.
func (p *syntaxFile) statement(e ast.Expr) ast.Node {
	n := p.parent[e]
	for {
		par, ok := n.(*ast.ParenExpr)
		if !ok {
			return n
		}
		n = p.parent[par]
	}
}

// siblings returns the list of statements that s is in, and its index, or nil when
// there is room for one simple statement only.
func (p *syntaxFile) siblings(s ast.Stmt) ([]ast.Stmt, int) { return listOf(p.parent[s], s) }

// enclosingStmt returns the innermost statement around a node.
func (p *syntaxFile) enclosingStmt(n ast.Node) ast.Stmt {
	for n != nil {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
		n = p.parent[n]
	}
	return nil
}

// enclosingFunc returns the innermost function around a node: a *ast.FuncDecl or
// *ast.FuncLit, or nil.
func (p *syntaxFile) enclosingFunc(n ast.Node) ast.Node {
	for n = p.parent[n]; n != nil; n = p.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n
		}
	}
	return nil
}

// objectOf returns the variable that an expression names, or nil.
func (p *syntaxFile) variable(e ast.Expr) *types.Var {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		v, _ := p.info.ObjectOf(id).(*types.Var)
		return v
	}
	return nil
}
