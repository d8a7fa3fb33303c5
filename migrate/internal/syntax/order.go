// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
)

// Local tells whether a statement only changes local variables, and calls nothing
// but OpenTracing's functions.
func (p *File) Local(s ast.Stmt) bool {
	local := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				v := p.Variable(l)
				local = local && (IsBlank(l) || v != nil && !v.IsField() && v.Parent() != p.Source.Unit.Pkg.Scope())
			}
		case *ast.CallExpr:
			tv := p.Info.Types[n.Fun]
			local = local && (tv.IsType() || p.SymbolOf(n.Fun) != "" || len(n.Args) > 0 && p.Appends(n, p.Variable(n.Args[0])))
		case *ast.IncDecStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.FuncLit:
			local = false
		case *ast.UnaryExpr:
			local = local && n.Op != token.ARROW && n.Op != token.AND
		}
		return local
	})
	return local
}

// NoCallBefore tells whether no call in a statement comes before a place in it.
func (p *File) NoCallBefore(stmt ast.Stmt, to ast.Node) bool {
	first := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.End() <= to.Pos() && p.SymbolOf(call.Fun) == "" {
			first = false
		}
		return first
	})
	return first
}

// CallsNothing tells whether a statement calls nothing but OpenTracing.
func (p *File) CallsNothing(stmt ast.Stmt) bool {
	nothing := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && p.SymbolOf(call.Fun) == "" && !p.Info.Types[call.Fun].IsType() {
			nothing = false
		}
		return nothing
	})
	return nothing
}

// A Moment is when a call is done in the function whose order it is part of.
type Moment struct {
	Fn ast.Node
	At ast.Node
	// Deferred is the statement by which it is done at the end, or nil.
	Deferred *ast.DeferStmt
}

// MomentOf returns the moment of a call. What a function literal does that is called
// on the spot, or deferred, is part of the function around it.
func (p *File) MomentOf(call *ast.CallExpr) Moment {
	m := Moment{At: call}
	for n := ast.Node(call); n != nil; n = p.Parent[n] {
		switch n := n.(type) {
		case *ast.FuncDecl:
			m.Fn = n
			return m
		case *ast.FuncLit:
			outer, ok := p.Parent[n].(*ast.CallExpr)
			if _, isGo := p.Parent[outer].(*ast.GoStmt); !ok || outer.Fun != n || isGo {
				m.Fn = n
				return m
			}
		case *ast.CallExpr:
			_, isLit := n.Fun.(*ast.FuncLit)
			if stmt, ok := p.Parent[n].(*ast.DeferStmt); ok && (n == call || isLit) {
				m.Deferred = stmt
			}
		}
	}
	return m
}

// ComesAfter tells whether b may be done after a, in one run of the function that both
// are in.
func (p *File) ComesAfter(a, b Moment) bool {
	switch {
	case a.Deferred != nil && b.Deferred == nil:
		return false
	case a.Deferred == nil && b.Deferred != nil:
		return a.At.Pos() > b.Deferred.Pos() || p.Reaches(a.At, b.Deferred)
	case a.Deferred != nil && a.Deferred != b.Deferred:
		return b.Deferred.Pos() < a.Deferred.Pos() && p.Reaches(b.Deferred, a.Deferred)
	}
	return a.At.Pos() < b.At.Pos() && p.Reaches(a.At, b.At)
}

// Once tells whether no loop and no goto leads back to a node.
func (p *File) Once(at ast.Node) bool {
	for n := p.Parent[at]; n != nil; n = p.Parent[n] {
		switch n.(type) {
		case *ast.FuncDecl:
			return !p.Jumps(n)
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
	}
	return true
}

func Contains(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// Reaches tells whether control can pass from one node to a later one of the same
// function, other than by a loop: they are not in different branches, and no return
// stands between.
func (p *File) Reaches(from, later ast.Node) bool {
	inner, n := from, p.Parent[from]
	up := func(to ast.Node) { inner, n = to, p.Parent[to] }
	for n != nil {
		list, _ := ListOf(n, inner)
		if len(list) > 0 && !Contains(n, later) {
			last := list[len(list)-1]
			if branch, ok := last.(*ast.BranchStmt); ok {
				target := p.branchTarget(branch)
				switch {
				case target == nil:
					return true
				case Contains(target, later):
					return false
				}
				up(target)
				continue
			}
			if p.EndsList(last) {
				fn := p.EnclosingFunc(last)
				if fn == nil || Contains(fn, later) {
					return false
				}
				up(fn) // a function literal that is called on the spot
				continue
			}
		}
		if Contains(n, later) {
			switch n := n.(type) {
			case *ast.IfStmt:
				return inner != n.Body
			case *ast.BlockStmt:
				switch p.Parent[n].(type) {
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
func (p *File) branchTarget(branch *ast.BranchStmt) ast.Node {
	if branch.Tok != token.BREAK && branch.Tok != token.CONTINUE {
		return nil
	}
	for n := p.Parent[branch]; n != nil; n = p.Parent[n] {
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

// EndsList tells whether a statement ends a list for good.
func (p *File) EndsList(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic" && p.Info.Types[id].IsBuiltin()
	}
	return false
}

// Looks tells whether a call of the OpenTracing API has no effect.
func (p *File) Looks(call *ast.CallExpr) bool {
	switch p.SymbolOf(call.Fun) {
	case "opentracing.Span.Context", "opentracing.Span.Tracer", "opentracing.SpanFromContext", "opentracing.GlobalTracer", "opentracing.ContextWithSpan":
		return true
	}
	return false
}
