// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A fieldSet is the content of one log.
type fieldSet struct {
	p         *File
	op        *Op
	event     ast.Expr // the value of the event field, a text
	errObject ast.Expr // the error of the last error.object field
	fields    []field
	spread    ast.Expr // fields…
	// open says that only at run time it is known which field names the event, or
	// which is its error.
	open bool
	// recorded says that errObject is recorded as an exception.
	recorded bool
	// apart says that some fields are made apart from the log.
	apart bool
}

// A field is one key and value of a log.
type field struct {
	values.KeyValue
	attribute func(r *edit.Renderer) string // as an attribute of an event
	logged    func(r *edit.Renderer) string // as a field that a helper looks at
	isEvent   bool
	isError   bool
}

// fields takes apart log.Field arguments.
func (p *File) fields(args []ast.Expr, spread bool, o *Op) *fieldSet {
	set := &fieldSet{p: p, op: o}
	for i, arg := range args {
		if spread && i == len(args)-1 {
			set.spread, set.apart = arg, true
			o.nodes = append(o.nodes, p.Expr(arg))
			continue
		}
		kv, uses, ok := p.Field(arg)
		symbol, call := p.Calls(arg)
		switch {
		case ok:
			o.uses = append(o.uses, uses...)
			set.add(kv)
		case symbol == "log.Noop":
			o.uses = append(o.uses, p.UseOf(call.Fun))
		case symbol == "" && p.UseOf(arg) == nil && p.Expr(arg) != nil:
			o.nodes = append(o.nodes, p.Expr(arg))
			text := func(r *edit.Renderer) string { return r.Text(arg) }
			set.fields = append(set.fields, field{attribute: text, logged: text})
			set.apart = true
		default:
			p.opRefuse(o, RefusedLogField, arg, "this field has no counterpart among attributes")
		}
	}
	return set
}

func (p *File) opRefuse(o *Op, category *refusal.Category, at ast.Node, reason string) {
	if o.refusal == nil {
		o.refusal = &flow.Pin{Category: category, Pos: at.Pos(), Reason: reason}
	}
}

// Keys with a meaning of their own in a log whose event is "error".
var exceptionKeys = map[string]string{"error.kind": "exception.type", "message": "exception.message", "stack": "exception.stacktrace"}

// add puts a key and a value into the log as compat's record does.
func (f *fieldSet) add(kv values.KeyValue) {
	p := f.p
	p.ConstantValue(&kv)
	f.op.uses = append(f.op.uses, kv.Extra...)
	fd := field{KeyValue: kv, attribute: p.AttributeFor(kv), logged: p.loggedField(kv)}
	t := p.ValueType(kv)
	switch {
	case kv.Known && kv.Name == "event" && syntax.IsText(t) && !isEmptyText(p.Info, kv.Value):
		if f.event != nil && p.Constant(kv.Value) == "" {
			f.open = true // an empty one names nothing, and the one before counts
		}
		f.event, fd.isEvent = kv.Value, true
	case kv.Known && kv.Name == "event":
		f.open = f.open || types.IsInterface(t)
	case kv.Known && kv.Name == "error.object" && syntax.ImplementsError(t):
		f.errObject, fd.isError = kv.Value, true
	}
	f.fields = append(f.fields, fd)
}

// isOpen tells whether what becomes of the log is known at run time only.
func (f *fieldSet) isOpen(known flow.Facts) bool {
	if f.open || f.apart && known&flow.FieldsOpen != 0 {
		return true
	}
	mayFail := f.event != nil && (f.p.Constant(f.event) == "" || f.failed())
	if mayFail && f.apart && known&flow.FieldsRenamed != 0 {
		return true
	}
	for _, fd := range f.fields {
		switch {
		case fd.Value == nil || fd.isEvent:
		case !fd.Known && f.p.NamesEvent(fd.KeyValue):
			return true
		case fd.isError:
			if mayFail && !f.failed() { // the event is a variable
				return true
			}
		case mayFail && fd.Known && fd.Name == "error.object" && types.IsInterface(f.p.ValueType(fd.KeyValue)):
			return true
		case mayFail && !fd.Known && f.p.MayBe(fd.KeyValue, "error.kind", "message", "stack"):
			return true
		}
	}
	return false
}

