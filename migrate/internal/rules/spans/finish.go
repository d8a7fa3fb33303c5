// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) finishRows() []plan.Rule {
	return append(append(
		plan.RowsFor("finish", p.SpanCall, p.finishValue, plan.RefusedMethodValue, "opentracing.Span.Finish"),
		plan.RowsFor("finish", p.SpanCall, nil, RefusedFinishOptions, "opentracing.Span.FinishWithOptions")...),
		plan.RowsFor("finish", nil, nil, RefusedFinishOptions, "opentracing.FinishOptions",
			"opentracing.FinishOptions.FinishTime", "opentracing.FinishOptions.LogRecords", "opentracing.FinishOptions.BulkLogData")...)
}

func (p *File) finishOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	return syntax.ReceiverOf(call), []*Op{{Ends: true, Stmt: func(_ *edit.Renderer, span string) string { return span + ".End()" }}}
}

// finishWithOps handles span.FinishWithOptions(opentracing.FinishOptions{…}).
func (p *File) finishWithOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	lit, ok := ast.Unparen(call.Args[0]).(*ast.CompositeLit)
	if !ok || p.SymbolOf(lit.Type) != "opentracing.FinishOptions" {
		return syntax.ReceiverOf(call), []*Op{{Ends: true, refusal: &flow.Pin{Category: RefusedFinishOptions, Pos: call.Pos(), Reason: "the options are made elsewhere"}}}
	}
	end := &Op{Ends: true}
	values, uses := p.Elements(lit, "FinishTime", "LogRecords", "BulkLogData")
	end.uses = uses
	when := values[0]
	records, known := p.records(values[1], "opentracing.LogRecord", end, p.logRecord)
	bulk, bulkKnown := p.records(values[2], "opentracing.LogData", end, p.logData)
	if !known || !bulkKnown {
		return syntax.ReceiverOf(call), []*Op{{Ends: true, refusal: &flow.Pin{Category: RefusedFinishOptions, Pos: call.Pos(), Reason: "the options are made elsewhere"}}}
	}
	end.Stmt = func(r *edit.Renderer, span string) string {
		if when == nil {
			return span + ".End()"
		}
		return span + ".End(" + r.Trace("WithTimestamp") + "(" + r.Text(when) + "))"
	}
	return syntax.ReceiverOf(call), append(append(records, bulk...), end)
}

// records takes apart a slice of log records that is written out, each by the given
// function. No slice, or nil, has none.
func (p *File) records(e ast.Expr, symbol string, end *Op, each func(ast.Expr) (*Op, bool)) (ops []*Op, ok bool) {
	if e == nil || p.IsNil(e) {
		return nil, true
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	array, ok := lit.Type.(*ast.ArrayType)
	if !ok || p.SymbolOf(array.Elt) != symbol {
		return nil, false
	}
	end.uses = append(end.uses, p.UseOf(array.Elt))
	for _, elt := range lit.Elts {
		o, ok := each(elt)
		if !ok {
			return nil, false
		}
		ops = append(ops, o)
	}
	return ops, true
}

// logRecord takes apart opentracing.LogRecord{Timestamp: t, Fields: …}.
func (p *File) logRecord(e ast.Expr) (*Op, bool) {
	rec, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	values, uses := p.Elements(rec, "Timestamp", "Fields")
	o := &Op{uses: uses}
	var args []ast.Expr
	if values[1] != nil && !p.IsNil(values[1]) {
		lit, ok := values[1].(*ast.CompositeLit)
		if !ok {
			return nil, false
		}
		if array, ok := lit.Type.(*ast.ArrayType); ok && p.UseOf(array.Elt) != nil {
			o.uses = append(o.uses, p.UseOf(array.Elt))
		}
		args = lit.Elts
	}
	p.logOp(o, p.fields(args, false, o), values[0])
	return o, true
}

// finishValue handles span.Finish as a value: t.Cleanup(span.Finish). The span is
// bound where the value is made.
func (p *File) finishValue(u *plan.Use) {
	sel, ok := u.Expr.(*ast.SelectorExpr)
	if !ok || p.Info.Selections[sel] == nil {
		return
	}
	if p.IsMethodExpr(sel) {
		p.finishFunction(u, sel)
		return
	}
	s := p.Site(u, p.Receiver(sel))
	if v := p.Variable(sel.X); v != nil && p.Assignments(p.EnclosingFunc(sel), v) == 1 {
		p.Edit(s, sel, func(r *edit.Renderer) string { return "func() { " + r.Text(sel.X) + ".End() }" })
		return
	}
	p.Edit(s, sel, func(r *edit.Renderer) string { return r.Helper("endFunc") + "(" + r.Text(sel.X) + ")" })
}

// finishFunction handles opentracing.Span.Finish as a function.
func (p *File) finishFunction(u *plan.Use, sel *ast.SelectorExpr) {
	span := p.UseOf(sel.X)
	if span == nil || span.Sym.String() != "opentracing.Span" {
		return
	}
	s := p.Site(u, p.Expr(sel))
	p.Take(s, span)
	p.Edit(s, sel, func(r *edit.Renderer) string { return "func(span " + r.Trace("Span") + ") { span.End() }" })
}
