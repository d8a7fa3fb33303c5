// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// Routers differ in their types, but not in the names of their methods.

// uses tells whether a method of a router has it wrap all that is behind the router.
func uses(method string) bool { return method == "Use" || method == "Pre" }

// derives tells whether a method returns a router, or is given a function for one, that
// wraps what is behind it in the middlewares among the arguments.
func derives(method string) bool { return method == "With" || method == "Group" }

// A use is a call that gives middlewares to a router.
type use struct {
	call     *ast.CallExpr
	wrappers []*wrapper
	block    ast.Node
}

// routerMethod returns the router and the name of the method that a call calls, if it may
// be one of a router.
func routerMethod(call *ast.CallExpr) (router ast.Expr, method string) {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X, sel.Sel.Name
	}
	return nil, ""
}

// collectRouter notes what a call says of routers.
func (d *pathFinder) collectRouter(call *ast.CallExpr, block ast.Node) {
	router, method := routerMethod(call)
	if router == nil {
		return
	}
	d.calls = append(d.calls, call)
	if uses(method) {
		d.uses = append(d.uses, use{call: call, block: block})
	}
	for _, arg := range call.Args {
		lit, ok := arg.(*ast.FuncLit) // router.Route("/api", func(api chi.Router) { … })
		if !ok {
			continue
		}
		for _, field := range lit.Type.Params.List {
			for _, name := range field.Names {
				if obj := d.info.ObjectOf(name); obj != nil && d.isRouter(obj.Type()) {
					d.inside[obj] = call
				}
			}
		}
	}
}

// chained looks in one function for two middlewares of one router, of a router and one
// derived from it, and of a router and a handler behind it.
func (d *pathFinder) chained() {
	if d.done {
		return
	}
	d.done = true
	d.enter()
	for _, call := range d.calls {
		router, method := routerMethod(call)
		var own []*wrapper
		if uses(method) || derives(method) {
			own = d.given(call)
		} else {
			for _, arg := range call.Args {
				if w := d.within(arg, false); w != nil {
					own = append(own, w)
				} else if w := d.middlewareValue(ast.Unparen(arg)); w != nil && d.isRouter(d.info.TypeOf(router)) {
					own = append(own, w) // of one route, as in gin's GET(path, middleware, handler)
				}
			}
		}
		if len(own) == 0 {
			continue
		}
		chain := d.chain(router, call.Pos())
		var beside []*wrapper // around the same routes
		if uses(method) {
			beside = d.usedBy(router, call.Pos())
		}
		for _, inner := range own {
			i := slices.IndexFunc(chain, func(w *wrapper) bool { return !w.is(tracingType) || !inner.is(tracingType) })
			if i >= 0 {
				outer, remove := chain[i], inner // the outer one has other routes, too
				if slices.Contains(beside, outer) {
					remove = lesser(outer, inner)
				}
				d.report(outer, inner, remove)
			}
			if uses(method) || derives(method) {
				chain, beside = append(chain, inner), append(beside, inner)
			} else if inner.wrapped == nil {
				chain = append(chain, inner) // around the handlers that follow it
			}
		}
		if uses(method) {
			i := slices.IndexFunc(d.uses, func(u use) bool { return u.call == call })
			d.uses[i].wrappers = own
		}
	}
}

// given returns the middlewares among the arguments of a call.
func (d *pathFinder) given(call *ast.CallExpr) (all []*wrapper) {
	for _, arg := range call.Args {
		if w := d.middleware(arg); w != nil {
			all = append(all, w)
		}
	}
	return all
}

// isRouter tells whether values of a type may be given middlewares.
func (d *pathFinder) isRouter(t types.Type) bool {
	method, _, _ := types.LookupFieldOrMethod(t, true, d.pkg.Types, "Use")
	return method != nil
}

