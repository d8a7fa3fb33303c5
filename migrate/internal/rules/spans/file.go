// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
)

// A File knows what becomes of calls on spans.
type File struct {
	*values.File
	errorTags []*errorTag
	described map[ast.Node]map[ast.Node]map[spanName][]*ast.CallExpr // see descriptions
	steps     int                                                    // that this took
	// TagSets are the sets of tags that become options; optionTags, those among them that
	// do so other than at a start; changes, what is done to sets of tags.
	TagSets    []*flow.Node
	OptionTags []*OptionTags
	changes    []tagsChange
	Builders   map[string]opBuilder
	// Chained handles calls on a span where it is started, and tells whether it is.
	Chained func(u *plan.Use, base ast.Expr, ops []*Op) bool
}

func (p *File) Rows() []plan.Rule {
	return append(append(p.finishRows(), p.tagRows()...), p.logRows()...)
}

func (p *File) Visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		p.tagsLiteral(n)
	case *ast.AssignStmt:
		p.tagsAssigned(n)
	case *ast.CallExpr:
		p.tagsTaken(n)
	case *ast.IfStmt:
		p.nilGuard(n)
	}
	return false
}

// A Run decides which error tags are kept.
type Run struct {
	plan.Quiet
	*plan.Run
	files  []*File
	status *tagOrder
}

func (rw *Run) File(below *values.File) *File {
	p := &File{File: below, described: make(map[ast.Node]map[ast.Node]map[spanName][]*ast.CallExpr)}
	p.Builders = p.opBuilders()
	rw.files = append(rw.files, p)
	return p
}

func (rw *Run) Propose() { rw.NotePrinted() }

func (rw *Run) Begin() { rw.keepErrorTags() }

func (rw *Run) Again() bool { return rw.keepBesides() }
