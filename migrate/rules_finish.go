// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

func finishRules() []rule {
	return append(append(
		rowsFor("finish", (*planner).spanCall, (*planner).finishValue, "method-value", "opentracing.Span.Finish"),
		rowsFor("finish", (*planner).spanCall, nil, "finish-options", "opentracing.Span.FinishWithOptions")...),
		rowsFor("finish", nil, nil, "finish-options", "opentracing.FinishOptions",
			"opentracing.FinishOptions.FinishTime", "opentracing.FinishOptions.LogRecords", "opentracing.FinishOptions.BulkLogData")...)
}

func (p *planner) finishOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{{ends: true, stmt: func(_ *renderer, span string) string { return span + ".End()" }}}
}

// finishWithOps handles span.FinishWithOptions(opentracing.FinishOptions{…}).
func (p *planner) finishWithOps(call *ast.CallExpr) (ast.Expr, []*op) {
	lit, ok := ast.Unparen(call.Args[0]).(*ast.CompositeLit)
	if !ok || p.symbolOf(lit.Type) != "opentracing.FinishOptions" {
		return receiverOf(call), []*op{p.keepOp(call, "FinishWithOptions")}
	}
	end := &op{ends: true}
	end.uses = append(end.uses, p.useOf(lit.Type))
	var when ast.Expr
	var ops []*op
	for i, elt := range lit.Elts {
		name, value := [...]string{"FinishTime", "LogRecords", "BulkLogData"}[i], elt
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			id := pair.Key.(*ast.Ident)
			name, value = id.Name, pair.Value
			end.uses = append(end.uses, p.uses[id])
		}
		switch {
		case name == "FinishTime":
			when = value
		case p.isNil(value):
		case name == "LogRecords":
			records, ok := p.logRecords(value, end)
			if !ok {
				return receiverOf(call), []*op{p.keepOp(call, "FinishWithOptions")}
			}
			ops = append(ops, records...)
		default:
			return receiverOf(call), []*op{p.keepOp(call, "FinishWithOptions")}
		}
	}
	end.stmt = func(r *renderer, span string) string {
		if when == nil {
			return span + ".End()"
		}
		return span + ".End(" + r.trace("WithTimestamp") + "(" + r.text(when) + "))"
	}
	return receiverOf(call), append(ops, end)
}

// logRecords handles []opentracing.LogRecord{{Timestamp: t, Fields: …}, …}.
func (p *planner) logRecords(e ast.Expr, end *op) ([]*op, bool) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	array, ok := lit.Type.(*ast.ArrayType)
	if !ok || p.symbolOf(array.Elt) != "opentracing.LogRecord" {
		return nil, false
	}
	end.uses = append(end.uses, p.useOf(array.Elt))
	var ops []*op
	for _, elt := range lit.Elts {
		rec, ok := elt.(*ast.CompositeLit)
		if !ok {
			return nil, false
		}
		if rec.Type != nil {
			end.uses = append(end.uses, p.useOf(rec.Type))
		}
		var when, fields ast.Expr
		for i, elt := range rec.Elts {
			value := elt
			isTime := i == 0
			if pair, ok := elt.(*ast.KeyValueExpr); ok {
				id := pair.Key.(*ast.Ident)
				isTime, value = id.Name == "Timestamp", pair.Value
				end.uses = append(end.uses, p.uses[id])
			}
			if isTime {
				when = value
			} else {
				fields = value
			}
		}
		o := &op{}
		set := &fieldSet{p: p}
		if fl, ok := fields.(*ast.CompositeLit); ok {
			if array, ok := fl.Type.(*ast.ArrayType); ok {
				if u := p.useOf(array.Elt); u != nil {
					end.uses = append(end.uses, u)
				}
			}
			set = p.fields(fl.Elts, false, o)
		} else if fields != nil {
			return nil, false
		}
		p.logOp(o, set)
		if when != nil {
			inner := o.stmt
			o.stmt = func(r *renderer, span string) string {
				return addArgument(inner(r, span), r.trace("WithTimestamp")+"("+r.text(when)+")")
			}
		}
		ops = append(ops, o)
	}
	return ops, true
}

// addArgument puts one more argument into a rendered call.
func addArgument(call, arg string) string {
	call = strings.TrimSuffix(call, ")")
	if strings.HasSuffix(call, "\n") {
		return call + arg + ",\n)"
	}
	return call + ", " + arg + ")"
}

// finishValue handles span.Finish as a value: t.Cleanup(span.Finish).
func (p *planner) finishValue(u *use) {
	sel, ok := u.expr.(*ast.SelectorExpr)
	if !ok || p.info.Selections[sel] == nil || p.info.Selections[sel].Kind() != types.MethodVal {
		return
	}
	s := p.site(u, p.receiver(sel))
	v := p.variable(sel.X)
	if v == nil || p.assignments(p.enclosingFunc(sel), v) != 1 {
		s.deny("method-value", sel.Pos(), "the span is bound here and the variable may hold another one later")
		return
	}
	p.edit(s, sel, func(r *renderer) string { return "func() { " + r.text(sel.X) + ".End() }" })
}

// keepOp keeps a call as it is, on the same span seen through OpenTracing.
func (p *planner) keepOp(call *ast.CallExpr, method string) *op {
	return &op{adapter: true, ends: strings.HasPrefix(method, "Finish"), stmt: func(r *renderer, span string) string {
		var args []string
		for _, a := range call.Args {
			args = append(args, r.text(a))
		}
		dots := ""
		if call.Ellipsis.IsValid() {
			dots = "..."
		}
		return r.pkg(compatPath) + ".OpenTracingSpan(" + span + ")." + method + "(" + strings.Join(args, ", ") + dots + ")"
	}}
}
