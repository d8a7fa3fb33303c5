// SPDX-License-Identifier: Apache-2.0

package apitype

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spancontext"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

func (p *File) typeRows() []plan.Rule {
	var out []plan.Rule
	for symbol := range opentelemetry.NewTypes() {
		if symbol == "opentracing.Tag" || strings.HasPrefix(symbol, "ext.") {
			continue // see tagRules
		}
		out = append(out, plan.Rule{Symbol: symbol, Name: "types", Call: p.typeConversion, Value: p.typeMention, Category: values.RefusedTypeWithoutCounterpart})
	}
	out = append(out, plan.RowsFor("types", nil, nil, RefusedStartSpanOptions,
		"opentracing.StartSpanOptions", "opentracing.StartSpanOptions.References", "opentracing.StartSpanOptions.StartTime",
		"opentracing.StartSpanOptions.Tags", "opentracing.StartSpanOption.Apply", "opentracing.StartTime.Apply",
		"opentracing.SpanReference.Apply", "opentracing.Tag.Apply", "opentracing.Tags.Apply")...)
	out = append(out, plan.RowsFor("types", nil, nil, spans.RefusedLogField,
		"log.Field.Key", "log.Field.Value", "log.Field.String", "log.Field.Marshal")...)
	out = append(out, plan.RowsFor("types", nil, nil, spans.RefusedLogEncoder, "log.Encoder", "log.LazyLogger",
		"log.Encoder.EmitString", "log.Encoder.EmitBool", "log.Encoder.EmitInt", "log.Encoder.EmitInt32",
		"log.Encoder.EmitInt64", "log.Encoder.EmitUint32", "log.Encoder.EmitUint64", "log.Encoder.EmitFloat32",
		"log.Encoder.EmitFloat64", "log.Encoder.EmitObject", "log.Encoder.EmitLazyLogger")...)
	return append(out, plan.RowsFor("types", nil, nil, values.RefusedTypeWithoutCounterpart,
		"opentracing.SpanReferenceType", "opentracing.TracerContextWithSpanExtension",
		"opentracing.TracerContextWithSpanExtension.ContextWithSpanHook",
		"opentracing.LogRecord", "opentracing.LogRecord.Timestamp", "opentracing.LogRecord.Fields",
		"opentracing.LogData", "opentracing.LogData.Timestamp", "opentracing.LogData.Event",
		"opentracing.LogData.Payload", "opentracing.LogData.ToLogRecord",
		"opentracing.NoopTracer.Inject", "opentracing.NoopTracer.Extract",
	)...)
}

// typeMention replaces a type in a declaration, a literal or an assertion.
func (p *File) typeMention(u *plan.Use) {
	t := opentelemetry.NewTypes()[u.Sym.String()]
	if lit, ok := p.Parent[u.Expr].(*ast.CompositeLit); ok && u.Sym.Name == "Tags" && lit.Type == u.Expr && p.IsOption(lit) {
		p.OptionExpr(u, lit)
		return
	}
	n := p.Mentioned(u.Expr)
	if n == nil {
		return
	}
	s := p.Site(u, n)
	if s.AsksNoop = u.Sym.Name == "NoopTracer" && p.Asked(u.Expr); s.AsksNoop {
		s.Changes = plan.UntracedTracer
	}
	if own := p.OwnTracers[p.Source.Unit.Path]; own != nil && opentracing.IsCarrierInterface(p.Info.TypeOf(u.Expr)) {
		s.Deny(flow.RefusedOwnTracer, own.Pos(), own.Name()+" implements opentracing.Tracer itself, and its callers pass it carriers of this type")
	}
	p.Edit(s, u.Expr, func(r *edit.Renderer) string {
		if u.Sym.Name == "NoopTracer" && n.Find().Rooted {
			return r.Helper("noopTracer")
		}
		return r.NewType(t)
	})
}

// typeConversion replaces T(x).
func (p *File) typeConversion(u *plan.Use) {
	n := p.Expr(u.Call)
	if n == nil {
		return
	}
	t := opentelemetry.NewTypes()[u.Sym.String()]
	s := p.Site(u, n)
	p.Edit(s, u.Expr, func(r *edit.Renderer) string { return r.NewType(t) })
}

