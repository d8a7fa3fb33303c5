// SPDX-License-Identifier: Apache-2.0

package syntax

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// LiteralFields returns the fields that a literal of a struct, or its address, gives.
func LiteralFields(e ast.Expr) (fields map[string]ast.Expr, ok bool) {
	e = ast.Unparen(e)
	if u, is := e.(*ast.UnaryExpr); is && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, is := e.(*ast.CompositeLit)
	if !is {
		return nil, false
	}
	fields = make(map[string]ast.Expr)
	for _, elt := range lit.Elts {
		kv, is := elt.(*ast.KeyValueExpr)
		if !is {
			return nil, false
		}
		key, is := kv.Key.(*ast.Ident)
		if !is {
			return nil, false
		}
		fields[key.Name] = kv.Value
	}
	return fields, true
}

// FreeName returns the first of names that means nothing in a function, or else the first with
// a number.
func (p *File) FreeName(at ast.Node, names ...string) string {
	used := make(map[string]bool)
	if fn := p.OutermostFunc(at); fn != nil {
		ast.Inspect(fn, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	free := func(name string) bool {
		return !used[name] && source.ImportsName(p.Source, name) == "" && !p.Source.Unit.Declares(name)
	}
	if i := slices.IndexFunc(names, free); i >= 0 {
		return names[i]
	}
	i := 2
	for !free(names[0] + strconv.Itoa(i)) {
		i++
	}
	return names[0] + strconv.Itoa(i)
}

// OptionCall returns the call that makes an option by a function of a package with one
// argument, and the name of that function; nil for anything else.
func OptionCall(f *File, e ast.Expr, path string) (*ast.CallExpr, string) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	fn := f.Callee(call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != path || len(call.Args) != 1 {
		return nil, ""
	}
	return call, fn.Name()
}
