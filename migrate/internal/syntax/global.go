// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
)

// RunsFirst tells whether an expression is the value of a package's variable, or one that
// its init gives it, before main sets a tracer up.
func (p *File) RunsFirst(e ast.Expr) bool {
	switch fn := p.EnclosingFunc(e).(type) {
	case nil:
		return true
	case *ast.FuncDecl:
		as, ok := p.Statement(e).(*ast.AssignStmt)
		return ok && as.Tok == token.ASSIGN && fn.Recv == nil && fn.Name.Name == "init"
	}
	return false
}
