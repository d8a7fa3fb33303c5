// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// An optionTags is a set of tags that is used as an option, other than at a start.
type optionTags struct {
	site *site
	tags *node
	at   ast.Expr
	room bool // for several options
}

// tagOptionExpr turns a set of tags that is not written out into an option, or into
// several where it may have a kind. A start knows its own: see tagsOption.
func (p *startFile) tagOptionExpr(e ast.Expr) {
	n := p.tagsValue(e)
	if n == nil || !p.isOption(e) {
		return
	}
	if _, isLit := e.(*ast.CompositeLit); isLit {
		return // see optionExpr
	}
	outer := p.statement(e)
	if call, ok := outer.(*ast.CallExpr); ok {
		if u := p.useOf(call.Fun); u != nil && p.rules[u.sym.String()].name == "start" {
			return
		}
	}
	s := &site{file: p.file, pos: e.Pos(), symbol: tagsType, rule: "tags"}
	s.need(n)
	p.tagSets = append(p.tagSets, n)
	p.sites = append(p.sites, s)
	p.optionTags = append(p.optionTags, &optionTags{site: s, tags: n, at: e, room: p.amongOptions(e)})
	p.wrap(s, e, func(r *renderer) string { return tagsAsOptions(r, n, r.text(e)) })
	if list, ok := outer.(ast.Expr); ok && p.amongOptions(e) {
		p.spreadOptions(s, list)
	}
}

// settle refuses tags that can't be an option: an option has what is in them when it is
// made.
func (o *optionTags) settle(p *spanFile, flow *tagsFlow) {
	late := slices.ContainsFunc(flow.changes, func(c tagsChange) bool {
		return p.enclosingFunc(o.at) != c.p.enclosingFunc(c.at) || c.at.Pos() > o.at.Pos() || p.repeated(c.at, o.at, flow.places)
	})
	switch {
	case flow.facts&setsStatus != 0:
		o.site.deny("option-value", o.at.Pos(), "the tags may have an error among them, which is not an option in OpenTelemetry")
	case flow.facts&tagsKind != 0 && !o.room:
		o.site.deny("option-value", o.at.Pos(), "the tags may have a kind among them, which is an option of its own in OpenTelemetry, and there is room for one")
	case late:
		o.site.deny("option-value", o.at.Pos(), "the tags may change after they became an option")
	}
}

// tagsTaken notes delete(tags, k) and clear(tags).
func (p *spanFile) tagsTaken(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if ok && p.info.Types[id].IsBuiltin() && (id.Name == "delete" || id.Name == "clear") && isTags(p.info.TypeOf(call.Args[0])) {
		p.tagsChanged(call.Args[0], call)
	}
}

// tagsValue returns the node of an expression whose value is a set of tags, or nil.
func (p *startFile) tagsValue(e ast.Expr) *node {
	switch e.(type) {
	case *ast.ParenExpr, *ast.KeyValueExpr:
		return nil
	}
	if tv := p.info.Types[e]; !tv.IsValue() || openTracingType(tv.Type) != tagsType {
		return nil
	}
	return p.expr(e)
}

// tagsAsOptions renders a set of tags as an option, or as a slice of options.
func tagsAsOptions(r *renderer, n *node, tags string) string {
	if n.facts&tagsKind != 0 {
		return r.helper("startOptions") + "(" + tags + ")..."
	}
	return r.trace("WithAttributes") + "(" + r.helper("attributesOf") + "(" + tags + ")...)"
}

// amongOptions tells whether an option stands in a list that has room for more: a
// slice that is written out, or the last arguments of a function.
func (p *startFile) amongOptions(e ast.Expr) bool {
	if p.optionPlaces[e] {
		return false
	}
	switch n := p.statement(e).(type) {
	case *ast.CallExpr:
		if n.Ellipsis.IsValid() || p.info.Types[n.Fun].IsType() {
			return false
		}
		first := p.variadic(n)
		return first >= 0 && len(n.Args) > first && n.Args[first].Pos() <= e.Pos()
	case *ast.CompositeLit:
		_, isSlice := types.Unalias(p.info.TypeOf(n)).(*types.Slice)
		for _, elt := range n.Elts {
			if _, keyed := elt.(*ast.KeyValueExpr); keyed {
				return false
			}
		}
		return isSlice
	}
	return false
}

// variadic returns the place of a call's first variadic argument, or -1.
func (p *startFile) variadic(call *ast.CallExpr) int {
	if p.info.Types[call.Fun].IsBuiltin() {
		return 1
	}
	sig, ok := p.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok || !sig.Variadic() {
		return -1
	}
	return sig.Params().Len() - 1
}

// eachOption returns the texts of options, of which one may become several.
func (p *startFile) eachOption(r *renderer, list []ast.Expr) (options []string) {
	for _, e := range list {
		if st := p.several[ast.Unparen(e)]; st != nil {
			options = append(options, p.arguments(r, st)...)
			continue
		}
		options = append(options, r.text(e))
	}
	return options
}

// spreadOptions has a list of options end in the one slice that Go lets it end in.
func (p *startFile) spreadOptions(s *site, outer ast.Expr) {
	for _, e := range p.edits.byNode[outer] {
		if e.lists {
			return // for another option of the list
		}
	}
	p.wrap(s, outer, func(r *renderer) string {
		if r.active(outer) != nil {
			return r.text(outer) // which knows of it
		}
		switch n := outer.(type) {
		case *ast.CompositeLit:
			if options := p.eachOption(r, n.Elts); spreads(options) || len(options) > len(n.Elts) {
				return r.optionSlice(r.text(n.Type), options)
			}
		case *ast.CallExpr:
			first := p.variadic(n)
			if options := p.eachOption(r, n.Args[first:]); spreads(options) || len(options) > len(n.Args)-first {
				var before strings.Builder
				before.WriteString(r.text(n.Fun) + "(")
				for _, fixed := range n.Args[:first] {
					before.WriteString(r.text(fixed) + ", ")
				}
				return list(before.String(), r.spreadLast(options), ")")
			}
		}
		return r.text(outer)
	})
	p.edits.byNode[outer][0].lists = true
}

// spreads tells whether one of several options is a slice of them.
func spreads(options []string) bool {
	for _, o := range options {
		if strings.HasSuffix(o, "...") {
			return true
		}
	}
	return false
}

// spreadLast joins options of which some are slices, as "options...", to such as may be
// arguments of one call.
func (r *renderer) spreadLast(options []string) []string {
	if !spreads(options) || len(options) == 1 {
		return options
	}
	var all, single []string
	plain := func() {
		if len(single) > 0 {
			all = append(all, list("[]"+r.trace("SpanStartOption")+"{", single, "}"))
			single = nil
		}
	}
	leads := strings.HasSuffix(options[0], "...")
	for _, o := range options {
		if several, ok := strings.CutSuffix(o, "..."); ok {
			plain()
			all = append(all, several)
			continue
		}
		single = append(single, o)
	}
	switch {
	case leads && len(all) == 1:
		return []string{list("append("+all[0]+", ", single, ")") + "..."}
	case len(all) == 2 && len(single) == 0 && !leads:
		return []string{"append(" + all[0] + ", " + all[1] + "...)..."}
	}
	plain()
	return []string{list(r.pkg("slices")+".Concat(", all, ")") + "..."}
}

// optionSlice renders a slice of options of which some are slices themselves.
func (r *renderer) optionSlice(typ string, options []string) string {
	if !spreads(options) {
		return list(typ+"{", options, "}")
	}
	return strings.TrimSuffix(r.spreadLast(options)[0], "...")
}
