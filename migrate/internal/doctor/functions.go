// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

// functions are those of a package, which may hand routers to each other.
type functions struct {
	e    *examiner
	pkg  *packages.Package
	info *types.Info

	finders  map[*types.Func]*pathFinder
	list     []*pathFinder
	mentions map[*types.Func]int
	callers  map[*types.Func]caller // the last call of each
}

// A caller is a call of a function, with the function that it is in.
type caller struct {
	in   *pathFinder
	call *ast.CallExpr
}

func newFunctions(e *examiner, pkg *packages.Package, files []*ast.File) *functions {
	fs := &functions{
		e: e, pkg: pkg, info: pkg.TypesInfo,
		finders: make(map[*types.Func]*pathFinder), mentions: make(map[*types.Func]int), callers: make(map[*types.Func]caller),
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok && fd.Body != nil {
				fs.add(fd)
			}
		}
	}
	return fs
}

func (fs *functions) add(fd *ast.FuncDecl) {
	d := &pathFinder{
		functions: fs, decl: fd, body: fd.Body,
		assigned: make(map[types.Object][]assignment), handlers: make(map[types.Object][]ast.Expr), known: make(map[knownPath]*wrapper),
		inside: make(map[types.Object]*ast.CallExpr), middlewares: make(map[ast.Expr]*wrapper), outer: make(map[types.Object][]*wrapper),
	}
	fs.list = append(fs.list, d)
	if f, ok := fs.info.Defs[fd.Name].(*types.Func); ok {
		fs.finders[f] = d
	}
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if f, ok := fs.info.Uses[n].(*types.Func); ok {
				fs.mentions[f]++
			}
		case *ast.CallExpr:
			if f, ok := typeutil.Callee(fs.info, n).(*types.Func); ok {
				fs.callers[f] = caller{d, n}
			}
		}
		return true
	})
	d.collect()
}

// doubled looks for two middlewares on one path.
func (fs *functions) doubled() {
	for _, d := range fs.list {
		d.chained()
		d.doubled()
		d.interceptors()
	}
}

// enter takes over what the caller has put around the routers that it hands to a function, if
// nothing else calls that.
func (d *pathFinder) enter() {
	f, _ := d.info.Defs[d.decl.Name].(*types.Func)
	from, called := d.callers[f]
	if !called || d.mentions[f] != 1 || from.in == d || from.call.Ellipsis.IsValid() {
		return
	}
	from.in.chained()
	params := f.Signature().Params()
	for i, arg := range from.call.Args {
		if i < params.Len() && d.isRouter(params.At(i).Type()) {
			d.outer[params.At(i)] = from.in.chain(arg, from.call.Pos())
		}
	}
}

// returned returns the middlewares around what is behind the router that a function of the
// package returns.
func (fs *functions) returned(call *ast.CallExpr) []*wrapper {
	f, _ := typeutil.Callee(fs.info, call).(*types.Func)
	d := fs.finders[f]
	if d == nil || f.Signature().Results().Len() == 0 || !d.isRouter(f.Signature().Results().At(0).Type()) {
		return nil
	}
	d.chained()
	var returns []*ast.ReturnStmt
	ast.Inspect(d.body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			returns = append(returns, ret)
		}
		_, literal := n.(*ast.FuncLit)
		return !literal
	})
	if len(returns) != 1 || len(returns[0].Results) == 0 {
		return nil // which of them it is depends on the run
	}
	return d.chain(returns[0].Results[0], returns[0].Pos())
}

// place returns where a node is in the file that a person edits.
func (fs *functions) place(n ast.Node) token.Position { return fs.e.program.Position(fs.pkg, n.Pos()) }
