// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"
	"slices"
)

// A Claim is what a family of rules knows of functions that are declared outside of the
// code: what they do with the spans that they are given, or what those are that they return.
type Claim struct {
	Path string // of the package that declares them
	Name string // of the function; all that the package has if it is empty
	// Shows says that it formats what it is given, and keeps nothing of it.
	Shows bool
	// Gives says what its results are, if not 0; held, why these can't change.
	Gives origin
	Held  Pin
}

// Claim adds what families know to the graph, before it is built.
func (g *Graph) Claim(all []Claim) {
	g.claims = make(map[string][]Claim)
	for _, c := range all {
		g.claims[c.Path] = append(g.claims[c.Path], c)
		if c.Gives&OriginMock != 0 {
			g.Watched = c.Held.Category
		}
	}
}

// claimOf returns what is claimed of a function, or nothing.
func (g *Graph) claimOf(f *types.Func) (found Claim) {
	if f == nil || f.Pkg() == nil {
		return Claim{}
	}
	for _, c := range g.claims[f.Pkg().Path()] {
		if c.Name == "" || c.Name == f.Name() && f.Signature().Recv() == nil {
			return c
		}
	}
	return Claim{}
}

// anyNode tells whether any of some arguments has a node.
func (w *walker) anyNode(args []ast.Expr) bool {
	return slices.ContainsFunc(args, func(arg ast.Expr) bool { return w.expr(arg) != nil })
}

// given is the node of what a claim says that a call returns.
func (w *walker) given(call *ast.CallExpr, c Claim) *Node {
	n := w.value(call)
	n.Origin = c.Gives
	if c.Held.Reason != "" {
		n.hold(c.Held.Category, call.Pos(), c.Held.Reason)
	}
	return n
}
