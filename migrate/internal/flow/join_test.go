// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/types"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A snippetGraph is the flow graph of a file.
type snippetGraph struct {
	*Graph
	*snippet.Snippet
}

func newSnippet(t *testing.T, declarations string) *snippetGraph {
	t.Helper()
	s := snippet.New(t, declarations)
	g := NewGraph(s.Fset, []*source.Unit{s.Unit})
	g.Build()
	return &snippetGraph{g, s}
}

// named returns the node of what has a name.
func (g *snippetGraph) named(t *testing.T, name string) *Node {
	t.Helper()
	obj := g.Snippet.Object(t, name)
	if f, ok := obj.(*types.Func); ok {
		return g.function(f)
	}
	return g.Graph.Object(obj)
}

// TestFlowJoins asks whether x and y are in one flow group, so that their types change
// together. A plain span of which an adapter can be made joins, too, as long as neither
// side has to stay.
func TestFlowJoins(t *testing.T) {
	for _, test := range []struct {
		explanation  string
		declarations string
		want         bool
	}{
		{"an assignment", `func f(x opentracing.Span) { y := x; _ = y }`, true},
		{"two variables that never meet", `func f() { x := opentracing.StartSpan("x"); y := opentracing.StartSpan("y"); x.Finish(); y.Finish() }`, false},
		{"two parameters of one function, which is one type", `func f(x, y opentracing.Span) { x.Finish(); y.Finish() }`, true},
		{"a later assignment", `func f(x opentracing.Span) { var y opentracing.Span; y = x; _ = y }`, true},
		{"an argument", `func g(y opentracing.Span) {}; func f(x opentracing.Span) { g(x) }`, true},
		{"a variadic argument", `func g(y ...opentracing.Span) {}; func f(x opentracing.Span) { g(nil, x) }`, true},
		{"an argument of a method", `type s struct{}; func (s) g(y opentracing.Span) {}; func f(x opentracing.Span) { s{}.g(x) }`, true},
		{"a result", `func f(x opentracing.Span) opentracing.Span { return x }; func g() { y := f(nil); _ = y }`, true},
		{"the second result", `func f(x opentracing.Span) (int, opentracing.Span) { return 1, x }; func g() { _, y := f(nil); _ = y }`, true},
		{"results that go on as arguments", `func f(x opentracing.Span) (int, opentracing.Span) { return 1, x }; func h(n int, y opentracing.Span) {}; func g() { h(f(nil)) }`, true},
		{"a field", `type s struct{ x opentracing.Span }; func f(v s) { y := v.x; _ = y }`, true},
		{"a field of a literal", `type s struct{ x opentracing.Span }; func f(y opentracing.Span) { _ = s{x: y} }`, true},
		{"a literal without names", `type s struct{ n int; x opentracing.Span }; func f(y opentracing.Span) { _ = s{1, y} }`, true},
		{"two fields of one struct", `type s struct{ x, y opentracing.Span }; func f(v s) { v.x.Finish(); v.y.Finish() }`, false},
		{"a slice and its element", `func f(x []opentracing.Span) { y := x[0]; _ = y }`, true},
		{"a map that is walked through", `func f(x map[string]opentracing.Span) { for _, y := range x { _ = y } }`, true},
		{"a channel", `func f(x chan opentracing.Span) { y := <-x; _ = y }`, true},
		{"what is sent", `func f(x chan opentracing.Span, y opentracing.Span) { x <- y }`, true},
		{"append", `func f(x []opentracing.Span, y opentracing.Span) { x = append(x, y) }`, true},
		{"a pointer", `func f(x opentracing.Span) { y := &x; _ = y }`, true},
		{"a function value and its function", `func x(s opentracing.Span) {}; func f() { y := x; _ = y }`, true},
		{"a method of an interface that a type implements", `type i interface{ g(x opentracing.Span) }; type s struct{}; func (s) g(y opentracing.Span) {}; func f() { var v i = s{}; _ = v }`, true},
		{"a method of the same name that is no such method", `type i interface{ g(x opentracing.Span); h() }; type s struct{}; func (s) g(y opentracing.Span) {}`, false},
		{"a generic function", `func g[T any](v T) T { return v }; func f(x opentracing.Span) { y := g(x); _ = y }`, true},
		{"a closure", `func f(x opentracing.Span) { func() { y := x; _ = y }() }`, true},
		{"a span and the context of it", `func f(x opentracing.Span) { y := x.Context(); _ = y }`, true},
		{"a child and the parent that its reference names", `func f(x opentracing.SpanContext) { y := opentracing.StartSpan("c", opentracing.ChildOf(x)); _ = y }`, true},
	} {
		g := newSnippet(t, test.declarations)
		x, y := g.named(t, "x"), g.named(t, "y")
		if x == nil || y == nil {
			t.Errorf("%s: x and y are not both in the graph:\n%s", test.explanation, test.declarations)
		} else if got := x.Find() == y.Find(); got != test.want {
			t.Errorf("%s: one group: %v, want %v:\n%s", test.explanation, got, test.want, test.declarations)
		}
	}
}

// TestFlowPins asks why x has to stay OpenTracing, by its category.
func TestFlowPins(t *testing.T) {
	for _, test := range []struct{ explanation, declarations, want string }{
		{"nothing", `func f(x opentracing.Span) { x.Finish() }`, ""},
		{"a type that implements Span", `type own struct{ opentracing.Span }; func (own) Finish() {}; func f() { var x opentracing.Span = own{}; x.Finish() }`, "own-span"},
		{"a type of the module's own interface", `type f interface{ Finish() }; func g(x opentracing.Span) { var v f = x; _ = v }`, "structural-interface"},
		{"the tracer that is made the global one", `func f(x opentracing.Tracer) { opentracing.SetGlobalTracer(x) }`, "set-up"},
	} {
		g := newSnippet(t, test.declarations)
		got := ""
		if pin := g.named(t, "x").Pinned(); pin != nil {
			got = pin.Category.Name
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q:\n%s", test.explanation, got, test.want, test.declarations)
		}
	}
}
