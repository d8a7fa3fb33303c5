// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
)

// An File takes adapters out, and puts them in.
type File struct{ *starts.File }

func (rw *Run) File(below *starts.File) *File {
	p := &File{below}
	rw.files[p.Source] = p
	return p
}

func (p *File) Rows() []plan.Rule { return nil }

func (p *File) Visit(n ast.Node) bool {
	if call, ok := n.(*ast.CallExpr); ok {
		if p.Adapts(call) {
			p.adapter(call)
		}
		if p.AdaptsBack(call) {
			p.adapterBack(call)
		}
	}
	return false
}
