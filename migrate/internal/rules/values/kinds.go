// SPDX-License-Identifier: Apache-2.0

package values

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// kindRows are those of the kinds in package ext. A kind that is kept in a variable
// becomes a trace.SpanKind. Where it may be a text that is not one of OpenTelemetry's kinds,
// it becomes that text, and what to do with it is decided at run time: see kindText.
func (p *File) kindRows() []plan.Rule {
	all := plan.RowsFor("kinds", p.kindConversion, p.kindMention, RefusedTypeWithoutCounterpart, opentracing.SpanKindEnum)
	return append(all, plan.RowsFor("kinds", nil, p.kindName, RefusedTagNameValue,
		"ext.SpanKindRPCClientEnum", "ext.SpanKindRPCServerEnum", "ext.SpanKindProducerEnum", "ext.SpanKindConsumerEnum")...)
}

// kindName replaces ext.SpanKindRPCClientEnum outside of the calls that know it.
func (p *File) kindName(u *plan.Use) {
	kind := opentracing.KindNamed(u.Sym.String())
	if p.typeCounts(u.Expr) {
		p.refuseCounting(u)
		return
	}
	if call := p.textConversion(u.Expr); call != nil {
		p.Edit(p.Site(u), call, func(*edit.Renderer) string { return edit.Quote(kind) })
		return
	}
	p.replaceKind(p.Site(u, p.Expr(u.Expr)), u.Expr, kind)
}

func (p *File) refuseCounting(u *plan.Use) {
	p.Refuse(u, RefusedTagNameValue, "it is compared with values of any type, such as a mock's tags, so its type matters")
}

// typeCounts tells whether code compares a kind with values of any type, or a test may:
// those that a mock of OpenTracing has are kinds of package ext.
func (p *File) typeCounts(e ast.Expr) bool {
	open := func(t types.Type) bool { return t != nil && types.IsInterface(t) }
	switch n := p.Statement(e).(type) {
	case *ast.BinaryExpr:
		return open(p.Info.TypeOf(n.X)) || open(p.Info.TypeOf(n.Y))
	case *ast.CaseClause:
		around, ok := p.Parent[p.Parent[n]].(*ast.SwitchStmt)
		return ok && around.Tag != nil && open(p.Info.TypeOf(around.Tag))
	case *ast.KeyValueExpr:
		lit, ok := p.Parent[n].(*ast.CompositeLit)
		return ok && p.Source.Test && n.Value == e && p.SymbolOf(lit.Type) != "opentracing.Tags" && p.UseOf(lit.Type) == nil && open(p.Elem(p.Info.TypeOf(lit)))
	case *ast.CallExpr:
		sig, ok := p.Info.TypeOf(n.Fun).Underlying().(*types.Signature)
		if f := p.Callee(n); !ok || !p.Source.Test || p.UseOf(n.Fun) != nil || f != nil && f.Pkg() != nil && f.Pkg().Path() == "fmt" {
			return false
		}
		for i, arg := range n.Args {
			if ast.Unparen(arg) == e {
				t, _ := syntax.Parameter(sig, nil, i, n.Ellipsis.IsValid())
				return open(t)
			}
		}
	}
	return false
}

func (p *File) replaceKind(s *plan.Site, e ast.Expr, kind string) {
	p.Edit(s, e, func(r *edit.Renderer) string {
		if p.Run.FactsOf(s)&flow.KindText != 0 {
			return edit.Quote(kind)
		}
		return r.Trace(opentelemetry.KindConstant(kind))
	})
}

// kindMention replaces the type.
func (p *File) kindMention(u *plan.Use) {
	p.ReplaceType(u, func(r *edit.Renderer, known flow.Facts) string {
		if known&flow.KindText != 0 {
			return "string"
		}
		return r.Trace("SpanKind")
	})
}

// kindConversion replaces ext.SpanKindEnum(text).
func (p *File) kindConversion(u *plan.Use) {
	n := p.Expr(u.Call)
	if n == nil || len(u.Call.Args) != 1 {
		return
	}
	if p.typeCounts(u.Call) {
		p.refuseCounting(u)
		return
	}
	arg := u.Call.Args[0]
	s := p.Site(u, n)
	switch kind := p.Constant(arg); kind {
	case "client", "server", "producer", "consumer", "internal":
		p.replaceKind(s, u.Call, kind)
		return
	}
	s.Facts |= flow.KindText
	p.Edit(s, u.Expr, func(*edit.Renderer) string { return "string" })
	if syntax.IsText(types.Default(p.Info.TypeOf(arg))) || p.Untyped(arg) {
		p.Edit(s, u.Call, func(r *edit.Renderer) string { return r.Text(arg) })
	}
}

func (p *File) IsKind(e ast.Expr) bool {
	tv := p.Info.Types[e]
	return tv.IsValue() && opentracing.OpenTracingType(tv.Type) == opentracing.SpanKindEnum
}