// typeAssertion looks at assertions out of OpenTracing types.
func (p *File) typeAssertion(e *ast.TypeAssertExpr) {
	if e.Type == nil {
		return
	}
	from := p.Expr(e.X)
	if from == nil || opentracing.OpenTracingType(p.Info.TypeOf(e.X)) == "" {
		return
	}
	t := p.Info.TypeOf(e.Type)
	if p.Parts(t).Any() || p.inHook(e) {
		return
	}
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: opentracing.OpenTracingType(p.Info.TypeOf(e.X)), Rule: "assertions"}
	p.Sites = append(p.Sites, s)
	s.Need(from)
	if spancontext.IsJaegerContext(t) {
		p.JaegerContext(s, e)
		return
	}
	if p.mockSpan(s, e) {
		return
	}
	s.Deny(flow.RefusedTypeAssertion, e.Pos(), "it is asserted to be a "+types.TypeString(t, (*types.Package).Name))
}

// comparison handles == and != between OpenTracing values; those with nil are the
// nil tests.
func (p *File) comparison(e *ast.BinaryExpr) {
	if e.Op != token.EQL && e.Op != token.NEQ {
		return
	}
	x, y := e.X, e.Y
	if a, b := p.PrintedContext(x), p.PrintedContext(y); a != nil && b != nil {
		p.CompareTexts(e, a, b)
		return
	}
	if p.IsKind(x) || p.IsKind(y) {
		p.KindsTogether(e, []ast.Expr{x, y})
		return
	}
	if p.legacyComparison(e, x, y) || p.legacyComparison(e, y, x) {
		return
	}
	if p.IsNil(x) {
		x, y = y, x
	}
	n := p.Expr(x)
	if n == nil {
		return
	}
	name := opentracing.OpenTracingType(p.Info.TypeOf(x))
	if p.IsNil(y) {
		if gate, _ := p.Statement(e).(*ast.IfStmt); !p.IsGate(gate) {
			p.nilTest(e, x, n, name)
		}
		return
	}
	if p.noopComparison(e, x, y) || p.noopComparison(e, y, x) {
		return
	}
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: name, Rule: "comparisons"}
	s.Need(n, p.Expr(y))
	switch name {
	case "opentracing.SpanContext":
		p.Sites = append(p.Sites, s)
		not := ""
		if e.Op == token.NEQ {
			not = "!"
		}
		p.Edit(s, e, func(r *edit.Renderer) string { return not + r.Operand(x) + ".Equal(" + r.Text(y) + ")" })
	case "opentracing.Span":
		p.Sites = append(p.Sites, s)
		p.SameSpans(s, e, x, y)
	case "opentracing.Tracer", "opentracing.NoopTracer":
		p.Sites = append(p.Sites, s) // both sides stay of one API
	}
}

// legacyComparison handles a comparison of a tracer with one that stays OpenTracing and
// records spans behind compat.ProviderOf.
func (p *File) legacyComparison(e *ast.BinaryExpr, x, y ast.Expr) bool {
	if opentracing.InterfaceKind(p.Info.TypeOf(x)) != "Tracer" {
		return false
	}
	n, legacy := p.Expr(x), p.Expr(y)
	switch t := p.Info.TypeOf(y); {
	case n == nil || n.Pinned() != nil || !p.Repeatable(x) && !p.Repeatable(y): // the order may change
		return false
	case legacy != nil && !p.Run.LegacyTracer(legacy, t):
		return false
	case legacy == nil && (types.IsInterface(t) || !opentracing.IsTracer(t) || opentracing.IsNoop(t) || opentracing.IsMockTracer(t) || opentelemetry.HasProvider(t)):
		return false // not a type of one's own
	}
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: "opentracing.Tracer", Rule: "comparisons"}
	s.Need(n)
	p.Sites = append(p.Sites, s)
	not := ""
	if e.Op == token.NEQ {
		not = "!"
	}
	p.Edit(s, e, func(r *edit.Renderer) string {
		return not + r.Compat() + ".SameTracer(" + r.Text(x) + ", " + r.Text(y) + ")"
	})
	return true
}

// noopComparison handles span.Tracer() == opentracing.NoopTracer{}: the spans of that
// tracer, and no others, have no valid context.
func (p *File) noopComparison(e *ast.BinaryExpr, x, y ast.Expr) bool {
	symbol, call := p.Calls(x)
	lit, ok := ast.Unparen(y).(*ast.CompositeLit)
	if symbol != "opentracing.Span.Tracer" || !ok || p.SymbolOf(lit.Type) != "opentracing.NoopTracer" {
		return false
	}
	span := syntax.ReceiverOf(call)
	s := p.Site(p.UseOf(call.Fun), p.Expr(span))
	s.Rule = "comparisons"
	p.Take(s, p.UseOf(lit.Type))
	not := "!"
	if e.Op == token.NEQ {
		not = ""
	}
	p.Edit(s, e, func(r *edit.Renderer) string { return not + r.Operand(span) + ".SpanContext().IsValid()" })
	return true
}
