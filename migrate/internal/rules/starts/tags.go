// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// startKind sets the kind of a start from the value of its tag span.kind, and tells
// whether it is one that OpenTelemetry has, or may be one.
func (p *File) startKind(st *Start, v ast.Expr) bool {
	if u := p.UseOf(v); u != nil && opentracing.KindNamed(u.Sym.String()) != "" {
		st.uses = append(st.uses, u)
		st.setKind(kindOption(opentracing.KindNamed(u.Sym.String())))
		return true
	}
	if text := p.Constant(v); text != "" {
		kind := strings.ToLower(text)
		switch kind {
		case "client", "server", "producer", "consumer", "internal":
			st.setKind(kindTextOption(p, kind))
			return true
		}
		return false
	}
	if _, isConstant := syntax.ConstantText(p.Info, v); isConstant {
		return false
	}
	n := p.Expr(v)
	switch t := p.Info.TypeOf(v); {
	case opentracing.OpenTracingType(t) == opentracing.SpanKindEnum && n != nil:
		st.nodes = append(st.nodes, n)
	case !syntax.IsText(t):
		st.deny(values.RefusedTagValue, v, "the span kind is not a constant")
		return true
	}
	st.setKind(func(r *edit.Renderer) string {
		if n == nil || p.Run.KnownOf(n)&flow.KindText != 0 {
			return r.Helper("spanKind") + "(" + r.Text(v) + ")"
		}
		return r.Trace("WithSpanKind") + "(" + r.Text(v) + ")"
	})
	return true
}

func kindOption(kind string) func(r *edit.Renderer) string {
	return func(r *edit.Renderer) string {
		return r.Trace("WithSpanKind") + "(" + r.Trace(opentelemetry.KindConstant(kind)) + ")"
	}
}

// kindTextOption is kindOption for a tag that was a text. A tracer that stays gets the same
// text behind compat.ProviderOf.
func kindTextOption(p *File, kind string) func(r *edit.Renderer) string {
	return func(r *edit.Renderer) string {
		if p.Run.StartsLegacy(p.Source) {
			return r.Compat() + ".WithSpanKindText(" + r.Trace(opentelemetry.KindConstant(kind)) + ")"
		}
		return kindOption(kind)(r)
	}
}

// tagsOption starts a span with tags that are kept in a variable. Their error tag, if
// they may have one, is set after the start: see contents.
func (p *File) tagsOption(st *Start, e ast.Expr) {
	n := p.Expr(e)
	p.TagSets = append(p.TagSets, n)
	st.nodes = append(st.nodes, n)
	if symbol, call := p.Calls(e); symbol == opentracing.TagsType && len(call.Args) == 1 && syntax.IsAnyMap(p.Info.TypeOf(call.Args[0])) {
		st.uses = append(st.uses, p.UseOf(call.Fun))
		e = call.Args[0]
	}
	o := &spans.Op{Facts: flow.AnyErrorTag, Tags: n}
	text := func(r *edit.Renderer) string { return r.Operand(e) }
	if !p.Repeatable(e) {
		text = p.tagsBefore(st, o, e)
	}
	o.Stmt = func(r *edit.Renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(text(r), span, failed, r.Helper("setTag")+"("+span+`, "error", `+failed+")")
	}
	o.Keep = func(r *edit.Renderer, span string) string {
		failed := freeBeside(span, "failed")
		return ifFailed(text(r), span, failed, spans.KeptTag(r, span, failed))
	}
	st.post = append(st.post, o)
	st.sets = append(st.sets, startTags{n, len(st.options)})
	st.options = append(st.options, func(r *edit.Renderer) string { return tagsAsOptions(r, n, text(r)) })
}

// tagsBefore has tags that can't be evaluated twice evaluated before the start, if they
// are needed twice and that is no change, and returns how to write them.
func (p *File) tagsBefore(st *Start, o *spans.Op, e ast.Expr) func(r *edit.Renderer) string {
	at := p.Hoistable(st.Call)
	if at == nil || !p.NoCallBefore(at, e) {
		o.Again = e
		return func(r *edit.Renderer) string { return r.Text(e) }
	}
	name := ""
	st.before = append(st.before, func(s *plan.Site) {
		name = p.Fresh("tags", at)
		p.Wrap(s, at, func(r *edit.Renderer) string {
			if o.Facts&flow.SetsStatus == 0 {
				return r.Text(at)
			}
			return p.Scoped(at, name+" := "+r.Text(e)+"\n"+r.Text(at))
		})
	})
	return func(r *edit.Renderer) string {
		if o.Facts&flow.SetsStatus == 0 {
			return r.Text(e)
		}
		return name
	}
}

