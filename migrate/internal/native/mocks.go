// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A mockFile is a file that may have tests on the twin of mocktracer.
type mockFile struct{ *file }

// mockTypes are the types of exporters in the place of those of mocktracer.
var mockTypes = map[string]string{
	"MockTracer": "Memory", "MockSpan": "Span", "MockLogRecord": "LogRecord", "MockKeyValue": "LogField",
}

// sameInMemory are the methods and fields that are the same on both.
var sameInMemory = []string{
	"MockTracer.FinishedSpans", "MockTracer.Reset", "MockTracer.TracerProvider",
	"MockSpan.OperationName", "MockSpan.StartTime", "MockSpan.FinishTime", "MockSpan.String",
	"MockLogRecord.Timestamp", "MockLogRecord.Fields", "MockKeyValue.Key", "MockKeyValue.ValueKind", "MockKeyValue.ValueString",
}

// mocks plans what tests have of the twin of mocktracer: exporters.Memory takes its place.
func (f mockFile) mocks() {
	ast.Inspect(f.Source.Syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := f.Info.Uses[id]; obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == opentelemetry.MockTwinPath {
				f.mock(id, obj)
			}
		}
		return true
	})
}

// mock plans one mention.
func (f mockFile) mock(id *ast.Ident, obj types.Object) {
	switch obj := obj.(type) {
	case *types.TypeName:
		f.mockType(id, obj)
	case *types.Func:
		if obj.Signature().Recv() == nil {
			f.mockFunction(id, obj)
		} else {
			f.mockMember(id, obj, memberOf(obj.Signature().Recv().Type(), obj.Name()))
		}
	case *types.Var:
		if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok && obj.IsField() {
			f.mockMember(id, obj, memberOf(f.Info.TypeOf(sel.X), obj.Name()))
		}
	}
}

// memberOf names a member of a type, as in "MockSpan.Tag".
func memberOf(t types.Type, name string) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name() + "." + name
	}
	return name
}

// mockType plans a type.
func (f mockFile) mockType(id *ast.Ident, obj *types.TypeName) {
	to := mockTypes[obj.Name()]
	if to == "" {
		return // in an assertion, which has a rule of its own
	}
	e := f.qualified(id)
	if _, asked := f.Parent[e].(*ast.StarExpr); asked && f.Asked(e) {
		return // of a span of OpenTracing
	}
	f.take(id)
	f.move(id, "mocktracer."+obj.Name(), "exporters."+to)
	f.replace(e, func(r *edit.Renderer) string { return r.Pkg(opentelemetry.ExportersPath) + "." + to })
}

// qualified returns a name with that of its package.
func (f mockFile) qualified(id *ast.Ident) ast.Expr {
	if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		return sel
	}
	return id
}

// mockFunction plans a function.
func (f mockFile) mockFunction(id *ast.Ident, obj *types.Func) {
	fun := f.qualified(id)
	call, ok := f.Parent[fun].(*ast.CallExpr)
	if !ok || call.Fun != fun {
		return
	}
	f.take(id)
	switch obj.Name() {
	case "New":
		f.move(id, "mocktracer.New", "exporters.Memory")
		f.replace(call, func(r *edit.Renderer) string { return "new(" + r.Pkg(opentelemetry.ExportersPath) + ".Memory)" })
	case "Install":
		f.move(id, "mocktracer.Install", "exporters.Memory.Install")
		f.joinInstalls(id)
		if !opentelemetry.IsTwinMock(f.Info.TypeOf(call.Args[0])) {
			f.hold(call, "it installs a tracer that is not known to be a mock")
		}
		f.replace(call, func(r *edit.Renderer) string { return r.Operand(call.Args[0]) + ".Install()" })
	case "SpanOf":
		f.move(id, "mocktracer.SpanOf", "exporters.SpanOf")
		if _, compared := f.Parent[call].(*ast.BinaryExpr); compared {
			f.hold(call, "exporters.SpanOf returns a copy, which equals none of the finished spans")
		}
		f.replace(fun, func(r *edit.Renderer) string { return r.Pkg(opentelemetry.ExportersPath) + ".SpanOf" })
	}
}

