// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// asserts notes a local variable whose span or tracer is asserted to be of a certain type.
func (w *walker) asserts(e *ast.TypeAssertExpr, t types.Type, from *Node) {
	if from == nil || types.IsInterface(t) || opentracing.SoftKind(w.Info.TypeOf(e.X)) == "" {
		return
	}
	if v, ok := from.Obj.(*types.Var); ok && isLocal(v) {
		w.asserted[from] = true
	}
}

// holdPlugin holds what is looked up in a plug-in: it is built apart, with the types of its own.
func (w *walker) holdPlugin(e *ast.TypeAssertExpr, n *Node) {
	if symbol := opentracing.NamedOf(w.Info.TypeOf(e.X)); symbol != nil && symbol.Obj().Pkg() != nil && symbol.Obj().Pkg().Path() == "plugin" {
		n.hold(RefusedExternalAPI, e.Pos(), "it comes from a plug-in, which uses OpenTracing's types")
	}
}

// holdAsserted holds such variables where all that they get comes from what stays, as in a
// test that starts a span by a tracer of the module's own and looks at it afterwards: what
// else gets the span may change.
func (g *Graph) holdAsserted() {
	stays := make(map[*Node]*Pin)
	for _, e := range g.soft {
		if !g.asserted[e.Dst] {
			continue
		}
		if why, known := stays[e.Dst]; !known || why != nil {
			stays[e.Dst] = e.Src.Pinned()
		}
	}
	for _, e := range g.soft {
		if why := stays[e.Dst]; why != nil && e.Dst.Pinned() == nil {
			e.Dst.holdBy(why)
		}
	}
}
