// SPDX-License-Identifier: Apache-2.0

package nethttp

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// clientChanges is what changes where compat.Tracing makes the spans of requests that go out.
const clientChanges = "compat.Tracing makes the span: it ends with the body of the response; http.url has neither query nor user; a failure is recorded as an error; " +
	"each request has a span, also one that was not given to nethttp.TraceRequest"

// clientTrace is what changes, too, where nethttp logs the events of connections.
const clientTrace = "; the events of the connection have other names"

// transport plans a literal of nethttp.Transport.
func (f *file) transport(lit *ast.CompositeLit) {
	u, fields := Transport(f.File, lit)
	if u == nil {
		return
	}
	f.take(lit.Type)
	for _, elt := range lit.Elts {
		f.take(elt.(*ast.KeyValueExpr).Key)
	}
	f.place(lit, f.plan.client, "nethttp.Transport")
	f.plan.transports = append(f.plan.transports, literal{f, lit})
	base := fields["RoundTripper"]
	f.edits.Add(f.plan.client, u, func(r *edit.Renderer) string {
		all := options{methodName("ClientOperationName")}
		if f.plan.logsConnections() {
			all = append(all, func(*edit.Renderer) string { return "ConnectionEvents: true" })
		}
		sends := "nil"
		if base != nil {
			sends = r.Text(base)
		}
		return all.tracing(r, "nil") + ".Transport(" + sends + ")"
	})
}

// request plans a span around the requests of a client:
//
//	req, ht := nethttp.TraceRequest(tracer, req)
//	defer ht.Finish()
//
// The transport makes the spans of the requests, this one is the program's own.
func (f *file) request(call *ast.CallExpr) {
	p := f.plan.client
	f.place(call, p, "nethttp.TraceRequest")
	f.take(call.Fun)
	as, ok := f.Parent[call].(*ast.AssignStmt)
	if list, _ := f.Siblings(as); !ok || len(as.Lhs) != 2 || len(call.Args) < 2 || call.Ellipsis.IsValid() || list == nil {
		p.Hold(call.Pos(), "the call is not a statement that keeps both of its results")
		return
	}
	if given, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); !ok || f.SymbolOf(given.Fun) != "opentracing.GlobalTracer" {
		p.Hold(call.Args[0].Pos(), "the transport gets the global tracer, and this may be another one; pass opentracing.GlobalTracer() if it is the same")
		return
	}
	name, traces := ast.Expr(nil), true
	for _, arg := range call.Args[2:] {
		option, kind := f.option(arg)
		if option == nil {
			p.Hold(arg.Pos(), "which option of nethttp this is can't be told")
			return
		}
		value := f.Info.Types[option.Args[0]].Value
		isBool := value != nil && value.Kind() == constant.Bool
		switch {
		case kind == "OperationName":
			name = option.Args[0]
		case kind == "ClientTrace" && isBool:
			traces = constant.BoolVal(value)
		case kind == "InjectSpanContext" && isBool && constant.BoolVal(value):
		default:
			p.Hold(arg.Pos(), noCounterpart(kind))
			return
		}
	}
	f.plan.traces = append(f.plan.traces, traces)
	span, ctx := f.FreeName(as, "span", "clientSpan", "requestSpan"), f.FreeName(as, "ctx", "spanCtx", "requestCtx")
	if v := f.Variable(as.Lhs[1]); v != nil && !syntax.IsBlank(as.Lhs[1]) {
		f.tracer(v, as, span)
	} else {
		span = "_"
	}
	f.edits.Add(p, as, func(r *edit.Renderer) string {
		called := `"HTTP Client"`
		if name != nil {
			called = r.Text(name)
		}
		return span + ", " + ctx + " := " + r.Pkg(opentracing.OpenTracingPath) + ".StartSpanFromContext(" + r.Operand(call.Args[1]) + ".Context(), " + called + ")\n" +
			RequestIn(f.File, as, ctx, r.Text, r.Operand(call.Args[1]))
	})
}

// tracer plans the uses of what TraceRequest returns.
func (f *file) tracer(v *types.Var, as *ast.AssignStmt, span string) {
	EachUse(f.File, as, v, func(id, method *ast.Ident, call *ast.CallExpr) {
		switch {
		case call == nil:
			f.plan.client.Hold(id.Pos(), "the tracer of nethttp is also used otherwise")
		case method.Name == "Finish":
			f.edits.Add(f.plan.client, call, func(*edit.Renderer) string { return span + ".Finish()" })
		case method.Name == "Span":
			f.edits.Add(f.plan.client, call, func(*edit.Renderer) string { return span })
		}
	})
}
