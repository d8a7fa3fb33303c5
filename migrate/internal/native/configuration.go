// SPDX-License-Identifier: Apache-2.0

package native

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A configuration is one of Jaeger's client, as far as the code tells it.
type configuration struct {
	fields map[string]ast.Expr // as in "Sampler.Type"
	// names are those of the service for when there is no other, in their order.
	names []ast.Expr
	// environment tells that the variables JAEGER_… come first.
	environment bool
	gone        []ast.Stmt // statements that only make it
	why         string     // it can't be told
	at          ast.Node   // where that is seen
}

func (c *configuration) fail(at ast.Node, format string, args ...any) {
	if c.why == "" {
		c.why, c.at = fmt.Sprintf(format, args...), at
	}
}

// configuration returns the one that a tracer is made of.
func (f *file) configuration(e ast.Expr, maker *ast.CallExpr) *configuration {
	c := &configuration{fields: make(map[string]ast.Expr)}
	v := f.Variable(e)
	if v == nil {
		f.configure(c, "", e)
		return c
	}
	fn := f.EnclosingFunc(maker)
	if fn == nil || v.Pos() < fn.Pos() || fn.End() <= v.Pos() || v.Kind() != types.LocalVar {
		c.fail(e, "the configuration is not built in this function")
		return c
	}
	home, _ := f.Siblings(f.EnclosingStmt(maker))
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.Info.ObjectOf(id) == v && id != ast.Unparen(e) {
			f.configured(c, id, home, maker)
		}
		return true
	})
	return c
}

// configured takes one mention of a configuration's variable in.
func (f *file) configured(c *configuration, id *ast.Ident, home []ast.Stmt, maker *ast.CallExpr) {
	var e ast.Expr = id
	var path []string
	for {
		sel, ok := f.Parent[e].(*ast.SelectorExpr)
		if !ok || sel.X != e {
			break
		}
		e, path = sel, append(path, sel.Sel.Name)
	}
	stmt := f.EnclosingStmt(id)
	if id.Pos() > maker.Pos() {
		c.fail(id, "the configuration is used again")
		return
	}
	spec, _ := f.Parent[e].(*ast.ValueSpec)
	as, assigned := stmt.(*ast.AssignStmt)
	if branch, name := f.defaultName(stmt, e, home); branch != nil && strings.Join(path, ".") == "ServiceName" {
		if slices.Contains(c.gone, ast.Stmt(branch)) {
			return // the field's other mention in it
		}
		if !f.OnlyReads(name) {
			c.fail(name, "the default name of the service is the result of a call; assign it to a variable first")
		}
		c.names, c.gone = append(c.names, name), append(c.gone, branch)
		return
	}
	switch {
	case spec != nil && len(spec.Names) == 1 && len(path) == 0 && slices.Contains(home, stmt):
		if len(spec.Values) == 1 {
			f.configure(c, "", spec.Values[0])
		}
	case !slices.Contains(home, stmt):
		c.fail(id, "the configuration is changed under a condition")
		return
	case assigned && as.Lhs[0] == e && len(as.Rhs) == 1 && (as.Tok == token.DEFINE || as.Tok == token.ASSIGN):
		f.configure(c, strings.Join(path, "."), as.Rhs[0])
		if len(as.Lhs) == 2 {
			f.branchGoes(c, as)
		}
	default:
		c.fail(id, "the configuration has another use here; fix writes out only plain assignments to it and to its fields")
		return
	}
	c.gone = append(c.gone, stmt)
}

// defaultName returns a statement, and the name in it, where it names the service if nothing
// else does. field is a mention of that field in it.
//
//	if cfg.ServiceName == "" {
//		cfg.ServiceName = "shop"
//	}
func (f *file) defaultName(stmt ast.Stmt, field ast.Expr, home []ast.Stmt) (*ast.IfStmt, ast.Expr) {
	branch, ok := stmt.(*ast.IfStmt)
	if !ok {
		branch, ok = f.Parent[f.Parent[stmt]].(*ast.IfStmt)
	}
	if !ok || branch.Init != nil || branch.Else != nil || len(branch.Body.List) != 1 || !slices.Contains(home, ast.Stmt(branch)) {
		return nil, nil
	}
	as, ok := branch.Body.List[0].(*ast.AssignStmt)
	cond, compares := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
	if !ok || !compares || as.Tok != token.ASSIGN || len(as.Lhs) != 1 || !f.Same(as.Lhs[0], field) || cond.Op != token.EQL {
		return nil, nil
	}
	asked, none := cond.X, cond.Y
	if f.Info.Types[asked].Value != nil {
		asked, none = none, asked
	}
	if text, known := syntax.ConstantText(f.Info, none); !known || text != "" || !f.Same(asked, field) {
		return nil, nil
	}
	return branch, as.Rhs[0]
}

// branchGoes has the statement that handles an error of FromEnv go, too.
func (f *file) branchGoes(c *configuration, as *ast.AssignStmt) {
	if branch := f.errorBranch(as, as.Lhs[1]); branch != nil {
		c.gone = append(c.gone, branch)
	}
}

// errorBranch returns the statement after another one that handles its error.
func (f *file) errorBranch(stmt ast.Stmt, err ast.Expr) *ast.IfStmt {
	list, i := f.Siblings(stmt)
	v := f.Variable(err)
	if i < 0 || i+1 >= len(list) || v == nil {
		return nil
	}
	branch, ok := list[i+1].(*ast.IfStmt)
	if !ok || branch.Init != nil || branch.Else != nil || !f.Implies(branch.Cond, v, token.NEQ) {
		return nil
	}
	return branch
}

// configure takes a value of the configuration, or of one of its fields, in.
func (f *file) configure(c *configuration, path string, e ast.Expr) {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && path == "" {
		if f.calls(call) == configPath+".FromEnv" {
			c.environment = true
			return
		}
		c.fail(e, "the configuration comes from a function other than config.FromEnv")
		return
	}
	if path == "" || path == "ServiceName" {
		c.names = nil // another one follows
	}
	maps.DeleteFunc(c.fields, func(field string, _ ast.Expr) bool { return path == field || strings.HasPrefix(field, path+".") })
	if f.IsNil(e) {
		return
	}
	if path == "" || path == "Sampler" || path == "Reporter" || path == "Headers" {
		fields, ok := syntax.LiteralFields(e)
		if !ok {
			c.fail(e, "the configuration is not a literal")
			return
		}
		if path != "" {
			c.fields[path] = e
		}
		for name, value := range fields {
			f.configure(c, strings.TrimPrefix(path+"."+name, "."), value)
		}
		return
	}
	c.fields[path] = e
}

// constantText returns the constant text of a field, and whether it is one, as an absent
// field is.
func (f *file) constantText(c *configuration, field string) (string, bool) {
	e := c.fields[field]
	if e == nil {
		return "", true
	}
	if value := f.Info.Types[e].Value; value == nil {
		return "", false
	}
	return f.Constant(e), true
}

// isFalse tells whether a field is absent or false.
func (f *file) isFalse(c *configuration, field string) bool {
	e := c.fields[field]
	return e == nil || f.Info.Types[e].Value != nil && f.Info.Types[e].Value.String() == "false"
}
