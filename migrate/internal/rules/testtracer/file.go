// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/starts"
)

// A File knows which tracers a test brings.
type File struct {
	*starts.File
	twin *bool // see onTwin
}

func (rw *Run) File(below *starts.File) *File {
	p := &File{File: below}
	rw.files = append(rw.files, p)
	return p
}

func (p *File) Rows() []plan.Rule { return nil }

func (p *File) Visit(ast.Node) bool { return false }

// A Run holds code whose spans tests may look at.
type Run struct {
	plan.Quiet
	*plan.Run
	files []*File
	later []laterWatch
	calls *callGraph // see callGraph
}

// callGraph returns the call graph of the run.
func (rw *Run) callGraph() *callGraph {
	if rw.calls == nil {
		rw.calls = newCallGraph(rw.Graph)
	}
	return rw.calls
}

func NewRun(rw *plan.Run) *Run { return &Run{Run: rw} }

func (rw *Run) Survey() { rw.followMocks() }

func (rw *Run) Propose() {
	rw.planWatched()
	rw.planHeaders()
}
