// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// A fieldSet is the content of one log.
type fieldSet struct {
	p         *spanFile
	op        *op
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
	keyValue
	attribute func(r *renderer) string // as an attribute of an event
	logged    func(r *renderer) string // as a field that a helper looks at
	isEvent   bool
	isError   bool
}

// fields takes apart log.Field arguments.
func (p *spanFile) fields(args []ast.Expr, spread bool, o *op) *fieldSet {
	set := &fieldSet{p: p, op: o}
	for i, arg := range args {
		if spread && i == len(args)-1 {
			set.spread, set.apart = arg, true
			o.nodes = append(o.nodes, p.expr(arg))
			continue
		}
		kv, uses, ok := p.field(arg)
		symbol, call := p.calls(arg)
		switch {
		case ok:
			o.uses = append(o.uses, uses...)
			set.add(kv)
		case symbol == "log.Noop":
			o.uses = append(o.uses, p.useOf(call.Fun))
		case symbol == "" && p.useOf(arg) == nil && p.expr(arg) != nil:
			o.nodes = append(o.nodes, p.expr(arg))
			text := func(r *renderer) string { return r.text(arg) }
			set.fields = append(set.fields, field{attribute: text, logged: text})
			set.apart = true
		default:
			p.opRefuse(o, "log-field", arg, "the field is made in a way that has no attribute")
		}
	}
	return set
}

func (p *spanFile) opRefuse(o *op, category string, at ast.Node, reason string) {
	if o.refusal == nil {
		o.refusal = &pin{category, at.Pos(), reason}
	}
}

// Keys with a meaning of their own in a log whose event is "error".
var exceptionKeys = map[string]string{"error.kind": "exception.type", "message": "exception.message", "stack": "exception.stacktrace"}

// add puts a key and a value into the log as compat's record does.
func (f *fieldSet) add(kv keyValue) {
	p := f.p
	p.constantValue(&kv)
	f.op.uses = append(f.op.uses, kv.extra...)
	fd := field{keyValue: kv, attribute: p.attributeFor(kv), logged: p.loggedField(kv)}
	t := p.valueType(kv)
	switch {
	case kv.known && kv.name == "event" && isText(t) && !p.isEmptyText(kv.value):
		if f.event != nil && p.constant(kv.value) == "" {
			f.open = true // an empty one names nothing, and the one before counts
		}
		f.event, fd.isEvent = kv.value, true
	case kv.known && kv.name == "event":
		f.open = f.open || types.IsInterface(t)
	case kv.known && kv.name == "error.object" && implementsError(t):
		f.errObject, fd.isError = kv.value, true
	}
	f.fields = append(f.fields, fd)
}

// valueType is the type of a tag's or field's value as the API sees it.
func (p *valueFile) valueType(kv keyValue) types.Type {
	t := kv.typ
	if t == nil {
		t = p.info.TypeOf(kv.value)
	}
	if t == nil {
		return types.Typ[types.String] // a literal that a rule has made
	}
	return types.Default(t)
}

func isText(t types.Type) bool { return types.Identical(t, types.Typ[types.String]) }

// mayBe tells whether the key of a field may be one of the names.
func (p *valueFile) mayBe(kv keyValue, names ...string) bool {
	for _, name := range names {
		if kv.known && kv.name == name || !kv.known && p.possible(kv.key, name) {
			return true
		}
	}
	return false
}

// possible tells whether a key that is put together at run time may be a name: a
// constant beginning or end may rule it out.
func (p *syntaxFile) possible(key ast.Expr, name string) bool {
	return key == nil || strings.HasPrefix(name, p.beginning(key)) && strings.HasSuffix(name, p.ending(key))
}

// beginning returns what a text begins with for certain.
func (p *syntaxFile) beginning(e ast.Expr) string {
	if text, known := constantText(p.info, e); known {
		return text
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return p.beginning(e.X)
	case *ast.CallExpr:
		if f := p.callee(e); f != nil && f.FullName() == "fmt.Sprintf" {
			before, _, _ := strings.Cut(p.constant(e.Args[0]), "%")
			return before
		}
	}
	return ""
}

