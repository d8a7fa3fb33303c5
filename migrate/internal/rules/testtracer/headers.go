// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
)

// planHeaders refuses Inject and Extract of code that a test hands a mock of the twin, and
// does not install it: rewritten code propagates by OpenTelemetry's global propagator, which
// is none in such a test.
func (rw *Run) planHeaders() {
	carries := func(s *plan.Site) bool {
		return !s.File.Test && slices.ContainsFunc(s.Uses, func(u *plan.Use) bool {
			return u.Sym.String() == "opentracing.Tracer.Inject" || u.Sym.String() == "opentracing.Tracer.Extract"
		})
	}
	if rw.BreakTests || !slices.ContainsFunc(rw.Sites, carries) {
		return
	}
	var handed []*flow.Border
	for _, b := range rw.Borders {
		if b.Kind == "Tracer" && b.In && b.File.Test && opentelemetry.IsTwinMock(b.File.Unit.Info.TypeOf(b.Expr)) {
			handed = append(handed, b)
		}
	}
	if len(handed) == 0 {
		return
	}
	calls := newCallGraph(rw.Graph)
	installed := rw.installed(calls)
	var roots []token.Pos
	var first *flow.Border
	for _, b := range handed {
		for _, test := range calls.tests(b.File, placeAround(b.File, b.Expr.Pos())) {
			if !installed[test] {
				roots = append(roots, test)
				first = cmp.Or(first, b)
			}
		}
	}
	reached := calls.reach(roots)
	for _, s := range rw.Sites {
		if carries(s) && reached[calls.place(placeAround(s.File, s.Pos))] {
			s.Deny(adapter.RefusedTestTracer, first.Expr.Pos(), "a test hands in a mock, and rewritten code writes and reads headers by OpenTelemetry's global propagator; call mocktracer.Install in the test")
		}
	}
}

// installed returns the tests that install a mock of the twin.
func (rw *Run) installed(calls *callGraph) map[token.Pos]bool {
	tests := make(map[token.Pos]bool)
	for _, p := range rw.files {
		if !p.onTwin() {
			continue
		}
		ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := typeutil.Callee(p.Info, call).(*types.Func); ok && f.FullName() == opentelemetry.MockTwinPath+".Install" {
				for _, test := range calls.tests(p.Source, placeAround(p.Source, call.Pos())) {
					tests[test] = true
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
