// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A Wrapper is a function that starts a span with the options that it is given, and has no
// context:
//
//	func (c *Client) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
//		return c.tracer.StartSpan(name, opts...)
//	}
//
// All that mentions it are calls in the code that is rewritten, so that it can be given one.
type Wrapper struct {
	Decl    *ast.FuncDecl
	Start   *ast.CallExpr
	Options *types.Var
}

// findWrappers finds them.
func (g *Graph) findWrappers() {
	g.Functions(func(u *source.Unit, fd *ast.FuncDecl, f *types.Func) {
		if recv := f.Signature().Recv(); recv != nil && opentracing.IsTracer(recv.Type()) {
			return // a tracer itself
		}
		if start := wrapped(u.Info, fd, f.Signature()); start != nil {
			params := f.Signature().Params()
			g.wrappers[f.Pos()] = &Wrapper{fd, start, params.At(params.Len() - 1)}
		}
	})
	if len(g.wrappers) == 0 {
		return
	}
	for _, u := range g.Units {
		for _, f := range u.Files {
			g.keepWrapperValues(u.Info, f.Syntax)
		}
	}
}

// wrapped returns the start that is all that a function does with its options.
func wrapped(info *types.Info, fd *ast.FuncDecl, sig *types.Signature) *ast.CallExpr {
	params := sig.Params()
	if !sig.Variadic() || sig.Results().Len() != 1 || opentracing.SoftKind(sig.Results().At(0).Type()) != "Span" || len(fd.Body.List) != 1 {
		return nil
	}
	for v := range params.Variables() {
		if syntax.IsContext(v.Type()) {
			return nil
		}
	}
	opts := params.At(params.Len() - 1)
	if opentracing.OpenTracingType(opts.Type().(*types.Slice).Elem()) != "opentracing.StartSpanOption" {
		return nil
	}
	ret, ok := fd.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	call, ok := ret.Results[0].(*ast.CallExpr)
	if !ok || len(call.Args) != 2 || !call.Ellipsis.IsValid() {
		return nil
	}
	if symbol := namedSymbol(info, call.Fun); symbol != "opentracing.Tracer.StartSpan" && symbol != "opentracing.StartSpan" {
		return nil
	}
	if last, ok := call.Args[1].(*ast.Ident); !ok || info.Uses[last] != opts {
		return nil
	}
	return call
}

// keepWrapperValues takes out the functions that a file mentions other than in calls, and
// the methods that an interface of the file may name.
func (g *Graph) keepWrapperValues(info *types.Info, file *ast.File) {
	called := make(map[*ast.Ident]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch fun := ast.Unparen(n.Fun).(type) {
			case *ast.Ident:
				called[fun] = true
			case *ast.SelectorExpr:
				sel := info.Selections[fun]
				called[fun.Sel] = sel == nil || sel.Kind() == types.MethodVal
			}
			if n.Ellipsis.IsValid() || len(n.Args) != 1 {
				break
			}
			if _, spread := info.TypeOf(n.Args[0]).(*types.Tuple); spread {
				g.keepCallee(info, n) // its arguments come from one call
			}
		case *ast.Ident:
			if f, ok := info.Uses[n].(*types.Func); ok && !called[n] {
				delete(g.wrappers, f.Origin().Pos())
			}
		case *ast.InterfaceType:
			for _, m := range n.Methods.List {
				for _, name := range m.Names {
					g.keepMethods(name.Name)
				}
			}
		}
		return true
	})
}

func (g *Graph) keepCallee(info *types.Info, call *ast.CallExpr) {
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return
	}
	if f, ok := info.Uses[id].(*types.Func); ok {
		delete(g.wrappers, f.Origin().Pos())
	}
}

// keepMethods takes out the methods of a name, which an interface has.
func (g *Graph) keepMethods(name string) {
	for at, w := range g.wrappers {
		if w.Decl.Recv != nil && w.Decl.Name.Name == name {
			delete(g.wrappers, at)
		}
	}
}

// WrapperAt returns the function that is declared at a place, if it is one; nil otherwise.
func (g *Graph) WrapperAt(at token.Pos) *Wrapper { return g.wrappers[at] }

// WrapperOf returns the function that a call calls, if it is one; nil otherwise.
func (w *File) WrapperOf(call *ast.CallExpr) *Wrapper {
	if f := w.Callee(call); f != nil {
		return w.wrappers[f.Origin().Pos()]
	}
	return nil
}
