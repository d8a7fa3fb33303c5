// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) logRows() []plan.Rule {
	var all []plan.Rule
	all = append(all, plan.RowsFor("logs", nil, nil, RefusedLogEncoder, "log.Lazy")...)
	all = append(all, plan.RowsFor("logs", p.interleavedCall, p.interleaved, RefusedLogField, "log.InterleavedKVToFields")...)
	all = append(all, plan.RowsFor("logs", p.SpanCall, nil, plan.RefusedMethodValue,
		"opentracing.Span.LogFields", "opentracing.Span.LogKV", "opentracing.Span.LogEvent",
		"opentracing.Span.LogEventWithPayload", "ext.LogError")...)
	all = append(all, plan.RowsFor("logs", p.SpanCall, nil, RefusedDeprecatedLog, "opentracing.Span.Log")...)
	return append(all, plan.RowsFor("logs", p.fieldValue, p.fieldFunction, RefusedLogField,
		"log.String", "log.Bool", "log.Int", "log.Int32", "log.Int64", "log.Uint32", "log.Uint64",
		"log.Float32", "log.Float64", "log.Object", "log.Error", "log.Message", "log.Event", "log.Noop")...)
}

func (p *File) logFieldsOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	o := &Op{}
	set := p.fields(call.Args, call.Ellipsis.IsValid(), o)
	p.logOp(o, set, nil)
	return syntax.ReceiverOf(call), []*Op{o}
}

func (p *File) logKVOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	o := &Op{}
	if call.Ellipsis.IsValid() || len(call.Args) == 1 && syntax.IsAnySlice(p.Info.TypeOf(call.Args[0])) {
		o.Stmt = func(r *edit.Renderer, span string) string {
			dots := ""
			if call.Ellipsis.IsValid() {
				dots = "..."
			}
			return r.Helper("logKV") + "(" + span + ", " + r.Text(call.Args[0]) + dots + ")"
		}
		return syntax.ReceiverOf(call), []*Op{o}
	}
	set := &fieldSet{p: p, op: o}
	if len(call.Args)%2 != 0 {
		p.opRefuse(o, RefusedLogPairs, call, "a key has no value, and OpenTracing records that as an error on the span")
		return syntax.ReceiverOf(call), []*Op{o}
	}
	for i := 0; i < len(call.Args); i += 2 {
		kv := p.TagKey(call.Args[i])
		kv.Value = call.Args[i+1]
		if t, ok := p.Info.TypeOf(call.Args[i]).(*types.Basic); !kv.Known && (!ok || t.Info()&types.IsString == 0) {
			p.opRefuse(o, RefusedLogPairs, call.Args[i], "a key is not a text")
		}
		set.add(kv)
	}
	p.logOp(o, set, nil)
	if o.refusal == nil && set.isOpen(0) && !set.isPlain() {
		o.formats = nil
		o.Stmt = func(r *edit.Renderer, span string) string {
			return edit.HelperCall(r.Helper("logKV"), span, set.pairs(r, true))
		}
	}
	return syntax.ReceiverOf(call), []*Op{o}
}

// logOp fills an op with what a log becomes: an event, or a recorded error. when is
// its time, nil for now.
func (p *File) logOp(o *Op, set *fieldSet, when ast.Expr) {
	if when != nil && (set.apart || set.isOpen(0)) {
		p.opRefuse(o, RefusedDeprecatedLog, when, "the log has its own timestamp, and only the run time shows what it becomes")
	}
	nonNil := set.errObject != nil && (p.NonNil(set.errObject) || set.speaks())
	switch {
	case set.failed():
		set.recorded = set.errObject != nil
	case p.Opts.RecordErrors && set.event == nil && nonNil:
		set.recorded = true
		o.note = "recorded as an exception, because of -record-errors"
	}
	o.formats = set.formats
	if name := set.fixedName(); when == nil && name != "" && set.isAsGiven() && !set.isOpen(0) && !set.recorded {
		o.once = func(r *edit.Renderer, span string) string {
			return edit.HelperCall(r.Helper("logPairs"), span+", "+name, set.pairs(r, false))
		}
	}
	o.Stmt = func(r *edit.Renderer, span string) string {
		switch text := set.onlyText(); {
		case !set.isOpen(p.Run.FactsOf(o.site)):
		case text != nil:
			return r.Helper("logText") + "(" + span + ", " + p.KeyText(r, text.KeyValue) + ", " + r.Text(text.Value) + ")"
		default:
			return edit.HelperCall(r.Helper("logFields"), span, set.logged(r))
		}
		switch {
		case set.recorded && nonNil:
			return set.call(r, span+".RecordError(", []string{r.Text(set.errObject)}, when)
		case set.recorded:
			return set.call(r, r.Helper("recordError")+"(", []string{span, r.Text(set.errObject)}, when)
		case set.failed():
			return set.call(r, span+".AddEvent(", []string{`"exception"`}, when)
		case set.event != nil && p.Constant(set.event) == "":
			return set.call(r, r.Helper("addEvent")+"(", []string{span, r.Text(set.event)}, when)
		}
		name := `"log"`
		if set.event != nil {
			name = r.Text(set.event)
		}
		return set.call(r, span+".AddEvent(", []string{name}, when)
	}
}

