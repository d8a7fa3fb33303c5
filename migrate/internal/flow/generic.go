// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// constrains tells whether only OpenTracing types satisfy a constraint.
func (g *Graph) constrains(constraint types.Type, seen map[types.Type]bool) bool {
	iface, ok := constraint.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	if opentracing.EmbedsOpenTracing(iface) {
		return true
	}
	for embedded := range iface.EmbeddedTypes() {
		if union, ok := embedded.(*types.Union); ok {
			for term := range union.Terms() {
				var inner typeParts
				g.collectParts(term.Type(), &inner, seen)
				if inner.Any() {
					return true
				}
			}
		}
	}
	return false
}

// receiverParams joins the type parameters that a method's receiver names with
// those of its type.
func (w *walker) receiverParams(fn *types.Func) {
	recv := fn.Signature().Recv()
	if recv == nil {
		return
	}
	named := opentracing.NamedOf(recv.Type())
	if named == nil {
		return
	}
	declared := named.Origin().TypeParams()
	for i := range min(declared.Len(), fn.Signature().RecvTypeParams().Len()) {
		union(w.declare(fn.Signature().RecvTypeParams().At(i).Obj()), w.declare(declared.At(i).Obj()))
	}
}

// instance returns the node of a generic function with type arguments.
func (w *walker) instance(e, generic ast.Expr) *Node {
	n := w.expr(generic)
	if w.Parts(w.Info.TypeOf(e)).Any() {
		union(w.value(e), n)
		n = w.value(e)
	}
	return n
}

func (w *walker) generic(call *ast.CallExpr, f *types.Func) *Node {
	n := w.value(call)
	n.Origin |= OriginUnknown
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		union(n, w.expr(sel.X))
	}
	for _, arg := range call.Args {
		union(n, w.expr(arg))
		if results, ok := w.Info.TypeOf(arg).(*types.Tuple); ok {
			for i := range results.Len() {
				union(n, w.Result(ast.Unparen(arg).(*ast.CallExpr), i))
			}
		}
		if opentracing.IsTags(w.Info.TypeOf(arg)) {
			n.Facts |= anyTags // as maps.Copy may put in
		}
	}
	return n
}
