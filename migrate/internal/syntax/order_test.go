// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A snippetFile is a file whose syntax can be asked.
type snippetFile struct {
	*File
	*snippet.Snippet
}

func newSnippet(t *testing.T, declarations string) *snippetFile {
	t.Helper()
	s := snippet.New(t, declarations)
	f := NewFile(source.NewCode(s.Fset, []*source.Unit{s.Unit}), s.File)
	f.Parents(func(ast.Node) {})
	return &snippetFile{f, s}
}

const marks = `
func a(...any) {}
func b(...any) {}
func cond() bool { return true }
`

// TestMoment asks which function a call is part of.
func TestMoment(t *testing.T) {
	for _, test := range []struct {
		explanation   string
		body          string
		own, deferred bool // it is part of the declared function; done at its end
	}{
		{"a plain call", `a()`, true, false},
		{"a deferred call", `defer a()`, true, true},
		{"an argument of a deferred call is not deferred", `defer b(func() int { a(); return 1 }())`, true, false},
		{"a deferred literal", `defer func() { a() }()`, true, true},
		{"a goroutine has its own order", `go func() { a() }()`, false, false},
		{"a literal that is kept has, too", `g := func() { a() }; g()`, false, false},
	} {
		s := newSnippet(t, marks+"func f() {\n"+test.body+"\n}")
		m := s.MomentOf(s.Call(t, "a"))
		if _, own := m.Fn.(*ast.FuncDecl); own != test.own || (m.Deferred != nil) != test.deferred {
			t.Errorf("%s: %s is of %T, deferred by %v", test.explanation, test.body, m.Fn, m.Deferred)
		}
	}
}

// TestHoistable asks whether a call can be evaluated in front of its statement.
func TestHoistable(t *testing.T) {
	for _, test := range []struct {
		explanation string
		body        string
		want        bool
	}{
		{"an argument", `b(v())`, true},
		{"a condition", `if v() == 1 { b() }`, true},
		{"a condition behind a statement of the if", `if x := 1; v() == x { b() }`, false},
		{"the statement of an if", `if x := v(); x == 1 { b() }`, true},
		{"what && may skip", `b(cond() && v() == 1)`, false},
		{"the left of && is always evaluated", `b(v() == 1 && cond())`, true},
		{"the condition of a loop is evaluated again", `for v() == 1 { b() }`, false},
		{"an else if has no place before it", `if cond() { b() } else if v() == 1 { b() }`, false},
		{"a literal is evaluated later", `b(func() int { b(); g := func() int { return v() }; return g() })`, true},
		{"a result", `b(); _ = v()`, true},
	} {
		s := newSnippet(t, marks+"func v() int { return 1 }\nfunc f() {\n"+test.body+"\n}")
		if got := s.Hoistable(s.Call(t, "v")) != nil; got != test.want {
			t.Errorf("%s: %s can be hoisted is %v", test.explanation, test.body, got)
		}
	}
}

// TestContextName asks for a context where a call of a stands.
func TestContextName(t *testing.T) {
	for _, test := range []struct{ explanation, declaration, want string }{
		{"a parameter", `func f(c context.Context) { a() }`, "c"},
		{"a variable of the usual name", `func f() { ctx := context.Background(); a(); _ = ctx }`, "ctx"},
		{"which is not declared yet", `func f() { a(); ctx := context.Background(); _ = ctx }`, ""},
		{"which is something else", `func f(ctx int) { a() }`, ""},
		{"a request has one", `func f(w http.ResponseWriter, r *http.Request) { a() }`, "r.Context()"},
		{"an outer function's", `func f(c context.Context) { g := func(n int) { a() }; g(1) }`, "c"},
		{"which is hidden", `func f(c context.Context) { g := func(c int) { a() }; g(1) }`, ""},
		{"one of the package is not of the call", "var ctx context.Context\nfunc f() { a() }", ""},
	} {
		s := newSnippet(t, marks+test.declaration)
		if got := s.ContextName(s.Call(t, "a")); got != test.want {
			t.Errorf("%s: %q, not %q", test.explanation, got, test.want)
		}
	}
}