func (p *File) logEventOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	return syntax.ReceiverOf(call), []*Op{p.eventOp(call.Args[0], nil, nil)}
}

func (p *File) logPayloadOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	if len(call.Args) != 2 {
		return syntax.ReceiverOf(call), []*Op{{refusal: &flow.Pin{Category: RefusedSpreadArguments, Pos: call.Pos(), Reason: "its arguments come from one call"}}}
	}
	return syntax.ReceiverOf(call), []*Op{p.eventOp(call.Args[0], call.Args[1], nil)}
}

// eventOp is a log of the form that OpenTracing deprecated: an event and a payload,
// which may be nil.
func (p *File) eventOp(event, payload, when ast.Expr) *Op {
	o := &Op{}
	set := &fieldSet{p: p, op: o}
	if event != nil {
		set.add(values.KeyValue{Name: "event", Known: true, Value: event, Typ: types.Typ[types.String]})
	}
	if payload != nil && !p.IsNil(payload) {
		set.add(values.KeyValue{Name: "payload", Known: true, Value: payload})
	}
	p.logOp(o, set, when)
	if payload != nil && types.IsInterface(p.Info.TypeOf(payload)) {
		if when != nil {
			p.opRefuse(o, RefusedDeprecatedLog, payload, "the log has its own timestamp, and its payload may be nil")
		}
		o.formats = nil
		o.Stmt = func(r *edit.Renderer, span string) string {
			name := `""`
			if event != nil {
				name = r.Text(event)
			}
			return r.Helper("logPayload") + "(" + span + ", " + name + ", " + r.Text(payload) + ")"
		}
	}
	return o
}

// isPlain tells whether all fields are texts, numbers and bools of known types, of which
// attributes are made without a look at the value.
func (f *fieldSet) isPlain() bool {
	return !slices.ContainsFunc(f.fields, func(fd field) bool {
		t := f.p.ValueType(fd.KeyValue)
		return !syntax.IsText(t) && !syntax.IsNumber(t)
	})
}

// onlyText returns the only field of a log, if that is a text.
func (f *fieldSet) onlyText() *field {
	if len(f.fields) != 1 || f.spread != nil || f.fields[0].Value == nil || !syntax.IsText(f.p.ValueType(f.fields[0].KeyValue)) {
		return nil
	}
	return &f.fields[0]
}

// logDataOps handles span.Log(opentracing.LogData{…}).
func (p *File) logDataOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	o, ok := p.logData(call.Args[0])
	if !ok {
		o = &Op{refusal: &flow.Pin{Category: RefusedDeprecatedLog, Pos: call.Pos(), Reason: "the record is made elsewhere"}}
	}
	return syntax.ReceiverOf(call), []*Op{o}
}

// logData takes apart a LogData that is written out, with or without its type.
func (p *File) logData(e ast.Expr) (*Op, bool) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || lit.Type != nil && p.SymbolOf(lit.Type) != "opentracing.LogData" {
		return nil, false
	}
	values, uses := p.Elements(lit, "Timestamp", "Event", "Payload")
	o := p.eventOp(values[1], values[2], values[0])
	o.uses = append(o.uses, uses...)
	return o, true
}
