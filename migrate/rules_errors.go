// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// errorTagOp is what the error tag becomes: a status, never an attribute.
func (p *spanFile) errorTagOp(kv keyValue) *op {
	o := p.statusOp(kv)
	o.keep = func(r *renderer, span string) string { return keptTag(r, span, r.text(kv.value)) }
	return o
}

// keptTag sets the error tag by the OpenTracing view of a span.
func keptTag(r *renderer, span, value string) string {
	return r.pkg(compatPath) + ".OpenTracingSpan(" + span + `).SetTag("error", ` + value + ")"
}

func (p *spanFile) statusOp(kv keyValue) *op {
	tv := p.info.Types[kv.value]
	t := tv.Type
	if kv.typ != nil {
		t = kv.typ
	}
	nothing := &op{tag: true, void: true}
	switch {
	case tv.IsNil():
		return nothing
	case tv.Value != nil && tv.Value.Kind() == constant.Bool:
		if constant.BoolVal(tv.Value) {
			return failed()
		}
		return fine()
	case tv.Value != nil && tv.Value.Kind() == constant.String:
		text := constant.StringVal(tv.Value)
		switch {
		case text == "":
			return nothing
		case strings.EqualFold(text, "true"):
			return failed()
		case strings.EqualFold(text, "false"):
			return fine()
		}
		return described(func(r *renderer) string { return r.text(kv.value) })
	case t != nil && implementsError(t) && p.nonNil(kv.value):
		return described(func(r *renderer) string { return r.operand(kv.value) + ".Error()" })
	case t != nil && p.errorText(kv.value):
		return described(func(r *renderer) string { return r.text(kv.value) })
	case t != nil && isBool(t):
		return &op{tag: true, decides: true, facts: setsErrorMaybe, stmt: func(r *renderer, span string) string {
			failed := r.text(kv.value)
			if !types.Identical(types.Default(p.info.TypeOf(kv.value)), types.Typ[types.Bool]) {
				failed = "bool(" + failed + ")"
			}
			return r.helper("setFailed") + "(" + span + ", " + failed + ")"
		}}
	}
	known := setsErrorText
	if t == nil || !implementsError(t) {
		known |= setsErrorMaybe
	}
	return &op{tag: true, facts: known, stmt: func(r *renderer, span string) string {
		return r.helper("setTag") + "(" + span + `, "error", ` + r.text(kv.value) + ")"
	}}
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0 && !hasMethod(t, "String") && !hasMethod(t, "Error") && !hasMethod(t, "Format")
}

func failed() *op {
	return &op{tag: true, decides: true, facts: setsErrorTrue, stmt: func(r *renderer, span string) string {
		return span + ".SetStatus(" + r.codes("Error") + `, "")`
	}}
}

func described(text func(r *renderer) string) *op {
	return &op{tag: true, decides: true, facts: setsErrorText, stmt: func(r *renderer, span string) string {
		return span + ".SetStatus(" + r.codes("Error") + ", " + text(r) + ")"
	}}
}

func fine() *op {
	return &op{tag: true, decides: true, facts: setsErrorFalse, stmt: func(r *renderer, span string) string {
		return span + ".SetStatus(" + r.codes("Ok") + `, "")`
	}}
}

// errorText tells whether an expression is err.Error(), which is no "true", "false"
// or nothing at all.
func (p *syntaxFile) errorText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Error" && implementsError(p.info.TypeOf(sel.X))
}

// logErrorOps handles ext.LogError(span, err, fields…): the exception, its fields
// and the status.
func (p *spanFile) logErrorOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) < 2 {
		return nil, nil
	}
	o := &op{several: true, decides: true, facts: setsErrorTrue}
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
	fields.errObject, fields.recorded = err, true
	fields.event = &ast.BasicLit{Value: `"error"`, ValuePos: err.Pos()}
	status := func(r *renderer, span string) string {
		return "\n" + span + ".SetStatus(" + r.codes("Error") + `, "")`
	}
	open := func(r *renderer) bool { return fields.isOpen(p.run.factsOf(o.site)) }
	o.unstated = func(r *renderer, span string) string {
		switch {
		case open(r):
			return p.openError(r, span, err, fields)
		case nonNil:
			return fields.call(r, span+".RecordError(", []string{r.text(err)}, nil)
		}
		return fields.call(r, r.helper("recordError")+"(", []string{span, r.text(err)}, nil)
	}
	single := func(r *renderer, span string) string {
		args := append([]string{r.text(err)}, fields.attributes(r)...)
		if fields.spread != nil {
			args = append(args, r.text(fields.spread)+"...")
		}
		return helperCall(r.helper("logError"), span, args)
	}
	if !fields.apart && !fields.isOpen(0) {
		o.single = single
	}
	o.stmt = func(r *renderer, span string) string {
		if nonNil || open(r) {
			return o.unstated(r, span) + status(r, span)
		}
		return single(r, span)
	}
	o.keep = func(r *renderer, span string) string {
		return o.unstated(r, span) + "\n" + keptTag(r, span, "true")
	}
	if len(call.Args) == 2 {
		o.keepSingle = func(r *renderer, span string) string {
			return r.pkg(ExtPath) + ".LogError(" + r.pkg(compatPath) + ".OpenTracingSpan(" + span + "), " + r.text(err) + ")"
		}
	}
	return call.Args[0], []*op{o}
}

// openError renders the log of LogError where one of its fields may name another
// event or hold a second error.
func (p *spanFile) openError(r *renderer, span string, err ast.Expr, fields *fieldSet) string {
	first := []string{r.attribute("String") + `("event", "error")`, r.helper("errorField") + "(" + r.text(err) + ")"}
	if fields.spread == nil {
		return helperCall(r.helper("logFields"), span, append(first, fields.logged(r)...))
	}
	return r.helper("logFields") + "(" + span + ", append([]" + r.attribute("KeyValue") + "{" + first[0] + ", " + first[1] + "}, " + r.text(fields.spread) + "...)...)"
}