// TestBetween asks what the first statement of a function does.
func TestBetween(t *testing.T) {
	for _, test := range []struct {
		explanation    string
		stmt           string
		local, nothing bool // changes local variables alone; calls nothing
	}{
		{"a local variable", `x = 1`, true, true},
		{"a field", `h.n = 1`, false, true},
		{"a variable of the package", `global = 1`, false, true},
		{"a call", `x = len(h.names())`, false, false},
		{"a conversion", `x = int(y)`, true, true},
		{"OpenTracing's functions", `span = opentracing.StartSpan("s")`, true, true},
		{"a channel", `x = <-c`, false, true},
		{"an address", `p = &x`, false, true},
		{"an append to the variable itself", `list = append(list, 1)`, true, false},
	} {
		s := newSnippet(t, `
type holder struct{ n int }

func (*holder) names() []int { return nil }

var global int

func f(h *holder, x int, y int32, c chan int, p *int, list []int, span opentracing.Span) {
	`+test.stmt+`
	_, _ = p, list
}`)
		var stmt ast.Stmt
		for _, d := range s.Snippet.File.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "f" {
				stmt = fn.Body.List[0]
			}
		}
		if got := s.Local(stmt); got != test.local {
			t.Errorf("%s: %s is local is %v", test.explanation, test.stmt, got)
		}
		if got := s.CallsNothing(stmt); got != test.nothing {
			t.Errorf("%s: %s calls nothing is %v", test.explanation, test.stmt, got)
		}
	}
}

// TestLastAssignment asks for the assignment that x has its value of at a call of a.
func TestLastAssignment(t *testing.T) {
	for _, test := range []struct {
		explanation string
		body        string
		known       bool
	}{
		{"one before", `x = 1; a(x)`, true},
		{"one in a branch", `if cond() { x = 1 }; a(x)`, false},
		{"one in a branch that ends", `x = 1; if cond() { x = 2; return }; a(x)`, true},
		{"one that a loop comes back with", `x = 1; for range 2 { a(x); x = 2 }`, false},
		{"a parameter", `a(x)`, true},
		{"a literal that may be called at any time", `g := func() { x = 2 }; x = 1; g(); a(x)`, false},
		{"the statement of an if", `if x := 1; cond() { a(x) }`, true},
		{"a label", `l: x = 1; a(x); if cond() { goto l }`, false},
		{"its address is taken", `x = 1; p := &x; *p = 2; a(x)`, false},
	} {
		s := newSnippet(t, marks+"func f(x int) {\n"+test.body+"\n}")
		call := s.Call(t, "a")
		if _, known := s.LastAssignment(s.Variable(call.Args[0]), call); known != test.known {
			t.Errorf("%s: in %s it is known is %v", test.explanation, test.body, known)
		}
	}
}

// TestFirst asks whether nothing is evaluated before a call in its statement, so that it
// can be done in front of that.
func TestFirst(t *testing.T) {
	for _, test := range []struct {
		explanation string
		body        string
		want        bool
	}{
		{"alone", `v()`, true},
		{"the first argument", `b(v())`, true},
		{"the second argument", `b(1, v())`, false},
		{"an argument behind another call", `b(cond(), v())`, false},
		{"what it is given to is called afterwards", `b(b1(v()))`, true},
		{"an assignment to a variable", `x := v(); _ = x`, true},
		{"the second of two values", `x, y := cond(), v(); _, _ = x, y`, false},
		{"an element, whose index is evaluated before", `m[cond()] = v()`, false},
		{"a result", `_ = func() int { return v() }`, true},
		{"the right of an operator", `_ = 1 + v()`, false},
	} {
		s := newSnippet(t, marks+"func v() int { return 1 }\nfunc b1(int) int { return 1 }\nvar m map[bool]int\nfunc f() {\n"+test.body+"\n}")
		call := s.Call(t, "v")
		if got := s.First(call, s.EnclosingStmt(call)); got != test.want {
			t.Errorf("%s: %s is first: %v", test.explanation, test.body, got)
		}
	}
}

// TestPureArguments asks whether an expression can be left out, or evaluated elsewhere.
func TestPureArguments(t *testing.T) {
	for _, test := range []struct {
		expression string
		want       bool
	}{
		{`1 + n`, true},
		{`string(text)`, true},
		{`len(text)`, true},
		{`struct{ n int }{n}`, true},
		{`v()`, false},
		{`n / n`, false},
		{`list[0]`, false},
		{`*pointer`, false},
		{`pointed.n`, false},
		{`<-c`, false},
		{`any(n).(int)`, false},
		{`func() {}`, false},
		{`opentracing.SpanFromContext(nil)`, true},
	} {
		s := newSnippet(t, marks+"func v() int { return 1 }\nvar (n int; text string; list []int; pointer *int; pointed *struct{ n int }; c chan int)\nfunc f() { a("+test.expression+") }")
		if got := s.PureArguments(s.Call(t, "a").Args[0]); got != test.want {
			t.Errorf("%s is pure: %v", test.expression, got)
		}
	}
}
