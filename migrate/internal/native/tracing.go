// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// logHandler plans compat.NewLogHandler.
func (f *file) logHandler(call *ast.CallExpr) {
	f.move(call, "compat.NewLogHandler", "a handler of the package")
	f.take(call.Fun)
	if f.spread(call) {
		return
	}
	if given, ok := syntax.LiteralFields(call.Args[1]); !f.IsNil(call.Args[1]) && (!ok || len(given) > 0) {
		f.take(call.Args[1])
		f.hold(call, "the options of the log handler have no counterpart; write a slog.Handler that reads trace.SpanContextFromContext(ctx)")
		return
	}
	f.take(call.Args[1])
	f.leave(call, "a logger with a group has the IDs in the group")
	f.replace(call, func(r *edit.Renderer) string { return r.Helper("newTraceHandler") + "(" + r.Text(call.Args[0]) + ")" })
}

// tracing plans compat.NewTracing, and what is done with its result in the function:
//
//	tracing := compat.NewTracing(tracer, nil)
//	http.ListenAndServe(address, tracing.TraceAll(mux))
func (f *file) tracing(call *ast.CallExpr) {
	f.move(call, "compat.NewTracing", "otelhttp")
	f.take(call.Fun)
	if f.spread(call) {
		return
	}
	o := f.tracingOptions(call.Args[1])
	if o == nil {
		return
	}
	o.provider = f.given(call.Args[0])
	if sel, chained := f.Parent[call].(*ast.SelectorExpr); chained {
		f.traced(sel, o)
		return
	}
	as, ok := f.Parent[call].(*ast.AssignStmt)
	v := (*types.Var)(nil)
	if ok && as.Tok == token.DEFINE && len(as.Lhs) == 1 {
		v = f.Variable(as.Lhs[0])
	}
	if v == nil || f.onlyValue(as.Lhs[0]) != call {
		f.hold(call, "the result is not assigned to a local variable")
		return
	}
	f.edits.Add(f.part(as.Pos()), as, nil)
	ast.Inspect(f.OutermostFunc(as), func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.Info.Uses[id] == v {
			if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok {
				f.traced(sel, o)
			} else {
				f.hold(id, "the result of compat.NewTracing is passed on")
			}
		}
		return true
	})
}

// methodName is the option that names spans as compat's transport does.
func methodName(r *edit.Renderer) string {
	return r.Pkg(opentelemetry.OTelHTTPPath) + ".WithSpanNameFormatter(func(_ string, r *" + r.Pkg("net/http") + ".Request) string { return r.Method })"
}

// tracingOptions are those of otelhttp.
type tracingOptions struct {
	provider text
	server   []text
	client   text // names spans; nil for none
	events   bool // those of connections were logged
}

// tracingOptions returns the options of otelhttp in the place of those of compat.NewTracing, nil
// where one has no counterpart.
func (f *file) tracingOptions(e ast.Expr) *tracingOptions {
	o := &tracingOptions{}
	if f.IsNil(e) {
		return o
	}
	given, ok := syntax.LiteralFields(e)
	if !ok {
		f.hold(e, "the options of compat.NewTracing are not a literal")
		return nil
	}
	if name := given["OperationName"]; name != nil {
		o.server = append(o.server, func(r *edit.Renderer) string { return f.nameFormatter(r, name) })
	}
	if name := given["ClientOperationName"]; name != nil {
		o.client = func(r *edit.Renderer) string { return f.nameFormatter(r, name) }
	}
	if skip := given["Skip"]; skip != nil {
		o.server = append(o.server, func(r *edit.Renderer) string {
			return r.Pkg(opentelemetry.OTelHTTPPath) + ".WithFilter(" + r.Opposite(skip) + ")"
		})
	}
	for name, value := range given {
		switch {
		case name == "OperationName", name == "ClientOperationName", name == "Skip":
		case name == "ConnectionEvents" && f.isConstant(value, "true"):
			o.events = true
		default:
			f.hold(value, "compat.TracingOptions."+name+" is not an option of otelhttp; docs/instrumentation.md says what to write in its place")
			ok = false
		}
	}
	f.take(e)
	if !ok {
		return nil
	}
	return o
}

// traced plans a method of what compat.NewTracing returns.
func (f *file) traced(sel *ast.SelectorExpr, o *tracingOptions) {
	call, ok := f.Parent[sel].(*ast.CallExpr)
	if !ok || call.Fun != sel || len(call.Args) != 1 {
		return // which has no rule
	}
	name, changes, options := sel.Sel.Name, httpChanges+httpNoComponent, o.server
	switch name {
	case "TraceAll", "Trace":
	case "Transport":
		options = nil // the others are for servers
		changes += "; a 4xx answer sets the span's status to Error; " + httpClientFailure
		switch {
		case o.client != nil:
			options = append(options, o.client)
		case f.run.opts.KeepNames:
			options = append(options, methodName)
		default:
			changes += "; its name is HTTP GET instead of GET"
		}
		if o.events {
			changes += httpClientTrace
		}
	default:
		return
	}
	f.take(sel.Sel)
	f.change(call, "compat.Tracing."+name, changes)
	f.replace(call, func(r *edit.Renderer) string {
		if name != "Transport" {
			return f.newHandler(r, r.Text(call.Args[0]), o.provider, options)
		}
		otelhttp := r.Pkg(opentelemetry.OTelHTTPPath)
		var given []string
		for _, option := range options {
			given = append(given, option(r))
		}
		return edit.List(otelhttp+".NewTransport(", append([]string{r.Text(call.Args[0])}, providerOption(r, otelhttp, o.provider, given)...), ")")
	})
}
