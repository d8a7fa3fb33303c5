// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

const (
	tagType  = "opentracing.Tag"
	tagsType = "opentracing.Tags"
)

const (
	// anyErrorTag is what an error tag may be of which nothing is known.
	anyErrorTag = setsErrorTrue | setsErrorText | setsErrorMaybe
	// anyTags is what a set of tags may have of which nothing is known.
	anyTags = anyErrorTag | tagsKind
)

// tagsOption starts a span with tags that are kept in a variable. Their error tag, if
// they may have one, is set after the start: see contents.
func (p *startFile) tagsOption(st *start, e ast.Expr) {
	n := p.expr(e)
	p.tagSets = append(p.tagSets, n)
	st.nodes = append(st.nodes, n)
	if symbol, call := p.calls(e); symbol == tagsType && len(call.Args) == 1 && isAnyMap(p.info.TypeOf(call.Args[0])) {
		st.uses = append(st.uses, p.useOf(call.Fun))
		e = call.Args[0]
	}
	o := &op{facts: anyErrorTag, tags: n}
	text := func(r *renderer) string { return r.operand(e) }
	if !p.repeatable(e) {
		text = p.tagsBefore(st, o, e)
	}
	o.stmt = func(r *renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(text(r), span, failed, r.helper("setTag")+"("+span+`, "error", `+failed+")")
	}
	o.keep = func(r *renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(text(r), span, failed, keptTag(r, span, failed))
	}
	st.post = append(st.post, o)
	st.sets = append(st.sets, startTags{n, len(st.options)})
	st.options = append(st.options, func(r *renderer) string { return tagsAsOptions(r, n, text(r)) })
}

// tagsBefore has tags that can't be evaluated twice evaluated before the start, if they
// are needed twice and that is no change, and returns how to write them.
func (p *startFile) tagsBefore(st *start, o *op, e ast.Expr) func(r *renderer) string {
	at := p.hoistable(st.call)
	if at == nil || !p.noCallBefore(at, e) {
		o.again = e
		return func(r *renderer) string { return r.text(e) }
	}
	name := ""
	st.before = append(st.before, func(s *site) {
		name = p.fresh("tags", at)
		p.wrap(s, at, func(r *renderer) string {
			if o.facts&setsStatus == 0 {
				return r.text(at)
			}
			return p.scoped(at, name+" := "+r.text(e)+"\n"+r.text(at))
		})
	})
	return func(r *renderer) string {
		if o.facts&setsStatus == 0 {
			return r.text(e)
		}
		return name
	}
}

// ifFailed renders a statement for tags that have an error tag, whose value is in the
// variable failed there.
func ifFailed(tags, span, failed, stmt string) string {
	ok := freeBeside(span, "ok")
	return "if " + failed + ", " + ok + " := " + tags + `["error"]; ` + ok + " {\n" + stmt + "\n}"
}

// freeBeside returns a name that the text of a span does not mention.
func freeBeside(span, name string) string {
	for strings.Contains(span, name) {
		name += "2"
	}
	return name
}

// tagsLiteral notes what a set of tags that is written out says of an error.
func (p *spanFile) tagsLiteral(lit *ast.CompositeLit) {
	if openTracingType(p.info.TypeOf(lit)) != tagsType {
		return
	}
	for _, elt := range lit.Elts {
		pair := elt.(*ast.KeyValueExpr)
		p.tagsElement(p.expr(lit), pair.Key, pair.Value)
	}
}

// tagsAssigned does the same for tags["k"] = v.
func (p *spanFile) tagsAssigned(stmt *ast.AssignStmt) {
	for i, l := range stmt.Lhs {
		index, ok := ast.Unparen(l).(*ast.IndexExpr)
		if !ok || openTracingType(p.info.TypeOf(index.X)) != tagsType {
			continue
		}
		p.tagsChanged(index.X, stmt)
		var value ast.Expr
		if len(stmt.Rhs) == len(stmt.Lhs) {
			value = stmt.Rhs[i]
		}
		p.tagsElement(p.expr(index.X), index.Index, value)
	}
}

func (p *spanFile) tagsElement(n *node, key, value ast.Expr) {
	kv := p.tagKey(key)
	if n != nil && p.mayBe(kv, "span.kind") {
		n.facts |= tagsKind
	}
	switch kv.value = value; {
	case n == nil || !p.mayBe(kv, "error"):
	case kv.known && value != nil:
		n.facts |= p.statusOp(kv).facts
	default:
		n.facts |= anyErrorTag
	}
}

// unseenTags notes the sets of tags that callers which aren't seen may put any into.
func (rw *spanRun) unseenTags() {
	for _, u := range rw.units {
		if !importable(u) {
			continue
		}
		for _, e := range rw.exportedNodes(u, rw.object) {
			if e.old == tagsType {
				e.node.facts |= setsErrorTrue | setsErrorMaybe | tagsKind | tagsUnseen
			}
		}
	}
}

// A tagsFlow is all that is known of the sets of tags that flow to each other.
type tagsFlow struct {
	facts   facts
	places  map[*node]bool
	changes []tagsChange
}

// A tagsChange is a place where something may be put into a set of tags, or taken out.
type tagsChange struct {
	p    *spanFile
	tags *node
	at   ast.Node
}

func (p *spanFile) tagsChanged(tags ast.Expr, at ast.Node) {
	if n := p.expr(tags); n != nil {
		p.changes = append(p.changes, tagsChange{p, n, at})
	}
}

// tagsFlows returns the flows of the nodes that may have sets of tags.
func (rw *spanRun) tagsFlows() func(*node) *tagsFlow {
	after := make(map[*node][]*node)
	for _, n := range rw.nodes {
		for _, m := range n.from {
			after[m] = append(after[m], n)
		}
	}
	changes := make(map[*node][]tagsChange)
	for _, p := range rw.files {
		for _, c := range p.changes {
			changes[c.tags] = append(changes[c.tags], c)
		}
	}
	flows := make(map[*node]*tagsFlow)
	return func(n *node) *tagsFlow {
		if flows[n] != nil {
			return flows[n]
		}
		f := &tagsFlow{places: map[*node]bool{n: true}}
		for list := []*node{n}; len(list) > 0; {
			last := list[len(list)-1]
			list = list[:len(list)-1]
			flows[last] = f
			f.facts |= last.facts
			f.changes = append(f.changes, changes[last]...)
			for _, next := range [][]*node{last.from, last.alike, after[last]} {
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
func (rw *spanRun) contents() {
	rw.unseenTags()
	flow := rw.tagsFlows()
	for _, p := range rw.files {
		for _, n := range p.tagSets {
			n.facts |= flow(n).facts & tagsKind
		}
		for _, t := range p.errorTags {
			if t.tags == nil {
				continue
			}
			t.facts = flow(t.tags).facts & (setsStatus | tagsUnseen)
			if t.facts != 0 && t.again != nil {
				t.site.deny("option-value", t.again.Pos(), "the tags are the result of a call, and may have an error among them")
			}
		}
		for _, o := range p.optionTags {
			o.settle(p, flow(o.tags))
		}
	}
}

// isTags tells whether a type is opentracing.Tags or a pointer to it.
func isTags(t types.Type) bool {
	n := namedOf(t)
	return n != nil && openTracingType(n) == tagsType
}

// isAnyMap tells whether a type is a map from texts to any.
func isAnyMap(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	if !ok || !types.Identical(m.Key(), types.Typ[types.String]) {
		return false
	}
	i, ok := m.Elem().Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}
