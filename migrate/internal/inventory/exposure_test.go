// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// apiStub makes a package at OpenTracing's path without loading the real one.
type apiStub struct{}

func (apiStub) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, "opentracing")
	span := types.NewTypeName(0, pkg, "Span", nil)
	types.NewNamed(span, types.NewInterfaceType(nil, nil), nil)
	pkg.Scope().Insert(span)
	pkg.MarkComplete()
	return pkg, nil
}

func TestExposesOpenTracing(t *testing.T) {
	for _, tt := range []struct {
		source string
		want   bool
		why    string
	}{
		{`func F(o.Span) {}`, true, "a parameter"},
		{`func F() map[string][]*o.Span { return nil }`, true, "deep in a result"},
		{`func F(func(o.Span)) {}`, true, "in a function type"},
		{`var V o.Span`, true, "a variable"},
		{`type A = o.Span`, true, "an alias"},
		{`type D o.Span`, false, "a type defined as it has its methods, which mention the API's types; this stub's has none"},
		{`type S struct{ Span o.Span }`, true, "an exported field"},
		{`type S struct{ o.Span }`, true, "an embedding"},
		{`type S struct{}; func (S) M(o.Span) {}`, true, "a method"},
		{`type I interface{ M(o.Span) }`, true, "an interface's method"},
		{`type I interface{ o.Span }`, true, "an embedded interface"},
		{`type G[T any] struct{}; var V G[o.Span]`, true, "a type argument"},
		{`type s struct{ Span o.Span }; func F() *s { return nil }`, true, "an exported field of what a function returns"},
		{`type S struct{ next *S; Next *S; Span chan o.Span }`, true, "a recursive type"},
		{`func f(o.Span) {}; func F() { f(nil) }`, false, "used inside only"},
		{`type S struct{ span o.Span }`, false, "an unexported field"},
		{`type S struct{}; func (S) m(o.Span) {}`, false, "an unexported method"},
		{`type s struct{ Span o.Span }; var v s; func F() int { _ = v; return 1 }`, false, "an unexported type that nothing exported leads to"},
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", "package p\n\nimport o \""+opentracing.OpenTracingPath+"\"\n\nvar _ o.Span\n\n"+tt.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		conf := types.Config{Importer: apiStub{}}
		pkg, err := conf.Check("example.com/p", fset, []*ast.File{file}, nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.source, err)
		}
		if got := exposesOpenTracing(pkg); got != tt.want {
			t.Errorf("%s: %v, want %v: %s", tt.source, got, tt.want, tt.why)
		}
	}
}
