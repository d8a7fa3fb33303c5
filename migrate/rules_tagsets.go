// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"strings"
)

const tagsType = "opentracing.Tags"

// anyErrorTag is what an error tag may be of which nothing is known.
const anyErrorTag = setsErrorTrue | setsErrorText | setsErrorMaybe

// tagsOption starts a span with tags that are kept in a variable. Their error tag, if
// they may have one, is set after the start: see contents.
func (p *startFile) tagsOption(st *start, e ast.Expr) {
	n := p.expr(e)
	st.nodes = append(st.nodes, n)
	if symbol, call := p.calls(e); symbol == tagsType && len(call.Args) == 1 && isAnyMap(p.info.TypeOf(call.Args[0])) {
		st.uses = append(st.uses, p.useOf(call.Fun))
		e = call.Args[0]
	}
	o := &op{facts: anyErrorTag, tags: n}
	o.stmt = func(r *renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(r, e, span, failed, r.helper("setTag")+"("+span+`, "error", `+failed+")")
	}
	o.keep = func(r *renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(r, e, span, failed, keptTag(r, span, failed))
	}
	if !p.repeatable(e) {
		o.again = e
	}
	st.post = append(st.post, o)
	st.options = append(st.options, func(r *renderer) string {
		return r.trace("WithAttributes") + "(" + r.helper("attributesOf") + "(" + r.text(e) + ")...)"
	})
}

// ifFailed renders a statement for tags that have an error tag, whose value is in the
// variable failed there.
func ifFailed(r *renderer, tags ast.Expr, span, failed, stmt string) string {
	ok := freeBeside(span, "ok")
	return "if " + failed + ", " + ok + " := " + r.operand(tags) + `["error"]; ` + ok + " {\n" + stmt + "\n}"
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
		var value ast.Expr
		if len(stmt.Rhs) == len(stmt.Lhs) {
			value = stmt.Rhs[i]
		}
		p.tagsElement(p.expr(index.X), index.Index, value)
	}
}

func (p *spanFile) tagsElement(n *node, key, value ast.Expr) {
	kv := p.tagKey(key)
	switch kv.value = value; {
	case n == nil || !p.mayBe(kv, "error"):
	case kv.known && value != nil:
		n.facts |= p.statusOp(kv).facts
	default:
		n.facts |= anyErrorTag
	}
}

// contents settles what the error tags of starts are that come from sets of tags: they
// are what is put into one of the same flow. Callers that aren't seen may put in any.
func (rw *spanRun) contents() {
	for _, u := range rw.units {
		if !importable(u) {
			continue
		}
		for _, e := range rw.exportedNodes(u) {
			if e.old == tagsType {
				e.node.facts |= setsErrorTrue | setsErrorMaybe | tagsUnseen
			}
		}
	}
	after := make(map[*node][]*node)
	for _, n := range rw.nodes {
		for _, m := range n.from {
			after[m] = append(after[m], n)
		}
	}
	for _, p := range rw.files {
		for _, t := range p.errorTags {
			if t.tags == nil {
				continue
			}
			t.facts = around(t.tags, after) & (setsStatus | tagsUnseen)
			if t.facts != 0 && t.again != nil {
				t.site.deny("option-value", t.again.Pos(), "the tags are the result of a call, and may have an error among them")
			}
		}
	}
}

// around returns the facts of all nodes that a map of one node may be seen at.
func around(n *node, after map[*node][]*node) (known facts) {
	seen := map[*node]bool{n: true}
	for list := []*node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		known |= last.facts
		for _, next := range [][]*node{last.from, last.alike, after[last]} {
			for _, m := range next {
				if !seen[m] {
					seen[m] = true
					list = append(list, m)
				}
			}
		}
	}
	return known
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
