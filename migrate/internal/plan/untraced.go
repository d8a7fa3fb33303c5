// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// An outcome says what depends on whether a context has a span. Where no tracer is
// installed a context has one in OpenTracing, which does nothing; in OpenTelemetry it
// has one as well, but the usual question, whether it is valid, is answered with no.
type outcome int

const (
	OutcomeSpans outcome = iota // nothing but what is done to spans
	OutcomeShown                // numbers, texts and calls of other modules, for which the usual question is the better one
	OutcomeKept                 // the state of the program, where nil may be left behind
)

// These are changes of programs in which no tracer is installed. untracedBranch is that
// where the outcome is [outcomeShown].
const (
	UntracedBranch  = "when no tracer is installed, this finds no span; OpenTracing's code finds one that does nothing"
	UntracedContext = "when no tracer is installed, the context of a span is empty, which counts as missing here"
	NoopContext     = "for spans of NoopTracer, and when no tracer is installed, the context of a span is empty, which counts as missing here"
	UntracedTexts   = "when no tracer is installed, this extracts nothing and prints the text of an empty span context"
	UntracedBaggage = "when no tracer is installed, this finds baggage items; OpenTracing's spans drop them"
	UntracedTracer  = "when no tracer is installed, OpenTracing's global tracer is a NoopTracer; OpenTelemetry's is not of its no-op type"
)

// OutcomeOf returns what depends on a test against nil, and whether a span may be left
// nil by it.
func (p *File) OutcomeOf(test *ast.BinaryExpr) (_ outcome, leavesNil bool) {
	d := &dependent{File: p, fn: p.EnclosingFunc(test), test: test}
	cond, has := ast.Node(test), test.Op == token.NEQ
	known := true // has is what the condition says about the span
	for {
		switch n := p.Parent[cond].(type) {
		case *ast.ParenExpr:
			cond = n
			continue
		case *ast.UnaryExpr:
			cond, has = n, !has
			continue
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				cond, known = n, false
				continue
			}
		}
		break
	}
	switch n := p.Parent[cond].(type) {
	case *ast.IfStmt:
		if n.Cond != cond {
			return OutcomeKept, false
		}
		d.inside(n.Cond, nil, false)
		d.inside(n.Body, n.Else, known && !has)
		d.inside(n.Else, n.Body, known && has)
	case *ast.ForStmt:
		if n.Cond != cond {
			return OutcomeKept, false
		}
		d.inside(n, nil, false)
	case *ast.CaseClause:
		d.inside(p.Parent[n], nil, false)
	case *ast.CallExpr:
		d.call(n)
	default:
		d.asked(cond)
		return OutcomeKept, d.leavesNil
	}
	if d.jumps {
		d.after()
	}
	return d.outcome, d.leavesNil
}

// dependent gathers what depends on a test.
type dependent struct {
	*File
	fn      ast.Node // around it
	test    ast.Expr
	outcome outcome
	// leavesNil tells whether a span may be nil otherwise, jumps, whether what comes later
	// depends on the test, too.
	leavesNil, jumps bool
}

func (d *dependent) raise(o outcome) { d.outcome = max(d.outcome, o) }

// inside looks at code that runs, or not, as the test says, and other code that runs in
// its place, if any. Code that is for no span runs more often.
func (d *dependent) inside(root, other ast.Node, forNone bool) {
	if root == nil {
		return
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n == d.test {
				return false
			}
		case *ast.ReturnStmt:
			if d.EnclosingFunc(n) == d.fn {
				d.jumps = true
				d.returned(n)
			}
		case *ast.BranchStmt:
			d.jumps = true
		case *ast.IncDecStmt:
			d.raise(OutcomeShown)
		case *ast.SendStmt:
			d.raise(OutcomeKept)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE || forNone && d.makesSpan(n) {
				return true
			}
			for _, x := range n.Lhs {
				if !d.harmless(x, root, other) {
					d.raise(OutcomeKept)
					d.leavesNil = d.leavesNil || isAnySpan(d.Info.TypeOf(x)) && !d.staysIn(x, root)
				}
			}
		case *ast.CallExpr:
			d.call(n)
		}
		return true
	})
}

// staysIn tells whether a local variable is used in some code only.
func (d *dependent) staysIn(x ast.Expr, root ast.Node) bool {
	v := d.Variable(x)
	if v == nil || d.fn == nil || v.Pos() < d.fn.Pos() || v.Pos() >= d.fn.End() || d.named(v) {
		return false
	}
	return d.Mentions(d.fn, v) == d.Mentions(root, v)+1
}

// named tells whether a variable is a result with a name, which a return without values
// returns.
func (d *dependent) named(v *types.Var) bool {
	sig := d.EnclosingSignature(d.test)
	if sig == nil {
		return true
	}
	for r := range sig.Results().Variables() {
		if r == v {
			return true
		}
	}
	return false
}

// isAnySpan tells whether a type is the Span of one of the two APIs.
func isAnySpan(t types.Type) bool {
	return opentracing.SoftKind(t) == "Span" || types.TypeString(types.Unalias(t), nil) == opentelemetry.TracePath+".Span"
}

