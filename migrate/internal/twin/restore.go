// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A reset is a call that sets the global tracer back, in a function that made a mock global:
//
//	defer opentracing.SetGlobalTracer(opentracing.NoopTracer{})
//
// It becomes a call of what Install returned, which sets all globals back.
type reset struct {
	call *ast.CallExpr
	// lit is the function that does nothing else, or nil.
	lit *ast.FuncLit
	// before is the variable that has the tracer to set, or nil.
	before *types.Var
}

// resetOf returns the reset that a call is, or nil: it sets no tracer, or the one that was
// global before.
func (in *installs) resetOf(call *ast.CallExpr) *reset {
	re := &reset{call: call}
	arg := ast.Unparen(call.Args[0])
	if symbol, _ := in.Calls(arg); !opentracing.IsNoop(in.Info.TypeOf(arg)) && symbol != "opentracing.GlobalTracer" {
		if re.before = in.Variable(arg); re.before == nil || in.keptBefore(re.before, call) == nil {
			return nil // a tracer of its own
		}
	}
	if stmt, ok := in.Parent[call].(*ast.ExprStmt); ok {
		body, _ := in.Parent[stmt].(*ast.BlockStmt)
		if lit, ok := in.Parent[body].(*ast.FuncLit); ok && len(body.List) == 1 && lit.Type.Params.NumFields() == 0 && lit.Type.Results.NumFields() == 0 {
			re.lit = lit
		}
	}
	return re
}

// undone returns the one of some installs that a reset undoes; nil where it is none, or can't
// be told.
func (in *installs) undone(all []*install, re *reset) (of *install) {
	for _, one := range all {
		if one.stmt == nil || !syntax.Contains(in.Parent[one.stmt], re.call) {
			continue
		}
		if of != nil {
			return nil
		}
		of = one
	}
	if of == nil || in.freeName(of.stmt) == "" || re.call.Pos() < of.call.Pos() && of.registered(re) < 0 {
		return nil
	}
	return of
}

// keptBefore returns the statement by which a variable gets the global tracer, if it gets no
// other one.
func (in *installs) keptBefore(v *types.Var, at ast.Node) (kept *ast.AssignStmt) {
	fn := in.OutermostFunc(at)
	if fn == nil {
		return nil
	}
	assigned := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || !in.Assigns(as, v) || slices.ContainsFunc(as.Rhs, func(e ast.Expr) bool { return in.Assigns(e, v) }) {
			return true
		}
		assigned++
		if symbol, _ := in.Calls(as.Rhs[0]); len(as.Lhs) == 1 && as.Tok == token.DEFINE && symbol == "opentracing.GlobalTracer" {
			kept = as
		}
		return true
	})
	if assigned != 1 {
		return nil
	}
	return kept
}

// register returns the statement in the install's list by which a reset will run at the end,
// and its index: a defer, or a call of Cleanup. It is nil for another one.
func (one *install) register(re *reset) (ast.Stmt, int) {
	for i, stmt := range one.list {
		if !syntax.Contains(stmt, re.call) {
			continue
		}
		switch s := stmt.(type) {
		case *ast.DeferStmt:
			if s.Call == re.call || re.lit != nil && s.Call.Fun == re.lit {
				return s, i
			}
		case *ast.ExprStmt:
			call, ok := s.X.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 || re.lit == nil || call.Args[0] != re.lit {
				break
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Cleanup" {
				return s, i
			}
		}
		break
	}
	return nil, -1
}

// registered returns the index of the statement that registers a reset before the install,
// or -1 if there is none, or others are registered between the two, which would run in
// another order.
func (one *install) registered(re *reset) int {
	_, at := one.register(re)
	if at < 0 || at > one.index {
		return -1
	}
	for _, stmt := range one.list[at+1 : one.index] {
		between := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.DeferStmt:
				between = true
			case *ast.SelectorExpr:
				between = between || n.Sel.Name == "Cleanup"
			}
			return !between
		})
		if between {
			return -1
		}
	}
	return at
}

// returnsNext tells whether the statement after the install returns a reset, and calls nothing.
func (one *install) returnsNext(re *reset) bool {
	if re.lit == nil || one.index+1 >= len(one.list) {
		return false
	}
	ret, ok := one.list[one.index+1].(*ast.ReturnStmt)
	if !ok || one.CommentBetween(one.stmt, ret) {
		return false
	}
	for _, result := range ret.Results {
		if result != re.lit && !one.Repeatable(result) {
			return false
		}
	}
	return slices.Contains(ret.Results, ast.Expr(re.lit))
}

// planRestore makes the edits of the resets.
func (one *install) planRestore() {
	if len(one.resets) == 0 {
		return
	}
	first := one.resets[0]
	stmt, at := one.register(first)
	whole := func(r *edit.Renderer) string { return r.Text(one.call) } // mocktracer.Install(mock)
	switch {
	case len(one.resets) == 1 && at >= 0 && at < one.index:
		// The install takes the form of what is registered before it, which goes.
		one.edits.Add(one.part, stmt, nil)
		one.edits.Add(one.part, one.stmt, func(r *edit.Renderer) string {
			if s, ok := stmt.(*ast.ExprStmt); ok {
				return r.Text(s.X.(*ast.CallExpr).Fun) + "(" + whole(r) + ")"
			}
			return "defer " + whole(r) + "()"
		})
	case len(one.resets) == 1 && (at == one.index+1 && !one.CommentBetween(one.stmt, stmt) || one.returnsNext(first)):
		one.edits.Add(one.part, one.stmt, nil)
		one.replace(first, whole)
	default:
		name := one.freeName(one.stmt)
		one.edits.Add(one.part, one.stmt, func(r *edit.Renderer) string { return name + " := " + whole(r) })
		for _, re := range one.resets {
			one.replace(re, func(*edit.Renderer) string { return name })
		}
	}
	one.dropBefore()
}

// replace makes a reset call what restore is.
func (one *install) replace(re *reset, restore func(r *edit.Renderer) string) {
	if re.lit != nil {
		one.edits.Add(one.part, re.lit, restore)
		return
	}
	one.edits.Add(one.part, re.call, func(r *edit.Renderer) string { return restore(r) + "()" })
}

// dropBefore deletes the variables that only resets used.
func (one *install) dropBefore() {
	used := make(map[*types.Var]int)
	for _, re := range one.resets {
		if re.before != nil {
			used[re.before]++
		}
	}
	for v, n := range used {
		kept := one.keptBefore(v, one.call)
		if one.Mentions(one.OutermostFunc(one.call), v) == n+1 {
			one.edits.Add(one.part, kept, nil)
		}
	}
}
