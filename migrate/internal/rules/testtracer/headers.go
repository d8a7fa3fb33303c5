// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// planHeaders refuses what code does by the tracer of a test that makes a mock of the twin,
// and does not install it: Inject and Extract, and starts by the tracer of a span that comes
// another way than followMocks knows, and handing it to a library. Rewritten code does that by
// OpenTelemetry's global propagator and provider, and by the global tracer, which are none in
// such a test.
func (rw *Run) planHeaders() {
	files := make(map[*source.File]*File)
	for _, p := range rw.files {
		files[p.Source] = p
	}
	carries := func(s *plan.Site) bool {
		return !s.File.Test && (s.HandsGlobal || slices.ContainsFunc(s.Uses, func(u *plan.Use) bool {
			switch u.Sym.String() {
			case "opentracing.Tracer.Inject", "opentracing.Tracer.Extract":
				return true
			case "opentracing.Span.Tracer":
				span, call := files[s.File].calledOn(u)
				return call == nil || !rw.MayBeLegacy(s.File, files[s.File].Expr(span))
			}
			return false
		}))
	}
	if rw.BreakTests || !slices.ContainsFunc(rw.Sites, carries) {
		return
	}
	roots, at := rw.testsApart()
	if len(roots) == 0 {
		return
	}
	calls := rw.callGraph()
	reached := calls.reach(roots)
	for _, s := range rw.Sites {
		if carries(s) && reached[calls.place(placeAround(s.File, s.Pos))] {
			if s.HandsGlobal {
				s.Deny(adapter.RefusedTestTracer, at, "a test uses a mock that is not installed, but rewritten code passes on the global tracer; call mocktracer.Install in the test")
				continue
			}
			s.Deny(adapter.RefusedTestTracer, at, "a test uses a mock that is not installed, but rewritten code starts spans and propagates by OpenTelemetry's globals; call mocktracer.Install in the test")
		}
	}
}

// followMocks notes where code gets the spans of such a mock: it goes on with the provider of
// the span, which is the mock's.
func (rw *Run) followMocks() {
	if rw.BreakTests {
		return
	}
	type start struct {
		file *source.File
		pos  token.Pos
		span *flow.Node
	}
	var starts []start
	for _, p := range rw.files {
		if !p.onTwin() {
			continue
		}
		for _, u := range p.Order {
			tracer, call := p.calledOn(u)
			if u.Sym.String() == "opentracing.Tracer.StartSpan" && call != nil && (opentelemetry.IsTwinMock(p.Info.TypeOf(tracer)) || rw.Mocked(p.TracerNode(tracer))) {
				starts = append(starts, start{p.Source, u.Expr.Pos(), p.Result(call, 0)})
			}
		}
	}
	if len(starts) == 0 {
		return
	}
	apart, _ := rw.testsApart()
	var from []*flow.Node
	for _, s := range starts {
		if slices.ContainsFunc(rw.callGraph().tests(s.file, placeAround(s.file, s.pos)), func(test token.Pos) bool {
			_, found := slices.BinarySearch(apart, test)
			return found
		}) {
			from = append(from, s.span)
		}
	}
	rw.FollowSpans(from)
}

// testsApart returns the tests that make a mock of the twin and don't install it, sorted, and
// where the first mock of one is made.
func (rw *Run) testsApart() (apart []token.Pos, at token.Pos) {
	if !slices.ContainsFunc(rw.files, (*File).onTwin) {
		return nil, token.NoPos
	}
	installed := rw.testsThatCall("Install")
	for test, call := range rw.testsThatCall("New") {
		if _, ok := installed[test]; !ok {
			apart = append(apart, test)
			if at == token.NoPos || call < at {
				at = call
			}
		}
	}
	slices.Sort(apart)
	return apart, at
}

// testsThatCall returns the tests that call a function of the twin of mocktracer, with a place
// where it is called.
func (rw *Run) testsThatCall(function string) map[token.Pos]token.Pos {
	tests := make(map[token.Pos]token.Pos)
	for _, p := range rw.files {
		if !p.onTwin() {
			continue
		}
		ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := typeutil.Callee(p.Info, call).(*types.Func); ok && f.FullName() == opentelemetry.MockTwinPath+"."+function {
				for _, test := range rw.callGraph().tests(p.Source, placeAround(p.Source, call.Pos())) {
					if _, ok := tests[test]; !ok {
						tests[test] = call.Pos()
					}
				}
			}
			return true
		})
	}
	return tests
}

// calledOn returns the call that a use of a method is in, and what the method is called on;
// nil where it is not called.
func (p *File) calledOn(u *plan.Use) (ast.Expr, *ast.CallExpr) {
	call, ok := p.Parent[u.Expr].(*ast.CallExpr)
	if !ok || ast.Unparen(call.Fun) != u.Expr || syntax.ReceiverOf(call) == nil {
		return nil, nil
	}
	return syntax.ReceiverOf(call), call
}

// onTwin tells whether the file is a test whose package uses the twin of mocktracer.
func (p *File) onTwin() bool {
	if p.twin == nil {
		p.twin = new(bool)
		for _, obj := range p.Info.Uses {
			if p.Source.Test && obj.Pkg() != nil && obj.Pkg().Path() == opentelemetry.MockTwinPath {
				*p.twin = true
				break
			}
		}
	}
	return *p.twin
}