// chain returns the middlewares around what is behind a router at a place, as far as they
// are there whatever branches are taken; the outermost is the first.
func (d *pathFinder) chain(router ast.Expr, at token.Pos) (all []*wrapper) {
	add := func(wrappers []*wrapper) {
		for _, w := range wrappers {
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	switch router := ast.Unparen(router).(type) {
	case *ast.CallExpr: // router.With(middleware), router.PathPrefix("/api").Subrouter()
		of, method := routerMethod(router)
		if of != nil {
			add(d.chain(of, router.Pos()))
		}
		add(d.returned(router))
		if uses(method) || derives(method) {
			add(d.given(router))
		}
	case *ast.Ident:
		obj := d.info.ObjectOf(router)
		if value := d.valueAt(obj, at); value != nil {
			add(d.chain(value, value.Pos()))
		}
		if call := d.inside[obj]; call != nil {
			add(d.chain(call, call.Pos()))
		}
		add(d.outer[obj])
		add(d.usedBy(router, at))
	case *ast.SelectorExpr:
		add(d.usedBy(router, at))
	}
	return all
}

// usedBy returns the middlewares that were given to a variable or field before.
func (d *pathFinder) usedBy(router ast.Expr, at token.Pos) (all []*wrapper) {
	for _, u := range d.uses {
		if len(u.wrappers) == 0 || u.call.End() > at || at < u.block.Pos() || u.block.End() <= at {
			continue
		}
		if of, _ := routerMethod(u.call); d.same(of, router) {
			all = append(all, u.wrappers...)
		}
	}
	return all
}

// same tells whether two expressions are the same variable, or the same field of it.
func (d *pathFinder) same(a, b ast.Expr) bool {
	switch a := ast.Unparen(a).(type) {
	case *ast.Ident:
		b, ok := ast.Unparen(b).(*ast.Ident)
		return ok && d.info.ObjectOf(a) != nil && d.info.ObjectOf(a) == d.info.ObjectOf(b)
	case *ast.SelectorExpr:
		b, ok := ast.Unparen(b).(*ast.SelectorExpr)
		return ok && d.info.ObjectOf(a.Sel) == d.info.ObjectOf(b.Sel) && d.same(a.X, b.X)
	}
	return false
}

// middleware returns what an expression wraps handlers in, where it is a middleware and not
// a handler: the function of one, what makes such a function, a conversion or an adapter of
// it, or a function of the package that has a middleware in it.
func (d *pathFinder) middleware(e ast.Expr) *wrapper {
	e = ast.Unparen(e)
	if known, ok := d.middlewares[e]; ok {
		return known
	}
	d.middlewares[e] = nil // where it stands for itself
	found := d.findMiddleware(e)
	if found != nil {
		found = &wrapper{found.middleware, e, nil}
	}
	d.middlewares[e] = found
	return found
}

func (d *pathFinder) findMiddleware(e ast.Expr) *wrapper {
	if w := d.middlewareValue(e); w != nil {
		return w
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		if f, ok := typeutil.Callee(d.info, e).(*types.Func); ok {
			if w := d.inFunction(f); w != nil {
				return w
			}
		}
		for _, arg := range e.Args {
			if w := d.middleware(arg); w != nil {
				return w
			}
		}
	case *ast.FuncLit:
		if params := e.Type.Params.List; len(params) > 0 && d.isRouter(d.info.TypeOf(params[0].Type)) {
			return nil // of the routes behind a group
		}
		return d.inBody(e.Body)
	case *ast.SelectorExpr:
		f, _ := d.info.ObjectOf(e.Sel).(*types.Func)
		return d.inFunction(f)
	case *ast.Ident:
		obj := d.info.ObjectOf(e)
		if value := d.valueAt(obj, e.Pos()); value != nil {
			return d.middleware(value)
		}
		f, _ := obj.(*types.Func)
		return d.inFunction(f)
	}
	return nil
}

// middlewareValue returns a middleware of the table that is a function, such as the method
// value tracing.TraceAll, or that a call makes.
func (d *pathFinder) middlewareValue(e ast.Expr) *wrapper {
	var obj types.Object
	made := false
	switch e := e.(type) {
	case *ast.CallExpr:
		obj, made = typeutil.Callee(d.info, e), true
	case *ast.SelectorExpr:
		obj = d.info.ObjectOf(e.Sel)
	}
	f, ok := obj.(*types.Func)
	if !ok {
		return nil
	}
	for _, m := range middlewares() {
		if m.function == f.FullName() && m.made == made && !m.transport {
			return &wrapper{m, e, nil}
		}
	}
	return nil
}

// inFunction returns the middleware in a function of the package.
func (d *pathFinder) inFunction(f *types.Func) *wrapper {
	if f == nil || f.Pkg() != d.pkg.Types {
		return nil
	}
	for _, file := range d.pkg.Syntax {
		if f.Pos() < file.FileStart || file.FileEnd <= f.Pos() {
			continue
		}
		for _, decl := range file.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok && fd.Body != nil && d.info.Defs[fd.Name] == f {
				return d.inBody(fd.Body)
			}
		}
	}
	return nil
}

// inBody returns the middleware in the body of a function, but not in those that it calls.
func (d *pathFinder) inBody(body *ast.BlockStmt) (found *wrapper) {
	ast.Inspect(body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && found == nil {
			if found = wrapperOf(d.info, e); found == nil || found.transport {
				found = d.middlewareValue(e)
			}
		}
		return found == nil
	})
	return found
}
