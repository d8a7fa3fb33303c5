// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// placeSingle rewrites a start that returns a span alone.
func (p *startFile) placeSingle(s *site, whole *ast.CallExpr, st *start, ops []*op) {
	switch stmt := p.statement(whole).(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) != 1 {
			break
		}
		p.placeAssigned(s, whole, stmt, st, ops)
		return
	case *ast.ValueSpec:
		decl, ok := p.parent[p.parent[stmt]].(*ast.DeclStmt)
		if !ok || len(stmt.Names) != 1 || len(p.parent[stmt].(*ast.GenDecl).Specs) != 1 {
			break
		}
		base := p.contextAt(decl)
		p.edit(s, decl, func(r *renderer) string {
			tok := " := "
			if stmt.Names[0].Name == "_" {
				tok = " = "
			}
			return withOps(r, "_, "+stmt.Names[0].Name+tok+p.core(r, st, base(r, st), false), stmt.Names[0].Name, ops)
		})
		return
	case *ast.ExprStmt:
		list, _ := p.siblings(stmt)
		base := p.contextAt(stmt)
		if len(ops) == 0 {
			p.edit(s, stmt, func(r *renderer) string { return p.core(r, st, base(r, st), false) })
			return
		}
		if list == nil {
			break
		}
		span := p.fresh("span", stmt)
		p.edit(s, stmt, func(r *renderer) string {
			return p.scoped(stmt, withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops))
		})
		return
	case *ast.DeferStmt:
		if list, _ := p.siblings(stmt); list == nil || len(ops) == 0 || ops[len(ops)-1].several {
			break
		}
		span := p.fresh("span", stmt)
		base := p.contextAt(stmt)
		p.edit(s, stmt, func(r *renderer) string {
			text := withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops[:len(ops)-1])
			return p.scoped(stmt, text+"\ndefer "+renderOps(r, span, ops[len(ops)-1:]))
		})
		return
	}
	at := p.hoistable(whole)
	if at != nil && !p.pureArguments(whole) && !p.first(whole, at) {
		at = nil // the order of evaluation would change
	}
	if at == nil && len(ops) == 0 {
		base := p.contextAt(whole)
		p.edit(s, whole, func(r *renderer) string {
			return r.helper("spanOf") + "(" + p.core(r, st, base(r, st), false) + ")"
		})
		return
	}
	if at == nil || len(ops) > 0 && ops[len(ops)-1].ends {
		s.deny("expression", whole.Pos(), "the start stands in a place that has no room for a statement before it")
		return
	}
	span := p.fresh("span", at)
	base := p.contextAt(at)
	p.declareBefore(s, at, func(r *renderer) string {
		return withOps(r, "_, "+span+" := "+p.core(r, st, base(r, st), false), span, ops)
	})
	p.edit(s, whole, func(*renderer) string { return span })
}