// asked looks at what a variable decides that keeps the answer.
func (d *dependent) asked(cond ast.Node) {
	as, ok := d.Parent[cond].(*ast.AssignStmt)
	if !ok || d.fn == nil || len(as.Lhs) != len(as.Rhs) {
		return
	}
	v := d.Variable(as.Lhs[slices.Index(as.Rhs, cond.(ast.Expr))])
	if v == nil || v.IsField() {
		return
	}
	ast.Inspect(d.fn, func(n ast.Node) bool {
		if n, ok := n.(*ast.IfStmt); ok && d.Mentions(n.Cond, v) > 0 {
			d.inside(n.Body, n.Else, false)
			d.inside(n.Else, n.Body, false)
		}
		return true
	})
}

// returned looks at what a function returns, or not.
func (d *dependent) returned(n *ast.ReturnStmt) {
	for i := 0; ; i++ {
		t := d.ResultType(n, i)
		if t == nil {
			return
		}
		if isAnySpan(t) && (i >= len(n.Results) || d.Info.Types[n.Results[i]].IsNil()) {
			d.leavesNil = true
		}
		if _, ok := t.Underlying().(*types.Basic); ok {
			d.raise(OutcomeShown)
		} else {
			d.raise(OutcomeKept)
		}
	}
}

// makesSpan tells whether an assignment has its values of a function of the API, which
// returns no nil.
func (d *dependent) makesSpan(as *ast.AssignStmt) bool {
	for _, e := range as.Rhs {
		symbol, _ := d.Calls(e)
		if symbol == "opentracing.SpanFromContext" || symbol == "" && !d.startsNative(e) {
			return false
		}
	}
	return true
}

// startsNative tells whether an expression starts a span by OpenTelemetry's API.
func (d *dependent) startsNative(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := typeutil.Callee(d.Info, call).(*types.Func)
	return ok && f.FullName() == "("+opentelemetry.TracePath+".Tracer).Start"
}

// isNative tells whether a function is OpenTelemetry's, or one that an earlier run has made.
// Code that was rewritten before decides as it did then.
func (d *dependent) isNative(f *types.Func) bool {
	if f.Pkg() == d.Source.Unit.Pkg {
		return f.Signature().Recv() == nil && edit.ExistingHelper(d.Source.Unit, f.Name()) != ""
	}
	switch f.FullName() {
	case "context.Background", "fmt.Sprint", "fmt.Sprintf", "slices.Concat": // which rewritten calls have among their arguments
		return true
	}
	switch f.Pkg().Path() {
	case opentelemetry.OTelPath, opentelemetry.TracePath, opentelemetry.NoopPath, opentelemetry.AttributePath, opentelemetry.CodesPath,
		opentelemetry.BaggagePath, opentelemetry.PropagationPath, opentelemetry.CompatPath:
		return true
	}
	return false
}

// after looks at what comes after the test, which a jump may pass by.
func (d *dependent) after() {
	ast.Inspect(d.fn, func(n ast.Node) bool {
		stmt, ok := n.(ast.Stmt)
		if !ok {
			return true
		}
		if list, _ := d.Siblings(stmt); list == nil {
			return true
		}
		if stmt.End() > d.test.Pos() {
			d.inside(stmt, nil, false)
		}
		return false
	})
}

// harmless tells whether an assignment leaves no nil behind where it does not happen:
// the variable is not seen outside, can't be nil, or is assigned in other code, too, or
// before.
func (d *dependent) harmless(x ast.Expr, root, other ast.Node) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v := d.Variable(id)
	if v == nil {
		return id.Name == "_"
	}
	if root.Pos() <= v.Pos() && v.Pos() < root.End() {
		return true
	}
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		d.raise(OutcomeShown)
		return t.Kind() != types.UnsafePointer
	case *types.Slice:
		return opentracing.OpenTracingType(t.Elem()) == "opentracing.StartSpanOption" // they are only handed on
	}
	if syntax.IsContext(v.Type()) || opentracing.SoftKind(v.Type()) == "SpanContext" || types.Identical(v.Type(), types.Universe.Lookup("error").Type()) {
		return true
	}
	if other != nil && d.Assigns(other, v) {
		return true
	}
	last, known := d.LastAssignment(v, root)
	as, ok := last.(*ast.AssignStmt)
	return known && ok && d.makesSpan(as)
}

// call looks at what a function may do that is called, or not.
func (d *dependent) call(call *ast.CallExpr) {
	if tv := d.Info.Types[call.Fun]; tv.IsType() || d.SymbolOf(call.Fun) != "" {
		return
	}
	switch f := typeutil.Callee(d.Info, call).(type) {
	case *types.Builtin:
		switch f.Name() {
		case "len", "cap", "append", "make", "new", "min", "max":
		case "print", "println":
			d.raise(OutcomeShown)
		default:
			d.raise(OutcomeKept)
		}
	case *types.Func:
		switch {
		case f.Pkg() == nil, d.isNative(f): // an error's text, or what is done to spans
		case d.Files[d.Fset.File(f.Pos())] != nil || stops(f.Name()):
			d.raise(OutcomeKept)
		default:
			d.raise(OutcomeShown)
		}
	default:
		d.raise(OutcomeKept)
	}
}

// stops tells whether a function of that name may not return, as log.Fatal.
func stops(name string) bool {
	for _, word := range []string{"Fatal", "Panic", "Exit", "Goexit", "FailNow", "Skip"} {
		if strings.HasPrefix(name, word) {
			return true
		}
	}
	return false
}
