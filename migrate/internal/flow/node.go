// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

// A Node is a place whose type contains an OpenTracing type: a variable,
// parameter, result, field or type, or a value in an expression. Nodes are joined
// to classes; a class is a flow group.
type Node struct {
	parent *Node
	pos    token.Pos
	Obj    types.Object // nil for a value in an expression
	// Pin is why the class can't change its type. Only that of the class's
	// representative counts.
	Pin *Pin
	// pins are the others.
	pins []*Pin
	// Rooted tells whether a tracer that may do nothing starts a span under a parent
	// that others may see, as pin does for the class.
	Rooted bool
	// From are the nodes whose values may be seen here; alike are those that have the
	// values of this one, and the other way round.
	From, Alike []*Node
	// returns is the result that it has the value of, after one call.
	returns *Node
	// Active tells whether a span of it is put into a context.
	Active bool
	Origin origin
	Facts  Facts
}

// A Pin holds a class back.
type Pin struct {
	Category *refusal.Category
	Pos      token.Pos
	Reason   string
}

// origin says what a value may be when code compares it with nil.
type origin uint16

const (
	OriginNil       origin = 1 << iota // a nil literal or a zero value
	OriginContext                      // SpanFromContext or Extract: nil before, invalid after
	OriginMade                         // a started span
	OriginUnknown                      // from code that isn't seen
	OriginOwnSpan                      // an own implementation of Span
	OriginPassedBy                     // one whose methods an adapter would pass by: see tellsOwnTracer
	OriginOwnTracer                    // an own implementation of Tracer
	OriginNoop                         // a tracer that does nothing
	OriginSome                         // a tracer that does something, or a span of one
	OriginMock                         // from mocktracer, whose tests look at just this span
)

// Pos is where it is.
func (n *Node) Pos() token.Pos { return n.pos }

func (n *Node) Find() *Node {
	for n.parent != nil {
		if n.parent.parent != nil {
			n.parent = n.parent.parent
		}
		n = n.parent
	}
	return n
}

// Pinned returns why the class can't change, or nil.
func (n *Node) Pinned() *Pin { return n.Find().Pin }

// Pins returns all reasons for which the class can't change.
func (n *Node) Pins() []*Pin {
	r := n.Find()
	if r.Pin == nil {
		return nil
	}
	return append([]*Pin{r.Pin}, r.pins...)
}

func (n *Node) hold(category *refusal.Category, pos token.Pos, reason string) {
	n.Find().pin(&Pin{Category: category, Pos: pos, Reason: reason})
}

// holdBy holds a class by the reason of another.
func (n *Node) holdBy(why *Pin) { n.Find().pin(why) }

// pin adds a reason to a class.
func (n *Node) pin(why *Pin) {
	same := func(other *Pin) bool { return other.Category == why.Category && other.Pos == why.Pos }
	switch {
	case n.Pin == nil:
		n.Pin = why
	case len(n.pins) < manyPins && !same(n.Pin) && !slices.ContainsFunc(n.pins, same):
		n.pins = append(n.pins, why)
	}
}

// manyPins is as many as a reader could look at.
const manyPins = 64

// union joins the classes of two places that may have the same values. Either may be
// nil.
func union(a, b *Node) {
	if a != nil && b != nil && a != b {
		a.Alike, b.Alike = append(a.Alike, b), append(b.Alike, a)
	}
	Join(a, b)
}

// Join joins two classes: their types change together, their values may differ or go
// one way only. Either may be nil.
func Join(a, b *Node) {
	if a == nil || b == nil {
		return
	}
	a, b = a.Find(), b.Find()
	if a == b {
		return
	}
	if b.pos.IsValid() && (!a.pos.IsValid() || b.pos < a.pos) {
		a, b = b, a // the first place names the group
	}
	b.parent = a
	a.Rooted = a.Rooted || b.Rooted
	if b.Pin != nil {
		a.pin(b.Pin)
		for _, why := range b.pins {
			a.pin(why)
		}
		b.pins = nil
	}
}

// Sources returns the nodes whose values may be seen at one, itself among them. What a
// call returns that starts it anew each time comes from the call alone, if anew is set.
func (g *Graph) Sources(n *Node, anew bool) map[*Node]bool {
	seen := map[*Node]bool{n: true}
	for list := []*Node{n}; len(list) > 0; {
		last := list[len(list)-1]
		list = list[:len(list)-1]
		if anew && g.makes(last.returns) {
			continue
		}
		for _, all := range [][]*Node{last.From, last.Alike} {
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
func (w *walker) returned(call *ast.CallExpr, f *types.Func, i int, result *Node) *Node {
	brings := f.Pkg() != nil && !w.Own[f.Pkg().Path()] && opentracing.InterfaceKind(result.Obj.Type()) == "Tracer"
	if opentracing.SoftKind(result.Obj.Type()) != "Span" && !brings {
		return result
	}
	at := callResult{call, i}
	n := w.called[at]
	if n == nil {
		n = w.NewNode(call.Pos(), nil)
		n.From, n.returns, n.Origin = []*Node{result}, result, result.Origin
		Join(n, result)
		w.called[at] = n
		w.bringResult(call, f, n, result.Obj.Type())
	}
	return n
}

// makes tells whether the spans of a result, or nil, are started in its function, anew
// each time that it is called, and are in no other of its results.
func (g *Graph) makes(result *Node) bool {
	if result == nil {
		return false
	}
	made, known := g.making[result]
	if !known {
		g.making[result] = false // while it is looked at, for one that calls itself
		if fn := g.Declaration(result.pos); fn != nil {
			spans := g.Sources(result, true)
			made = StartedIn(spans, fn)
			if f, ok := g.Files[g.Fset.File(fn.Pos())].Unit.Info.Defs[fn.Name].(*types.Func); ok {
				for v := range f.Signature().Results().Variables() {
					if other := g.declare(v); other != nil && other != result && meet(spans, g.Sources(other, true)) {
						made = false
					}
				}
			}
		}
		g.making[result] = made
	}
	return made
}

func AllIn(places map[*Node]bool, in ast.Node) bool {
	for n := range places {
		if n.pos < in.Pos() || n.pos >= in.End() {
			return false
		}
	}
	return true
}

// StartedIn tells whether all spans of a set of nodes are started in a function, anew
// each time that it is called.
func StartedIn(spans map[*Node]bool, fn ast.Node) bool {
	for n := range spans {
		if v, ok := n.Obj.(*types.Var); ok && (v.Kind() == types.ParamVar || v.Kind() == types.RecvVar) {
			return false
		}
		if n.Origin&OriginContext != 0 {
			return false
		}
	}
	return AllIn(spans, fn)
}
