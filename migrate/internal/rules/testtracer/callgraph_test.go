// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/token"
	"go/types"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// TestCallGraph asks whether y may run because x does.
func TestCallGraph(t *testing.T) {
	for _, test := range []struct {
		explanation  string
		declarations string
		want         bool
	}{
		{"a call", `func x() { y() }; func y() {}`, true},
		{"the other way round", `func x() {}; func y() { x() }`, false},
		{"by another function", `func x() { z() }; func z() { y() }; func y() {}`, true},
		{"a function that calls itself", `func x() { x(); y() }; func y() { x() }`, true},
		{"a function that is handed on", `func x() { z(y) }; func z(f func()) {}; func y() {}`, true},
		{"in a literal", `func x() { _ = func() { y() } }; func y() {}`, true},
		{"a variable of the package that has it", `var v = y; func x() { v() }; func y() {}`, true},
		{"a method", `type s struct{}; func (s) y() {}; func x() { s{}.y() }`, true},
		{"a method by an interface, of a type that is made", `type i interface{ z() }; type s struct{}; func (s) z() { y() }; func y() {}; func x() { var v i = s{}; v.z() }`, true},
		{"a method by an interface, of a type that is not", `type i interface{ z() }; type s struct{}; func (s) z() { y() }; func y() {}; func x(v i) { v.z() }`, false},
		{"a method of another type", `type s struct{}; func (s) z() {}; type r struct{}; func (r) y() {}; func x() { s{}.z() }`, false},
		{"a method that code of another module may call", `type s struct{}; func (s) ServeHTTP(http.ResponseWriter, *http.Request) { y() }; func y() {}; func x() { http.Handle("/", s{}) }`, true},
		{"a method of the module's own that nobody names", `type s struct{}; func (s) z() { y() }; func y() {}; func x() { _ = s{} }`, false},
		{"a method of an embedded type", `type i interface{ z() }; type r struct{}; func (r) z() { y() }; type s struct{ r }; func y() {}; func x() { var v i = s{}; v.z() }`, true},
		{"a generic function", `func x() { z[int]() }; func z[T any]() { y() }; func y() {}`, true},
	} {
		s := snippet.New(t, test.declarations)
		place := func(name string) token.Pos {
			for id, obj := range s.Unit.Info.Defs {
				if _, ok := obj.(*types.Func); ok && id.Name == name {
					return id.Pos()
				}
			}
			t.Fatalf("no function is named %s", name)
			return token.NoPos
		}
		from, to := place("x"), place("y")
		c := newCallGraph(flow.NewGraph(s.Fset, []*source.Unit{s.Unit}))
		if got := c.reach([]token.Pos{from})[c.place(to)]; got != test.want {
			t.Errorf("%s: %v, want %v:\n%s", test.explanation, got, test.want, test.declarations)
		}
	}
}
