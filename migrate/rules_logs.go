// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
)

func (p *spanFile) logRows() []rule {
	var all []rule
	all = append(all, rowsFor("logs", nil, nil, "log-encoder", "log.Lazy")...)
	all = append(all, rowsFor("logs", p.interleavedCall, p.interleaved, "log-field", "log.InterleavedKVToFields")...)
	all = append(all, rowsFor("logs", p.spanCall, nil, "method-value",
		"opentracing.Span.LogFields", "opentracing.Span.LogKV", "opentracing.Span.LogEvent",
		"opentracing.Span.LogEventWithPayload", "ext.LogError")...)
	all = append(all, rowsFor("logs", p.spanCall, nil, "deprecated-log", "opentracing.Span.Log")...)
	return append(all, rowsFor("logs", p.fieldValue, p.fieldFunction, "log-field",
		"log.String", "log.Bool", "log.Int", "log.Int32", "log.Int64", "log.Uint32", "log.Uint64",
		"log.Float32", "log.Float64", "log.Object", "log.Error", "log.Message", "log.Event", "log.Noop")...)
}

func (p *spanFile) logFieldsOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	set := p.fields(call.Args, call.Ellipsis.IsValid(), o)
	p.logOp(o, set, nil)
	return receiverOf(call), []*op{o}
}

func (p *spanFile) logKVOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	if call.Ellipsis.IsValid() || len(call.Args) == 1 && isAnySlice(p.info.TypeOf(call.Args[0])) {
		o.stmt = func(r *renderer, span string) string {
			dots := ""
			if call.Ellipsis.IsValid() {
				dots = "..."
			}
			return r.helper("logKV") + "(" + span + ", " + r.text(call.Args[0]) + dots + ")"
		}
		return receiverOf(call), []*op{o}
	}
	set := &fieldSet{p: p, op: o}
	if len(call.Args)%2 != 0 {
		p.opRefuse(o, "log-pairs", call, "a key has no value, which is recorded as an error on the span")
		return receiverOf(call), []*op{o}
	}
	for i := 0; i < len(call.Args); i += 2 {
		kv := p.tagKey(call.Args[i])
		kv.value = call.Args[i+1]
		if t, ok := p.info.TypeOf(call.Args[i]).(*types.Basic); !kv.known && (!ok || t.Info()&types.IsString == 0) {
			p.opRefuse(o, "log-pairs", call.Args[i], "a key is not a text")
		}
		set.add(kv)
	}
	p.logOp(o, set, nil)
	if o.refusal == nil && set.isOpen(0) && !set.isPlain() {
		o.stmt = func(r *renderer, span string) string {
			var pairs []string
			for _, fd := range set.fields {
				pairs = append(pairs, p.keyText(r, fd.keyValue)+", "+r.text(fd.value))
			}
			return helperCall(r.helper("logKV"), span, pairs)
		}
	}
	return receiverOf(call), []*op{o}
}

