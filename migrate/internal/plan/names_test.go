// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A snippetFile is a file whose syntax, types and flow groups can be asked.
type snippetFile struct {
	*File
	*snippet.Snippet
}

func newSnippet(t *testing.T, declarations string, imports ...string) *snippetFile {
	t.Helper()
	s := snippet.New(t, declarations, imports...)
	rw := New(s.Fset, []*source.Unit{s.Unit}, &Options{}, nil)
	rw.Build()
	p := NewFile(rw, s.File)
	p.Parents(func(ast.Node) {})
	return &snippetFile{p, s}
}

// TestFreshNames asks for names of new variables.
func TestFreshNames(t *testing.T) {
	s := newSnippet(t, `
func a(...any)    {}
func b(...any)    {}
func cond() bool { return true }

func f(span int) {
	if cond() {
		a(span)
	} else {
		b(span)
	}
}`)
	first, second := s.EnclosingStmt(s.Call(t, "a")), s.EnclosingStmt(s.Call(t, "b"))
	for _, test := range []struct {
		explanation string
		got, want   string
	}{
		{"a name that is mentioned", s.Fresh("span", first), "span2"},
		{"again in the same block", s.Fresh("span", first), "span3"},
		{"in a block beside it", s.Fresh("span", second), "span2"},
		{"a name that is free", s.Fresh("ctx", first), "ctx"},
		{"in all of the function", s.FreshIn(s.EnclosingFunc(first), "span"), "span4"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, not %s", test.explanation, test.got, test.want)
		}
	}
}