// placeAssigned rewrites span := tracer.StartSpan(…), together with the
// ContextWithSpan that may follow.
func (p *startFile) placeAssigned(s *site, whole *ast.CallExpr, stmt *ast.AssignStmt, st *start, ops []*op) {
	siblings, i := p.siblings(stmt)
	lhs := stmt.Lhs[0]
	if siblings == nil && len(ops) > 0 || len(ops) > 0 && (!p.repeatable(lhs) || isBlank(lhs)) {
		s.deny("expression", stmt.Pos(), "the chain needs a variable and statements of its own after the start")
		return
	}
	var after *activation
	if siblings != nil && (!st.mayBeNoop || p.expr(st.tracer).find().rooted) { // OpenTelemetry's hands a parent on
		after = &activation{start: stmt}
		p.absorb(s, siblings[i+1:], lhs, st, after)
	}
	kept := p.keptContext(stmt)
	p.declareContext(s, kept)
	if kept != nil && kept.absorbed && (after == nil || after.ctx == nil) {
		kept.absorbed, kept.name = false, p.freshIn(p.outermostFunc(stmt), "spanCtx")
	}
	base := p.contextAt(stmt)
	if kept != nil && kept.base != nil {
		st.keep = kept.base
	}
	if after != nil && after.ctx != nil {
		st.keep = after.from
	}
	root := st.keep != nil && st.slice == nil && len(st.references) == 0 && !p.isBackground(st.keep)
	p.edit(s, stmt, func(r *renderer) string {
		ctx, from := "_", ""
		if st.keep != nil && st.slice == nil {
			from = r.text(st.keep)
			if root {
				from = p.withoutBaggage(r, st.keep)
			}
		} else {
			from = base(r, st)
		}
		text, more := "", ""
		switch {
		case after != nil && after.ctx != nil:
			ctx = r.text(after.ctx)
			if p.needed(kept) {
				text, more = kept.declaration(r, stmt), "\n"+kept.name+" "+stmt.Tok.String()+" "+ctx
			}
		case p.needed(kept):
			text, ctx = kept.declaration(r, stmt), kept.name
		}
		text += ctx + ", " + r.text(lhs) + " " + stmt.Tok.String() + " " + p.core(r, st, from, root)
		return withOps(r, text, r.text(lhs), ops) + more
	})
}

// isBackground tells whether an expression is context.Background() or TODO().
func (p *syntaxFile) isBackground(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f := p.callee(call)
	return f != nil && (f.FullName() == "context.Background" || f.FullName() == "context.TODO")
}

// contextAt returns how to write the context in which a span without one of its
// own is started: one in scope where the parent replaces its span anyway, a new
// one for a root.
func (p *startFile) contextAt(at ast.Node) func(r *renderer, st *start) string {
	found := p.contextName(at)
	return func(r *renderer, st *start) string {
		if st.slice != nil {
			return st.slice.base(r)
		}
		if len(st.references) == 0 || found == "" {
			return r.pkg("context") + ".Background()"
		}
		return found
	}
}

// contextName returns an expression for a context in scope, or "".
func (p *syntaxFile) contextName(at ast.Node) string {
	if v, ok := lookup(p.file, at.Pos(), "ctx").(*types.Var); ok && isContext(v.Type()) && v.Parent() != p.file.unit.pkg.Scope() {
		return "ctx"
	}
	for fn := p.enclosingFunc(at); fn != nil; fn = p.enclosingFunc(fn) {
		var params *ast.FieldList
		switch fn := fn.(type) {
		case *ast.FuncDecl:
			params = fn.Type.Params
		case *ast.FuncLit:
			params = fn.Type.Params
		}
		for _, f := range params.List {
			for _, name := range f.Names {
				v, ok := p.info.Defs[name].(*types.Var)
				if !ok || name.Name == "_" || lookup(p.file, at.Pos(), name.Name) != v {
					continue
				}
				if isContext(v.Type()) {
					return name.Name
				}
				if types.TypeString(v.Type(), nil) == "*net/http.Request" {
					return name.Name + ".Context()"
				}
			}
		}
	}
	return ""
}

func isContext(t types.Type) bool {
	return types.TypeString(types.Unalias(t), nil) == "context.Context"
}

// fresh returns a name for a variable that is declared where a statement stands: one
// that the function around it does not mention.
func (p *planner) fresh(name string, at ast.Stmt) string {
	return p.freshWithin(p.enclosingFunc(at), p.parent[at], name)
}

// freshIn returns a name that is free in a function and the literals in it.
func (p *planner) freshIn(fn ast.Node, name string) string {
	return p.freshWithin(fn, fn, name)
}

// freshWithin returns a name that is free in a block of a function. Blocks of which
// none is in the other may have variables of one name.
func (p *planner) freshWithin(fn, block ast.Node, name string) string {
	mentioned := make(map[string]bool)
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			mentioned[id.Name] = true
		}
		return true
	})
	if p.taken == nil {
		p.taken = make(map[string][]ast.Node)
	}
	candidate := name
	taken := func(other ast.Node) bool { return other.Pos() < block.End() && block.Pos() < other.End() }
	for i := 2; mentioned[candidate] || slices.ContainsFunc(p.taken[candidate], taken); i++ {
		candidate = name + strconv.Itoa(i)
	}
	p.taken[candidate] = append(p.taken[candidate], block)
	return candidate
}

