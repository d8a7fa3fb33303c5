// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/contexts"
)

// A File knows what becomes of starts of spans.
type File struct {
	*contexts.File
	// Remotes are span contexts with the contexts that they were extracted into.
	Remotes map[*types.Var]*Remote
	// Referred are the span contexts that a start makes a context of by an adapter.
	Referred map[ast.Expr]bool
	// slices are local slices of options with references among them; nil for others.
	slices map[*types.Var]*optionSlice
	// several are the options that become more than one.
	several map[ast.Expr]*Start
	// dead are declarations that have no use when the starts that name them are rewritten.
	dead *map[ast.Decl][]*ast.CallExpr
	// wrapped has the names of the contexts that wrappers are given, by their starts.
	wrapped map[*ast.CallExpr]string
}

// A Run finds out what starts of spans say of their tracers.
type Run struct {
	plan.Quiet
	files []*File
	dead  map[ast.Decl][]*ast.CallExpr // see flow.Graph.PlacedOptions
}

func (rw *Run) Survey() {
	if len(rw.files) > 0 {
		rw.dead = rw.files[0].PlacedOptions()
	}
	for _, p := range rw.files {
		p.findRooted()
	}
}

func (rw *Run) File(below *contexts.File) *File {
	p := &File{File: below, dead: &rw.dead, Remotes: make(map[*types.Var]*Remote), Referred: make(map[ast.Expr]bool), slices: make(map[*types.Var]*optionSlice), several: make(map[ast.Expr]*Start), wrapped: make(map[*ast.CallExpr]string)}
	p.Chained = p.startedSpan
	rw.files = append(rw.files, p)
	return p
}

func (p *File) Rows() []plan.Rule {
	return append(append(p.startRows(), p.referenceRows()...), p.optionRows()...)
}

func (p *File) Visit(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok {
		p.tagOptionExpr(e)
	}
	switch n := n.(type) {
	case *ast.CompositeLit:
		p.elidedTag(n)
	case *ast.GenDecl:
		p.dropOption(n)
	case *ast.FuncDecl:
		p.dropOption(n)
		wrapping{p}.declaration(n)
	case *ast.CallExpr:
		wrapping{p}.call(n)
	}
	return false
}
