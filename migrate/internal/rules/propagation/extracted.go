// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// extractForLegacy handles an Extract whose span context stays OpenTracing:
//
//	sc, err := tracer.Extract(opentracing.TextMap, carrier)
//
// becomes
//
//	remote := otel.GetTextMapPropagator().Extract(context.Background(), carrier)
//	sc := compat.SpanContextFromContext(remote)
//	_, err := remoteSpanContext(remote)
func (p *File) extractForLegacy(s *plan.Site, as *ast.AssignStmt, by propagator, carrier func(*edit.Renderer) string) {
	if p.AssignsExtracted(as.Rhs[0]) == nil {
		return // see borders
	}
	remote := p.FreshIn(p.OutermostFunc(as), "remote")
	p.Edit(s, as, func(r *edit.Renderer) string {
		extracted := by.text(r) + ".Extract(" + r.Pkg("context") + ".Background(), " + carrier(r) + ")"
		assign := func(e ast.Expr) string {
			if id, ok := e.(*ast.Ident); ok && p.Info.Defs[id] != nil {
				return " := "
			}
			return " = "
		}
		sc := r.Text(as.Lhs[0]) + assign(as.Lhs[0]) + r.Compat() + ".SpanContextFromContext("
		if syntax.IsBlank(as.Lhs[1]) {
			return sc + extracted + ")"
		}
		return remote + " := " + extracted + "\n" + sc + remote + ")\n_, " + r.Text(as.Lhs[1]) + assign(as.Lhs[1]) + r.Helper("remoteSpanContext") + "(" + remote + ")"
	})
}

// extractHelpers are the helpers that an earlier run put in the place of an Extract, for its
// results.
var extractHelpers = []string{"remoteSpanContext", "foundSpanContext"}

// extractHelper tells whether a function is one of them.
func (p *File) extractHelper(f *types.Func) bool {
	return f != nil && slices.Contains(extractHelpers, f.Name()) && f.Pkg() == p.Source.Unit.Pkg && f.Parent() == f.Pkg().Scope() &&
		edit.ExistingHelper(p.Source.Unit, f.Name()) != ""
}

// extracts tells whether a call was an Extract before an earlier run.
func (p *File) extracts(call *ast.CallExpr) bool { return p.extractHelper(p.Callee(call)) }

// inHelper tells whether a place is in one of these helpers.
func (p *File) inHelper(e ast.Expr) bool {
	fd, ok := p.OutermostFunc(e).(*ast.FuncDecl)
	if !ok {
		return false
	}
	f, _ := p.Info.Defs[fd.Name].(*types.Func)
	return p.extractHelper(f)
}

// rewrittenExtracts says what the error in such a helper is to the package: the same as when
// the Extracts were there, or this run would decide anew.
func (p *File) rewrittenExtracts() plan.ErrorUse {
	for _, f := range p.Source.Unit.Files {
		file := syntax.NewFile(p.Code, f)
		var calls []*ast.CallExpr
		file.Parents(func(n ast.Node) {
			if call, ok := n.(*ast.CallExpr); ok && p.extractHelper(file.Callee(call)) {
				calls = append(calls, call)
			}
		})
		for _, call := range calls {
			fd, _ := file.OutermostFunc(call).(*ast.FuncDecl)
			if fd != nil && slices.Contains(extractHelpers, fd.Name.Name) {
				continue // one helper that calls another
			}
			if file.HandsErrorOn(call) {
				return plan.ErrorMade
			}
		}
	}
	return plan.ErrorTested
}
