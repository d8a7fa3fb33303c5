// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// extSetOps handles ext.Component.Set(span, value) and its like, also with names of
// the module's own, and with one that is made on the spot:
// ext.StringTagName("k").Set(span, v).
func (p *File) extSetOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	if len(call.Args) != 2 || p.IsMethodExpr(call.Fun) {
		return nil, nil
	}
	name := syntax.ReceiverOf(call)
	kv := values.KeyValue{Key: name, Value: call.Args[1]}
	if u := p.UseOf(name); u != nil {
		kv.Name, kv.Known = opentracing.ExtNames()[strings.TrimPrefix(u.Sym.String(), "ext.")], true
		kv.Extra = append(kv.Extra, u)
	} else if conv, ok := ast.Unparen(name).(*ast.CallExpr); ok && p.UseOf(conv.Fun) != nil && len(conv.Args) == 1 {
		u := p.UseOf(conv.Fun)
		kv = p.TagKey(conv.Args[0])
		kv.Value = call.Args[1]
		kv.Extra = append(kv.Extra, u)
	} else if n := p.Expr(name); n != nil {
		return call.Args[0], []*Op{p.ownNameOp(call, n)}
	}
	if kv.Known && kv.Name == "" || opentracing.OpenTracingType(p.Info.TypeOf(name)) == "" {
		embedded := p.Receiver(ast.Unparen(call.Fun).(*ast.SelectorExpr))
		return call.Args[0], []*Op{{
			nodes:   []*flow.Node{embedded},
			refusal: &flow.Pin{Category: values.RefusedTagNameValue, Pos: call.Pos(), Reason: "another type embeds the name of the tag"},
		}}
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && !p.Info.Types[kv.Value].IsNil() {
		if f, ok := p.Info.Uses[sel.Sel].(*types.Func); ok {
			kv.Typ = f.Signature().Params().At(1).Type()
		}
	}
	if kv.Name == "http.status_code" {
		p.plainStatus(&kv)
	}
	return call.Args[0], []*Op{p.tagOp(kv)}
}

// plainStatus takes the uint16 off a status code that was an int before: no HTTP
// status overflows it.
func (p *File) plainStatus(kv *values.KeyValue) {
	conv, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
	if !ok || len(conv.Args) != 1 || !p.Info.Types[conv.Fun].IsType() {
		return
	}
	if types.Identical(p.Info.TypeOf(conv.Args[0]), types.Typ[types.Int]) {
		kv.Value, kv.Typ = conv.Args[0], types.Typ[types.Int]
	}
}

// ownNameOp sets a tag by a name that the module declares: tenant.Set(span, "acme")
// becomes an attribute made by the key, tenant.String("acme").
func (p *File) ownNameOp(call *ast.CallExpr, n *flow.Node) *Op {
	name, value := syntax.ReceiverOf(call), call.Args[1]
	constructor, conversion := "String", ""
	switch b, _ := p.Callee(call).Signature().Params().At(1).Type().Underlying().(*types.Basic); b.Kind() {
	case types.Bool:
		constructor = "Bool"
	case types.Uint16:
		constructor, conversion = "Int", "int"
	case types.Uint32:
		constructor, conversion = "Int64", "int64"
	}
	keyed := func(r *edit.Renderer) string {
		return r.Operand(name) + "." + constructor + "(" + p.Converted(r, value, conversion) + ")"
	}
	if text, known := p.FixedName(name); known {
		if text == "error" {
			o := p.ErrorTagOp(values.KeyValue{Value: value, Typ: p.Callee(call).Signature().Params().At(1).Type()})
			o.nodes = append(o.nodes, n)
			return o
		}
		return &Op{Attr: &values.KeyValue{}, tag: true, nodes: []*flow.Node{n}, Stmt: func(r *edit.Renderer, _ string) string { return keyed(r) }}
	}
	o := &Op{nodes: []*flow.Node{n}, note: "the name" + mayBeError}
	o.Stmt = func(r *edit.Renderer, span string) string {
		if p.Run.FactsOf(o.site)&flow.NameError != 0 {
			return r.Helper("setTag") + "(" + span + ", string(" + r.Text(name) + "), " + r.Text(value) + ")"
		}
		return span + ".SetAttributes(" + keyed(r) + ")"
	}
	return o
}

