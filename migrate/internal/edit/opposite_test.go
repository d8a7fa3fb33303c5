// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

func TestOpposite(t *testing.T) {
	const head = "func(r *http.Request) bool "
	for _, tc := range []struct{ name, predicate, want string }{
		{"a comparison", `{ return r.URL.Path != "/healthz" }`, `{ return r.URL.Path == "/healthz" }`},
		{"one of numbers, which may be no numbers", `{ return a < b }`, `{ return !(a < b) }`},
		{"a negation", `{ return !strings.HasPrefix(r.URL.Path, "/health") }`, `{ return strings.HasPrefix(r.URL.Path, "/health") }`},
		{"a negation of what stands in parentheses", `{ return !(a || b) }`, `{ return a || b }`},
		{"a call", `{ return wanted(r) }`, `{ return !wanted(r) }`},
		{"parentheses", `{ return (a == b) }`, `{ return a != b }`},
		{"comparisons that are joined", "{\n\treturn a != b && // not b\n\t\tc != d && !quiet(r) && e\n}", "{\n\treturn a == b || // not b\n\t\tc == d || quiet(r) || !e\n}"},
		{"or", `{ return a == b || c }`, `{ return a != b && !c }`},
		{"both operators", `{ return a == b || c && d }`, `{ return !(a == b || c && d) }`},
		{"comments stay", "{\n\t// why\n\treturn a == b // so\n}", "{\n\t// why\n\treturn a != b // so\n}"},
		{"two statements", "{ a(); return b }", "{ return !(" + head + "{ a(); return b })(r) }"},
	} {
		src := "package p\n\nvar f = " + head + tc.predicate + "\n"
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		f := NewFile(&source.File{Name: "p.go", Src: []byte(src), Syntax: file})
		names := newNames()
		r := &Renderer{File: f, names: names, base: fset.File(file.FileStart)}
		got := r.Opposite(file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0])
		if want := head + tc.want; got != want {
			t.Errorf("%s: %s\nwant %s", tc.name, got, want)
		}
	}
}
