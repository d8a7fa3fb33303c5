// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A File answers what the values of one file are. All that it can be asked was found
// when the graph was built: asking adds nothing to it.
type File struct {
	*syntax.File
	*Graph
}

func NewFile(g *Graph, f *source.File) *File {
	return &File{File: syntax.NewFile(g.Code, f), Graph: g}
}

// Expr returns the node of an expression's value, or nil when its type contains no
// OpenTracing type. Several results of a call have nodes of their own: see result.
func (p *File) Expr(e ast.Expr) *Node { return p.exprs[e] }

// Result returns the node of a call's i-th result.
func (p *File) Result(call *ast.CallExpr, i int) *Node {
	if _, several := p.Info.TypeOf(call).(*types.Tuple); several {
		return p.ofResults[callResult{call, i}]
	}
	return p.exprs[call]
}

// Receiver returns the node of the OpenTracing value that a method or field is
// selected from, which may be an embedded one.
func (p *File) Receiver(e *ast.SelectorExpr) *Node { return p.receivers[e] }

// TracerNode is the node of a tracer that is asked for something.
func (p *File) TracerNode(e ast.Expr) *Node {
	if n := p.Anon[e]; n != nil {
		return n
	}
	return p.exprs[e]
}

// APIBase returns the node of the receiver or else of the result of a call of the API.
func (p *File) APIBase(call *ast.CallExpr, f *types.Func) *Node { return apiBase(p, call, f) }

// Object returns the node of a declared object, or nil when its type contains no
// OpenTracing type.
func (g *Graph) Object(obj types.Object) *Node {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.TypeName, *types.Const:
	default:
		return nil
	}
	if n := g.byPos[obj.Pos()]; n != nil && obj.Pos().IsValid() {
		return n
	}
	return g.byObj[obj]
}

// find finds all that the file can be asked, once its flows are in the graph. A function
// that is only called is no value: who calls it is seen.
func (w *walker) find() {
	called := make(map[ast.Expr]bool)
	ast.Inspect(w.Source.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			called[n.Name] = true
		case *ast.Ident:
			if obj := w.Info.Defs[n]; obj != nil && !called[n] {
				w.declare(obj)
			}
		case *ast.SelectorExpr:
			called[n.Sel] = true
			if m := w.Receiver(n); m != nil {
				w.receivers[n] = m
			}
		case *ast.CallExpr:
			if f := w.Callee(n); f != nil {
				if isInstance(n.Fun) && w.Parts(w.Info.TypeOf(n.Fun)).Any() && w.expr(n) == nil {
					w.generic(n, f)
				}
				for fun := n.Fun; fun != nil; fun = inner(fun) {
					called[fun] = true
				}
			}
			if results, ok := w.Info.TypeOf(n).(*types.Tuple); ok {
				for i := range results.Len() {
					if m := w.Result(n, i); m != nil {
						w.ofResults[callResult{n, i}] = m
					}
				}
			}
		}
		if e, ok := n.(ast.Expr); ok && !called[e] {
			if m := w.expr(e); m != nil {
				w.exprs[e] = m
			}
		}
		return true
	})
}

// isInstance tells whether a function is named with type arguments.
func isInstance(fun ast.Expr) bool {
	switch ast.Unparen(fun).(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// inner returns what a function is named by inside parentheses and type arguments.
func inner(fun ast.Expr) ast.Expr {
	switch fun := fun.(type) {
	case *ast.ParenExpr:
		return fun.X
	case *ast.IndexExpr:
		return fun.X
	case *ast.IndexListExpr:
		return fun.X
	}
	return nil
}

// Spread returns the nodes of the results of a call that are all the arguments of another.
func (p *File) Spread(call *ast.CallExpr) (nodes []*Node) {
	if len(call.Args) != 1 {
		return nil
	}
	results, ok := p.Info.TypeOf(call.Args[0]).(*types.Tuple)
	if !ok {
		return nil
	}
	inner := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	for i := range results.Len() {
		nodes = append(nodes, p.Result(inner, i))
	}
	return nodes
}
