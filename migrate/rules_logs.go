// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/constant"
	"go/types"
)

func logRules() []rule {
	lazy := append(rowsFor("logs", nil, nil, "log-encoder", "log.Lazy"), rowsFor("logs", nil, nil, "unsupported", "log.InterleavedKVToFields")...)
	return append(append(append(lazy,
		rowsFor("logs", (*planner).spanCall, nil, "method-value",
			"opentracing.Span.LogFields", "opentracing.Span.LogKV", "opentracing.Span.LogEvent",
			"opentracing.Span.LogEventWithPayload", "ext.LogError")...),
		rowsFor("logs", nil, nil, "deprecated-log", "opentracing.Span.Log")...),
		append(rowsFor("logs", (*planner).fieldValue, nil, "log-field",
			"log.String", "log.Bool", "log.Int", "log.Int32", "log.Int64", "log.Uint32", "log.Uint64",
			"log.Float32", "log.Float64", "log.Object", "log.Error", "log.Message"),
			rowsFor("logs", nil, nil, "log-field", "log.Event", "log.Noop")...)...)
}

// A fieldSet is the content of one log.
type fieldSet struct {
	p         *planner
	event     ast.Expr // the value of the event field
	isError   bool     // the event is "error"
	errObject ast.Expr // the error of an error.object field
	errAt     int
	attrs     []func(r *renderer) string
	names     []string
	spread    ast.Expr // fields…
}

func (f *fieldSet) attributes(r *renderer) []string {
	out := make([]string, len(f.attrs))
	for i, a := range f.attrs {
		out[i] = a(r)
	}
	return out
}

// fields takes apart log.Field arguments.
func (p *planner) fields(args []ast.Expr, spread bool, o *op) *fieldSet {
	set := &fieldSet{p: p}
	for i, arg := range args {
		if spread && i == len(args)-1 {
			if len(set.attrs) > 0 || set.event != nil {
				p.opRefuse(o, "log-field", arg, "fields are passed both one by one and as a slice")
			}
			set.spread = arg
			o.nodes = append(o.nodes, p.expr(arg))
			continue
		}
		kv, uses, ok := p.field(arg)
		if !ok {
			if symbol, call := p.calls(arg); call != nil && symbol == "log.Noop" {
				o.uses = append(o.uses, p.useOf(call.Fun))
				continue
			}
			if n := p.expr(arg); n != nil && p.useOf(arg) == nil {
				if symbol, _ := p.calls(arg); symbol == "" {
					o.nodes = append(o.nodes, n)
					set.attrs = append(set.attrs, func(r *renderer) string { return r.text(arg) })
					set.names = append(set.names, "")
					continue
				}
			}
			p.opRefuse(o, "log-field", arg, "the field is made in a way that has no attribute")
			continue
		}
		o.uses = append(o.uses, uses...)
		p.constantValue(&kv)
		o.uses = append(o.uses, kv.extra...)
		set.add(p, kv)
	}
	return set
}

func (p *planner) opRefuse(o *op, category string, at ast.Node, reason string) {
	if o.refusal == nil {
		o.refusal = &pin{category, at.Pos(), reason}
	}
}

// add puts a key and a value into the log as compat's record does.
func (f *fieldSet) add(p *planner, kv keyValue) {
	t := p.info.TypeOf(kv.value)
	if kv.typ != nil {
		t = kv.typ
	}
	switch {
	case kv.known && kv.name == "event" && p.isEmptyText(kv.value):
	case kv.known && kv.name == "event" && t != nil && types.Identical(types.Default(t), types.Typ[types.String]):
		f.event = kv.value
		f.isError = false
		if c := p.constant(kv.value); c == "error" {
			f.isError = true
		}
		return
	case kv.known && kv.name == "error.object" && t != nil && implementsError(t):
		f.errObject = kv.value
		f.errAt = len(f.attrs)
	}
	f.attrs = append(f.attrs, p.attributeFor(kv))
	f.names = append(f.names, kv.name)
}

