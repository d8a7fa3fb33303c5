// SPDX-License-Identifier: Apache-2.0

package nethttp

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Path is the import path of nethttp.
const Path = "github.com/opentracing-contrib/go-stdlib/nethttp"

// A plan has the moves of a program.
type plan struct {
	*move.Run
	// client is the part of all clients: the transport makes the spans of the requests that
	// are given to TraceRequest, wherever that is.
	client *move.Part
	// traces are the values of the option ClientTrace, true where it isn't given, and
	// transports the literals that have to know it.
	traces     []bool
	transports []literal
}

// A literal is a literal of nethttp.Transport.
type literal struct {
	*file
	*ast.CompositeLit
}

// Plan adds the moves of nethttp to those of a run.
func Plan(rw *move.Run) {
	p := &plan{Run: rw, client: &move.Part{}}
	var files []*file
	for _, e := range rw.Edits {
		if !source.Imports(e.Source.Syntax, Path) {
			continue
		}
		f := &file{File: syntax.NewFile(rw.Code, e.Source), plan: p, edits: e, taken: make(map[*ast.Ident]bool)}
		f.Parents(func(ast.Node) {})
		files = append(files, f)
	}
	for _, f := range files {
		f.calls()
	}
	for _, f := range files {
		f.rest()
	}
	for _, t := range p.transports {
		note := clientChanges
		if p.logsConnections() {
			note += clientTrace
		}
		p.Change(move.Change{Part: p.client, File: t.Source, Pos: t.CompositeLit.Pos(), What: "nethttp.Transport", Note: note})
	}
	if len(p.transports) > 0 && p.isMixed() {
		p.client.Hold(p.transports[0].Pos(), "nethttp.ClientTrace is true for some requests and false for others, and compat.TracingOptions.ConnectionEvents is for all")
	}
	rw.Sort()
}

// isMixed tells whether some requests have the events of their connections logged, and others
// do not.
func (p *plan) isMixed() bool {
	for _, traces := range p.traces {
		if traces != p.traces[0] {
			return true
		}
	}
	return false
}

// logsConnections tells whether the events of connections are logged, which is nethttp's
// default.
func (p *plan) logsConnections() bool { return len(p.traces) == 0 || p.traces[0] }

// A file is one file of the program.
type file struct {
	*syntax.File
	plan  *plan
	edits *edit.File
	taken map[*ast.Ident]bool // mentions of nethttp that have a rule
}

// calls plans the calls and literals of nethttp.
func (f *file) calls() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := f.Callee(n)
			if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != Path {
				return true
			}
			switch fn.Name() {
			case "Middleware", "MiddlewareFunc":
				f.middleware(n, fn.Name())
			case "TraceRequest":
				f.request(n)
			}
		case *ast.CompositeLit:
			f.transport(n)
		}
		return true
	})
}

// rest holds clients where nethttp is mentioned in a way that has no rule.
func (f *file) rest() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || f.taken[id] {
			return true
		}
		obj := f.Info.Uses[id]
		if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != Path {
			return true
		}
		if _, isMethod := obj.(*types.Func); isMethod && obj.Parent() == nil {
			return true // of a value whose type is mentioned, or which a call returns
		}
		what := "nethttp." + id.Name
		f.place(id, f.plan.client, what)
		f.plan.client.Hold(id.Pos(), what+" is not an option of compat.Tracing; docs/instrumentation.md says what to write in its place")
		return true
	})
}

// place notes a place that moves with a part.
func (f *file) place(at ast.Node, p *move.Part, what string) {
	p.Want(f.Source.Unit.Wanted)
	if f.Source.Fixed != "" {
		p.Hold(at.Pos(), f.Source.Fixed)
	}
	f.plan.Add(&move.Move{File: f.Source, Pos: at.Pos(), What: what, To: "compat.Tracing", Part: p})
}

// take marks the mentions in a node as having a rule.
func (f *file) take(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			f.taken[id] = true
		}
		return true
	})
}

// option returns the call that makes an option, and the name of its function; nil for
// anything else.
func (f *file) option(e ast.Expr) (*ast.CallExpr, string) {
	call, name := syntax.OptionCall(f.File, e, Path)
	if call != nil {
		f.take(call.Fun)
	}
	return call, name
}

// options are those of compat.NewTracing, in source order.
type options []func(r *edit.Renderer) string

// tracing returns the text of a compat.Tracing.
func (o options) tracing(r *edit.Renderer, tracer string) string {
	compat := r.Pkg(opentelemetry.CompatPath)
	var b []byte
	b = append(b, compat+".NewTracing("+tracer+", &"+compat+".TracingOptions{"...)
	for _, option := range o {
		b = append(b, "\n"+option(r)+","...)
	}
	return string(b) + "\n})"
}

// methodName is the option that names spans as nethttp does.
func methodName(option string) func(r *edit.Renderer) string {
	return func(r *edit.Renderer) string {
		return option + ": func(r *" + r.Pkg("net/http") + ".Request) string { return \"HTTP \" + r.Method }"
	}
}

func noCounterpart(option string) string {
	return "nethttp." + option + " is not an option of compat.Tracing; docs/instrumentation.md says what to write in its place"
}
