// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A valueFile knows what texts, numbers, keys and span kinds become.
type valueFile struct{ *planner }

func newValueFile(p *planner) *valueFile { return &valueFile{p} }

func (p *valueFile) rows() []rule { return append(p.tagNameRows(), p.kindRows()...) }

func (p *valueFile) visit(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok {
		p.kindExpr(e)
	}
	if s, ok := n.(*ast.SwitchStmt); ok {
		p.kindSwitch(s)
	}
	return false
}

// A valueRun holds groups together.
type valueRun struct{ quiet }

func (valueRun) judge(g *group) *pin { return conflict(g) }

// A spanFile knows what becomes of calls on spans.
type spanFile struct {
	*valueFile
	errorTags []*errorTag
	described map[ast.Node]map[ast.Node]map[spanName][]*ast.CallExpr // see descriptions
	steps     int                                                    // that this took
	// tagSets are the sets of tags that become options; optionTags, those among them that
	// do so other than at a start; changes, what is done to sets of tags.
	tagSets    []*node
	optionTags []*optionTags
	changes    []tagsChange
	builders   map[string]opBuilder
	// chained handles calls on a span where it is started, and tells whether it is.
	chained func(u *use, base ast.Expr, ops []*op) bool
}

func (p *spanFile) rows() []rule {
	return append(append(p.finishRows(), p.tagRows()...), p.logRows()...)
}

func (p *spanFile) visit(n ast.Node) bool {
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

// A spanRun decides which error tags are kept.
type spanRun struct {
	quiet
	*rewriter
	files  []*spanFile
	status *tagOrder
}

func (rw *spanRun) file(below *valueFile) *spanFile {
	p := &spanFile{valueFile: below, described: make(map[ast.Node]map[ast.Node]map[spanName][]*ast.CallExpr)}
	p.builders = p.opBuilders()
	rw.files = append(rw.files, p)
	return p
}

func (rw *spanRun) propose()    { rw.notePrinted() }
func (rw *spanRun) begin()      { rw.keepErrorTags() }
func (rw *spanRun) again() bool { return rw.keepBesides() }

// A contextFile knows what becomes of spans in contexts, and of tracers.
type contextFile struct {
	*spanFile
	// contexts are those that the starts of spans keep; scanned are the functions
	// that were looked through for them.
	contexts map[*types.Var][]*startedContext
	scanned  map[ast.Node]bool
	below    *contextRun
}

func newContextFile(below *spanFile, run *contextRun) *contextFile {
	return &contextFile{spanFile: below, contexts: make(map[*types.Var][]*startedContext), scanned: make(map[ast.Node]bool), below: run}
}

func (p *contextFile) rows() []rule        { return append(p.contextRows(), p.globalRows()...) }
func (p *contextFile) visit(ast.Node) bool { return false }

// A contextRun finds out who looks at the spans of contexts.
type contextRun struct {
	quiet
	*rewriter
	// opentracing tells whether any code reads spans out of contexts by the OpenTracing API
	// afterwards.
	opentracing bool
	// native tells whether any code starts spans by the OpenTelemetry API afterwards.
	native bool
}

func (rw *contextRun) propose()            { rw.keepReaders() }
func (rw *contextRun) judge(g *group) *pin { return severalNoops(g) }
func (rw *contextRun) spread()             { rw.lookBelow() }
func (rw *contextRun) again() bool         { return rw.holdReaders() || rw.holdLeavers() }

func (rw *contextRun) end() {
	rw.noteNoops()
	rw.noteLeavers()
}

// A startFile knows what becomes of starts of spans.
type startFile struct {
	*contextFile
	// remotes are span contexts with the contexts that they were extracted into.
	remotes map[*types.Var]*remote
	// referred are the span contexts that a start makes a context of by an adapter.
	referred map[ast.Expr]bool
	// slices are local slices of options with references among them; nil for others.
	slices map[*types.Var]*optionSlice
	// several are the options that become more than one.
	several map[ast.Expr]*start
}

// A startRun finds out what starts of spans say of their tracers.
type startRun struct {
	quiet
	files []*startFile
}

func (rw *startRun) survey() {
	for _, p := range rw.files {
		p.findRooted()
	}
}

func (rw *startRun) file(below *contextFile) *startFile {
	p := &startFile{contextFile: below, remotes: make(map[*types.Var]*remote), referred: make(map[ast.Expr]bool), slices: make(map[*types.Var]*optionSlice), several: make(map[ast.Expr]*start)}
	p.chained = p.startedSpan
	rw.files = append(rw.files, p)
	return p
}

func (p *startFile) rows() []rule {
	return append(append(p.startRows(), p.referenceRows()...), p.optionRows()...)
}

func (p *startFile) visit(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok {
		p.tagOptionExpr(e)
	}
	if lit, ok := n.(*ast.CompositeLit); ok {
		p.elidedTag(lit)
	}
	return false
}

// A baggageFile knows what becomes of baggage.
type baggageFile struct{ *startFile }

func newBaggageFile(below *startFile) *baggageFile {
	p := &baggageFile{below}
	p.builders["opentracing.Span.SetBaggageItem"] = p.setBaggageOps
	return p
}

func (p *baggageFile) rows() []rule        { return p.baggageRows() }
func (p *baggageFile) visit(ast.Node) bool { return false }

// A baggageRun holds groups that would lose baggage.
type baggageRun struct {
	quiet
	*rewriter
}

// A propagationFile knows what becomes of Inject, Extract and carriers.
type propagationFile struct{ *startFile }

func newPropagationFile(below *startFile) *propagationFile { return &propagationFile{below} }

func (p *propagationFile) rows() []rule        { return p.propagationRows() }
func (p *propagationFile) visit(ast.Node) bool { return false }

// A spanContextFile knows what becomes of code that looks into span contexts.
type spanContextFile struct{ *startFile }

func newSpanContextFile(below *startFile) *spanContextFile { return &spanContextFile{below} }

func (p *spanContextFile) rows() []rule { return nil }

func (p *spanContextFile) visit(n ast.Node) bool {
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

// A typeFile knows what becomes of types, and of questions for them.
type typeFile struct{ *spanContextFile }

func newTypeFile(below *spanContextFile) *typeFile { return &typeFile{below} }

func (p *typeFile) rows() []rule { return p.typeRows() }

func (p *typeFile) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		p.comparison(n)
	case *ast.TypeAssertExpr:
		p.typeAssertion(n)
	}
	return false
}

// An adapterFile takes adapters out, and puts them in.
type adapterFile struct{ *startFile }

func (rw *adapterRun) file(below *startFile) *adapterFile {
	p := &adapterFile{below}
	rw.files[p.file] = p
	return p
}

func (p *adapterFile) rows() []rule { return nil }

func (p *adapterFile) visit(n ast.Node) bool {
	if call, ok := n.(*ast.CallExpr); ok {
		if p.adapts(call) {
			p.adapter(call)
		}
		if p.adaptsBack(call) {
			p.adapterBack(call)
		}
	}
	return false
}

// A testFile knows which tracers a test brings.
type testFile struct{ *startFile }

func (rw *testRun) file(below *startFile) *testFile {
	p := &testFile{below}
	rw.files = append(rw.files, p)
	return p
}

func (p *testFile) rows() []rule        { return nil }
func (p *testFile) visit(ast.Node) bool { return false }

// A testRun holds code whose spans tests may look at.
type testRun struct {
	quiet
	*rewriter
	files []*testFile
}

func newTestRun(rw *rewriter) *testRun { return &testRun{rewriter: rw} }

func (rw *testRun) propose() { rw.planWatched() }
