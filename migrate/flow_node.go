// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A node is a place whose type contains an OpenTracing type: a variable,
// parameter, result, field or type, or a value in an expression. Nodes are joined
// to classes; a class is a flow group.
type node struct {
	parent *node
	pos    token.Pos
	obj    types.Object // nil for a value in an expression
	// pin is why the class can't change its type. Only that of the class's
	// representative counts.
	pin *pin
	// rooted tells whether a tracer that may do nothing starts a span under a parent
	// that others may see, as pin does for the class.
	rooted bool
	// from are the nodes whose values may be seen here; alike are those that have the
	// values of this one, and the other way round.
	from, alike []*node
	// returns is the result that it has the value of, after one call.
	returns *node
	// active tells whether a span of it is put into a context.
	active bool
	origin origin
	facts  facts
}

// A pin holds a class back.
type pin struct {
	category string
	pos      token.Pos
	reason   string
}

// origin says what a value may be when code compares it with nil.
type origin uint16

const (
	originNil       origin = 1 << iota // a nil literal or a zero value
	originContext                      // SpanFromContext or Extract: nil before, invalid after
	originMade                         // a started span
	originUnknown                      // from code that isn't seen
	originOwnSpan                      // an own implementation of Span, whose methods an adapter would pass by
	originOwnTracer                    // an own implementation of Tracer
	originNoop                         // a tracer that does nothing
	originSome                         // a tracer that does something, or a span of one
	originMock                         // from mocktracer, whose tests look at just this span
)

func (n *node) find() *node {
	for n.parent != nil {
		if n.parent.parent != nil {
			n.parent = n.parent.parent
		}
		n = n.parent
	}
	return n
}

// pinned returns why the class can't change, or nil.
func (n *node) pinned() *pin { return n.find().pin }

func (n *node) hold(category string, pos token.Pos, reason string) {
	if r := n.find(); r.pin == nil {
		r.pin = &pin{category: category, pos: pos, reason: reason}
	}
}

// union joins the classes of two places that may have the same values. Either may be
// nil.
func union(a, b *node) {
	if a != nil && b != nil && a != b {
		a.alike, b.alike = append(a.alike, b), append(b.alike, a)
	}
	join(a, b)
}

// join joins two classes: their types change together, their values may differ or go
// one way only. Either may be nil.
func join(a, b *node) {
	if a == nil || b == nil {
		return
	}
	a, b = a.find(), b.find()
	if a == b {
		return
	}
	if b.pos.IsValid() && (!a.pos.IsValid() || b.pos < a.pos) {
		a, b = b, a // the first place names the group
	}
	b.parent = a
	a.rooted = a.rooted || b.rooted
	if a.pin == nil {
		a.pin = b.pin
	}
}

// sources returns the nodes whose values may be seen at one, itself among them. What a
// call returns that starts it anew each time comes from the call alone, if anew is set.
func (g *graph) sources(n *node, anew bool) map[*node]bool {
	seen := map[*node]bool{n: true}
	for list := []*node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if anew && g.makes(last.returns) {
			continue
		}
		for _, all := range [][]*node{last.from, last.alike} {
			for _, m := range all {
				if !seen[m] {
					seen[m] = true
					list = append(list, m)
				}
			}
		}
	}
	return seen
}

// returned is the value that one call gets of a result.
func (w *flowWalker) returned(call *ast.CallExpr, f *types.Func, i int, result *node) *node {
	brings := f.Pkg() != nil && !w.own[f.Pkg().Path()] && interfaceKind(result.obj.Type()) == "Tracer"
	if softKind(result.obj.Type()) != "Span" && !brings {
		return result
	}
	at := callResult{call, i}
	n := w.called[at]
	if n == nil {
		n = w.newNode(call.Pos(), nil)
		n.from, n.returns, n.origin = []*node{result}, result, result.origin
		join(n, result)
		w.called[at] = n
		w.bringResult(call, f, n, result.obj.Type())
	}
	return n
}

// makes tells whether the spans of a result, or nil, are started in its function, anew
// each time that it is called, and are in no other of its results.
func (g *graph) makes(result *node) bool {
	if result == nil {
		return false
	}
	made, known := g.making[result]
	if !known {
		g.making[result] = false // while it is looked at, for one that calls itself
		if fn := g.declaration(result.pos); fn != nil {
			spans := g.sources(result, true)
			made = startedIn(spans, fn)
			if f, ok := g.files[g.fset.File(fn.Pos())].unit.info.Defs[fn.Name].(*types.Func); ok {
				for v := range f.Signature().Results().Variables() {
					if other := g.declare(v); other != nil && other != result && meet(spans, g.sources(other, true)) {
						made = false
					}
				}
			}
		}
		g.making[result] = made
	}
	return made
}

// declaration returns the function whose declaration is around a place, or nil.
func (g *sourceCode) declaration(at token.Pos) *ast.FuncDecl {
	f := g.files[g.fset.File(at)]
	if f == nil {
		return nil
	}
	for _, d := range f.syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= at && at < fn.End() {
			return fn
		}
	}
	return nil
}
