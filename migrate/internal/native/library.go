// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/nethttp"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Import paths of the libraries that have a counterpart.
const (
	goGRPCPath     = "github.com/opentracing-contrib/go-grpc"
	otgrpcPath     = "github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc"
	middlewarePath = "github.com/grpc-ecosystem/go-grpc-middleware/tracing/opentracing"
)

// isLibrary tells whether a package is one of a library that is built on OpenTracing, and
// has a counterpart.
func isLibrary(path string) bool {
	switch path {
	case nethttp.Path, goGRPCPath, otgrpcPath, middlewarePath:
		return true
	}
	return false
}

// libraries plans the calls of libraries.
func (f *file) libraries() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := f.Callee(n)
			if fn == nil || fn.Pkg() == nil {
				return true
			}
			switch fn.Pkg().Path() {
			case nethttp.Path:
				f.nethttpCall(n, fn)
			case goGRPCPath, otgrpcPath, middlewarePath:
				f.interceptor(n, fn)
			case opentelemetry.CompatPath:
				switch fn.Name() {
				case "NewLogHandler":
					f.logHandler(n)
				case "NewTracing":
					f.tracing(n)
				}
			}
		case *ast.CompositeLit:
			f.nethttpTransport(n)
		}
		return true
	})
}

// given returns the provider that a library has to be given in the place of a tracer, nil
// where it is the global one.
func (f *file) given(tracer ast.Expr) text {
	if tracer == nil || f.IsNil(tracer) {
		return nil
	}
	f.take(tracer)
	if call, ok := ast.Unparen(tracer).(*ast.CallExpr); ok && f.SymbolOf(call.Fun) == "opentracing.GlobalTracer" {
		return nil
	}
	if opentelemetry.IsTwinMock(f.Info.TypeOf(tracer)) {
		return func(r *edit.Renderer) string { return r.Operand(tracer) + ".TracerProvider()" }
	}
	v := f.Variable(tracer)
	if v == nil {
		return func(r *edit.Renderer) string { return r.Text(tracer) }
	}
	if f.global(tracer, v) {
		return nil
	}
	return func(r *edit.Renderer) string {
		if m := f.made[v]; m != nil {
			return m.provider(r)
		}
		return r.Text(tracer)
	}
}

// global tells whether the tracer of a variable is, in the function that has it, the global
// one: what compat.Install returns, or one that is set.
func (f *file) global(at ast.Expr, v *types.Var) bool {
	fn := f.OutermostFunc(at)
	if fn == nil {
		return false
	}
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && f.setsGlobal(c) && f.Variable(c.Args[0]) == v {
			found = true
		}
		return !found
	})
	m := f.made[v]
	return found || m != nil && m.global
}

// providerOption appends the option that gives a library its provider, if it needs one.
func providerOption(r *edit.Renderer, pkg string, provider text, options []string) []string {
	if provider == nil {
		return options
	}
	return append([]string{pkg + ".WithTracerProvider(" + provider(r) + ")"}, options...)
}

// optionCall returns the call that makes an option, and the name of its function.
func (f *file) optionCall(e ast.Expr, path string) (*ast.CallExpr, string) {
	call, name := syntax.OptionCall(f.File, e, path)
	if call != nil {
		f.take(call.Fun)
	}
	return call, name
}

// isConstant tells whether an expression is the constant of a text.
func (f *file) isConstant(e ast.Expr, value string) bool {
	v := f.Info.Types[e].Value
	return v != nil && v.String() == value
}
