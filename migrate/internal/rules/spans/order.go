// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// repeated tells whether two nodes are in one loop that is not around all of the given
// places. A goto may make one of any code.
func (p *File) repeated(a, b ast.Node, places map[*flow.Node]bool) bool {
	for n := p.Parent[a]; n != nil; n = p.Parent[n] {
		switch n.(type) {
		case *ast.FuncDecl:
			return p.Jumps(n)
		case *ast.ForStmt, *ast.RangeStmt:
			if syntax.Contains(n, b) && !flow.AllIn(places, n) {
				return true
			}
		}
	}
	return false
}

// closes tells whether nobody else gets at a span after a call in the function that
// starts it and ends it by a defer: nothing follows that could hand it on.
func (p *File) closes(m syntax.Moment, span ast.Expr) bool {
	if m.Deferred != nil || span == nil || p.Jumps(m.Fn) || !p.Repeatable(span) || !p.finishedBy(m.Fn, span) {
		return false
	}
	var inner ast.Node = m.At
	for n := p.Parent[inner]; n != m.Fn && n != nil; inner, n = n, p.Parent[n] {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			if !p.harmless(n) {
				return false
			}
		}
		list, i := syntax.ListOf(n, inner)
		if list == nil {
			continue
		}
		for _, s := range list[i+1:] {
			if !p.harmless(s) {
				return false
			}
		}
		if last := list[len(list)-1]; p.EndsList(last) {
			if _, branch := last.(*ast.BranchStmt); !branch {
				return true
			}
		}
	}
	return true
}

// finishedBy tells whether a function defers the end of a span, and nothing else.
func (p *File) finishedBy(fn ast.Node, span ast.Expr) bool {
	finished, only := false, true
	ast.Inspect(fn, func(n ast.Node) bool {
		stmt, ok := n.(*ast.DeferStmt)
		if !ok {
			return true
		}
		symbol, call := p.Calls(stmt.Call)
		switch {
		case symbol == "opentracing.Span.Finish" && p.Repeatable(syntax.ReceiverOf(call)) && p.Same(syntax.ReceiverOf(call), span):
			finished = true
		case symbol == "opentracing.Span.Finish":
		case !p.harmless(stmt):
			only = false
		}
		return true
	})
	return finished && only
}

// harmless tells whether nothing that is called in a statement can get at a span: only
// calls of the OpenTracing API, and of other modules without spans, contexts and
// functions among their arguments.
func (p *File) harmless(s ast.Node) bool {
	ok := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ok = false
		case *ast.CallExpr:
			ok = ok && p.harmlessCall(n)
		}
		return ok
	})
	return ok
}

func (p *File) harmlessCall(call *ast.CallExpr) bool {
	if p.Info.Types[call.Fun].IsType() || p.Info.Types[call.Fun].IsBuiltin() || p.UseOf(call.Fun) != nil {
		return true
	}
	f := p.Callee(call)
	if f == nil || f.Pkg() != nil && p.Own[f.Pkg().Path()] {
		return false
	}
	for _, arg := range call.Args {
		t := p.Info.TypeOf(arg)
		if t == nil || p.Parts(t).Any() || syntax.IsContext(t) {
			return false
		}
		if _, isFunc := t.Underlying().(*types.Signature); isFunc {
			return false
		}
	}
	return true
}
