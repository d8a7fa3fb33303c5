// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// keepCall makes the site that keeps a statement of calls on a span as it is, on the
// OpenTracing view of the span, where s can't rewrite it:
//
//	compat.OpenTracingSpan(span).LogFields(fields...)
//
// It is the same span, so it gets the same. Of the status this holds for errors without
// a description only.
func (p *File) keepCall(s *plan.Site, call *ast.CallExpr, base ast.Expr, ops []*Op) {
	switch p.Statement(call).(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt:
	default:
		return
	}
	span := p.spanNode(base, ops[0])
	if span == nil || span.Pinned() != nil || opentracing.SoftKind(p.Info.TypeOf(base)) != "Span" {
		return
	}
	k := &plan.Site{File: p.Source, Pos: s.Pos, Symbol: s.Symbol, Rule: s.Rule, Adapter: true, Nodes: []*flow.Node{span}, Instead: s}
	for _, o := range ops {
		if o.Facts&(flow.SetsErrorText|flow.SetsErrorFalse|flow.SetsErrorMaybe|flow.NameError) != 0 || o.Facts&flow.SetsStatus != 0 && o.Keep == nil {
			return
		}
		k.Uses = append(k.Uses, p.UseOf(o.Call.Fun))
		if o.Baggage != 0 {
			k.Baggage = plan.BaggageInSpan
		}
	}
	if s.Refusal != nil { // otherwise s has the error tags
		for _, o := range ops {
			if o.Facts&flow.SetsStatus == 0 {
				continue
			}
			tag := *o
			tag.site, tag.kept = k, true
			p.errorTags = append(p.errorTags, &errorTag{Op: &tag, p: p, span: span, base: base, moment: p.MomentOf(call)})
		}
	}
	s.Kept = k
	p.Sites = append(p.Sites, k)
	p.Wrap(k, base, func(r *edit.Renderer) string {
		return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(base) + ops[0].within + ")"
	})
}