// ending returns what a text ends with for certain.
func (p *syntaxFile) ending(e ast.Expr) string {
	if text, known := constantText(p.info, e); known {
		return text
	}
	if sum, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
		return p.ending(sum.Y)
	}
	return ""
}

// namesEvent tells whether a field may name the event or hold its error.
func (p *valueFile) namesEvent(kv keyValue) bool {
	t := p.valueType(kv)
	return p.mayBe(kv, "event") && (isText(t) || types.IsInterface(t)) ||
		p.mayBe(kv, "error.object") && (implementsError(t) || types.IsInterface(t))
}

// isOpen tells whether what becomes of the log is known at run time only.
func (f *fieldSet) isOpen(known facts) bool {
	if f.open || f.apart && known&fieldsOpen != 0 {
		return true
	}
	mayFail := f.event != nil && (f.p.constant(f.event) == "" || f.failed())
	if mayFail && f.apart && known&fieldsRenamed != 0 {
		return true
	}
	for _, fd := range f.fields {
		switch {
		case fd.value == nil || fd.isEvent:
		case !fd.known && f.p.namesEvent(fd.keyValue):
			return true
		case fd.isError:
			if mayFail && !f.failed() { // the event is a variable
				return true
			}
		case mayFail && fd.known && fd.name == "error.object" && types.IsInterface(f.p.valueType(fd.keyValue)):
			return true
		case mayFail && !fd.known && f.p.mayBe(fd.keyValue, "error.kind", "message", "stack"):
			return true
		}
	}
	return false
}

// failed tells whether the event is "error".
func (f *fieldSet) failed() bool { return f.event != nil && f.p.constant(f.event) == "error" }

// speaks tells whether another field asks errObject for its text, which nil hasn't.
func (f *fieldSet) speaks() bool {
	v := f.p.variable(f.errObject)
	for _, fd := range f.fields {
		if v != nil && fd.value != nil && f.p.errorText(fd.value) && f.p.variable(receiverOf(ast.Unparen(fd.value).(*ast.CallExpr))) == v {
			return true
		}
	}
	return false
}

// attributes renders the fields as attributes of the event.
func (f *fieldSet) attributes(r *renderer) []string {
	var out []string
	last := -1
	for i, fd := range f.fields {
		if f.recorded && fd.isError {
			last = i
		}
	}
	for i, fd := range f.fields {
		if fd.isEvent || i == last {
			continue
		}
		attribute := fd.attribute
		if to := exceptionKeys[fd.name]; f.failed() && to != "" && (f.errObject == nil || fd.name == "stack") {
			renamed := fd.keyValue
			renamed.key, renamed.name, renamed.extra = nil, to, nil
			attribute = f.p.attributeFor(renamed)
		}
		out = append(out, attribute(r))
	}
	return out
}

// logged renders all fields as arguments of a helper that looks at them.
func (f *fieldSet) logged(r *renderer) []string {
	var out []string
	for _, fd := range f.fields {
		out = append(out, fd.logged(r))
	}
	if f.spread != nil {
		out = append(out, r.text(f.spread)+"...")
	}
	return out
}

// call renders a call with the attributes of an event as its option, after the first
// arguments. Attributes that do not fit into the line stand on lines of their own.
func (f *fieldSet) call(r *renderer, before string, first []string, when ast.Expr) string {
	args := slices.Clone(first)
	attributes := f.attributes(r)
	if f.spread != nil {
		attributes = []string{r.text(f.spread) + "..."}
	}
	with := ""
	if len(attributes) > 0 {
		with = r.trace("WithAttributes") + "("
		args = append(args, list(with, attributes, ")"))
	}
	if when != nil {
		return list(before, append(args, r.trace("WithTimestamp")+"("+r.text(when)+")"), ")")
	}
	text := before + strings.Join(args, ", ") + ")"
	if len(attributes) > 0 && len(text) > 100 && !strings.Contains(text, "\n") {
		return before + strings.Join(first, ", ") + ", " + with + "\n" + strings.Join(attributes, ",\n") + ",\n))"
	}
	return text
}

