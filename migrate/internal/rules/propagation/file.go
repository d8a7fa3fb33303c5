// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
)

// A File knows what becomes of Inject, Extract and carriers.
type File struct {
	*starts.File
	run  *Run
	said map[nilCarrier]bool // carriers of which it was said that they may be nil
}

func (p *File) Rows() []plan.Rule { return p.propagationRows() }

func (p *File) Visit(ast.Node) bool { return false }
