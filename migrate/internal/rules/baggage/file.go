// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
)

// A File knows what becomes of baggage.
type File struct{ *starts.File }

func NewFile(below *starts.File) *File {
	p := &File{below}
	p.Builders["opentracing.Span.SetBaggageItem"] = p.setBaggageOps
	return p
}

func (p *File) Rows() []plan.Rule { return p.baggageRows() }

func (p *File) Visit(ast.Node) bool { return false }

// A Run holds groups that would lose baggage.
type Run struct {
	plan.Quiet
	*plan.Run
}
