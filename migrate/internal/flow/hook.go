// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// A Hook is a branch that asks a tracer to make a span the active one of OpenTelemetry, too:
//
//	if b, ok := tracer.(*bridge.BridgeTracer); ok {
//		ctx = b.ContextWithSpanHook(ctx, span)
//	}
//
// OpenTelemetry's spans are, wherever they are put into a context.
type Hook struct {
	Tracer  *ast.TypeAssertExpr
	Context ast.Expr
	Span    ast.Expr
	// Returns says that the context is returned, and not assigned to its variable.
	Returns bool
}

// findHook notes a branch that is a hook. What it calls outside of the code gets no span:
// it goes with the branch, or nothing of its group changes.
func (w *walker) findHook(n *ast.IfStmt) {
	as, ok := n.Init.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || len(as.Lhs) != 2 || len(n.Body.List) != 1 || n.Else != nil {
		return
	}
	assertion, ok := ast.Unparen(as.Rhs[0]).(*ast.TypeAssertExpr)
	if !ok || !w.names(n.Cond, as.Lhs[1]) || opentracing.SoftKind(w.Info.TypeOf(assertion.X)) != "Tracer" || !hasHook(w.Info.TypeOf(assertion.Type)) {
		return
	}
	hook := &Hook{Tracer: assertion}
	var value ast.Expr
	switch body := n.Body.List[0].(type) {
	case *ast.AssignStmt:
		if body.Tok != token.ASSIGN || len(body.Rhs) != 1 {
			return
		}
		hook.Context, value = body.Lhs[0], body.Rhs[0]
	case *ast.ReturnStmt:
		if len(body.Results) != 1 {
			return
		}
		hook.Returns, value = true, body.Results[0]
	}
	call, ok := value.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return
	}
	if method, ok := call.Fun.(*ast.SelectorExpr); !ok || method.Sel.Name != hookName || !w.names(method.X, as.Lhs[0]) {
		return
	}
	if hook.Context == nil {
		hook.Context = call.Args[0]
	}
	if !w.names(call.Args[0], hook.Context) || opentracing.SoftKind(w.Info.TypeOf(call.Args[1])) != "Span" {
		return
	}
	hook.Span = call.Args[1]
	w.Hooks[n] = hook
	if f := w.Callee(call); f != nil && f.Pkg() != nil && !w.Own[f.Pkg().Path()] {
		w.hooked[call] = true
	}
}

// names tells whether two expressions name one variable.
func (w *walker) names(a, b ast.Expr) bool {
	x, ok := a.(*ast.Ident)
	y, also := b.(*ast.Ident)
	return ok && also && w.Info.ObjectOf(x) != nil && w.Info.ObjectOf(x) == w.Info.ObjectOf(y)
}

const hookName = "ContextWithSpanHook"

// hasHook tells whether a type is a tracer whose hook puts its spans into contexts for
// OpenTelemetry, or an interface that has nothing but a hook.
func hasHook(t types.Type) bool {
	if iface, ok := t.Underlying().(*types.Interface); ok {
		return iface.NumMethods() == 1 && iface.Method(0).Name() == hookName
	}
	n := opentracing.NamedOf(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	path := n.Obj().Pkg().Path()
	return path == opentelemetry.BridgePath || opentelemetry.IsCompat(path)
}
