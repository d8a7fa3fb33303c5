// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
)

// planHeaders refuses what code does by the tracer of a test that makes a mock of the twin,
// and does not install it: Inject and Extract, and starts by the tracer of a span. Rewritten
// code does that by OpenTelemetry's global propagator and provider, which are none in such a
// test.
func (rw *Run) planHeaders() {
	carries := func(s *plan.Site) bool {
		return !s.File.Test && slices.ContainsFunc(s.Uses, func(u *plan.Use) bool {
			switch u.Sym.String() {
			case "opentracing.Tracer.Inject", "opentracing.Tracer.Extract", "opentracing.Span.Tracer":
				return true
			}
			return false
		})
	}
	if rw.BreakTests || !slices.ContainsFunc(rw.Sites, carries) || !slices.ContainsFunc(rw.files, (*File).onTwin) {
		return
	}
	calls := newCallGraph(rw.Graph)
	installed := rw.testsThatCall(calls, "Install")
	made := rw.testsThatCall(calls, "New")
	var roots []token.Pos
	at := token.NoPos // of the first mock
	for test, call := range made {
		if _, ok := installed[test]; !ok {
			roots = append(roots, test)
			if at == token.NoPos || call < at {
				at = call
			}
		}
	}
	slices.Sort(roots)
	reached := calls.reach(roots)
	for _, s := range rw.Sites {
		if carries(s) && reached[calls.place(placeAround(s.File, s.Pos))] {
			s.Deny(adapter.RefusedTestTracer, at, "a test makes a mock that is not installed, and rewritten code propagates, and starts spans under another one, by OpenTelemetry's globals; call mocktracer.Install in the test")
		}
	}
}

// testsThatCall returns the tests that call a function of the twin of mocktracer, with a place
// where it is called.
func (rw *Run) testsThatCall(calls *callGraph, function string) map[token.Pos]token.Pos {
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
				for _, test := range calls.tests(p.Source, placeAround(p.Source, call.Pos())) {
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
