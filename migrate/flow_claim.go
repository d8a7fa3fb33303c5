// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
)

// A claim is what a family of rules knows of functions that are declared outside of the
// code: what they do with the spans that they are given, or what those are that they return.
type claim struct {
	path string // of the package that declares them
	name string // of the function; all that the package has if it is empty
	// shows says that it formats what it is given, and keeps nothing of it.
	shows bool
	// gives says what its results are, if not 0; held, why these can't change.
	gives origin
	held  pin
}

// claim adds what families know to the graph, before it is built.
func (g *graph) claim(all []claim) {
	g.claims = make(map[string][]claim)
	for _, c := range all {
		g.claims[c.path] = append(g.claims[c.path], c)
	}
}

// claimOf returns what is claimed of a function, or nothing.
func (g *graph) claimOf(f *types.Func) (found claim) {
	if f == nil || f.Pkg() == nil {
		return claim{}
	}
	for _, c := range g.claims[f.Pkg().Path()] {
		if c.name == "" || c.name == f.Name() && f.Signature().Recv() == nil {
			return c
		}
	}
	return claim{}
}

// anyNode tells whether any of some arguments has a node.
func (w *flowWalker) anyNode(args []ast.Expr) bool {
	return slices.ContainsFunc(args, func(arg ast.Expr) bool { return w.expr(arg) != nil })
}

// given is the node of what a claim says that a call returns.
func (w *flowWalker) given(call *ast.CallExpr, c claim) *node {
	n := w.value(call)
	n.origin = c.gives
	if c.held.reason != "" {
		n.hold(c.held.category, call.Pos(), c.held.reason)
	}
	return n
}
