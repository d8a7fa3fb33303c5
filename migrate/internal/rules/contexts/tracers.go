// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"cmp"
	"go/ast"
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

func (p *File) globalRows() []plan.Rule {
	return append(
		plan.RowsFor("tracers", p.globalTracer, p.globalTracerFunc, plan.RefusedMethodValue, "opentracing.GlobalTracer"),
		plan.RowsFor("tracers", p.setGlobalTracer, nil, flow.RefusedSetUp, "opentracing.SetGlobalTracer", "opentracing.InitGlobalTracer", "opentracing.IsGlobalTracerRegistered")...)
}

// setGlobalTracer leaves what sets the program's tracer. Where that is NoopTracer, it
// turns the spans off of code that stays only.
func (p *File) setGlobalTracer(u *plan.Use) {
	s := p.Refuse(u, flow.RefusedSetUp, "the program's tracer is set up here")
	for _, arg := range u.Call.Args {
		n := cmp.Or(p.Expr(arg), p.Anon[arg])
		if opentracing.IsNoop(p.Info.TypeOf(arg)) || n != nil && n.Origin&flow.OriginNoop != 0 {
			s.StaysChange = "this turns off only the spans of code that stays OpenTracing: rewritten code uses the program's OpenTelemetry provider"
		}
	}
}

// globalTracer handles the global tracer as a value.
func (p *File) globalTracer(u *plan.Use) {
	s := p.Site(u, p.Expr(u.Call))
	if p.RunsFirst(u.Call) {
		s.Change("at the start of the program, OpenTracing's tracer does nothing here, because none is set up yet; OpenTelemetry's makes spans once a provider is set")
	}
	p.Edit(s, u.Call, func(r *edit.Renderer) string { return p.TracerValue(r, u.Call) })
}

// globalTracerFunc handles the function as a value: tracer = opentracing.GlobalTracer.
func (p *File) globalTracerFunc(u *plan.Use) {
	if p.Expr(u.Expr) == nil || p.IsMethodExpr(u.Expr) {
		return
	}
	s := p.Site(u, p.Expr(u.Expr))
	p.Edit(s, u.Expr, func(r *edit.Renderer) string {
		return "func() " + r.Trace("Tracer") + " { return " + p.TracerValue(r, u.Expr) + " }"
	})
}

// TracerValue renders the package's tracer as a value. A variable that is declared
// for it may have its very name.
func (p *File) TracerValue(r *edit.Renderer, at ast.Expr) string {
	named := false
	switch stmt := p.Statement(at).(type) {
	case *ast.AssignStmt:
		named = stmt.Tok == token.DEFINE
	case *ast.ValueSpec:
		named = true
	}
	if named {
		return r.Pkg(opentelemetry.OTelPath) + ".Tracer(" + edit.Quote(p.Source.Unit.Path) + ")"
	}
	return r.Tracer()
}

// Declares tells whether a statement declares something, or is a label.
func Declares(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Tok == token.DEFINE
	case *ast.DeclStmt, *ast.LabeledStmt:
		return true
	}
	return false
}