func (p *File) tagRows() []plan.Rule {
	all := plan.RowsFor("tags", p.SpanCall, nil, plan.RefusedMethodValue,
		"opentracing.Span.SetTag", "opentracing.Tag.Set",
		"ext.spanKindTagName.Set", "ext.StringTagName.Set", "ext.BoolTagName.Set", "ext.Uint16TagName.Set", "ext.Uint32TagName.Set",
		"ext.IPv4TagName.Set", "ext.IPv4TagName.SetString")
	return append(all, plan.RowsFor("names", p.SpanCall, nil, plan.RefusedMethodValue, "opentracing.Span.SetOperationName")...)
}

func (p *File) setTagOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	if len(call.Args) != 2 {
		return syntax.ReceiverOf(call), []*Op{{refusal: &flow.Pin{Category: RefusedSpreadArguments, Pos: call.Pos(), Reason: "its arguments come from one call"}}}
	}
	if o := p.copiedTagOp(call); o != nil {
		return syntax.ReceiverOf(call), []*Op{o}
	}
	kv := p.TagKey(call.Args[0])
	kv.Value = call.Args[1]
	return syntax.ReceiverOf(call), []*Op{p.tagOp(kv)}
}

const mayBeError = " may be \"error\" at run time: then false sets Ok, which is final in OpenTelemetry, and true after a text removes the text from the status"

// tagOp is what one tag becomes on a running span.
func (p *File) tagOp(kv values.KeyValue) *Op {
	p.ConstantValue(&kv)
	if kv.Known && kv.Name == "error" {
		o := p.ErrorTagOp(kv)
		o.uses = append(o.uses, kv.Extra...)
		return o
	}
	if p.MayBe(kv, "error") {
		ranged := p.rangedTags(kv.Key)
		var nodes []*flow.Node
		if ranged != nil { // a later run would not see what it says of an error
			nodes = append(nodes, ranged)
		}
		return &Op{
			tag: true, unnamed: true, Tags: ranged, nodes: nodes, note: "the key" + mayBeError,
			Stmt: func(r *edit.Renderer, span string) string {
				return r.Helper("setTag") + "(" + span + ", " + p.KeyText(r, kv) + ", " + r.Text(kv.Value) + ")"
			},
			Keep: func(r *edit.Renderer, span string) string {
				return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + span + ").SetTag(" + p.KeyText(r, kv) + ", " + r.Text(kv.Value) + ")"
			},
		}
	}
	return p.attrOp(kv)
}

// rangedTags returns the set of tags of which a key is that of a range, nil for any other key.
func (p *File) rangedTags(key ast.Expr) *flow.Node {
	v := p.Variable(key)
	if v == nil {
		return nil
	}
	for n := p.Parent[key]; n != nil; n = p.Parent[n] {
		if loop, ok := n.(*ast.RangeStmt); ok && loop.Key != nil && p.Variable(loop.Key) == v && opentracing.OpenTracingType(p.Info.TypeOf(loop.X)) == opentracing.TagsType {
			return p.Expr(loop.X)
		}
	}
	return nil
}

func (p *File) setNameOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	return syntax.ReceiverOf(call), []*Op{{Stmt: func(r *edit.Renderer, span string) string {
		return span + ".SetName(" + r.Text(call.Args[0]) + ")"
	}}}
}

// tagsLiteral notes what a set of tags that is written out says of an error.
func (p *File) tagsLiteral(lit *ast.CompositeLit) {
	if opentracing.OpenTracingType(p.Info.TypeOf(lit)) != opentracing.TagsType {
		return
	}
	for _, elt := range lit.Elts {
		pair := elt.(*ast.KeyValueExpr)
		p.tagsElement(p.Expr(lit), pair.Key, pair.Value)
	}
}

