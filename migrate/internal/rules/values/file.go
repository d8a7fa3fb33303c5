// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// conflict finds facts that do not go together: a tag that would need two types.
func conflict(g *plan.Group) *flow.Pin {
	if TagIsOption(g.Facts) && g.Facts&flow.TagSet != 0 {
		return &flow.Pin{Category: RefusedTagValue, Pos: g.First(), Reason: "a tag that can only be an option is also set after the start"}
	}
	if g.Facts&flow.TagOption != 0 && g.Facts&flow.TagFails != 0 {
		return &flow.Pin{Category: RefusedTagValue, Pos: g.First(), Reason: "an option of a start may be an error tag"}
	}
	return nil
}

// A File knows what texts, numbers, keys and span kinds become.
type File struct{ *plan.File }

func NewFile(p *plan.File) *File { return &File{p} }

func (p *File) Rows() []plan.Rule { return append(p.tagNameRows(), p.kindRows()...) }

func (p *File) Visit(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok {
		p.kindExpr(e)
	}
	if s, ok := n.(*ast.SwitchStmt); ok {
		p.kindSwitch(s)
	}
	return false
}

// A Run holds groups together.
type Run struct{ plan.Quiet }

func (Run) Judge(g *plan.Group) *flow.Pin { return conflict(g) }
