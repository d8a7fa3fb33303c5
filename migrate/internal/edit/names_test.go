// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"go/token"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/snippet"
)

// TestNames asks for the names of an import, of the package's tracer and of a helper that
// are used where mark is called.
func TestNames(t *testing.T) {
	type want struct{ trace, otel, compat, tracer, helper string }
	plain := want{"trace", "otel", "compat", "tracer", "isSpan"}
	for _, test := range []struct {
		explanation  string
		declarations string
		want         want
	}{
		{"nothing is taken", `func f() { mark() }`, plain},
		{"a local variable hides an import", `func f() { trace := 1; mark(); _ = trace }`, want{"oteltrace", "otel", "compat", "tracer", "isSpan"}},
		{"one that comes later does not", `func f() { mark(); trace := 1; _ = trace }`, plain},
		{"one of another function does not", `func f() { mark() }; func g() { trace := 1; _ = trace }`, plain},
		{"a parameter hides the tracer", `func f(tracer int) { mark() }`, want{"trace", "otel", "compat", "otelTracer", "isSpan"}},
		{"the package declares an import's name", `type trace int; func f() { mark() }`, want{"oteltrace", "otel", "compat", "tracer", "isSpan"}},
		{"and the usual other name", `type trace int; func f() { oteltrace := 1; mark(); _ = oteltrace }`, want{"oteltrace2", "otel", "compat", "tracer", "isSpan"}},
		{"the package declares otel", `var otel int; func f() { mark() }`, want{"trace", "otelapi", "compat", "tracer", "isSpan"}},
		{"the package declares compat", `var compat int; func f() { mark() }`, want{"trace", "otel", "otcompat", "tracer", "isSpan"}},
		{"the package has another tracer", `var tracer int; func f() { mark() }`, want{"trace", "otel", "compat", "otelTracer", "isSpan"}},
		{"and another one of that name", `var tracer, otelTracer int; func f() { mark() }`, want{"trace", "otel", "compat", "packageTracer", "isSpan"}},
		{"a function of the helper's name", `func isSpan() bool { return true }; func f() { mark() }`, want{"trace", "otel", "compat", "tracer", "otelIsSpan"}},
		{"a method of that name is in no one's way", `type s struct{}; func (s) isSpan() {}; func f() { mark() }`, plain},
	} {
		s := snippet.New(t, "func mark() {}\n"+test.declarations)
		n, at := newNames(), s.Call(t, "mark").Pos()
		ask := func(at token.Pos) want {
			return want{n.pkg(s.File, opentelemetry.TracePath, at), n.pkg(s.File, opentelemetry.OTelPath, at), n.pkg(s.File, opentelemetry.CompatPath, at), n.tracer(s.File, at), n.helper(s.File, "isSpan", at)}
		}
		ask(at) // which notes the uses
		n.fix()
		if got := ask(at); got != test.want {
			t.Errorf("%s: %+v, want %+v:\n%s", test.explanation, got, test.want, test.declarations)
		}
	}
}

// TestNamesOfSeveralUses asks for names that all of their uses have to see.
func TestNamesOfSeveralUses(t *testing.T) {
	s := snippet.New(t, `
func first() {}
func second() {}
func f()           { first() }
func g(tracer int) { second() }
`)
	n := newNames()
	for _, name := range []string{"first", "second"} {
		n.tracer(s.File, s.Call(t, name).Pos())
	}
	n.fix()
	if got := n.tracer(s.File, s.Call(t, "first").Pos()); got != "otelTracer" {
		t.Errorf("the tracer is %s where only another use can't see that name, want otelTracer", got)
	}
}
