// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// ErrorTagOp is what the error tag becomes: a status, never an attribute.
func (p *File) ErrorTagOp(kv values.KeyValue) *Op {
	o := p.StatusOp(kv)
	o.Keep = func(r *edit.Renderer, span string) string { return KeptTag(r, span, r.Text(kv.Value)) }
	return o
}

// KeptTag sets the error tag by the OpenTracing view of a span.
func KeptTag(r *edit.Renderer, span, value string) string {
	return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + span + `).SetTag("error", ` + value + ")"
}

func (p *File) StatusOp(kv values.KeyValue) *Op {
	tv := p.Info.Types[kv.Value]
	t := tv.Type
	if kv.Typ != nil {
		t = kv.Typ
	}
	nothing := &Op{tag: true, void: true}
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
		return described(func(r *edit.Renderer) string { return r.Text(kv.Value) })
	case t != nil && syntax.ImplementsError(t) && p.NonNil(kv.Value):
		o := described(func(r *edit.Renderer) string { return r.Operand(kv.Value) + ".Error()" })
		o.formats, o.once = func() bool { return p.MakingOf(kv) != values.Plain }, p.setTag(kv)
		return o
	case t != nil && p.ErrorText(kv.Value):
		return described(func(r *edit.Renderer) string { return r.Text(kv.Value) })
	case t != nil && syntax.IsBool(t):
		return &Op{tag: true, Decides: true, Facts: flow.SetsErrorMaybe, Stmt: func(r *edit.Renderer, span string) string {
			failed := r.Text(kv.Value)
			if !types.Identical(types.Default(p.Info.TypeOf(kv.Value)), types.Typ[types.Bool]) {
				failed = "bool(" + failed + ")"
			}
			return r.Helper("setFailed") + "(" + span + ", " + failed + ")"
		}}
	}
	known := flow.SetsErrorText
	if t == nil || !syntax.ImplementsError(t) {
		known |= flow.SetsErrorMaybe
	}
	return &Op{tag: true, Facts: known, Stmt: p.setTag(kv)}
}

// setTag renders a call that sets the error tag to what a value says at run time.
func (p *File) setTag(kv values.KeyValue) func(r *edit.Renderer, span string) string {
	return func(r *edit.Renderer, span string) string {
		return r.Helper("setTag") + "(" + span + `, "error", ` + r.Text(kv.Value) + ")"
	}
}

func failed() *Op {
	return &Op{tag: true, Decides: true, Facts: flow.SetsErrorTrue, Stmt: func(r *edit.Renderer, span string) string {
		return span + ".SetStatus(" + r.Codes("Error") + `, "")`
	}}
}

func described(text func(r *edit.Renderer) string) *Op {
	return &Op{tag: true, Decides: true, Facts: flow.SetsErrorText, Stmt: func(r *edit.Renderer, span string) string {
		return span + ".SetStatus(" + r.Codes("Error") + ", " + text(r) + ")"
	}}
}

func fine() *Op {
	return &Op{tag: true, Decides: true, Facts: flow.SetsErrorFalse, Stmt: func(r *edit.Renderer, span string) string {
		return span + ".SetStatus(" + r.Codes("Ok") + `, "")`
	}}
}

// logErrorOps handles ext.LogError(span, err, fields…): the exception, its fields
// and the status.
func (p *File) logErrorOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	if len(call.Args) < 2 {
		return nil, nil
	}
	o := &Op{Several: true, Decides: true, Facts: flow.SetsErrorTrue}
	fields := p.fields(call.Args[2:], call.Ellipsis.IsValid(), o)
	err := call.Args[1]
	nonNil := p.NonNil(err)
	if t := p.Info.TypeOf(err); t != nil && !types.IsInterface(t) {
		if _, pointer := t.Underlying().(*types.Pointer); !pointer {
			nonNil = true
		}
	}
	if fields.event != nil || fields.errObject != nil {
		o.refusal = &flow.Pin{Category: RefusedLogField, Pos: call.Pos(), Reason: "the fields of LogError include an event or a second error"}
	}
	fields.errObject, fields.recorded = err, true
	fields.event = &ast.BasicLit{Value: `"error"`, ValuePos: err.Pos()}
	status := func(r *edit.Renderer, span string) string {
		return "\n" + span + ".SetStatus(" + r.Codes("Error") + `, "")`
	}
	open := func(r *edit.Renderer) bool { return fields.isOpen(p.Run.FactsOf(o.site)) }
	o.formats = fields.formats
	o.unstated = func(r *edit.Renderer, span string) string {
		switch {
		case open(r):
			return p.openError(r, span, err, fields)
		case nonNil:
			return fields.call(r, span+".RecordError(", []string{r.Text(err)}, nil)
		}
		return fields.call(r, r.Helper("recordError")+"(", []string{span, r.Text(err)}, nil)
	}
	single := func(r *edit.Renderer, span string) string {
		args := append([]string{r.Text(err)}, fields.attributes(r)...)
		if fields.spread != nil {
			args = append(args, r.Text(fields.spread)+"...")
		}
		return edit.HelperCall(r.Helper("logError"), span, args)
	}
	if !fields.apart && !fields.isOpen(0) {
		o.single = single
	}
	o.Stmt = func(r *edit.Renderer, span string) string {
		if nonNil || open(r) {
			return o.unstated(r, span) + status(r, span)
		}
		return single(r, span)
	}
	o.Keep = func(r *edit.Renderer, span string) string {
		return o.unstated(r, span) + "\n" + KeptTag(r, span, "true")
	}
	if len(call.Args) == 2 {
		o.keepSingle = func(r *edit.Renderer, span string) string {
			return r.Pkg(opentracing.ExtPath) + ".LogError(" + r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + span + "), " + r.Text(err) + ")"
		}
	}
	return call.Args[0], []*Op{o}
}

// openError renders the log of LogError where one of its fields may name another
// event or hold a second error.
func (p *File) openError(r *edit.Renderer, span string, err ast.Expr, fields *fieldSet) string {
	first := []string{r.Attribute("String") + `("event", "error")`, r.Helper("errorField") + "(" + r.Text(err) + ")"}
	if fields.spread == nil {
		return edit.HelperCall(r.Helper("logFields"), span, append(first, fields.logged(r)...))
	}
	return r.Helper("logFields") + "(" + span + ", append([]" + r.Attribute("KeyValue") + "{" + first[0] + ", " + first[1] + "}, " + r.Text(fields.spread) + "...)...)"
}