func (p *syntaxFile) isEmptyText(e ast.Expr) bool {
	text, known := constantText(p.info, e)
	return known && text == ""
}

// constant returns the value of a constant text, or "".
func (p *syntaxFile) constant(e ast.Expr) string {
	if text, known := constantText(p.info, e); known {
		return text
	}
	if lit, ok := e.(*ast.BasicLit); ok && len(lit.Value) > 1 {
		return lit.Value[1 : len(lit.Value)-1]
	}
	return ""
}

// field takes apart log.String(k, v) and its like.
func (p *valueFile) field(arg ast.Expr) (kv keyValue, uses []*use, ok bool) {
	symbol, call := p.calls(arg)
	if call == nil {
		return kv, nil, false
	}
	uses = []*use{p.useOf(call.Fun)}
	fixed := func(key string) (keyValue, []*use, bool) {
		if len(call.Args) != 1 {
			return kv, nil, false
		}
		return keyValue{name: key, known: true, value: call.Args[0]}, uses, true
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

// loggedField renders a field for a helper that looks at it: an error keeps its type.
func (p *spanFile) loggedField(kv keyValue) func(r *renderer) string {
	t := p.valueType(kv)
	switch {
	case kv.known && kv.name == "error.object" && implementsError(t):
		return func(r *renderer) string { return r.helper("errorField") + "(" + r.text(kv.value) + ")" }
	case p.mayBe(kv, "error.object") && (implementsError(t) || types.IsInterface(t)):
		return func(r *renderer) string {
			return list(r.helper("logField")+"(", []string{p.keyText(r, kv), r.text(kv.value)}, ")")
		}
	}
	return p.attributeFor(kv)
}

// fieldValue turns a field that is made apart from its log into an attribute.
func (p *spanFile) fieldValue(u *use) {
	if u.sym.Name == "Noop" {
		s := p.site(u, p.expr(u.call))
		s.facts |= fieldsOpen
		p.edit(s, u.call, func(r *renderer) string { return r.attribute("KeyValue") + "{}" })
		return
	}
	kv, uses, ok := p.field(u.call)
	if !ok {
		return
	}
	s := p.site(u, p.expr(u.call))
	p.constantValue(&kv)
	for _, x := range append(uses, kv.extra...) {
		p.take(s, x)
	}
	switch t := p.valueType(kv); {
	case kv.known && kv.name == "event" && !isText(t) && !isNumber(t):
		s.deny("log-field", u.expr.Pos(), "the field \"event\" holds what is no plain text, and its log is put together elsewhere")
		return
	case p.namesEvent(kv):
		s.facts |= fieldsOpen
	case p.mayBe(kv, "error.kind", "message", "stack"):
		s.facts |= fieldsRenamed
	}
	p.edit(s, u.call, p.loggedField(kv))
}

func isNumber(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0
}

// fieldFunction replaces a function of package log that is used as a value by one
// of the same signature, where there is one.
func (p *spanFile) fieldFunction(u *use) {
	known := fieldsOpen
	var name func(r *renderer) string
	switch u.sym.Name {
	case "Error":
		name = func(r *renderer) string { return r.helper("errorField") }
	case "Object":
		name = func(r *renderer) string { return r.helper("logField") }
	case "Bool", "Int", "Int64", "Float64":
		known = fieldsRenamed
		fallthrough
	case "String":
		name = func(r *renderer) string { return r.attribute(u.sym.Name) }
	default:
		return
	}
	s := p.site(u, p.expr(u.expr))
	s.facts |= known
	p.edit(s, u.expr, name)
}

// interleavedCall handles a call that makes fields of alternating keys and values.
func (p *spanFile) interleavedCall(u *use) { p.interleavedFields(u, p.result(u.call, 0)) }

func (p *spanFile) interleaved(u *use) { p.interleavedFields(u, p.expr(u.expr)) }

func (p *spanFile) interleavedFields(u *use, n *node) {
	s := p.site(u, n)
	s.facts |= fieldsOpen
	p.edit(s, u.expr, func(r *renderer) string { return r.helper("interleavedFields") })
}