// tagsAssigned does the same for tags["k"] = v.
func (p *File) tagsAssigned(stmt *ast.AssignStmt) {
	for i, l := range stmt.Lhs {
		index, ok := ast.Unparen(l).(*ast.IndexExpr)
		if !ok || opentracing.OpenTracingType(p.Info.TypeOf(index.X)) != opentracing.TagsType {
			continue
		}
		p.tagsChanged(index.X, stmt)
		var value ast.Expr
		if len(stmt.Rhs) == len(stmt.Lhs) {
			value = stmt.Rhs[i]
		}
		p.tagsElement(p.Expr(index.X), index.Index, value)
	}
}

func (p *File) tagsElement(n *flow.Node, key, value ast.Expr) {
	kv := p.TagKey(key)
	if n != nil && p.MayBe(kv, "span.kind") {
		n.Facts |= flow.TagsKind
	}
	switch kv.Value = value; {
	case n == nil || !p.MayBe(kv, "error"):
	case kv.Known && value != nil:
		n.Facts |= p.StatusOp(kv).Facts
	default:
		n.Facts |= flow.AnyErrorTag
	}
}

// unseenTags notes the sets of tags that callers which aren't seen may put any into.
func (rw *Run) unseenTags() {
	for _, u := range rw.Units {
		if !source.Importable(u) {
			continue
		}
		for _, e := range rw.ExportedNodes(u, rw.Object) {
			if e.Old == opentracing.TagsType {
				e.Node.Facts |= flow.SetsErrorTrue | flow.SetsErrorMaybe | flow.TagsKind | flow.TagsUnseen
			}
		}
	}
}

// A tagsFlow is all that is known of the sets of tags that flow to each other.
type tagsFlow struct {
	facts   flow.Facts
	places  map[*flow.Node]bool
	changes []tagsChange
}

// A tagsChange is a place where something may be put into a set of tags, or taken out.
type tagsChange struct {
	p    *File
	tags *flow.Node
	at   ast.Node
}

func (p *File) tagsChanged(tags ast.Expr, at ast.Node) {
	if n := p.Expr(tags); n != nil {
		p.changes = append(p.changes, tagsChange{p, n, at})
	}
}

// tagsFlows returns the flows of the nodes that may have sets of tags.
func (rw *Run) tagsFlows() func(*flow.Node) *tagsFlow {
	after := make(map[*flow.Node][]*flow.Node)
	for _, n := range rw.Nodes {
		for _, m := range n.From {
			after[m] = append(after[m], n)
		}
	}
	changes := make(map[*flow.Node][]tagsChange)
	for _, p := range rw.files {
		for _, c := range p.changes {
			changes[c.tags] = append(changes[c.tags], c)
		}
	}
	flows := make(map[*flow.Node]*tagsFlow)
	return func(n *flow.Node) *tagsFlow {
		if flows[n] != nil {
			return flows[n]
		}
		f := &tagsFlow{places: map[*flow.Node]bool{n: true}}
		for list := []*flow.Node{n}; len(list) > 0; {
			last := list[len(list)-1]
			list = list[:len(list)-1]
			flows[last] = f
			f.facts |= last.Facts
			f.changes = append(f.changes, changes[last]...)
			for _, next := range [][]*flow.Node{last.From, last.Alike, after[last]} {
				for _, m := range next {
					if !f.places[m] {
						f.places[m] = true
						list = append(list, m)
					}
				}
			}
		}
		return f
	}
}

// contents settles what the error tags of starts are that come from sets of tags: they
// are what is put into one of the same flow.
func (rw *Run) contents() {
	rw.unseenTags()
	flowOf := rw.tagsFlows()
	for _, p := range rw.files {
		for _, n := range p.TagSets {
			n.Facts |= flowOf(n).facts & flow.TagsKind
		}
		for _, t := range p.errorTags {
			if t.Tags == nil {
				continue
			}
			t.Facts = flowOf(t.Tags).facts & (flow.SetsStatus | flow.TagsUnseen)
			if t.Facts != 0 && t.Again != nil {
				t.site.Deny(flow.RefusedOptionValue, t.Again.Pos(), "the tags are the result of a call and may include an error tag")
			}
		}
		for _, o := range p.OptionTags {
			o.settle(p, flowOf(o.Tags))
		}
	}
}

