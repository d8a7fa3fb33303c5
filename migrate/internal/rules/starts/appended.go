// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// An appended is a statement that appends references to the options of a start:
//
//	opts = append(opts, opentracing.ChildOf(parent))
//	span := tracer.StartSpan("name", opts...)
//
// They become the start's own, where the options go nowhere else afterwards.
type appended struct {
	stmt *ast.AssignStmt
	keep []ast.Expr // the other options that are appended
}

// appendedReferences moves the references that the statements right before a start
// append to its options into the start.
func (p *File) appendedReferences(st *Start) {
	v := p.Variable(st.spread)
	at := p.EnclosingStmt(st.Call)
	list, i := p.Siblings(at)
	if v == nil || list == nil || p.ReachesFurther(v, at) {
		return
	}
	for i--; i >= 0; i-- {
		as, call := p.AppendTo(list[i], v)
		if call == nil {
			if _, jumped := list[i].(*ast.LabeledStmt); jumped || p.Mentions(list[i], v) > 0 {
				return
			}
			continue
		}
		a := &appended{stmt: as}
		for _, arg := range call.Args[1:] {
			if symbol, _ := p.referenceOf(arg); symbol != "" {
				p.option(st, arg)
			} else {
				a.keep = append(a.keep, arg)
			}
		}
		if len(a.keep) < len(call.Args)-1 {
			st.appended = append(st.appended, a)
			if len(st.appended) > 1 {
				st.deny(RefusedReferenceValue, as, "references are appended in several statements")
			}
		}
	}
}

// appendedTo lets the start that an appended reference is for take it, and tells
// whether one did.
func (p *File) appendedTo(u *plan.Use, option ast.Expr) bool {
	outer, ok := p.Statement(option).(*ast.CallExpr)
	if !ok || len(outer.Args) < 2 {
		return false
	}
	v := p.Variable(outer.Args[0])
	stmt, ok := p.Parent[outer].(*ast.AssignStmt)
	if !ok || v == nil {
		return false
	}
	if _, call := p.AppendTo(stmt, v); call != outer {
		return false
	}
	list, i := p.Siblings(stmt)
	for _, next := range list[min(i+1, len(list)):] {
		if p.Mentions(next, v) == 0 {
			continue
		}
		ast.Inspect(next, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if ok && call.Ellipsis.IsValid() && p.Variable(call.Args[len(call.Args)-1]) == v && p.EnclosingStmt(call) == next {
				if start := p.UseOf(call.Fun); start != nil && p.Owner[start.Id] == nil && p.Rules[start.Sym.String()].Name == "start" {
					last := p.lastOfChain(call)
					u := p.UseOf(last.Fun)
					u.Call = last
					p.Apply(u)
				}
			}
			return true
		})
		if _, call := p.AppendTo(next, v); call == nil {
			break
		}
	}
	return p.Owner[u.Id] != nil
}

// lastOfChain returns the last of the API's calls that are made on what a call returns, which
// takes those before it.
func (p *File) lastOfChain(call *ast.CallExpr) *ast.CallExpr {
	for {
		sel, ok := p.Parent[call].(*ast.SelectorExpr)
		next, called := p.Parent[sel].(*ast.CallExpr)
		if !ok || !called || next.Fun != sel || p.UseOf(sel) == nil {
			return call
		}
		call = next
	}
}

// dropAppended rewrites the statements that appended references.
func (p *File) dropAppended(s *plan.Site, st *Start) {
	for _, a := range st.appended {
		if len(a.keep) == 0 {
			p.Edit(s, a.stmt, nil)
			continue
		}
		call := a.stmt.Rhs[0].(*ast.CallExpr)
		p.Edit(s, call, func(r *edit.Renderer) string {
			return edit.List("append(", append(r.Each(call.Args[:1]), r.SpreadLast(r.Each(a.keep))...), ")")
		})
	}
}
