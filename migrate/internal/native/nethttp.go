// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/nethttp"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// What changes where otelhttp makes a span in the place of nethttp.
const (
	httpChanges = "otelhttp makes the span, with its own scope: http.request.method, url.path and " +
		"http.response.status_code replace http.method, http.url and http.status_code"
	httpNoComponent = "; component is gone"
	httpServerName  = "; its name is the route, such as GET /orders/{id}, or GET if there is none, instead of HTTP GET"
	httpClientFails = "; a 4xx answer, a failed connection and a body that breaks off set the span's status to Error; " + httpClientFailure
	// httpClientFailure is what both nethttp's and compat's transport do otherwise.
	httpClientFailure = "a failure is the description of the status, not an event; error.type is new, also for 5xx"
	httpClientTrace   = "; events of the connection are not logged unless you add otelhttp.WithClientTrace"
)

// nethttpCall plans a call of nethttp.
func (f *file) nethttpCall(call *ast.CallExpr, fn *types.Func) {
	if f.spread(call) {
		return
	}
	switch fn.Name() {
	case "Middleware", "MiddlewareFunc":
		f.nethttpMiddleware(call, fn.Name())
	case "TraceRequest":
		f.nethttpRequest(call)
	}
}

// nethttpMiddleware plans a middleware of a server.
func (f *file) nethttpMiddleware(call *ast.CallExpr, name string) {
	f.move(call, "nethttp."+name, "otelhttp.NewHandler")
	f.take(call.Fun)
	if call.Ellipsis.IsValid() {
		f.hold(call, "the options of nethttp are a slice")
		return
	}
	var options []text
	named, component := false, httpNoComponent
	for _, arg := range call.Args[2:] {
		option, kind := f.optionCall(arg, nethttp.Path)
		if option == nil {
			f.hold(arg, "fix can't tell which option of nethttp this is")
			return
		}
		value := option.Args[0]
		switch kind {
		case "OperationNameFunc":
			named = true
			options = append(options, func(r *edit.Renderer) string { return f.nameFormatter(r, value) })
		case "MWComponentName":
			component = ""
			options = append(options, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.OTelHTTPPath) + ".WithSpanOptions(" + r.Trace("WithAttributes") + "(" + r.Attribute("String") + `("component", ` + r.Text(value) + ")))"
			})
		case "MWSpanFilter":
			options = append(options, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.OTelHTTPPath) + ".WithFilter(" + r.Text(value) + ")"
			})
		default:
			f.hold(arg, "nethttp."+kind+" is not an option of otelhttp; docs/instrumentation.md says what to write in its place")
			return
		}
	}
	changes := httpChanges + component
	switch {
	case named:
	case f.run.opts.KeepNames:
		options = append(options, keptName)
	default:
		changes += httpServerName
	}
	f.change(call, "nethttp."+name, changes)
	provider := f.given(call.Args[0])
	f.replace(call, func(r *edit.Renderer) string {
		handler := r.Text(call.Args[1])
		if name == "MiddlewareFunc" {
			if !isHandlerFunc(f.Info.TypeOf(call.Args[1])) {
				handler = r.Pkg("net/http") + ".HandlerFunc(" + handler + ")"
			}
			return f.newHandler(r, handler, provider, options) + ".ServeHTTP"
		}
		return f.newHandler(r, handler, provider, options)
	})
}

func isHandlerFunc(t types.Type) bool { return types.TypeString(t, nil) == "net/http.HandlerFunc" }

func (f *file) newHandler(r *edit.Renderer, handler string, provider text, options []text) string {
	otelhttp := r.Pkg(opentelemetry.OTelHTTPPath)
	var given []string
	for _, option := range options {
		given = append(given, option(r))
	}
	args := append([]string{handler, `""`}, providerOption(r, otelhttp, provider, given)...)
	return edit.List(otelhttp+".NewHandler(", args, ")")
}

// keptName is the option that names spans as nethttp does.
func keptName(r *edit.Renderer) string {
	http := r.Pkg("net/http")
	return r.Pkg(opentelemetry.OTelHTTPPath) + ".WithSpanNameFormatter(func(_ string, r *" + http + ".Request) string {\nreturn \"HTTP \" + r.Method\n})"
}

// nameFormatter is the option that names spans by a function of the program.
func (f *file) nameFormatter(r *edit.Renderer, name ast.Expr) string {
	option := r.Pkg(opentelemetry.OTelHTTPPath) + ".WithSpanNameFormatter("
	if lit, ok := ast.Unparen(name).(*ast.FuncLit); ok && len(lit.Type.Params.List) == 1 && len(lit.Type.Params.List[0].Names) == 1 {
		param := lit.Type.Params.List[0]
		return option + "func(_ string, " + param.Names[0].Name + " " + r.Text(param.Type) + ") string " + r.Text(lit.Body) + ")"
	}
	return option + "func(_ string, r *" + r.Pkg("net/http") + ".Request) string { return " + r.Operand(name) + "(r) })"
}

