// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A moment is when a call is done in the function whose order it is part of.
type moment struct {
	fn ast.Node
	at ast.Node
	// deferred is the statement by which it is done at the end, or nil.
	deferred *ast.DeferStmt
}

// momentOf returns the moment of a call. What a function literal does that is called
// on the spot, or deferred, is part of the function around it.
func (p *syntaxFile) momentOf(call *ast.CallExpr) moment {
	m := moment{at: call}
	for n := ast.Node(call); n != nil; n = p.parent[n] {
		switch n := n.(type) {
		case *ast.FuncDecl:
			m.fn = n
			return m
		case *ast.FuncLit:
			outer, ok := p.parent[n].(*ast.CallExpr)
			if _, isGo := p.parent[outer].(*ast.GoStmt); !ok || outer.Fun != n || isGo {
				m.fn = n
				return m
			}
		case *ast.CallExpr:
			_, isLit := n.Fun.(*ast.FuncLit)
			if stmt, ok := p.parent[n].(*ast.DeferStmt); ok && (n == call || isLit) {
				m.deferred = stmt
			}
		}
	}
	return m
}

// comesAfter tells whether b may be done after a, in one run of the function that both
// are in.
func (p *syntaxFile) comesAfter(a, b moment) bool {
	switch {
	case a.deferred != nil && b.deferred == nil:
		return false
	case a.deferred == nil && b.deferred != nil:
		return a.at.Pos() > b.deferred.Pos() || p.reaches(a.at, b.deferred)
	case a.deferred != nil && a.deferred != b.deferred:
		return b.deferred.Pos() < a.deferred.Pos() && p.reaches(b.deferred, a.deferred)
	}
	return a.at.Pos() < b.at.Pos() && p.reaches(a.at, b.at)
}

// repeated tells whether two nodes are in one loop that is not around all of the given
// places. A goto may make one of any code.
func (p *spanFile) repeated(a, b ast.Node, places map[*node]bool) bool {
	for n := p.parent[a]; n != nil; n = p.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl:
			return p.jumps(n)
		case *ast.ForStmt, *ast.RangeStmt:
			if contains(n, b) && !allIn(places, n) {
				return true
			}
		}
	}
	return false
}

// once tells whether no loop and no goto leads back to a node.
func (p *syntaxFile) once(at ast.Node) bool {
	for n := p.parent[at]; n != nil; n = p.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl:
			return !p.jumps(n)
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
	}
	return true
}

func contains(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

func allIn(places map[*node]bool, in ast.Node) bool {
	for n := range places {
		if n.pos < in.Pos() || n.pos >= in.End() {
			return false
		}
	}
	return true
}

// startedIn tells whether all spans of a set of nodes are started in a function, anew
// each time that it is called.
func startedIn(spans map[*node]bool, fn ast.Node) bool {
	for n := range spans {
		if v, ok := n.obj.(*types.Var); ok && (v.Kind() == types.ParamVar || v.Kind() == types.RecvVar) {
			return false
		}
		if n.origin&originContext != 0 {
			return false
		}
	}
	return allIn(spans, fn)
}

// reaches tells whether control can pass from one node to a later one of the same
// function, other than by a loop: they are not in different branches, and no return
// stands between.
func (p *syntaxFile) reaches(from, later ast.Node) bool {
	inner, n := from, p.parent[from]
	up := func(to ast.Node) { inner, n = to, p.parent[to] }
	for n != nil {
		list, _ := listOf(n, inner)
		if len(list) > 0 && !contains(n, later) {
			last := list[len(list)-1]
			if branch, ok := last.(*ast.BranchStmt); ok {
				target := p.branchTarget(branch)
				switch {
				case target == nil:
					return true
				case contains(target, later):
					return false
				}
				up(target)
				continue
			}
			if p.endsList(last) {
				fn := p.enclosingFunc(last)
				if fn == nil || contains(fn, later) {
					return false
				}
				up(fn) // a function literal that is called on the spot
				continue
			}
		}
		if contains(n, later) {
			switch n := n.(type) {
			case *ast.IfStmt:
				return inner != n.Body
			case *ast.BlockStmt:
				switch p.parent[n].(type) {
				case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
					return false
				}
			}
			return true
		}
		up(n)
	}
	return true
}

// branchTarget returns the statement that a break or continue leaves, or nil for what
// goes elsewhere.
func (p *syntaxFile) branchTarget(branch *ast.BranchStmt) ast.Node {
	if branch.Tok != token.BREAK && branch.Tok != token.CONTINUE {
		return nil
	}
	for n := p.parent[branch]; n != nil; n = p.parent[n] {
		if branch.Label != nil {
			if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == branch.Label.Name {
				return l
			}
			continue
		}
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return n
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if branch.Tok == token.BREAK {
				return n
			}
		}
	}
	return nil
}

// endsList tells whether a statement ends a list for good.
func (p *syntaxFile) endsList(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic" && p.info.Types[id].IsBuiltin()
	}
	return false
}

// closes tells whether nobody else gets at a span after a call in the function that
// starts it and ends it by a defer: nothing follows that could hand it on.
func (p *spanFile) closes(m moment, span ast.Expr) bool {
	if m.deferred != nil || span == nil || p.jumps(m.fn) || !p.repeatable(span) || !p.finishedBy(m.fn, span) {
		return false
	}
	var inner ast.Node = m.at
	for n := p.parent[inner]; n != m.fn && n != nil; inner, n = n, p.parent[n] {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			if !p.harmless(n) {
				return false
			}
		}
		list, i := listOf(n, inner)
		if list == nil {
			continue
		}
		for _, s := range list[i+1:] {
			if !p.harmless(s) {
				return false
			}
		}
		if last := list[len(list)-1]; p.endsList(last) {
			if _, branch := last.(*ast.BranchStmt); !branch {
				return true
			}
		}
	}
	return true
}

// finishedBy tells whether a function defers the end of a span, and nothing else.
func (p *spanFile) finishedBy(fn ast.Node, span ast.Expr) bool {
	finished, only := false, true
	ast.Inspect(fn, func(n ast.Node) bool {
		stmt, ok := n.(*ast.DeferStmt)
		if !ok {
			return true
		}
		symbol, call := p.calls(stmt.Call)
		switch {
		case symbol == "opentracing.Span.Finish" && p.repeatable(receiverOf(call)) && p.same(receiverOf(call), span):
			finished = true
		case symbol == "opentracing.Span.Finish":
		case !p.harmless(stmt):
			only = false
		}
		return true
	})
	return finished && only
}

// harmless tells whether nothing that is called in a statement can get at a span: only
// calls of the OpenTracing API, and of other modules without spans, contexts and
// functions among their arguments.
func (p *spanFile) harmless(s ast.Node) bool {
	ok := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ok = false
		case *ast.CallExpr:
			ok = ok && p.harmlessCall(n)
		}
		return ok
	})
	return ok
}

func (p *spanFile) harmlessCall(call *ast.CallExpr) bool {
	if p.info.Types[call.Fun].IsType() || p.info.Types[call.Fun].IsBuiltin() || p.useOf(call.Fun) != nil {
		return true
	}
	f := p.callee(call)
	if f == nil || f.Pkg() != nil && p.own[f.Pkg().Path()] {
		return false
	}
	for _, arg := range call.Args {
		t := p.info.TypeOf(arg)
		if t == nil || p.parts(t).any() || isContext(t) {
			return false
		}
		if _, isFunc := t.Underlying().(*types.Signature); isFunc {
			return false
		}
	}
	return true
}
