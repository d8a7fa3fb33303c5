// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Options say how to take OpenTracing out.
type Options struct {
	// KeepNames keeps the names that spans of libraries had.
	KeepNames bool
}

// A Run takes OpenTracing out of a program.
type Run struct {
	*move.Run
	opts  *Options
	files []*file
	parts map[ast.Node]*move.Part // by the declaration of a package
	held  map[*move.Part]bool     // those of which a rule has said why they stay
	// carrying remembers which types have to do with what goes.
	carrying map[types.Type]bool
	// installs are the parts that install mocks, by the packages whose tests do, and fields
	// says which packages look at fields of logs.
	installs map[string]*move.Part
	fields   map[*source.Unit]bool
	// related are the packages whose spans are those of programs that the user names.
	related map[string]bool
	// propagators are the calls that set OpenTelemetry's propagator, outside of tests.
	propagators []token.Pos
	spans       []Span
	// connectionEvents tells that nethttp logs those of some request.
	connectionEvents bool
}

// A Span is a use of OpenTracing that is neither set-up nor test: the stage before is not
// done.
type Span struct {
	File   *source.File
	Pos    token.Pos
	Symbol string
}

// Spans returns the uses of OpenTracing for which the stage before comes first.
func (rw *Run) Spans() []Span { return rw.spans }

// Module returns the edits of all files. Names of imports go to others: jaeger was the twin,
// and becomes compat/jaeger.
func (rw *Run) Module() *edit.Module {
	m := rw.Run.Module()
	m.Reuse = true
	return m
}

// A file is one file of the program.
type file struct {
	*syntax.File
	run   *Run
	edits *edit.File
	// taken are the mentions that have a rule.
	taken map[*ast.Ident]bool
	// made are the tracers that set-ups make, by their variables, and closers those by the
	// variables of what closes them.
	made, closers map[*types.Var]*made
	// grpc are the options of gRPC that have interceptors of a library.
	grpc []*grpcOption
}

// New plans what becomes of code.
func New(code *source.Code, opts *Options) *Run {
	rw := &Run{
		Run: move.NewRun(code, "OpenTelemetry's own API"), opts: opts,
		parts: make(map[ast.Node]*move.Part), held: make(map[*move.Part]bool), carrying: make(map[types.Type]bool),
		installs: make(map[string]*move.Part), fields: make(map[*source.Unit]bool),
	}
	for _, u := range code.Units {
		for _, f := range u.Files {
			e := edit.NewFile(f)
			rw.Edits = append(rw.Edits, e)
			one := &file{File: syntax.NewFile(code, f), run: rw, edits: e, taken: make(map[*ast.Ident]bool)}
			one.Parents(func(ast.Node) {})
			rw.files = append(rw.files, one)
		}
	}
	rw.connectionEvents = rw.logsConnections()
	for _, f := range rw.files {
		f.join()
		f.findPropagators()
	}
	for _, f := range rw.files {
		f.setUps()
		mockFile{f}.mocks()
	}
	for _, f := range rw.files {
		f.libraries()
		f.statsHandlers()
		f.tracers()
	}
	for _, p := range rw.parts {
		rw.held[p.Root()] = rw.held[p.Root()] || len(p.Held()) > 0
	}
	rw.related = rw.relatedPackages()
	for _, f := range rw.files {
		f.rest()
	}
	rw.Sort()
	return rw
}

// declaration returns the declaration of the package that is around a node.
func declaration(f *ast.File, pos token.Pos) ast.Node {
	for _, d := range f.Decls {
		if pos < d.Pos() || d.End() <= pos {
			continue
		}
		if gen, ok := d.(*ast.GenDecl); ok {
			for _, spec := range gen.Specs {
				if spec.Pos() <= pos && pos < spec.End() {
					return spec
				}
			}
		}
		return d
	}
	return f
}

// part returns the part of the declaration at a place.
func (f *file) part(pos token.Pos) *move.Part { return f.run.partIn(f.Source, pos) }

func (rw *Run) partIn(f *source.File, pos token.Pos) *move.Part {
	d := declaration(f.Syntax, pos)
	p := rw.parts[d]
	if p == nil {
		p = &move.Part{}
		p.Want(f.Unit.Wanted)
		if f.Fixed != "" {
			p.Hold(pos, f.Fixed)
		}
		rw.parts[d] = p
	}
	return p
}