// nethttpTransport plans a literal of nethttp.Transport.
func (f *file) nethttpTransport(lit *ast.CompositeLit) {
	u, fields := nethttp.Transport(f.File, lit)
	if u == nil {
		return
	}
	f.take(lit.Type)
	f.move(lit, "nethttp.Transport", "otelhttp.NewTransport")
	changes := httpChanges + httpNoComponent + httpClientFails
	if f.run.connectionEvents {
		changes += httpClientTrace
	}
	f.change(lit, "nethttp.Transport", changes+"; every request has a span, even without nethttp.TraceRequest")
	base := fields["RoundTripper"]
	f.replace(u, func(r *edit.Renderer) string {
		sends := r.Pkg("net/http") + ".DefaultTransport"
		if base != nil {
			sends = r.Text(base)
		}
		return r.Pkg(opentelemetry.OTelHTTPPath) + ".NewTransport(" + sends + ")"
	})
}

// logsConnections tells whether nethttp logs the events of connections for some request, as
// it does by default.
func (rw *Run) logsConnections() bool {
	requests, quiet := 0, 0
	for _, f := range rw.files {
		if !source.Imports(f.Source.Syntax, nethttp.Path) {
			continue
		}
		ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				switch f.calls(call) {
				case nethttp.Path + ".TraceRequest":
					requests++
				case nethttp.Path + ".ClientTrace":
					if f.isConstant(call.Args[0], "false") {
						quiet++
					}
				}
			}
			return true
		})
	}
	return requests == 0 || quiet < requests
}

// nethttpRequest plans a span around the requests of a client:
//
//	req, ht := nethttp.TraceRequest(tracer, req)
//	defer ht.Finish()
//
// The transport makes the spans of the requests, this one is the program's own.
func (f *file) nethttpRequest(call *ast.CallExpr) {
	f.move(call, "nethttp.TraceRequest", "Start")
	f.take(call.Fun)
	as, ok := f.Parent[call].(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 || call.Ellipsis.IsValid() {
		f.hold(call, "the call is not a statement that assigns both results")
		return
	}
	name := text(func(*edit.Renderer) string { return `"HTTP Client"` })
	for _, arg := range call.Args[2:] {
		option, kind := f.optionCall(arg, nethttp.Path)
		switch {
		case option == nil:
			f.hold(arg, "fix can't tell which option of nethttp this is")
			return
		case kind == "OperationName":
			name = func(r *edit.Renderer) string { return r.Text(option.Args[0]) }
		case kind == "ClientTrace", kind == "InjectSpanContext" && f.isConstant(option.Args[0], "true"):
		default:
			f.hold(arg, "nethttp."+kind+" is not an option of otelhttp; docs/instrumentation.md says what to write in its place")
			return
		}
	}
	provider := f.given(call.Args[0])
	ctx := f.FreeName(as, "ctx", "spanCtx", "requestCtx")
	span := f.FreeName(as, "span", "clientSpan", "requestSpan")
	if v := f.Variable(as.Lhs[1]); v != nil && !syntax.IsBlank(as.Lhs[1]) {
		if !f.nethttpTracer(v, as, span) {
			return
		}
	} else {
		span = "_"
	}
	f.replace(as, func(r *edit.Renderer) string {
		tracer := r.Tracer()
		if provider != nil {
			tracer = provider(r) + ".Tracer(" + edit.Quote(f.Source.Unit.Path) + ")"
		}
		return ctx + ", " + span + " := " + tracer + ".Start(" + r.Operand(call.Args[1]) + ".Context(), " + name(r) + ")\n" +
			nethttp.RequestIn(f.File, as, ctx, r.Text, r.Operand(call.Args[1]))
	})
}

// nethttpTracer plans the uses of what TraceRequest returns, and tells whether all have a rule.
func (f *file) nethttpTracer(v *types.Var, as *ast.AssignStmt, span string) bool {
	all := true
	nethttp.EachUse(f.File, as, v, func(id, method *ast.Ident, call *ast.CallExpr) {
		switch {
		case call == nil:
			f.hold(id, "the tracer of nethttp has another use here")
			all = false
		case method.Name == "Finish":
			f.take(method)
			f.replace(call, func(*edit.Renderer) string { return span + ".End()" })
		case method.Name == "Span":
			f.take(method)
			f.nethttpSpan(call, span)
		}
	})
	return all
}

// nethttpSpan plans a call that returns the span of a request, with what joins it to
// OpenTelemetry's API.
func (f *file) nethttpSpan(call *ast.CallExpr, span string) {
	outer, _ := f.Parent[call].(*ast.CallExpr)
	if outer == nil || len(outer.Args) == 0 || outer.Args[0] != call {
		f.replace(call, func(*edit.Renderer) string { return span })
		return
	}
	switch _, alone := f.Parent[outer].(*ast.ExprStmt); {
	case f.calls(outer) == opentelemetry.CompatPath+".OTelSpan":
		f.take(outer.Fun)
		f.replace(outer, func(*edit.Renderer) string { return span })
	case f.calls(outer) == opentracing.ExtPath+".LogError" && len(outer.Args) == 2 && alone:
		f.take(outer.Fun)
		f.move(outer, "ext.LogError", "RecordError")
		err := outer.Args[1]
		f.replace(outer, func(r *edit.Renderer) string {
			if !f.NonNil(err) {
				return edit.HelperCall(r.Helper("logError"), span, []string{r.Text(err)})
			}
			return span + ".RecordError(" + r.Text(err) + ")\n" + span + ".SetStatus(" + r.Codes("Error") + `, "")`
		})
	default:
		f.replace(call, func(*edit.Renderer) string { return span })
	}
}
