// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
)

// A File knows what becomes of spans in contexts, and of tracers.
type File struct {
	*spans.File
	// contexts are those that the starts of spans keep; scanned are the functions
	// that were looked through for them.
	contexts map[*types.Var][]*startedContext
	scanned  map[ast.Node]bool
	Below    *Run
}

func NewFile(below *spans.File, run *Run) *File {
	return &File{File: below, contexts: make(map[*types.Var][]*startedContext), scanned: make(map[ast.Node]bool), Below: run}
}

func (p *File) Rows() []plan.Rule { return append(p.contextRows(), p.globalRows()...) }

func (p *File) Visit(ast.Node) bool { return false }

// A Run finds out who looks at the spans of contexts.
type Run struct {
	plan.Quiet
	*plan.Run
	// Opentracing tells whether any code reads spans out of contexts by the OpenTracing API
	// afterwards.
	Opentracing bool
	// native tells whether any code starts spans by the OpenTelemetry API afterwards.
	native bool
	// hidden are the packages at or below code that stays and puts spans of NoopTracer into
	// contexts.
	hidden map[string]bool
	// readers are what takes spans out of contexts.
	readers []*keptReader
}

func (rw *Run) Propose() { rw.keepReaders() }

func (rw *Run) Judge(g *plan.Group) *flow.Pin { return severalNoops(g) }

func (rw *Run) Spread() { rw.lookBelow() }

func (rw *Run) Again() bool { return rw.holdReaders() || rw.holdLeavers() || rw.holdAbove() }

func (rw *Run) End() {
	rw.noteNoops()
	rw.noteLeavers()
	rw.noteProvided()
}
