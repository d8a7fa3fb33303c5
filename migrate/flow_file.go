// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A flowFile answers what the values of one file are. All that it can be asked was found
// when the graph was built: asking adds nothing to it.
type flowFile struct {
	*syntaxFile
	*graph
}

func newFlowFile(g *graph, f *sourceFile) *flowFile {
	return &flowFile{syntaxFile: newSyntaxFile(g.sourceCode, f), graph: g}
}

// expr returns the node of an expression's value, or nil when its type contains no
// OpenTracing type. Several results of a call have nodes of their own: see result.
func (p *flowFile) expr(e ast.Expr) *node { return p.exprs[e] }

// result returns the node of a call's i-th result.
func (p *flowFile) result(call *ast.CallExpr, i int) *node {
	if _, several := p.info.TypeOf(call).(*types.Tuple); several {
		return p.ofResults[callResult{call, i}]
	}
	return p.exprs[call]
}

// receiver returns the node of the OpenTracing value that a method or field is
// selected from, which may be an embedded one.
func (p *flowFile) receiver(e *ast.SelectorExpr) *node { return p.receivers[e] }

// tracerNode is the node of a tracer that is asked for something.
func (p *flowFile) tracerNode(e ast.Expr) *node {
	if n := p.anon[e]; n != nil {
		return n
	}
	return p.exprs[e]
}

// apiBase returns the node of the receiver or else of the result of a call of the API.
func (p *flowFile) apiBase(call *ast.CallExpr, f *types.Func) *node { return apiBase(p, call, f) }

// object returns the node of a declared object, or nil when its type contains no
// OpenTracing type.
func (g *graph) object(obj types.Object) *node {
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
func (w *flowWalker) find() {
	called := make(map[ast.Expr]bool)
	ast.Inspect(w.file.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			called[n.Name] = true
		case *ast.Ident:
			if obj := w.info.Defs[n]; obj != nil && !called[n] {
				w.declare(obj)
			}
		case *ast.SelectorExpr:
			called[n.Sel] = true
			if m := w.receiver(n); m != nil {
				w.receivers[n] = m
			}
		case *ast.CallExpr:
			if f := w.callee(n); f != nil {
				if isInstance(n.Fun) && w.parts(w.info.TypeOf(n.Fun)).any() && w.expr(n) == nil {
					w.generic(n, f)
				}
				for fun := n.Fun; fun != nil; fun = inner(fun) {
					called[fun] = true
				}
			}
			if results, ok := w.info.TypeOf(n).(*types.Tuple); ok {
				for i := range results.Len() {
					if m := w.result(n, i); m != nil {
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