// kindExpr looks at where a kind is used. It stays a text where it is used as one.
func (p *File) kindExpr(e ast.Expr) {
	if !p.IsKind(e) || p.Expr(e) == nil {
		return
	}
	if call := p.textConversion(e); call != nil && p.UseOf(e) == nil {
		s := p.kindSite(e, 0, p.Expr(e))
		p.Edit(s, call, func(r *edit.Renderer) string {
			if p.Run.FactsOf(s)&flow.KindText != 0 {
				return r.Text(e)
			}
			return r.Operand(e) + ".String()"
		})
		return
	}
	if !p.keepsKind(e) {
		p.kindSite(e, flow.KindText, p.Expr(e))
	}
}

func (p *File) kindSite(at ast.Expr, known flow.Facts, nodes ...*flow.Node) *plan.Site {
	s := &plan.Site{File: p.Source, Pos: at.Pos(), Symbol: opentracing.SpanKindEnum, Rule: "kinds", Facts: known}
	s.Need(nodes...)
	p.Sites = append(p.Sites, s)
	return s
}

// keepsKind tells whether a kind is used in a way that a trace.SpanKind can be, too.
func (p *File) keepsKind(e ast.Expr) bool {
	isKind := func(t types.Type) bool { return t != nil && opentracing.OpenTracingType(t) == opentracing.SpanKindEnum }
	switch n := p.Statement(e).(type) {
	case *ast.CallExpr:
		if p.UseOf(n.Fun) != nil {
			return true
		}
		if f := p.Callee(n); f != nil && f.Pkg() != nil && f.Pkg().Path() == "fmt" {
			return true // a trace.SpanKind prints the same
		}
		if tv := p.Info.Types[n.Fun]; tv.IsType() {
			return isKind(tv.Type)
		}
		sig, ok := p.Info.TypeOf(n.Fun).Underlying().(*types.Signature)
		for i, arg := range n.Args {
			if ok && ast.Unparen(arg) == e {
				t, _ := syntax.Parameter(sig, nil, i, n.Ellipsis.IsValid())
				return isKind(t)
			}
		}
		id, builtin := n.Fun.(*ast.Ident)
		return builtin && id.Name == "append"
	case *ast.KeyValueExpr:
		if n.Key == e {
			return true // of a map, whose type has the kind in it
		}
		id, ok := n.Key.(*ast.Ident)
		if f, isField := p.Info.Uses[id].(*types.Var); ok && isField && f.IsField() {
			return isKind(f.Type()) || p.Uses[id] != nil
		}
		lit, ok := p.Parent[n].(*ast.CompositeLit)
		return ok && (isKind(p.Elem(p.Info.TypeOf(lit))) || p.SymbolOf(lit.Type) == "opentracing.Tags")
	case *ast.CompositeLit:
		return isKind(p.Elem(p.Info.TypeOf(n)))
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if ast.Unparen(rhs) == e {
				return len(n.Lhs) == len(n.Rhs) && isKind(p.Info.TypeOf(n.Lhs[i]))
			}
		}
		return true
	case *ast.ValueSpec:
		return n.Type == nil || isKind(p.Info.TypeOf(n.Type))
	case *ast.ReturnStmt:
		for i, result := range n.Results {
			if ast.Unparen(result) == e {
				return isKind(p.ResultType(n, i))
			}
		}
	case *ast.IndexExpr:
		return n.Index == e
	case *ast.BinaryExpr:
		return n.Op == token.EQL || n.Op == token.NEQ
	case *ast.SendStmt:
		return n.Chan == e || isKind(p.Elem(p.Info.TypeOf(n.Chan)))
	case *ast.RangeStmt:
		return n.X != e
	case *ast.CaseClause, *ast.SwitchStmt, *ast.UnaryExpr, *ast.StarExpr, *ast.ExprStmt:
		return true
	}
	return false
}

// KindsTogether joins kinds that are compared. A text among them makes all texts.
func (p *File) KindsTogether(at ast.Expr, kinds []ast.Expr) {
	var nodes []*flow.Node
	known := flow.Facts(0)
	for _, e := range kinds {
		if n := p.Expr(e); n != nil {
			nodes = append(nodes, n)
		} else {
			known = flow.KindText
		}
	}
	if len(nodes) > 0 {
		p.kindSite(at, known, nodes...)
	}
}

// kindSwitch joins the cases of a switch over a kind.
func (p *File) kindSwitch(n *ast.SwitchStmt) {
	if n.Tag == nil || !p.IsKind(n.Tag) {
		return
	}
	kinds := []ast.Expr{n.Tag}
	for _, c := range n.Body.List {
		kinds = append(kinds, c.(*ast.CaseClause).List...)
	}
	p.KindsTogether(n.Tag, kinds)
}

// kindForm makes the attribute of a kind that is known at run time only.
func (p *File) kindForm(v ast.Expr) valueForm {
	n := p.Expr(v)
	return func(r *edit.Renderer, key string) string {
		constructor := "Stringer"
		if n == nil || p.Run.KnownOf(n)&flow.KindText != 0 {
			constructor = "String"
		}
		return r.Attribute(constructor) + "(" + key + ", " + r.Text(v) + ")"
	}
}
