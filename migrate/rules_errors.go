// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// errorTagOp is what the error tag becomes: a status, never an attribute.
func (p *planner) errorTagOp(kv keyValue) *op {
	tv := p.info.Types[kv.value]
	t := tv.Type
	if kv.typ != nil {
		t = kv.typ
	}
	nothing := &op{tag: true, stmt: func(*renderer, string) string { return "" }}
	switch {
	case tv.IsNil():
		return nothing
	case tv.Value != nil && tv.Value.Kind() == constant.Bool:
		if constant.BoolVal(tv.Value) {
			return failed(`""`)
		}
		return fine()
	case tv.Value != nil && tv.Value.Kind() == constant.String:
		text := constant.StringVal(tv.Value)
		switch {
		case text == "":
			return nothing
		case strings.EqualFold(text, "true"):
			return failed(`""`)
		case strings.EqualFold(text, "false"):
			return fine()
		}
		return &op{tag: true, kinds: setsErrorTrue, stmt: func(r *renderer, span string) string {
			return span + ".SetStatus(" + r.codes("Error") + ", " + r.text(kv.value) + ")"
		}}
	case t != nil && implementsError(t) && p.nonNil(kv.value):
		return &op{tag: true, kinds: setsErrorTrue, stmt: func(r *renderer, span string) string {
			return span + ".SetStatus(" + r.codes("Error") + ", " + r.operand(kv.value) + ".Error())"
		}}
	case t != nil && p.errorText(kv.value):
		return &op{tag: true, kinds: setsErrorTrue, stmt: func(r *renderer, span string) string {
			return span + ".SetStatus(" + r.codes("Error") + ", " + r.text(kv.value) + ")"
		}}
	}
	kinds := setsErrorTrue
	if t == nil || !implementsError(t) {
		kinds |= setsErrorMaybe
	}
	return &op{tag: true, kinds: kinds, stmt: func(r *renderer, span string) string {
		return r.helper("setTag") + "(" + span + `, "error", ` + r.text(kv.value) + ")"
	}}
}

func failed(text string) *op {
	return &op{tag: true, kinds: setsErrorTrue, stmt: func(r *renderer, span string) string {
		return span + ".SetStatus(" + r.codes("Error") + ", " + text + ")"
	}}
}

func fine() *op {
	return &op{tag: true, kinds: setsErrorFalse, stmt: func(r *renderer, span string) string {
		return span + ".SetStatus(" + r.codes("Ok") + `, "")`
	}}
}

// errorText tells whether an expression is err.Error(), which is no "true", "false"
// or nothing at all.
func (p *planner) errorText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Error" && implementsError(p.info.TypeOf(sel.X))
}

// logErrorOps handles ext.LogError(span, err, fields…): the exception, its fields
// and the status.
func (p *planner) logErrorOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) < 2 {
		return nil, nil
	}
	o := &op{several: true, kinds: setsErrorTrue}
	fields := p.fields(call.Args[2:], call.Ellipsis.IsValid(), o)
	err := call.Args[1]
	nonNil := p.nonNil(err)
	if t := p.info.TypeOf(err); t != nil && !types.IsInterface(t) {
		if _, pointer := t.Underlying().(*types.Pointer); !pointer {
			nonNil = true
		}
	}
	if fields.event != nil || fields.errObject != nil {
		o.refusal = &pin{"log-field", call.Pos(), "an event or a second error is among the fields of LogError"}
	}
	o.stmt = func(r *renderer, span string) string {
		if !nonNil {
			args := append([]string{span, r.text(err)}, fields.attributes(r)...)
			if fields.spread != nil {
				args = append(args, r.text(fields.spread)+"...")
			}
			return list(r.helper("logError")+"(", args, ")")
		}
		args := []string{r.text(err)}
		if attrs := fields.attributes(r); len(attrs) > 0 {
			args = append(args, list(r.trace("WithAttributes")+"(", attrs, ")"))
		} else if fields.spread != nil {
			args = append(args, r.trace("WithAttributes")+"("+r.text(fields.spread)+"...)")
		}
		return list(span+".RecordError(", args, ")") + "\n" + span + ".SetStatus(" + r.codes("Error") + `, "")`
	}
	return call.Args[0], []*op{o}
}
