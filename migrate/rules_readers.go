// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"maps"
	"slices"
)

// A keptReader takes a span out of a context by the OpenTracing API, where it stays. Where
// no tracer is installed it would find none of the spans that rewritten code starts, and had
// found them before:
//
//	span := opentracing.SpanFromContext(ctx)
//
// becomes
//
//	span := compat.SpanFromContext(ctx)
type keptReader struct {
	*planner
	site *site
	use  *use
	run  *contextRun
	// decides tells whether more than what is done to spans depends on what it finds, where
	// that was looked at.
	decides *bool
}

func (k *keptReader) adapting() {}

func (k *keptReader) edits() bool {
	if !k.run.native || k.run.on(k.site) || !k.file.unit.wanted {
		return false
	}
	if k.decides == nil {
		decides := !k.onlySpans()
		k.decides = &decides
	}
	return *k.decides
}

// onlySpans tells whether code only asks whether there is a span in order to call it.
func (k *keptReader) onlySpans() bool {
	as, ok := k.parent[k.parent[k.use.expr]].(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return false
	}
	v, fn := k.variable(as.Lhs[0]), k.enclosingFunc(as)
	if v == nil || fn == nil {
		return false
	}
	asked, only := false, true
	ast.Inspect(fn, func(n ast.Node) bool {
		test, ok := n.(*ast.BinaryExpr)
		if !ok || !k.isNil(test.Y) || k.variable(test.X) != v {
			return true
		}
		outcome, leavesNil := k.outcomeOf(test)
		asked, only = true, only && outcome == outcomeSpans && !leavesNil
		return true
	})
	return asked && only
}

// keepReaders makes the edits of what may have to stay and takes spans out of contexts.
func (rw *contextRun) keepReaders() {
	for _, p := range rw.order {
		for _, u := range p.order {
			call, ok := p.parent[u.expr].(*ast.CallExpr)
			if u.sym.String() != "opentracing.SpanFromContext" || !ok || ast.Unparen(call.Fun) != u.expr || p.file.fixed != "" || standIn(p.info.Uses[u.id]) != p.info.Uses[u.id] {
				continue
			}
			p.edits.add(&keptReader{planner: p, site: p.owner[u.id], use: u, run: rw}, u.expr, func(r *renderer) string {
				return r.pkg(compatPath) + ".SpanFromContext"
			})
		}
	}
}

// holdLeavers refuses the groups that leave nil in the place of a span for a context in
// which OpenTracing code may put one that OpenTelemetry code can't see where no tracer is
// installed, and tells whether there were any.
func (rw *contextRun) holdLeavers() bool {
	held := false
	above := rw.keptActivations()
	for _, s := range rw.sites {
		if from := above[s.file.unit.path]; from != nil && s.leavesNil && rw.on(s) {
			for _, n := range s.nodes {
				rw.groups[n.find()].refuse(&pin{"nil-span", from.pos, "a span is put into a context here by code that stays, and code below would not find it where no tracer is installed, and leave a span nil"})
			}
			held = true
		}
	}
	return held
}

// noteLeavers lists the other places where it matters that such a span is not seen.
func (rw *contextRun) noteLeavers() {
	above := rw.keptActivations()
	for _, s := range rw.sites {
		if s.exact && s.changes == "" && above[s.file.unit.path] != nil && rw.on(s) {
			s.changes = untracedBranch
		}
	}
}

// keptActivations returns the places where OpenTracing code that stays puts spans into
// contexts, by the packages at or below one.
func (rw *contextRun) keptActivations() map[string]*site {
	first := make(map[string]*site) // by package
	for _, s := range rw.sites {
		path := s.file.unit.path
		if first[path] == nil && !s.file.test && s.instead == nil && !rw.on(s) && slices.ContainsFunc(s.uses, rw.activates) {
			first[path] = s
		}
	}
	above := make(map[string]*site)
	for _, from := range slices.Sorted(maps.Keys(first)) {
		for path := range rw.reach[from] {
			if above[path] == nil {
				above[path] = first[from]
			}
		}
	}
	return above
}

// activates tells whether a use of a function puts a span into a context that somebody gets.
func (rw *contextRun) activates(u *use) bool {
	switch u.sym.String() {
	case "opentracing.ContextWithSpan":
		return true
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return u.call == nil || !rw.dropped[u.call]
	}
	return false
}
