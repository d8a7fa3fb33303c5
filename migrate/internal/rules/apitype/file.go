// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spancontext"
)

// A File knows what becomes of types, and of questions for them.
type File struct{ *spancontext.File }

func NewFile(below *spancontext.File) *File { return &File{below} }

func (p *File) Rows() []plan.Rule { return p.typeRows() }

func (p *File) Visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		p.comparison(n)
	case *ast.IfStmt:
		p.hook(n)
	case *ast.TypeAssertExpr:
		p.typeAssertion(n)
	}
	return false
}