// join makes one part of declarations that hand to each other what goes.
func (f *file) join() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := f.Info.ObjectOf(id)
		if obj == nil || obj.Pkg() == nil || !f.run.Own[obj.Pkg().Path()] || !f.run.carries(obj.Type()) {
			return true
		}
		home := f.run.Files[f.run.Fset.File(obj.Pos())]
		if home == nil {
			return true
		}
		if declaration(home.Syntax, obj.Pos()) != declaration(f.Source.Syntax, id.Pos()) {
			f.part(id.Pos()).Join(f.run.partIn(home, obj.Pos()))
		}
		return true
	})
}

// leaves tells whether code leaves a package at this stage.
func leaves(path string) bool {
	return opentracing.IsOpenTracing(path) || opentelemetry.IsCompat(path) && path != opentelemetry.JaegerPath || isLibrary(path)
}

// carries tells whether a type has to do with what goes.
func (rw *Run) carries(t types.Type) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if known, ok := rw.carrying[t]; ok {
		return known
	}
	rw.carrying[t] = false // ends a circle
	is := false
	switch t := t.(type) {
	case *types.Named:
		obj := t.Obj()
		switch {
		case obj.Pkg() == nil:
		case leaves(obj.Pkg().Path()):
			is = true
		case rw.Own[obj.Pkg().Path()]:
			is = rw.carries(t.Underlying())
		}
	case *types.Pointer:
		is = rw.carries(t.Elem())
	case *types.Slice:
		is = rw.carries(t.Elem())
	case *types.Array:
		is = rw.carries(t.Elem())
	case *types.Chan:
		is = rw.carries(t.Elem())
	case *types.Map:
		is = rw.carries(t.Key()) || rw.carries(t.Elem())
	case *types.Signature:
		is = rw.carriesAny(t.Params()) || rw.carriesAny(t.Results())
	case *types.Tuple:
		is = rw.carriesAny(t)
	case *types.Struct:
		for field := range t.Fields() {
			is = is || rw.carries(field.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			is = is || rw.carries(m.Type())
		}
	}
	rw.carrying[t] = is
	return is
}

func (rw *Run) carriesAny(t *types.Tuple) bool {
	for v := range t.Variables() {
		if rw.carries(v.Type()) {
			return true
		}
	}
	return false
}

// take marks all mentions in nodes as having a rule.
func (f *file) take(nodes ...ast.Node) {
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				f.taken[id] = true
			}
			return true
		})
	}
}

// move notes a place that changes, and what it becomes.
func (f *file) move(at ast.Node, what, to string) {
	f.run.Add(&move.Move{File: f.Source, Pos: at.Pos(), What: what, To: to, Part: f.part(at.Pos())})
}

// change notes a place where telemetry changes.
func (f *file) change(at ast.Node, what, note string) {
	f.run.Change(move.Change{Part: f.part(at.Pos()), File: f.Source, Pos: at.Pos(), What: what, Note: note})
}

// leave notes a place that a person has to look at.
func (f *file) leave(at ast.Node, text string) {
	f.run.Leave(move.Leftover{Part: f.part(at.Pos()), File: f.Source, Pos: at.Pos(), Text: text})
}

// hold has the part of a place stay, for a reason.
func (f *file) hold(at ast.Node, reason string) { f.part(at.Pos()).Hold(at.Pos(), reason) }

// replace makes a node another text.
func (f *file) replace(n ast.Node, render func(r *edit.Renderer) string) {
	f.edits.Add(f.part(n.Pos()), n, render)
}

// spread tells whether the arguments of a call are the results of another one, and holds it
// then.
func (f *file) spread(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	if _, several := f.Info.TypeOf(call.Args[0]).(*types.Tuple); !several {
		return false
	}
	f.hold(call, "the arguments are the results of a single call; assign them to variables first")
	return true
}

// calls returns the full name of the function or method that a call calls.
func (f *file) calls(call *ast.CallExpr) string {
	fn := f.Callee(call)
	if fn == nil {
		return ""
	}
	return fn.FullName()
}
