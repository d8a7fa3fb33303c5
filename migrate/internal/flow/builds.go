// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// joinBuilds joins what several builds of a package declare, each in a file of its own:
// code that is in all of these builds uses one for the other.
func (g *Graph) joinBuilds() {
	for _, u := range g.Units {
		if u.Home != nil || len(u.More) == 0 {
			continue
		}
		first := make(map[string]types.Object)
		for _, build := range u.All() {
			scope := build.Pkg.Scope()
			for _, name := range scope.Names() {
				obj := scope.Lookup(name)
				g.joinTwin(first, name, obj)
				tn, ok := obj.(*types.TypeName)
				if !ok {
					continue
				}
				source.EachMember(tn, func(m types.Object) { g.joinTwin(first, name+"."+m.Name(), m) })
			}
		}
	}
}

// joinTwin joins an object with the first one of its name.
func (g *Graph) joinTwin(first map[string]types.Object, name string, obj types.Object) {
	twin, ok := first[name]
	if !ok {
		first[name] = obj
		return
	}
	if twin.Pos() == obj.Pos() {
		return // of a file that both builds have
	}
	g.Several[twin.Pos()], g.Several[obj.Pos()] = true, true
	if _, is := obj.(*types.Func); is {
		g.Twins = append(g.Twins, [2]token.Pos{twin.Pos(), obj.Pos()})
	}
	delete(g.options, twin.Pos())
	delete(g.options, obj.Pos())
	a, b := g.typeNodes(twin), g.typeNodes(obj)
	alike := len(a) == len(b)
	for i := range min(len(a), len(b)) {
		alike = alike && (a[i].node == nil) == (b[i].node == nil) && (a[i].node == nil || a[i].shape == b[i].shape)
	}
	for i := range a {
		if x := a[i].node; x != nil && !alike {
			g.holdUnlike(x, obj)
		} else if x != nil {
			y := b[i].node
			x.From, y.From = append(x.From, y), append(y.From, x)
			Join(x, y)
		}
	}
	for i := range b {
		if y := b[i].node; y != nil && !alike {
			g.holdUnlike(y, twin)
		}
	}
}

// holdUnlike holds a node whose twin in another build has another type, so that code of
// both builds can't have an adapter for it.
func (g *Graph) holdUnlike(n *Node, twin types.Object) {
	n.hold(RefusedKeptAPI, twin.Pos(), "another build of the package declares "+twin.Name()+" with other types")
	g.Unlike[n.Pinned()] = true
}

// A typeNode is the node, or nil, of a variable or a type, and how its type is spelt.
type typeNode struct {
	node  *Node
	shape string
}

// typeNodes returns the nodes of an object, of a function those of its parameters and
// results.
func (g *Graph) typeNodes(obj types.Object) (nodes []typeNode) {
	shape := func(t types.Type) string {
		return strings.ReplaceAll(types.TypeString(t, (*types.Package).Path), "interface{}", "any")
	}
	f, ok := obj.(*types.Func)
	if !ok {
		t := obj.Type()
		if _, isType := obj.(*types.TypeName); isType {
			t = types.Unalias(t).Underlying()
		}
		return []typeNode{{g.declare(obj), shape(t)}}
	}
	sig := f.Signature()
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			nodes = append(nodes, typeNode{g.declare(v), shape(v.Type())})
		}
		nodes = append(nodes, typeNode{})
	}
	return nodes
}

// holdLeftOut holds what files name that are in no build that was loaded.
func (g *Graph) holdLeftOut() {
	if len(g.LeftOut) == 0 {
		return
	}
	var pkgs []*types.Package
	for _, u := range g.Units {
		pkgs = append(pkgs, u.Pkg)
	}
	d := source.DeclaredIn(pkgs)
	for _, f := range g.LeftOut {
		if f.Syntax == nil {
			continue
		}
		for _, m := range d.Mentions(f.Syntax, f.Path) {
			why := g.Shown(f.Name) + " mentions " + m.Obj.Name() + ", and is not rewritten: " + f.Why
			for _, n := range g.typeNodes(m.Obj) {
				if n.node != nil {
					n.node.Origin |= OriginUnknown
					n.node.hold(RefusedKeptAPI, m.Pos, why)
				}
			}
		}
	}
}
