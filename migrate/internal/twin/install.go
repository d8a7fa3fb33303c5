// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// An install is a call that makes a mock, or another tracer that a test brings, the global one:
//
//	opentracing.SetGlobalTracer(mock)
//
// It becomes mocktracer.Install(mock), which makes it that of OpenTelemetry code, too.
type install struct {
	*installs
	part   *move.Part
	call   *ast.CallExpr
	stmt   *ast.ExprStmt // nil where it is none of a list
	list   []ast.Stmt
	index  int // of stmt in list
	resets []*reset
}

// Installs is what a call becomes that makes a mock, or a tracer of a test, the global one.
const Installs = "mocktracer.Install"

// installs are those of one file.
type installs struct {
	*syntax.File
	run    *Run
	edits  *edit.File
	partOf func(kind) *move.Part
	all    []*install
}

// installs plans the calls in a file that make a mock global, or in a test any tracer, and
// those that set another tracer again.
func (rw *Run) installs(e *edit.File, partOf func(kind) *move.Part) {
	f := e.Source
	var sets []*ast.CallExpr
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && inventory.SetsGlobal(f.Unit.Info, call) != nil {
			sets = append(sets, call)
		}
		return true
	})
	if len(sets) == 0 {
		return
	}
	in := &installs{File: syntax.NewFile(rw.Code, f), run: rw, edits: e, partOf: partOf}
	in.Parents(func(ast.Node) {})
	var resets []*reset
	for _, call := range sets {
		re := in.resetOf(call)
		switch {
		case in.onlyMock(call.Args[0]):
			in.add(call, mock)
		case in.setsProvider(call): // which may be another one
		case re != nil:
			resets = append(resets, re)
		case f.Test:
			in.add(call, own)
		case in.fromJaeger(call.Args[0]):
			in.setBoth(call, partOf(jaeger))
		}
	}
	made := in.all
	for _, re := range resets {
		of := in.undone(made, re)
		switch {
		case of != nil:
			of.resets = append(of.resets, re)
		case f.Test && len(made) > 0:
			in.addTo(made[0].part, re.call)
		case f.Test:
			in.add(re.call, own)
		case len(made) > 0:
			in.leave(re.call)
		}
	}
	for _, one := range in.all {
		one.plan()
	}
}

// add adds an install. One of a file that imports mocktracer belongs to what moves with that.
func (in *installs) add(call *ast.CallExpr, of kind) {
	if kindsOf(in.Source.Syntax)[mock] {
		of = mock
	}
	in.addTo(in.partOf(of), call)
}

func (in *installs) addTo(part *move.Part, call *ast.CallExpr) {
	one := &install{installs: in, part: part, call: call}
	if in.Source.Fixed != "" {
		one.part.Hold(call.Pos(), in.Source.Fixed)
	}
	if stmt, ok := in.Parent[call].(*ast.ExprStmt); ok {
		one.stmt = stmt
		one.list, one.index = in.Siblings(stmt)
	}
	in.all = append(in.all, one)
	in.run.Add(&move.Move{File: in.Source, Pos: call.Fun.Pos(), What: "opentracing.SetGlobalTracer", To: Installs, Part: one.part})
}

// isMock tells whether a type is *mocktracer.MockTracer, of the old package or of the twin.
func isMock(t types.Type) bool {
	_, pointer := types.Unalias(t).(*types.Pointer)
	return pointer && opentracing.IsMockTracer(t) || opentelemetry.IsTwinMock(t)
}

// onlyMock tells whether an expression is a mock, or a local variable that holds nothing else.
func (in *installs) onlyMock(e ast.Expr) bool {
	if isMock(in.Info.TypeOf(e)) {
		return true
	}
	v := in.Variable(e)
	if v == nil || v.IsField() || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() || v.Kind() != types.LocalVar {
		return false
	}
	fn := in.OutermostFunc(e)
	if fn == nil {
		return false
	}
	only, set := true, false
	syntax.EachValue(fn, func(name ast.Expr) bool { return in.Variable(name) == v }, func(value ast.Expr, several bool) {
		if value != nil {
			set, only = true, only && !several && isMock(in.Info.TypeOf(value))
		}
	})
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			only = only && (n.Key == nil || in.Variable(n.Key) != v) && (n.Value == nil || in.Variable(n.Value) != v)
		case *ast.UnaryExpr:
			only = only && (n.Op != token.AND || in.Variable(n.X) != v)
		}
		return only
	})
	return only && set
}

// plan makes the edits of a call.
func (one *install) plan() {
	one.edits.Add(one.part, one.call.Fun, func(r *edit.Renderer) string { return one.qualified(r, "Install") })
	one.planRestore()
}

// qualified names something of the twin in the file.
func (in *installs) qualified(r *edit.Renderer, name string) string {
	for _, spec := range in.Source.Syntax.Imports {
		written := source.SpecOf(spec)
		if written.Path != opentracing.MocktracerPath && written.Path != opentelemetry.MockTwinPath {
			continue
		}
		switch written.Name {
		case ".":
			return name
		case "_":
		case "":
			return "mocktracer." + name
		default:
			return written.Name + "." + name
		}
	}
	return r.Pkg(opentelemetry.MockTwinPath) + "." + name
}

// leave notes a call that sets only OpenTracing's global tracer back.
func (in *installs) leave(call *ast.CallExpr) {
	in.run.Leave(move.Leftover{Part: in.partOf(mock), File: in.Source, Pos: call.Pos(), Text: "this restores only OpenTracing's global tracer, and OpenTelemetry's stays the mock: keep the function that mocktracer.Install returns, and call it here"})
}

func (in *installs) mentionedAs(fn ast.Node, name string) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// freeName returns a name for what restores the globals.
func (in *installs) freeName(at ast.Node) string {
	fn := in.OutermostFunc(at)
	names := []string{"restore", "restoreTracer", "restoreGlobals", "restoreGlobalTracers"}
	i := slices.IndexFunc(names, func(name string) bool { return fn != nil && !in.mentionedAs(fn, name) })
	if i < 0 {
		return ""
	}
	return names[i]
}