// keptTagOp sets a tag that is kept in a variable. It is the status where it may be an
// error tag: see contents.
func (p *File) keptTagOp(tag ast.Expr) *Op {
	n := p.Expr(tag)
	o := &Op{Attr: &values.KeyValue{}, tag: true, Facts: flow.TagSet | flow.AnyErrorTag, nodes: []*flow.Node{n}, Tags: n}
	o.Stmt = func(r *edit.Renderer, span string) string {
		if o.Facts&flow.SetsStatus == 0 {
			return r.Text(tag)
		}
		return r.Helper("setAttribute") + "(" + span + ", " + r.Text(tag) + ")"
	}
	o.Keep = func(r *edit.Renderer, span string) string {
		return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + span + ").SetTag(string(" + r.Operand(tag) + ".Key), " + r.Operand(tag) + ".Value.AsInterface())"
	}
	if !p.Repeatable(tag) {
		o.Keep = nil
	}
	return o
}

// isAttribute tells whether an op is an attribute, which its stmt renders alone.
func (o *Op) isAttribute() bool {
	return o.Attr != nil && (o.Tags == nil || o.Facts&flow.SetsStatus == 0)
}

// tagLoop sets all tags at once that a loop sets one by one, if none may be an error:
//
//	for _, t := range tags {
//		span.SetTag(t.Key, t.Value)
//	}
func (p *File) tagLoop(s *plan.Site, stmt *ast.ExprStmt, base ast.Expr, ops []*Op) {
	body, _ := p.Parent[stmt].(*ast.BlockStmt)
	loop, ok := p.Parent[body].(*ast.RangeStmt)
	if !ok || len(body.List) != 1 || len(ops) != 1 || ops[0].Attr == nil || ops[0].Tags == nil || loop.Key != nil && !syntax.IsBlank(loop.Key) || loop.Value == nil {
		return
	}
	tag := p.Variable(loop.Value)
	tags, isSlice := p.Info.TypeOf(loop.X).Underlying().(*types.Slice)
	if !isSlice || opentracing.OpenTracingType(tags.Elem()) != opentracing.TagType || tag == nil || loop.Tok != token.DEFINE || !p.Repeatable(base) || p.Mentions(base, tag) > 0 || p.Mentions(stmt, tag) == 0 {
		return
	}
	p.Wrap(s, loop, func(r *edit.Renderer) string {
		if ops[0].isAttribute() && !ops[0].kept {
			return r.Operand(base) + ".SetAttributes(" + r.Text(loop.X) + "...)"
		}
		return r.Text(loop)
	})
}

// copiedTagOp handles span.SetTag(tag.Key, tag.Value), or returns nil.
func (p *File) copiedTagOp(call *ast.CallExpr) *Op {
	key, value := p.UseOf(call.Args[0]), p.UseOf(call.Args[1])
	if key == nil || value == nil || key.Sym.String() != "opentracing.Tag.Key" || value.Sym.String() != "opentracing.Tag.Value" {
		return nil
	}
	from, isSelector := key.Expr.(*ast.SelectorExpr)
	other, alike := value.Expr.(*ast.SelectorExpr)
	if !isSelector || !alike || !p.Repeatable(from.X) || !p.Same(from.X, other.X) || p.Expr(from.X) == nil {
		return nil
	}
	o := p.keptTagOp(from.X)
	o.uses = []*plan.Use{key, value}
	return o
}

// tagSetOps handles opentracing.Tag{Key: k, Value: v}.Set(span) and ext.SpanKindRPCClient.Set(span).
func (p *File) tagSetOps(call *ast.CallExpr) (ast.Expr, []*Op) {
	kv, uses, ok := p.TagLiteral(syntax.ReceiverOf(call))
	if recv := syntax.ReceiverOf(call); !ok && len(call.Args) == 1 && p.Expr(recv) != nil && p.UseOf(recv) == nil {
		return call.Args[0], []*Op{p.keptTagOp(recv)}
	}
	if !ok || len(call.Args) != 1 {
		return nil, nil
	}
	o := p.tagOp(kv)
	o.uses = append(o.uses, uses...)
	return call.Args[0], []*Op{o}
}