// isAnySlice tells whether a type is []any: the pairs of another variadic function.
func isAnySlice(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	i, ok := s.Elem().Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// logOp fills an op with what a log becomes: an event, or a recorded error. when is
// its time, nil for now.
func (p *spanFile) logOp(o *op, set *fieldSet, when ast.Expr) {
	if when != nil && (set.apart || set.isOpen(0)) {
		p.opRefuse(o, "deprecated-log", when, "the log has a time of its own, and what it becomes is known at run time only")
	}
	nonNil := set.errObject != nil && (p.nonNil(set.errObject) || set.speaks())
	switch {
	case set.failed():
		set.recorded = set.errObject != nil
	case p.opts.RecordErrors && set.event == nil && nonNil:
		set.recorded = true
		o.note = "recorded as an exception by request"
	}
	o.stmt = func(r *renderer, span string) string {
		switch text := set.onlyText(); {
		case !set.isOpen(p.run.factsOf(o.site)):
		case text != nil:
			return r.helper("logText") + "(" + span + ", " + p.keyText(r, text.keyValue) + ", " + r.text(text.value) + ")"
		default:
			return helperCall(r.helper("logFields"), span, set.logged(r))
		}
		switch {
		case set.recorded && nonNil:
			return set.call(r, span+".RecordError(", []string{r.text(set.errObject)}, when)
		case set.recorded:
			return set.call(r, r.helper("recordError")+"(", []string{span, r.text(set.errObject)}, when)
		case set.failed():
			return set.call(r, span+".AddEvent(", []string{`"exception"`}, when)
		case set.event != nil && p.constant(set.event) == "":
			return set.call(r, r.helper("addEvent")+"(", []string{span, r.text(set.event)}, when)
		}
		name := `"log"`
		if set.event != nil {
			name = r.text(set.event)
		}
		return set.call(r, span+".AddEvent(", []string{name}, when)
	}
}

func (p *spanFile) logEventOps(call *ast.CallExpr) (ast.Expr, []*op) {
	return receiverOf(call), []*op{p.eventOp(call.Args[0], nil, nil)}
}

func (p *spanFile) logPayloadOps(call *ast.CallExpr) (ast.Expr, []*op) {
	if len(call.Args) != 2 {
		return receiverOf(call), []*op{{refusal: &pin{"spread-arguments", call.Pos(), "its arguments come from one call"}}}
	}
	return receiverOf(call), []*op{p.eventOp(call.Args[0], call.Args[1], nil)}
}

// eventOp is a log of the form that OpenTracing deprecated: an event and a payload,
// which may be nil.
func (p *spanFile) eventOp(event, payload, when ast.Expr) *op {
	o := &op{}
	set := &fieldSet{p: p, op: o}
	if event != nil {
		set.add(keyValue{name: "event", known: true, value: event, typ: types.Typ[types.String]})
	}
	if payload != nil && !p.isNil(payload) {
		set.add(keyValue{name: "payload", known: true, value: payload})
	}
	p.logOp(o, set, when)
	if payload != nil && types.IsInterface(p.info.TypeOf(payload)) {
		if when != nil {
			p.opRefuse(o, "deprecated-log", payload, "the log has a time of its own, and its payload may be nil")
		}
		o.stmt = func(r *renderer, span string) string {
			name := `""`
			if event != nil {
				name = r.text(event)
			}
			return r.helper("logPayload") + "(" + span + ", " + name + ", " + r.text(payload) + ")"
		}
	}
	return o
}

// isPlain tells whether all fields are texts, numbers and bools of known types, of which
// attributes are made without a look at the value.
func (f *fieldSet) isPlain() bool {
	return !slices.ContainsFunc(f.fields, func(fd field) bool {
		t := f.p.valueType(fd.keyValue)
		return !isText(t) && !isNumber(t)
	})
}

// onlyText returns the only field of a log, if that is a text.
func (f *fieldSet) onlyText() *field {
	if len(f.fields) != 1 || f.spread != nil || f.fields[0].value == nil || !isText(f.p.valueType(f.fields[0].keyValue)) {
		return nil
	}
	return &f.fields[0]
}

// logDataOps handles span.Log(opentracing.LogData{…}).
func (p *spanFile) logDataOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o, ok := p.logData(call.Args[0])
	if !ok {
		o = &op{refusal: &pin{"deprecated-log", call.Pos(), "the record is put together elsewhere"}}
	}
	return receiverOf(call), []*op{o}
}

// logData takes apart a LogData that is written out, with or without its type.
func (p *spanFile) logData(e ast.Expr) (*op, bool) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || lit.Type != nil && p.symbolOf(lit.Type) != "opentracing.LogData" {
		return nil, false
	}
	values, uses := p.elements(lit, "Timestamp", "Event", "Payload")
	o := p.eventOp(values[1], values[2], values[0])
	o.uses = append(o.uses, uses...)
	return o, true
}

// elements returns the values of a struct literal by the names of its fields, nil
// where one is missing, and the uses in its type and keys.
func (p *planner) elements(lit *ast.CompositeLit, names ...string) (values []ast.Expr, uses []*use) {
	values = make([]ast.Expr, len(names))
	if lit.Type != nil {
		uses = append(uses, p.useOf(lit.Type))
	}
	for i, elt := range lit.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			values[i] = elt
			continue
		}
		id := pair.Key.(*ast.Ident)
		uses = append(uses, p.uses[id])
		for j, name := range names {
			if name == id.Name {
				values[j] = pair.Value
			}
		}
	}
	return values, uses
}