// failed tells whether the event is "error".
func (f *fieldSet) failed() bool { return f.event != nil && f.p.Constant(f.event) == "error" }

// speaks tells whether another field asks errObject for its text, which nil hasn't.
func (f *fieldSet) speaks() bool {
	v := f.p.Variable(f.errObject)
	for _, fd := range f.fields {
		if v != nil && fd.Value != nil && f.p.ErrorText(fd.Value) && f.p.Variable(syntax.ReceiverOf(ast.Unparen(fd.Value).(*ast.CallExpr))) == v {
			return true
		}
	}
	return false
}

// formats tells whether the log makes a text of a value, or looks at its type.
func (f *fieldSet) formats() bool {
	var known flow.Facts
	if f.apart && len(f.p.Run.Groups) > 0 { // which are made when all statements were seen
		known = f.p.Run.FactsOf(f.op.site)
	}
	open := f.isOpen(known)
	if open && f.onlyText() != nil {
		return false
	}
	for i, fd := range f.fields {
		switch {
		case fd.Value == nil || !open && fd.isEvent:
		case open && f.p.NamesEvent(fd.KeyValue) && !syntax.IsText(f.p.ValueType(fd.KeyValue)):
			return true
		case !open && f.recorded && fd.isError && i == f.lastError():
		case f.p.MakingOf(fd.KeyValue) != values.Plain:
			return true
		}
	}
	return open && f.recorded // the error
}

// isAsGiven tells whether a helper that looks at the values as they are given makes the
// same of them.
func (f *fieldSet) isAsGiven() bool {
	if f.apart || f.spread != nil {
		return false
	}
	return !slices.ContainsFunc(f.fields, func(fd field) bool {
		t := f.p.Info.TypeOf(fd.Value)
		return fd.Typ != nil && (t == nil || !types.Identical(types.Default(t), fd.Typ))
	})
}

// pairs renders the keys and values, with or without the event's name.
func (f *fieldSet) pairs(r *edit.Renderer, named bool) (out []string) {
	for _, fd := range f.fields {
		if named || !fd.isEvent {
			out = append(out, f.p.KeyText(r, fd.KeyValue)+", "+r.Text(fd.Value))
		}
	}
	return out
}

// fixedName returns the name of an event that is no exception, as a literal, if it is
// known.
func (f *fieldSet) fixedName() string {
	switch {
	case f.event == nil:
		return `"log"`
	case f.failed():
		return ""
	}
	if name := f.p.Constant(f.event); name != "" {
		return edit.Quote(name)
	}
	return ""
}

// lastError is the index of the last field with an error, or -1.
func (f *fieldSet) lastError() int {
	last := -1
	for i, fd := range f.fields {
		if fd.isError {
			last = i
		}
	}
	return last
}

// attributes renders the fields as attributes of the event.
func (f *fieldSet) attributes(r *edit.Renderer) []string {
	var out []string
	last := f.lastError()
	for i, fd := range f.fields {
		if fd.isEvent || f.recorded && i == last {
			continue
		}
		attribute := fd.attribute
		if to := exceptionKeys[fd.Name]; f.failed() && to != "" && (f.errObject == nil || fd.Name == "stack") {
			renamed := fd.KeyValue
			renamed.Key, renamed.Name, renamed.Extra = nil, to, nil
			attribute = f.p.AttributeFor(renamed)
		}
		out = append(out, attribute(r))
	}
	return out
}

// logged renders all fields as arguments of a helper that looks at them.
func (f *fieldSet) logged(r *edit.Renderer) []string {
	var out []string
	for _, fd := range f.fields {
		out = append(out, fd.logged(r))
	}
	if f.spread != nil {
		out = append(out, r.Text(f.spread)+"...")
	}
	return out
}