func (p *planner) isEmptyText(e ast.Expr) bool {
	c := p.info.Types[e].Value
	return c != nil && c.Kind() == constant.String && constant.StringVal(c) == ""
}

// constant returns the value of a constant text, or "".
func (p *planner) constant(e ast.Expr) string {
	if c := p.info.Types[e].Value; c != nil && c.Kind() == constant.String {
		return constant.StringVal(c)
	}
	if lit, ok := e.(*ast.BasicLit); ok && len(lit.Value) > 1 {
		return lit.Value[1 : len(lit.Value)-1]
	}
	return ""
}

// field takes apart log.String(k, v) and its like.
func (p *planner) field(arg ast.Expr) (kv keyValue, uses []*use, ok bool) {
	symbol, call := p.calls(arg)
	if call == nil {
		return kv, nil, false
	}
	uses = []*use{p.useOf(call.Fun)}
	fixed := func(key string) (keyValue, []*use, bool) {
		return keyValue{name: key, known: true, value: call.Args[0]}, uses, len(call.Args) == 1
	}
	switch symbol {
	case "log.Event":
		return fixed("event")
	case "log.Message":
		return fixed("message")
	case "log.Error":
		return fixed("error.object")
	case "log.String", "log.Bool", "log.Int", "log.Int32", "log.Int64", "log.Uint32", "log.Uint64",
		"log.Float32", "log.Float64", "log.Object":
	default:
		return kv, nil, false
	}
	if len(call.Args) != 2 {
		return kv, nil, false
	}
	kv = p.tagKey(call.Args[0])
	kv.value = call.Args[1]
	if f := p.callee(call); f != nil && symbol != "log.Object" {
		kv.typ = f.Signature().Params().At(1).Type()
	}
	return kv, uses, true
}

// fieldValue turns a field that is made outside of a log call into an attribute.
func (p *planner) fieldValue(u *use) {
	kv, uses, ok := p.field(u.call)
	if !ok {
		return
	}
	s := p.site(u, p.expr(u.call))
	for _, x := range uses {
		p.take(s, x)
	}
	for _, x := range kv.extra {
		p.take(s, x)
	}
	if !kv.known || kv.name == "event" || kv.name == "error.object" {
		s.deny("log-field", u.expr.Pos(), "the field may name the event or hold the error of a log that is put together elsewhere")
		return
	}
	f := p.attributeFor(kv)
	p.edit(s, u.call, f)
}

func (p *planner) logFieldsOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	set := p.fields(call.Args, call.Ellipsis.IsValid(), o)
	p.logOp(o, set)
	return receiverOf(call), []*op{o}
}

func (p *planner) logKVOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	set := &fieldSet{p: p}
	switch {
	case call.Ellipsis.IsValid():
		p.opRefuse(o, "log-pairs", call, "the pairs come from a slice")
	case len(call.Args)%2 != 0:
		p.opRefuse(o, "log-pairs", call, "a key has no value, which is recorded as an error on the span")
	default:
		for i := 0; i < len(call.Args); i += 2 {
			kv := p.tagKey(call.Args[i])
			kv.value = call.Args[i+1]
			if t, ok := p.info.TypeOf(call.Args[i]).(*types.Basic); !kv.known && (!ok || t.Info()&types.IsString == 0) {
				p.opRefuse(o, "log-pairs", call.Args[i], "a key is not a text")
			}
			p.constantValue(&kv)
			o.uses = append(o.uses, kv.extra...)
			set.add(p, kv)
		}
	}
	p.logOp(o, set)
	return receiverOf(call), []*op{o}
}

