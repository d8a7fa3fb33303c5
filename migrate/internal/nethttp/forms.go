// SPDX-License-Identifier: Apache-2.0

package nethttp

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Transport returns the address-of expression and the fields of a literal that makes a
// *nethttp.Transport with keyed fields; nil for any other literal.
func Transport(f *syntax.File, lit *ast.CompositeLit) (*ast.UnaryExpr, map[string]ast.Expr) {
	t, ok := types.Unalias(f.Info.TypeOf(lit)).(*types.Named)
	if !ok || t.Obj().Pkg() == nil || t.Obj().Pkg().Path() != Path || t.Obj().Name() != "Transport" {
		return nil, nil
	}
	u, ok := f.Parent[lit].(*ast.UnaryExpr)
	fields, keyed := syntax.LiteralFields(lit)
	if !ok || u.Op != token.AND || !keyed {
		return nil, nil
	}
	return u, fields
}

// EachUse calls visit for each use of what TraceRequest returned in the statement as: with the
// name of the method and its call, or with a nil call where the use is anything else.
func EachUse(f *syntax.File, as *ast.AssignStmt, tracer *types.Var, visit func(id, method *ast.Ident, call *ast.CallExpr)) {
	ast.Inspect(f.OutermostFunc(as), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || f.Info.Uses[id] != tracer {
			return true
		}
		sel, ok := f.Parent[id].(*ast.SelectorExpr)
		if !ok {
			visit(id, nil, nil)
			return true
		}
		call, _ := f.Parent[sel].(*ast.CallExpr)
		if call != nil && call.Fun != sel {
			call = nil
		}
		visit(id, sel.Sel, call)
		return true
	})
}

// RequestIn returns the assignment of a request whose context has the name ctx to what the
// first result of TraceRequest was assigned to; text writes an expression.
func RequestIn(f *syntax.File, as *ast.AssignStmt, ctx string, text func(ast.Node) string, request string) string {
	op := " = "
	if id, ok := as.Lhs[0].(*ast.Ident); ok && f.Info.Defs[id] != nil {
		op = " := "
	}
	return text(as.Lhs[0]) + op + request + ".WithContext(" + ctx + ")"
}
