// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// arguments knows what the functions of packages are given, by those of the same package:
// a function that others can call may be given anything.
type arguments struct {
	run      *plan.Run
	packages map[string]*packageCalls // by path
	known    map[token.Pos]syntax.Nilness
}

// packageCalls are the calls of functions in their own package, by where these are declared.
type packageCalls struct {
	calls map[token.Pos][]fileCall
	// handed are functions that are mentioned other than in a call; asked, the names of
	// methods that are called by interfaces.
	handed map[token.Pos]bool
	asked  map[string]bool
}

// A fileCall is a call in a file.
type fileCall struct {
	file *syntax.File
	call *ast.CallExpr
}

func newArguments(rw *plan.Run) *arguments {
	return &arguments{run: rw, packages: make(map[string]*packageCalls), known: make(map[token.Pos]syntax.Nilness)}
}

// parametersOf returns what is known of the parameters of a package.
func (a *arguments) parametersOf(u *source.Unit) func(*types.Var, *ast.FuncDecl) syntax.Nilness {
	return func(v *types.Var, fd *ast.FuncDecl) syntax.Nilness { return a.parameter(u, v, fd) }
}

// parameter tells whether all that is given for a parameter is nil, or nothing is.
func (a *arguments) parameter(u *source.Unit, v *types.Var, fd *ast.FuncDecl) syntax.Nilness {
	if known, ok := a.known[v.Pos()]; ok {
		return known
	}
	a.known[v.Pos()] = syntax.NeverNil // as far as it is handed to itself
	a.known[v.Pos()] = a.given(u, v, fd)
	return a.known[v.Pos()]
}

func (a *arguments) given(u *source.Unit, v *types.Var, fd *ast.FuncDecl) syntax.Nilness {
	f, ok := u.Info.Defs[fd.Name].(*types.Func)
	if !ok || f.Signature().Variadic() || f.Exported() && (f.Pkg().Name() != "main" || f.Signature().Recv() != nil) {
		return syntax.MaybeNil
	}
	at := -1
	for i := range f.Signature().Params().Len() {
		if f.Signature().Params().At(i) == v {
			at = i
		}
	}
	calls := a.of(u)
	if at < 0 || calls.handed[f.Pos()] || f.Signature().Recv() != nil && calls.asked[f.Name()] {
		return syntax.MaybeNil
	}
	for _, c := range calls.calls[f.Pos()] {
		if at >= len(c.call.Args) || c.file.NilMap(c.call.Args[at], a.parametersOf(c.file.Source.Unit)) != syntax.NeverNil {
			return syntax.MaybeNil
		}
	}
	return syntax.NeverNil
}

// of returns the calls in a package, its tests included.
func (a *arguments) of(u *source.Unit) *packageCalls {
	path := u.Pkg.Path()
	if found := a.packages[path]; found != nil {
		return found
	}
	found := &packageCalls{calls: make(map[token.Pos][]fileCall), handed: make(map[token.Pos]bool), asked: make(map[string]bool)}
	a.packages[path] = found
	for _, other := range a.run.Units {
		if other.Pkg.Path() != path {
			continue
		}
		for _, f := range other.Files {
			found.add(syntax.NewFile(a.run.Code, f))
		}
	}
	return found
}

// add notes what a file calls.
func (c *packageCalls) add(p *syntax.File) {
	called := make(map[*ast.Ident]bool)
	p.Parents(func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			f := p.Callee(n)
			if f == nil || p.IsMethodExpr(ast.Unparen(n.Fun)) {
				return
			}
			switch fun := ast.Unparen(n.Fun).(type) {
			case *ast.Ident:
				called[fun] = true
			case *ast.SelectorExpr:
				called[fun.Sel] = true
			default:
				return
			}
			if recv := f.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
				c.asked[f.Name()] = true
			}
			c.calls[f.Origin().Pos()] = append(c.calls[f.Origin().Pos()], fileCall{p, n})
		case *ast.Ident:
			if f, ok := p.Info.Uses[n].(*types.Func); ok && !called[n] {
				c.handed[f.Origin().Pos()] = true
			}
		}
	})
}
