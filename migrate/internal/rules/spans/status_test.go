// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// TestKeepsDescription asks whether a bare true always follows a description, which it
// leaves then.
func TestKeepsDescription(t *testing.T) {
	const (
		text = `span.SetTag("error", "text")`
		bare = `mark(); span.SetTag("error", true)`
	)
	for _, test := range []struct {
		explanation string
		body        string
		want        bool
	}{
		{"none", bare, false},
		{"a description before", text + `; ` + bare, true},
		{"one before the branch", text + `; if cond() { ` + bare + ` }`, true},
		{"one in another branch", `if cond() { ` + text + ` }; ` + bare, false},
		{"one of another span", `other.SetTag("error", "text"); ` + bare, false},
		{"one that comes later", bare + `; ` + text, false},
		{"another bare one", `span.SetTag("error", true); ` + bare, false},
		{"a text that may be empty", `span.SetTag("error", name); ` + bare, false},
		{"one in a function literal", `func() { ` + text + ` }(); ` + bare, false},
		{"one that a goto may pass by", `if cond() { goto l }; ` + text + `; l: cond(); ` + bare, false},
	} {
		s := snippet.New(t, "func mark() {}\nfunc cond() bool { return true }\nfunc f(span, other opentracing.Span, name string) {\n"+test.body+"\n}")
		rw := plan.New(s.Fset, []*source.Unit{s.Unit}, &plan.Options{}, nil)
		rw.Build()
		file := plan.NewFile(rw, s.File)
		file.Parents(func(ast.Node) {})
		p := (&Run{Run: rw}).File(values.NewFile(file))
		list, i := p.Siblings(p.Statement(s.Call(t, "mark")).(ast.Stmt))
		call := list[i+1].(*ast.ExprStmt).X.(*ast.CallExpr)
		if got := p.keepsDescription(syntax.ReceiverOf(call), &Op{Call: call}); got != test.want {
			t.Errorf("%s: %v, want %v:\n%s", test.explanation, got, test.want, test.body)
		}
	}
}