// mockMember plans a method or a field.
func (f mockFile) mockMember(id *ast.Ident, obj types.Object, name string) {
	e := f.qualified(id)
	call, _ := f.Parent[e].(*ast.CallExpr)
	if call != nil && call.Fun != e {
		call = nil
	}
	switch {
	case slices.Contains(sameInMemory, name):
		f.take(id)
	case name == "MockSpan.ParentID":
		f.take(id)
		f.mockID(e)
	case name == "MockSpan.SpanContext":
		f.take(id)
	case name == "MockSpanContext.SpanID", name == "MockSpanContext.TraceID":
		f.take(id)
		f.replace(e, func(r *edit.Renderer) string { return f.spanContextOf(r, e) + "." + obj.Name() + "()" })
		f.mockID(e)
	case name == "MockSpanContext.Sampled":
		f.take(id)
		f.replace(e, func(r *edit.Renderer) string { return f.spanContextOf(r, e) + ".IsSampled()" })
	case call == nil:
	case name == "MockSpan.Tag":
		f.take(id)
		f.tagValue(call, nil)
	case name == "MockSpan.Tags":
		f.take(id)
		f.tags(call)
	case name == "MockSpan.Logs":
		f.take(id)
		f.logs(call)
	}
}

// spanContextOf returns the context of a span that a field of mocktracer's context is of.
func (f mockFile) spanContextOf(r *edit.Renderer, e ast.Expr) string {
	return r.Operand(e.(*ast.SelectorExpr).X)
}

// mockID plans what is done with the ID of a span or of a trace, which was a number.
func (f mockFile) mockID(e ast.Expr) {
	switch parent := f.Parent[e].(type) {
	case *ast.BinaryExpr:
		other := parent.X
		if other == e {
			other = parent.Y
		}
		if parent.Op != token.EQL && parent.Op != token.NEQ {
			f.hold(e, "the ID of a span is not a number in the SDK")
			return
		}
		value := f.Info.Types[other].Value
		if value == nil {
			return // another ID, or it does not compile
		}
		if v, exact := constant.Int64Val(value); !exact || v != 0 {
			f.hold(e, "the ID of a span is random in the SDK")
			return
		}
		not := ""
		if parent.Op == token.EQL {
			not = "!"
		}
		f.replace(parent, func(r *edit.Renderer) string { return not + r.Text(e) + ".IsValid()" })
	case *ast.CallExpr:
		if !f.onlyPrints(parent) && !f.comparesIDs(parent) {
			f.hold(e, "the ID of a span is not a number in the SDK, and fix can't tell what the code does with it")
		}
	}
}

// comparesIDs tells whether a call of an assertion compares two IDs.
func (f mockFile) comparesIDs(call *ast.CallExpr) bool {
	want, got := f.assertedPair(call)
	return want != nil && f.isMockID(want) && f.isMockID(got)
}

func (f mockFile) isMockID(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	v, ok := f.Info.Uses[sel.Sel].(*types.Var)
	return ok && v.Pkg() != nil && v.Pkg().Path() == opentelemetry.MockTwinPath && slices.Contains([]string{"ParentID", "SpanID", "TraceID"}, v.Name())
}

// logs plans a call that returns the logs of a span. Where the package looks at their fields,
// these are named as mocktracer names them.
func (f mockFile) logs(call *ast.CallExpr) {
	if !f.run.looksAtFields(f.Source.Unit) {
		return
	}
	f.replace(call, func(r *edit.Renderer) string {
		return r.Helper("mockLogs") + "(" + r.Text(syntax.ReceiverOf(call)) + ")"
	})
}

// looksAtFields tells whether a package looks at the fields of logs.
func (rw *Run) looksAtFields(u *source.Unit) bool {
	known, asked := rw.fields[u]
	if asked {
		return known
	}
	for id, obj := range u.Info.Uses {
		v, ok := obj.(*types.Var)
		known = known || ok && v.IsField() && id.Name == "Fields" && v.Pkg() != nil && v.Pkg().Path() == opentelemetry.MockTwinPath
	}
	rw.fields[u] = known
	return known
}

// joinInstalls makes one part of all that installs mocks for the tests of a package: package
// variables of otel.Tracer are bound to whichever of the two was installed first.
func (f mockFile) joinInstalls(at ast.Node) {
	path := strings.TrimSuffix(f.Source.Unit.Path, "_test")
	p := f.part(at.Pos())
	if other := f.run.installs[path]; other != nil {
		p.Join(other)
	}
	f.run.installs[path] = p
}