// logOp fills an op with what a log becomes: an event, or a recorded error.
func (p *planner) logOp(o *op, set *fieldSet) {
	switch {
	case set.isError && set.errObject != nil && p.nonNil(set.errObject):
		set.attrs = append(set.attrs[:set.errAt:set.errAt], set.attrs[set.errAt+1:]...)
		o.stmt = func(r *renderer, span string) string {
			args := append([]string{r.text(set.errObject)}, set.option(r)...)
			return list(span+".RecordError(", args, ")")
		}
		set.rename(map[string]string{"stack": "exception.stacktrace"}, set.errAt)
		return
	case set.isError && set.errObject != nil:
		set.rename(map[string]string{"stack": "exception.stacktrace"}, -1)
		rest := append(set.attrs[:set.errAt:set.errAt], set.attrs[set.errAt+1:]...)
		o.stmt = func(r *renderer, span string) string {
			args := []string{span, r.text(set.errObject)}
			for _, a := range rest {
				args = append(args, a(r))
			}
			return list(r.helper("recordError")+"(", args, ")")
		}
		return
	case set.isError:
		set.rename(map[string]string{"error.kind": "exception.type", "message": "exception.message", "stack": "exception.stacktrace"}, -1)
		o.stmt = func(r *renderer, span string) string {
			return list(span+".AddEvent(", append([]string{`"exception"`}, set.option(r)...), ")")
		}
		return
	case p.opts.RecordErrors && set.errObject != nil && set.event == nil && p.nonNil(set.errObject):
		set.attrs = append(set.attrs[:set.errAt:set.errAt], set.attrs[set.errAt+1:]...)
		o.note = "recorded as an exception by request"
		o.stmt = func(r *renderer, span string) string {
			args := append([]string{r.text(set.errObject)}, set.option(r)...)
			return list(span+".RecordError(", args, ")")
		}
		return
	}
	if set.event != nil && p.info.Types[set.event].Value == nil && p.constant(set.event) == "" && set.spread == nil {
		o.stmt = func(r *renderer, span string) string {
			return list(r.helper("addEvent")+"(", append([]string{span, r.text(set.event)}, set.attributes(r)...), ")")
		}
		return
	}
	o.stmt = func(r *renderer, span string) string {
		name := `"log"`
		if set.event != nil {
			name = r.text(set.event)
		}
		return list(span+".AddEvent(", append([]string{name}, set.option(r)...), ")")
	}
}

// rename gives fields of an exception their OpenTelemetry names. skip is the index
// of a field that was taken out, or -1.
func (f *fieldSet) rename(to map[string]string, skip int) {
	names := f.names
	if skip >= 0 {
		names = append(names[:skip:skip], names[skip+1:]...)
	}
	for i, a := range f.attrs {
		if i >= len(names) || to[names[i]] == "" {
			continue
		}
		from, key := quote(names[i]), quote(to[names[i]])
		f.attrs[i] = func(r *renderer) string {
			s := a(r)
			for j := range len(s) - len(from) + 1 {
				if s[j:j+len(from)] == from {
					return s[:j] + key + s[j+len(from):]
				}
			}
			return s
		}
	}
}

// option renders the attributes of an event as its option.
func (f *fieldSet) option(r *renderer) []string {
	if f.spread != nil {
		return []string{r.trace("WithAttributes") + "(" + r.text(f.spread) + "...)"}
	}
	if len(f.attrs) == 0 {
		return nil
	}
	return []string{list(r.trace("WithAttributes")+"(", f.attributes(r), ")")}
}

// arguments renders the attributes as arguments of a helper.
func (f *fieldSet) arguments(r *renderer) []string {
	if f.spread != nil {
		return []string{r.text(f.spread) + "..."}
	}
	return f.attributes(r)
}

func (p *planner) logEventOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	p.logOp(o, &fieldSet{p: p, event: call.Args[0], isError: p.constant(call.Args[0]) == "error"})
	return receiverOf(call), []*op{o}
}

func (p *planner) logPayloadOps(call *ast.CallExpr) (ast.Expr, []*op) {
	o := &op{}
	set := &fieldSet{p: p, event: call.Args[0], isError: p.constant(call.Args[0]) == "error"}
	set.add(p, keyValue{name: "payload", known: true, value: call.Args[1]})
	p.logOp(o, set)
	return receiverOf(call), []*op{o}
}