// call renders a call with the attributes of an event as its option, after the first
// arguments. Attributes that do not fit into the line stand on lines of their own.
func (f *fieldSet) call(r *edit.Renderer, before string, first []string, when ast.Expr) string {
	args := slices.Clone(first)
	attributes := f.attributes(r)
	if f.spread != nil {
		attributes = []string{r.Text(f.spread) + "..."}
	}
	with := ""
	if len(attributes) > 0 {
		with = r.Trace("WithAttributes") + "("
		args = append(args, edit.List(with, attributes, ")"))
	}
	if when != nil {
		return edit.List(before, append(args, r.Trace("WithTimestamp")+"("+r.Text(when)+")"), ")")
	}
	text := before + strings.Join(args, ", ") + ")"
	if len(attributes) > 0 && len(text) > 100 && !strings.Contains(text, "\n") {
		return before + strings.Join(first, ", ") + ", " + with + "\n" + strings.Join(attributes, ",\n") + ",\n))"
	}
	return text
}

// loggedField renders a field for a helper that looks at it: an error keeps its type.
func (p *File) loggedField(kv values.KeyValue) func(r *edit.Renderer) string {
	t := p.ValueType(kv)
	switch {
	case kv.Known && kv.Name == "error.object" && syntax.ImplementsError(t):
		return func(r *edit.Renderer) string { return r.Helper("errorField") + "(" + r.Text(kv.Value) + ")" }
	case p.MayBe(kv, "error.object") && (syntax.ImplementsError(t) || types.IsInterface(t)):
		return func(r *edit.Renderer) string {
			return edit.List(r.Helper("logField")+"(", []string{p.KeyText(r, kv), r.Text(kv.Value)}, ")")
		}
	}
	return p.AttributeFor(kv)
}

// fieldValue turns a field that is made apart from its log into an attribute.
func (p *File) fieldValue(u *plan.Use) {
	if u.Sym.Name == "Noop" {
		s := p.Site(u, p.Expr(u.Call))
		s.Facts |= flow.FieldsOpen
		p.Edit(s, u.Call, func(r *edit.Renderer) string { return r.Attribute("KeyValue") + "{}" })
		return
	}
	kv, uses, ok := p.Field(u.Call)
	if !ok {
		return
	}
	s := p.Site(u, p.Expr(u.Call))
	p.ConstantValue(&kv)
	for _, x := range append(uses, kv.Extra...) {
		p.Take(s, x)
	}
	switch t := p.ValueType(kv); {
	case kv.Known && kv.Name == "event" && !syntax.IsText(t) && !syntax.IsNumber(t):
		s.Deny(RefusedLogField, u.Expr.Pos(), "the field \"event\" is not a plain text, and its log is made elsewhere")
		return
	case p.NamesEvent(kv):
		s.Facts |= flow.FieldsOpen
	case p.MayBe(kv, "error.kind", "message", "stack"):
		s.Facts |= flow.FieldsRenamed
	}
	p.Edit(s, u.Call, p.loggedField(kv))
}

// fieldFunction replaces a function of package log that is used as a value by one
// of the same signature, where there is one.
func (p *File) fieldFunction(u *plan.Use) {
	known := flow.FieldsOpen
	var name func(r *edit.Renderer) string
	switch u.Sym.Name {
	case "Error":
		name = func(r *edit.Renderer) string { return r.Helper("errorField") }
	case "Object":
		name = func(r *edit.Renderer) string { return r.Helper("logField") }
	case "Bool", "Int", "Int64", "Float64":
		known = flow.FieldsRenamed
		fallthrough
	case "String":
		name = func(r *edit.Renderer) string { return r.Attribute(u.Sym.Name) }
	default:
		return
	}
	s := p.Site(u, p.Expr(u.Expr))
	s.Facts |= known
	p.Edit(s, u.Expr, name)
}

// interleavedCall handles a call that makes fields of alternating keys and values.
func (p *File) interleavedCall(u *plan.Use) { p.interleavedFields(u, p.Result(u.Call, 0)) }

func (p *File) interleaved(u *plan.Use) { p.interleavedFields(u, p.Expr(u.Expr)) }

func (p *File) interleavedFields(u *plan.Use, n *flow.Node) {
	s := p.Site(u, n)
	s.Facts |= flow.FieldsOpen
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return r.Helper("interleavedFields") })
}

func isEmptyText(info *types.Info, e ast.Expr) bool {
	text, known := syntax.ConstantText(info, e)
	return known && text == ""
}
