// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"testing"
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
		s := newSnippet(t, "func mark() {}\nfunc cond() bool { return true }\nfunc f(span, other opentracing.Span, name string) {\n"+test.body+"\n}")
		p := (&spanRun{rewriter: s.run}).file(newValueFile(s.planner))
		call := s.callAfter(t, "mark")
		if got := p.keepsDescription(receiverOf(call), &op{call: call}); got != test.want {
			t.Errorf("%s: %v, want %v:\n%s", test.explanation, got, test.want, test.body)
		}
	}
}

// callAfter returns the call of the statement after one that calls a function.
func (s *snippet) callAfter(t *testing.T, name string) *ast.CallExpr {
	t.Helper()
	list, i := s.siblings(s.statement(s.call(t, name)).(ast.Stmt))
	return list[i+1].(*ast.ExprStmt).X.(*ast.CallExpr)
}
