// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// constrains tells whether only OpenTracing types satisfy a constraint.
func (g *graph) constrains(constraint types.Type, seen map[types.Type]bool) bool {
	iface, ok := constraint.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	if embedsOpenTracing(iface) {
		return true
	}
	for embedded := range iface.EmbeddedTypes() {
		if union, ok := embedded.(*types.Union); ok {
			for term := range union.Terms() {
				var inner typeParts
				g.collectParts(term.Type(), &inner, seen)
				if inner.any() {
					return true
				}
			}
		}
	}
	return false
}

// receiverParams joins the type parameters that a method's receiver names with
// those of its type.
func (w *flowWalker) receiverParams(fn *types.Func) {
	recv := fn.Signature().Recv()
	if recv == nil {
		return
	}
	named := namedOf(recv.Type())
	if named == nil {
		return
	}
	declared := named.Origin().TypeParams()
	for i := range min(declared.Len(), fn.Signature().RecvTypeParams().Len()) {
		union(w.declare(fn.Signature().RecvTypeParams().At(i).Obj()), w.declare(declared.At(i).Obj()))
	}
}

// instance returns the node of a generic function with type arguments.
func (w *flowWalker) instance(e, generic ast.Expr) *node {
	n := w.expr(generic)
	if w.parts(w.info.TypeOf(e)).any() {
		union(w.value(e), n)
		n = w.value(e)
	}
	return n
}

func (w *flowWalker) generic(call *ast.CallExpr, f *types.Func) *node {
	n := w.value(call)
	n.origin |= originUnknown
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		union(n, w.expr(sel.X))
	}
	for _, arg := range call.Args {
		union(n, w.expr(arg))
		if results, ok := w.info.TypeOf(arg).(*types.Tuple); ok {
			for i := range results.Len() {
				union(n, w.result(ast.Unparen(arg).(*ast.CallExpr), i))
			}
		}
		if isTags(w.info.TypeOf(arg)) {
			n.facts |= anyTags // as maps.Copy may put in
		}
	}
	return n
}
