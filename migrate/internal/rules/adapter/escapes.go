// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
)

// planEscapes makes a site of every place where a span or a span context that may be nil
// goes into an empty interface. Code there may compare it with nil, assert its type, or
// print it: it gets the nil that it had.
func (rw *Run) planEscapes() {
	for _, e := range rw.Escapes {
		absent, helper := flow.OriginContext, "spanOrNil"
		if e.Kind == "SpanContext" {
			absent, helper = flow.OriginContext|flow.OriginNil|flow.OriginUnknown, "spanContextOrNil"
		}
		p := rw.files[e.File]
		if e.Kind == "Span" && !e.Tuple && p.besideMock(e.Expr) {
			s := &plan.Site{File: e.File, Pos: e.Expr.Pos(), Symbol: "opentracing.Span", Rule: "assertions"}
			s.Need(e.From)
			rw.Sites = append(rw.Sites, s)
			p.Wrap(s, e.Expr, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.MockTwinPath) + ".SpanOf(" + r.Text(e.Expr) + ")"
			})
			continue
		}
		if e.From.Origin&absent == 0 || p.NonNil(e.Expr) || p.ExtractedBy(e.Expr) {
			continue
		}
		s := &plan.Site{File: e.File, Pos: e.Expr.Pos(), Symbol: "opentracing." + e.Kind, Rule: "nil-tests", AsksNil: e.Kind == "Span", Exact: e.Kind == "Span"}
		s.Need(e.From)
		if e.From.Origin&flow.OriginContext != 0 && e.Kind == "SpanContext" {
			s.Facts |= flow.AsksRemote
		}
		rw.Sites = append(rw.Sites, s)
		if e.Tuple {
			s.Deny(spans.RefusedExpression, e.Expr.Pos(), "it is one of several results of a call and goes into an empty interface, where it may be nil")
			continue
		}
		at := e.Expr
		if call, ok := p.Statement(e.Expr).(*ast.CallExpr); ok && toAny(p.Info, call) {
			at = call // which a helper returns
		}
		p.Wrap(s, at, func(r *edit.Renderer) string { return r.Helper(helper) + "(" + r.Text(e.Expr) + ")" })
	}
}

// besideMock tells whether a call in a test is given a span and, beside it, a MockSpan of the
// twin, as those do that compare the two or their types.
func (p *File) besideMock(span ast.Expr) bool {
	call, ok := p.Statement(span).(*ast.CallExpr)
	return ok && p.Source.Test && slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		return opentelemetry.IsTwinMockSpan(p.Info.TypeOf(arg))
	})
}

// toAny tells whether a call is a conversion to any.
func toAny(info *types.Info, call *ast.CallExpr) bool {
	tv := info.Types[call.Fun]
	if !tv.IsType() {
		return false
	}
	iface, ok := types.Unalias(tv.Type).(*types.Interface)
	return ok && iface.Empty()
}
