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
	"github.com/ot2otel/ot2otel/migrate/internal/rules/spans"
)

// tagOptionExpr turns a set of tags that is not written out into an option, or into
// several where it may have a kind. A start knows its own: see tagsOption.
func (p *File) tagOptionExpr(e ast.Expr) {
	n := p.tagsValue(e)
	if n == nil || !p.IsOption(e) {
		return
	}
	if _, isLit := e.(*ast.CompositeLit); isLit {
		return // see optionExpr
	}
	outer := p.Statement(e)
	if call, ok := outer.(*ast.CallExpr); ok {
		if u := p.UseOf(call.Fun); u != nil && p.Rules[u.Sym.String()].Name == "start" || (wrapping{p}).changing(p.WrapperOf(call)) != nil {
			return
		}
	}
	s := &plan.Site{File: p.Source, Pos: e.Pos(), Symbol: opentracing.TagsType, Rule: "tags"}
	s.Need(n)
	p.TagSets = append(p.TagSets, n)
	p.Sites = append(p.Sites, s)
	p.OptionTags = append(p.OptionTags, &spans.OptionTags{Site: s, Tags: n, At: e, Room: p.amongOptions(e)})
	p.Wrap(s, e, func(r *edit.Renderer) string { return tagsAsOptions(r, n, r.Text(e)) })
	if list, ok := outer.(ast.Expr); ok && p.amongOptions(e) {
		p.spreadOptions(s, list)
	}
}

// tagsValue returns the node of an expression whose value is a set of tags, or nil.
func (p *File) tagsValue(e ast.Expr) *flow.Node {
	switch e.(type) {
	case *ast.ParenExpr, *ast.KeyValueExpr:
		return nil
	}
	if tv := p.Info.Types[e]; !tv.IsValue() || opentracing.OpenTracingType(tv.Type) != opentracing.TagsType {
		return nil
	}
	return p.Expr(e)
}

// tagsAsOptions renders a set of tags as an option, or as a slice of options.
func tagsAsOptions(r *edit.Renderer, n *flow.Node, tags string) string {
	if n.Facts&flow.TagsKind != 0 {
		return r.Helper("startOptions") + "(" + tags + ")..."
	}
	return r.Trace("WithAttributes") + "(" + r.Helper("attributesOf") + "(" + tags + ")...)"
}

// amongOptions tells whether an option stands in a list that has room for more: a
// slice that is written out, or the last arguments of a function.
func (p *File) amongOptions(e ast.Expr) bool {
	if p.OptionPlaces[e] {
		return false
	}
	switch n := p.Statement(e).(type) {
	case *ast.CallExpr:
		if n.Ellipsis.IsValid() || p.Info.Types[n.Fun].IsType() {
			return false
		}
		first := p.Variadic(n)
		return first >= 0 && len(n.Args) > first && n.Args[first].Pos() <= e.Pos()
	case *ast.CompositeLit:
		_, isSlice := types.Unalias(p.Info.TypeOf(n)).(*types.Slice)
		for _, elt := range n.Elts {
			if _, keyed := elt.(*ast.KeyValueExpr); keyed {
				return false
			}
		}
		return isSlice
	}
	return false
}

// eachOption returns the texts of options, of which one may become several.
func (p *File) eachOption(r *edit.Renderer, list []ast.Expr) (options []string) {
	for _, e := range list {
		if st := p.several[ast.Unparen(e)]; st != nil {
			options = append(options, p.arguments(r, st)...)
			continue
		}
		options = append(options, r.Text(e))
	}
	return options
}

// spreadOptions has a list of options end in the one slice that Go lets it end in.
func (p *File) spreadOptions(s *plan.Site, outer ast.Expr) {
	for _, e := range p.Edits.ByNode[outer] {
		if e.Lists {
			return // for another option of the list
		}
	}
	p.Wrap(s, outer, func(r *edit.Renderer) string {
		if r.Active(outer) != nil {
			return r.Text(outer) // which knows of it
		}
		switch n := outer.(type) {
		case *ast.CompositeLit:
			if options := p.eachOption(r, n.Elts); edit.Spreads(options) || len(options) > len(n.Elts) {
				return r.OptionSlice(r.Text(n.Type), options)
			}
		case *ast.CallExpr:
			first := p.Variadic(n)
			if options := p.eachOption(r, n.Args[first:]); edit.Spreads(options) || len(options) > len(n.Args)-first {
				var before strings.Builder
				before.WriteString(r.Text(n.Fun) + "(")
				for _, fixed := range n.Args[:first] {
					before.WriteString(r.Text(fixed) + ", ")
				}
				return edit.List(before.String(), r.SpreadLast(options), ")")
			}
		}
		return r.Text(outer)
	})
	p.Edits.ByNode[outer][0].Lists = true
}
