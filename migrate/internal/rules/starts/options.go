// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
)

// option adds one StartSpanOption to a start.
func (p *File) option(st *Start, e ast.Expr) {
	e = ast.Unparen(e)
	if kv, uses, ok := p.TagLiteral(e); ok {
		st.uses = append(st.uses, uses...)
		p.startTag(st, kv)
		return
	}
	symbol, call := p.Calls(e)
	switch symbol {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		st.uses = append(st.uses, p.UseOf(call.Fun))
		if symbol == "ext.RPCServerOption" {
			st.setKind(kindOption("server"))
		}
		p.Reference(st, call.Args[0], symbol == "opentracing.FollowsFrom")
		return
	case "opentracing.StartTime":
		st.uses = append(st.uses, p.UseOf(call.Fun))
		st.options = append(st.options, func(r *edit.Renderer) string {
			return r.Trace("WithTimestamp") + "(" + r.Text(call.Args[0]) + ")"
		})
		return
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		switch p.SymbolOf(lit.Type) {
		case opentracing.TagsType:
			st.uses = append(st.uses, p.UseOf(lit.Type))
			for _, elt := range lit.Elts {
				pair := elt.(*ast.KeyValueExpr)
				kv := p.TagKey(pair.Key)
				kv.Value = pair.Value
				p.startTag(st, kv)
			}
			return
		case "opentracing.SpanReference":
			p.referenceLiteral(st, lit)
			return
		}
	}
	if o := p.InPlace(e); o != nil && p.Expanded[o.Expr] != nil {
		if o.Kind != "" {
			st.setKind(kindOption(o.Kind))
		}
		for _, ref := range o.Refs {
			p.Reference(st, ref.Context, ref.Follows)
		}
		return
	}
	n := p.Expr(e)
	switch {
	case opentracing.OpenTracingType(p.Info.TypeOf(e)) == "opentracing.StartSpanOption" && n != nil:
		st.nodes = append(st.nodes, n)
		st.options = append(st.options, func(r *edit.Renderer) string { return r.Text(e) })
	case opentracing.OpenTracingType(p.Info.TypeOf(e)) == "opentracing.Tag" && n != nil && p.UseOf(e) == nil:
		n.Facts |= flow.TagOption
		st.nodes = append(st.nodes, n)
		st.attribute(startAttribute{text: func(r *edit.Renderer) string { return r.Text(e) }, tag: n})
	case opentracing.OpenTracingType(p.Info.TypeOf(e)) == opentracing.TagsType && n != nil:
		p.tagsOption(st, e)
	default:
		st.deny(flow.RefusedOptionValue, e, "the option is made elsewhere")
	}
}

// dropOption deletes a declaration of options which starts do in place, with these starts.
func (p *File) dropOption(decl ast.Decl) {
	starts := (*p.dead)[decl]
	if len(starts) == 0 {
		return
	}
	s := &plan.Site{File: p.Source, Pos: decl.Pos(), Symbol: "opentracing.StartSpanOption", Rule: "start"}
	for _, call := range starts {
		span := flow.NewFile(p.Graph, p.Files[p.Fset.File(call.Pos())]).Result(call, 0)
		if span == nil {
			return
		}
		s.Need(span)
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			p.Take(s, p.Uses[id])
		}
		return true
	})
	p.Sites = append(p.Sites, s)
	p.Edit(s, decl, nil)
}

// startTag adds an initial tag to a start.
func (p *File) startTag(st *Start, kv values.KeyValue) {
	p.ConstantValue(&kv)
	st.uses = append(st.uses, kv.Extra...)
	if kv.Known && kv.Name == "error" {
		o := p.ErrorTagOp(kv)
		st.post = append(st.post, o)
		return
	}
	if kv.Known && kv.Name == "span.kind" {
		if p.startKind(st, kv.Value) {
			return
		}
	}
	if !kv.Known && p.MayBe(kv, "error", "span.kind") {
		st.deny(values.RefusedTagValue, kv.Key, "the tag may be the status or the kind, and only the run time shows which")
		return
	}
	st.attribute(startAttribute{text: p.AttributeFor(kv)})
}

// optionValue turns an option that is not an argument of a start into one of
// OpenTelemetry: opentracing.Tag{…} in a slice of options.
func (p *File) optionValue(u *plan.Use) {
	var e ast.Expr = u.Expr
	if lit, ok := p.Parent[u.Expr].(*ast.CompositeLit); ok && lit.Type == u.Expr {
		e = lit
	}
	if sel, ok := p.Parent[u.Expr].(*ast.SelectorExpr); ok && sel.X == u.Expr {
		return
	}
	p.OptionExpr(u, e)
	if p.Owner[u.Id] == nil {
		p.tagValue(u, e)
	}
}

// optionCall is optionValue for opentracing.StartTime(t).
func (p *File) optionCall(u *plan.Use) { p.addedOption(u, u.Call) }

// optionLiteral is optionValue for opentracing.SpanReference{…}.
func (p *File) optionLiteral(u *plan.Use) {
	if lit, ok := p.Parent[u.Expr].(*ast.CompositeLit); ok && lit.Type == u.Expr {
		p.addedOption(u, lit)
	}
}

// addedOption is optionValue for one that a start may take from the statement before it.
func (p *File) addedOption(u *plan.Use, e ast.Expr) {
	if p.sliceAround(e) != nil || !p.appendedTo(u, e) {
		p.OptionExpr(u, e)
	}
}

func (p *File) OptionExpr(u *plan.Use, e ast.Expr) {
	if !p.IsOption(e) {
		return
	}
	st := &Start{}
	p.option(st, e)
	s := p.Site(u, p.Expr(e))
	p.TakeStart(s, st)
	if o := p.sliceAround(e); o != nil && len(o.refs) > 0 && len(st.References) > 0 {
		o.references(s)
		return
	}
	if len(st.References) > 0 {
		if f := p.forwards(e); f != nil {
			s.Deny(RefusedReferenceValue, f.Pos(), f.Name()+" takes parents as options, but OpenTelemetry's Start takes the parent from a context")
		}
		s.Deny(RefusedReferenceValue, e.Pos(), "in OpenTelemetry, the parent comes from the context, not from an option")
	}
	if len(st.post) > 0 {
		s.Deny(flow.RefusedOptionValue, e.Pos(), "an error tag is not an option in OpenTelemetry")
	}
	if s.Refusal != nil {
		return
	}
	if st.kind != nil && len(st.attrs) > 0 {
		if !p.amongOptions(e) {
			s.Deny(flow.RefusedOptionValue, e.Pos(), "in OpenTelemetry, the span kind and the attributes are two options, and only one fits here")
			return
		}
		p.several[e] = st
		defer p.spreadOptions(s, p.Statement(e).(ast.Expr))
	}
	p.Edit(s, e, func(r *edit.Renderer) string {
		if options := p.arguments(r, st); len(options) > 0 {
			return strings.Join(options, ", ")
		}
		return r.Trace("WithAttributes") + "()"
	})
}

// forwards returns the function of the rewritten code that an option is an argument of,
// or nil.
func (p *File) forwards(e ast.Expr) *types.Func {
	call, ok := p.Statement(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	f := p.Callee(call)
	if f == nil || f.Pkg() == nil || !p.Own[f.Pkg().Path()] {
		return nil
	}
	return f
}
