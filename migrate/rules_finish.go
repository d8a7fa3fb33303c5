// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/ast"

func (p *spanFile) finishRows() []rule {
	return append(append(
		rowsFor("finish", p.spanCall, p.finishValue, "method-value", "opentracing.Span.Finish"),
		rowsFor("finish", p.spanCall, nil, "finish-options", "opentracing.Span.FinishWithOptions")...),
		rowsFor("finish", nil, nil, "finish-options", "opentracing.FinishOptions",
			"opentracing.FinishOptions.FinishTime", "opentracing.FinishOptions.LogRecords", "opentracing.FinishOptions.BulkLogData")...)
}

func (p *spanFile) finishOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{{ends: true, stmt: func(_ *renderer, span string) string { return span + ".End()" }}}
}

// finishWithOps handles span.FinishWithOptions(opentracing.FinishOptions{…}).
func (p *spanFile) finishWithOps(call *ast.CallExpr) (ast.Expr, []*op) {
	lit, ok := ast.Unparen(call.Args[0]).(*ast.CompositeLit)
	if !ok || p.symbolOf(lit.Type) != "opentracing.FinishOptions" {
		return receiverOf(call), []*op{{ends: true, refusal: &pin{"finish-options", call.Pos(), "the options are put together elsewhere"}}}
	}
	end := &op{ends: true}
	values, uses := p.elements(lit, "FinishTime", "LogRecords", "BulkLogData")
	end.uses = uses
	when := values[0]
	records, known := p.records(values[1], "opentracing.LogRecord", end, p.logRecord)
	bulk, bulkKnown := p.records(values[2], "opentracing.LogData", end, p.logData)
	if !known || !bulkKnown {
		return receiverOf(call), []*op{{ends: true, refusal: &pin{"finish-options", call.Pos(), "the options are put together elsewhere"}}}
	}
	end.stmt = func(r *renderer, span string) string {
		if when == nil {
			return span + ".End()"
		}
		return span + ".End(" + r.trace("WithTimestamp") + "(" + r.text(when) + "))"
	}
	return receiverOf(call), append(append(records, bulk...), end)
}

// records takes apart a slice of log records that is written out, each by the given
// function. No slice, or nil, has none.
func (p *spanFile) records(e ast.Expr, symbol string, end *op, each func(ast.Expr) (*op, bool)) (ops []*op, ok bool) {
	if e == nil || p.isNil(e) {
		return nil, true
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	array, ok := lit.Type.(*ast.ArrayType)
	if !ok || p.symbolOf(array.Elt) != symbol {
		return nil, false
	}
	end.uses = append(end.uses, p.useOf(array.Elt))
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
func (p *spanFile) logRecord(e ast.Expr) (*op, bool) {
	rec, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	values, uses := p.elements(rec, "Timestamp", "Fields")
	o := &op{uses: uses}
	var args []ast.Expr
	if values[1] != nil && !p.isNil(values[1]) {
		lit, ok := values[1].(*ast.CompositeLit)
		if !ok {
			return nil, false
		}
		if array, ok := lit.Type.(*ast.ArrayType); ok && p.useOf(array.Elt) != nil {
			o.uses = append(o.uses, p.useOf(array.Elt))
		}
		args = lit.Elts
	}
	p.logOp(o, p.fields(args, false, o), values[0])
	return o, true
}

// finishValue handles span.Finish as a value: t.Cleanup(span.Finish). The span is
// bound where the value is made.
func (p *spanFile) finishValue(u *use) {
	sel, ok := u.expr.(*ast.SelectorExpr)
	if !ok || p.info.Selections[sel] == nil {
		return
	}
	if p.isMethodExpr(sel) {
		p.finishFunction(u, sel)
		return
	}
	s := p.site(u, p.receiver(sel))
	if v := p.variable(sel.X); v != nil && p.assignments(p.enclosingFunc(sel), v) == 1 {
		p.edit(s, sel, func(r *renderer) string { return "func() { " + r.text(sel.X) + ".End() }" })
		return
	}
	p.edit(s, sel, func(r *renderer) string { return r.helper("endFunc") + "(" + r.text(sel.X) + ")" })
}

// finishFunction handles opentracing.Span.Finish as a function.
func (p *spanFile) finishFunction(u *use, sel *ast.SelectorExpr) {
	span := p.useOf(sel.X)
	if span == nil || span.sym.String() != "opentracing.Span" {
		return
	}
	s := p.site(u, p.expr(sel))
	p.take(s, span)
	p.edit(s, sel, func(r *renderer) string { return "func(span " + r.trace("Span") + ") { span.End() }" })
}
