// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A pathFinder follows values through the variables of one function.
type pathFinder struct {
	*functions
	decl *ast.FuncDecl
	body *ast.BlockStmt
	done bool // chained has begun

	assigned map[types.Object][]assignment // in source order
	handlers map[types.Object][]ast.Expr   // what is given to Handle and HandleFunc of a mux
	known    map[knownPath]*wrapper

	calls       []*ast.CallExpr                // of methods, in source order
	uses        []use                          // of those, the ones that change a router
	inside      map[types.Object]*ast.CallExpr // parameters of functions, and the calls that these are given to
	middlewares map[ast.Expr]*wrapper
	outer       map[types.Object][]*wrapper // parameters that are routers, and what their caller has put around them
}

// A knownPath is an expression, followed as a handler or as a transport.
type knownPath struct {
	of        ast.Expr
	transport bool
}

// An assignment gives a variable its value in a block.
type assignment struct {
	value ast.Expr
	block ast.Node
}

// collect fills assigned and handlers.
func (d *pathFinder) collect() {
	var path []ast.Node // to the node that is visited
	block := func() ast.Node {
		for i := len(path) - 1; i >= 0; i-- {
			switch path[i].(type) {
			case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
				return path[i]
			}
		}
		return d.body
	}
	set := func(name ast.Expr, value ast.Expr) {
		if id, ok := name.(*ast.Ident); ok {
			if obj := d.info.ObjectOf(id); obj != nil {
				d.assigned[obj] = append(d.assigned[obj], assignment{value, block()})
			}
		}
	}
	ast.Inspect(d.body, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i := range n.Lhs {
					set(n.Lhs[i], n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			if len(n.Names) == len(n.Values) {
				for i := range n.Names {
					set(n.Names[i], n.Values[i])
				}
			}
		case *ast.CallExpr:
			d.collectRouter(n, block())
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Handle" && sel.Sel.Name != "HandleFunc" || len(n.Args) == 0 {
				break
			}
			if mux, ok := sel.X.(*ast.Ident); ok && d.info.ObjectOf(mux) != nil {
				obj := d.info.ObjectOf(mux)
				d.handlers[obj] = append(d.handlers[obj], n.Args[len(n.Args)-1])
			}
		}
		return true
	})
}

// valueAt returns the value that a variable has at a place, as far as it is given there
// whatever branches are taken; nil if none is seen.
func (d *pathFinder) valueAt(obj types.Object, at token.Pos) ast.Expr {
	all := d.assigned[obj]
	for i := len(all) - 1; i >= 0; i-- {
		if a := all[i]; a.value.End() <= at && a.block.Pos() <= at && at < a.block.End() {
			return a.value
		}
	}
	return nil
}