// hoistable returns the statement in front of which an expression can be
// evaluated instead, or nil.
func (p *syntaxFile) hoistable(e ast.Expr) ast.Stmt {
	var inner ast.Node = e
	for n := p.parent[e]; n != nil; inner, n = n, p.parent[n] {
		switch n := n.(type) {
		case *ast.FuncLit:
			return nil
		case *ast.BinaryExpr:
			if (n.Op == token.LAND || n.Op == token.LOR) && n.Y == inner {
				return nil
			}
		case *ast.IfStmt:
			if inner != n.Init && (inner != n.Cond || n.Init != nil) {
				return nil
			}
			if list, _ := p.siblings(n); list != nil {
				return n
			}
			return nil
		case *ast.ForStmt, *ast.SelectStmt, *ast.LabeledStmt:
			return nil
		case ast.Stmt:
			if list, _ := p.siblings(n); list != nil {
				return n
			}
		}
	}
	return nil
}

// first tells whether nothing in a statement is evaluated before an expression in it.
func (p *syntaxFile) first(e ast.Expr, at ast.Stmt) bool {
	var inner ast.Node = e
	for n := p.parent[e]; inner != at; inner, n = n, p.parent[n] {
		switch n := n.(type) {
		case *ast.ParenExpr, *ast.ExprStmt:
		case *ast.SelectorExpr:
		case *ast.CallExpr:
			if n.Fun == inner {
				continue
			}
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			if !ok || n.Args[0] != inner || p.callee(n) == nil && p.info.Types[id].IsValue() {
				return false
			}
		case *ast.ReturnStmt:
			if n.Results[0] != inner {
				return false
			}
		case *ast.AssignStmt:
			if n.Rhs[0] != inner || slices.ContainsFunc(n.Lhs, func(l ast.Expr) bool { return p.variable(l) == nil && !isBlank(l) }) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// prefix puts a statement in front of another.
func (p *planner) prefix(s *site, at ast.Stmt, render func(r *renderer) string) {
	p.wrap(s, at, func(r *renderer) string { return render(r) + "\n" + r.text(at) })
}

// declareBefore is prefix for a statement that declares a variable.
func (p *planner) declareBefore(s *site, at ast.Stmt, render func(r *renderer) string) {
	p.wrap(s, at, func(r *renderer) string { return p.scoped(at, render(r)+"\n"+r.text(at)) })
}

// scoped puts text that declares variables where a statement declared none into a
// block of its own, if a goto jumps over the statement: it may not jump over a
// declaration in its label's block.
func (p *syntaxFile) scoped(at ast.Stmt, text string) string {
	if !p.jumpedOver(at) {
		return text
	}
	return "{\n" + text + "\n}"
}

func (p *syntaxFile) jumpedOver(at ast.Stmt) bool {
	siblings, i := p.siblings(at)
	if siblings == nil {
		return false
	}
	labels := make(map[string]bool)
	for _, stmt := range siblings[i+1:] {
		for l, ok := stmt.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			labels[l.Label.Name] = true
		}
	}
	over := false
	for _, stmt := range siblings[:i] {
		ast.Inspect(stmt, func(n ast.Node) bool {
			jump, ok := n.(*ast.BranchStmt)
			over = over || ok && jump.Tok == token.GOTO && labels[jump.Label.Name]
			return !over && !isFuncLit(n)
		})
	}
	return over
}

func isFuncLit(n ast.Node) bool {
	_, ok := n.(*ast.FuncLit)
	return ok
}

// wrap adds an edit that goes around the other edits of a node.
func (p *planner) wrap(s *site, n ast.Node, render func(r *renderer) string) {
	p.edits.wrap(s, n, render)
}
