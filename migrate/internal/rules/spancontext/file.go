// SPDX-License-Identifier: Apache-2.0

package spancontext

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
)

// A File knows what becomes of code that looks into span contexts.
type File struct{ *starts.File }

func NewFile(below *starts.File) *File { return &File{below} }

func (p *File) Rows() []plan.Rule { return nil }

func (p *File) Visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return p.jaegerGuard(n)
	case *ast.CallExpr:
		if p.identifies(n) {
			p.otelContext(n)
		}
	}
	return false
}
