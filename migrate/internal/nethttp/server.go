// SPDX-License-Identifier: Apache-2.0

package nethttp

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// serverChanges is what changes where compat.Tracing makes the span of a request that comes in.
const serverChanges = "compat.Tracing makes the span: http.url has the host, and neither query nor user; the size of the response is not recorded; " +
	"a panic is logged with its stack, and has the status code 500"

// serverName is what changes where the program names the spans.
const serverName = "; OperationName is called twice: at the start, and when the route is known"

// middleware plans a middleware of a server:
//
//	nethttp.Middleware(tracer, handler, options...)
func (f *file) middleware(call *ast.CallExpr, name string) {
	p := &move.Part{}
	f.place(call, p, "nethttp."+name)
	f.take(call.Fun)
	if len(call.Args) < 2 || call.Ellipsis.IsValid() {
		p.Hold(call.Pos(), "the options of nethttp are not written out in the call")
		return
	}
	s := &serverOptions{file: f, name: methodName("OperationName")}
	named := false
	for _, arg := range call.Args[2:] {
		option, kind := f.option(arg)
		if option == nil {
			p.Hold(arg.Pos(), "which option of nethttp this is can't be told")
			return
		}
		value := option.Args[0]
		switch kind {
		case "OperationNameFunc":
			s.name = func(r *edit.Renderer) string { return "OperationName: " + r.Text(value) }
			named = true
		case "MWComponentName":
			s.component = value
		case "MWSpanFilter":
			s.filter = value
		case "MWSpanObserver":
			s.observer = value
		default:
			p.Hold(arg.Pos(), noCounterpart(kind))
			return
		}
	}
	changes := serverChanges
	if named {
		changes += serverName
	}
	f.plan.Change(move.Change{Part: p, File: f.Source, Pos: call.Pos(), What: "nethttp." + name, Note: changes})
	f.edits.Add(p, call, func(r *edit.Renderer) string {
		tracing := s.options().tracing(r, r.Text(call.Args[0]))
		handler := r.Text(call.Args[1])
		if name == "Middleware" {
			return tracing + ".TraceAll(" + handler + ")"
		}
		if types.TypeString(f.Info.TypeOf(call.Args[1]), nil) != "net/http.HandlerFunc" {
			handler = r.Pkg("net/http") + ".HandlerFunc(" + handler + ")"
		}
		return tracing + ".TraceAll(" + handler + ").ServeHTTP"
	})
}

// serverOptions are what becomes of the options of a middleware.
type serverOptions struct {
	*file
	name                        func(r *edit.Renderer) string
	component, filter, observer ast.Expr
}

func (s *serverOptions) options() options {
	all := options{s.name}
	if s.filter != nil {
		all = append(all, s.skip)
	}
	if s.component != nil || s.observer != nil {
		all = append(all, s.onStart)
	}
	return all
}

// skip is the opposite of the filter.
func (s *serverOptions) skip(r *edit.Renderer) string {
	return "Skip: " + r.Opposite(s.filter)
}

// onStart sets the component, and has the observer look at the span.
func (s *serverOptions) onStart(r *edit.Renderer) string {
	if s.component == nil {
		return "OnStart: " + r.Text(s.observer)
	}
	text := "OnStart: func(span " + r.Pkg(opentracing.OpenTracingPath) + ".Span, r *" + r.Pkg("net/http") + ".Request) {\n" +
		r.Pkg(opentracing.ExtPath) + ".Component.Set(span, " + r.Text(s.component) + ")\n"
	if s.observer != nil {
		text += r.Operand(s.observer) + "(span, r)\n"
	}
	return text + "}"
}
