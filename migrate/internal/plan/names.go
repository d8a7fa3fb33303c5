// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"slices"
	"strconv"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
)

// Fresh returns a name for a variable that is declared where a statement stands: one
// that the function around it does not mention.
func (p *File) Fresh(name string, at ast.Stmt) string {
	return p.freshWithin(p.EnclosingFunc(at), p.Parent[at], name)
}

// FreshIn returns a name that is free in a function and the literals in it.
func (p *File) FreshIn(fn ast.Node, name string) string {
	return p.freshWithin(fn, fn, name)
}

// freshWithin returns a name that is free in a block of a function. Blocks of which
// none is in the other may have variables of one name.
func (p *File) freshWithin(fn, block ast.Node, name string) string {
	mentioned := make(map[string]bool)
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			mentioned[id.Name] = true
		}
		return true
	})
	if p.taken == nil {
		p.taken = make(map[string][]ast.Node)
	}
	candidate := name
	taken := func(other ast.Node) bool { return other.Pos() < block.End() && block.Pos() < other.End() }
	for i := 2; mentioned[candidate] || slices.ContainsFunc(p.taken[candidate], taken); i++ {
		candidate = name + strconv.Itoa(i)
	}
	p.taken[candidate] = append(p.taken[candidate], block)
	return candidate
}

// Prefix puts a statement in front of another.
func (p *File) Prefix(s *Site, at ast.Stmt, render func(r *edit.Renderer) string) {
	p.Wrap(s, at, func(r *edit.Renderer) string { return render(r) + "\n" + r.Text(at) })
}

// DeclareBefore is prefix for a statement that declares a variable.
func (p *File) DeclareBefore(s *Site, at ast.Stmt, render func(r *edit.Renderer) string) {
	p.Wrap(s, at, func(r *edit.Renderer) string { return p.Scoped(at, render(r)+"\n"+r.Text(at)) })
}

// Wrap adds an edit that goes around the other edits of a node.
func (p *File) Wrap(s *Site, n ast.Node, render func(r *edit.Renderer) string) {
	p.Edits.Wrap(s, n, render)
}