// ifFailed renders a statement for tags that have an error tag, whose value is in the
// variable failed there.
func ifFailed(tags, span, failed, stmt string) string {
	ok := freeBeside(span, "ok")
	return "if " + failed + ", " + ok + " := " + tags + `["error"]; ` + ok + " {\n" + stmt + "\n}"
}

// freeBeside returns a name that the text of a span does not mention.
func freeBeside(span, name string) string {
	for strings.Contains(span, name) {
		name += "2"
	}
	return name
}

// tagValue handles an opentracing.Tag, or a kind of package ext that is one, outside
// of the calls that know it.
func (p *File) tagValue(u *plan.Use, e ast.Expr) {
	if _, isLit := e.(*ast.CompositeLit); u.Sym.Name == "Tag" && !isLit {
		p.tagType(u)
		return
	}
	kv, uses, ok := p.TagLiteral(e)
	if !ok || !kv.Known && p.MayBe(kv, "error", "span.kind") {
		return
	}
	p.keptTag(p.Site(u, p.Expr(e)), e, kv, uses)
}

// elidedTag handles a tag in a list of tags, whose type it need not name.
func (p *File) elidedTag(lit *ast.CompositeLit) {
	if lit.Type != nil || opentracing.OpenTracingType(p.Info.TypeOf(lit)) != opentracing.TagType {
		return
	}
	kv, uses, ok := p.TagLiteral(lit)
	s := &plan.Site{File: p.Source, Pos: lit.Pos(), Symbol: opentracing.TagType, Rule: "tags"}
	s.Need(p.Expr(lit))
	p.Sites = append(p.Sites, s)
	if !ok || !kv.Known && p.MayBe(kv, "error", "span.kind") {
		for _, x := range uses {
			p.Take(s, x)
		}
		s.Deny(values.RefusedTagValue, lit.Pos(), "the tag may be the status or the kind, and only the run time shows which")
		return
	}
	p.keptTag(s, lit, kv, uses)
}

// keptTag makes a tag that is written out an attribute, or an option.
func (p *File) keptTag(s *plan.Site, e ast.Expr, kv values.KeyValue, uses []*plan.Use) {
	p.ConstantValue(&kv)
	if kv.Known && kv.Name == "error" {
		p.failingTag(s, e, kv)
	}
	for _, x := range append(uses, kv.Extra...) {
		p.Take(s, x)
	}
	st := &Start{}
	if kv.Name == "error" {
		st.attribute(startAttribute{text: p.AttributeFor(kv)})
	} else {
		p.startTag(st, kv)
	}
	p.TakeStart(s, st)
	if kv.Name == "span.kind" {
		s.Facts |= flow.TagOnlyOption
	}
	attribute := p.AttributeFor(kv)
	p.Edit(s, e, func(r *edit.Renderer) string {
		switch {
		case !values.TagIsOption(p.Run.FactsOf(s)):
			return attribute(r)
		case st.kind != nil:
			return st.kind(r)
		}
		return r.Trace("WithAttributes") + "(" + attribute(r) + ")"
	})
}

// failingTag looks at an error tag that is kept: what sets it makes it the status. That
// takes an attribute that says the same as the value did.
func (p *File) failingTag(s *plan.Site, e ast.Expr, kv values.KeyValue) {
	o := p.StatusOp(kv)
	if !o.Decides {
		s.Deny(values.RefusedTagValue, e.Pos(), "only the run time shows whether the value of the tag means an error")
		return
	}
	s.Facts |= flow.TagFails
	p.Expr(e).Facts |= o.Facts
}

// tagType replaces the type.
func (p *File) tagType(u *plan.Use) {
	p.ReplaceType(u, func(r *edit.Renderer, known flow.Facts) string {
		if values.TagIsOption(known) {
			return r.Trace("SpanStartOption")
		}
		return r.Attribute("KeyValue")
	})
}

// tagField replaces tag.Key. The value of an attribute is of a type of its own.
func (p *File) tagField(u *plan.Use) {
	sel, ok := u.Expr.(*ast.SelectorExpr)
	if !ok || u.Sym.Name != "Tag.Key" {
		return
	}
	switch n := p.Statement(sel).(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			if ast.Unparen(l) == sel {
				return
			}
		}
	case *ast.UnaryExpr, *ast.IncDecStmt:
		return
	}
	s := p.Site(u, p.Receiver(sel))
	s.Facts |= flow.TagSet
	p.Edit(s, sel, func(r *edit.Renderer) string { return "string(" + r.Operand(sel.X) + ".Key)" })
}
