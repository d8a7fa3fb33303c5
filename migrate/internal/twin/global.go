// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// setBoth has a call that makes a tracer of Jaeger's client OpenTracing's global one
//
//	opentracing.SetGlobalTracer(tracer)
//
// make the twin's the global one of both APIs, or spans of OpenTelemetry code would be lost:
//
//	compat.SetGlobalTracer(tracer)
func (in *installs) setBoth(call *ast.CallExpr, p *move.Part) {
	if in.Source.Fixed != "" {
		p.Hold(call.Pos(), in.Source.Fixed)
	}
	in.edits.Add(p, call.Fun, func(r *edit.Renderer) string { return r.Pkg(opentelemetry.CompatPath) + ".SetGlobalTracer" })
	in.run.Add(&move.Move{File: in.Source, Pos: call.Fun.Pos(), What: "opentracing.SetGlobalTracer", To: "compat.SetGlobalTracer", Part: p})
}

// setsProvider tells whether the function around a call sets OpenTelemetry's provider, too.
func (in *installs) setsProvider(call *ast.CallExpr) bool {
	found := false
	if fn := in.OutermostFunc(call); fn != nil {
		ast.Inspect(fn, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				f := in.Callee(c)
				found = found || f != nil && opentelemetry.SetsProvider(f)
			}
			return !found
		})
	}
	return found
}

// fromJaeger tells whether an expression is a tracer that Jaeger's client or its twin makes:
// a call, or a variable that gets nothing else in the file.
func (in *installs) fromJaeger(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return in.makesJaeger(call)
	}
	v := in.Variable(e)
	if v == nil {
		return false
	}
	only, made := true, false
	syntax.EachValue(in.Source.Syntax, func(name ast.Expr) bool { return in.Variable(name) == v }, func(value ast.Expr, _ bool) {
		if value != nil {
			call, _ := ast.Unparen(value).(*ast.CallExpr)
			only, made = only && call != nil && in.makesJaeger(call), true
		}
	})
	return only && made
}

// makesJaeger tells whether a call is one of Jaeger's client or of its twin, or of a package
// of the program that imports one of them.
func (in *installs) makesJaeger(call *ast.CallExpr) bool {
	f, _ := typeutil.Callee(in.Info, call).(*types.Func)
	if f == nil || f.Pkg() == nil {
		return false
	}
	if isJaeger(f.Pkg().Path()) {
		return true
	}
	if !in.run.Own[f.Pkg().Path()] {
		return false
	}
	for _, imp := range f.Pkg().Imports() {
		if isJaeger(imp.Path()) {
			return true
		}
	}
	return false
}

// isJaeger tells whether a package is one of Jaeger's client or of its twin.
func isJaeger(path string) bool {
	for _, root := range []string{opentracing.JaegerPath, opentelemetry.JaegerTwinPath} {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}
