// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
	"strings"
)

// A rewriter holds one run of the engine over a set of units.
type rewriter struct {
	*graph
	opts     *FixOptions
	planners map[*sourceFile]*planner
	order    []*planner
	sites    []*site
	groups   map[*node]*group
	list     []*group
	deciding [][2]*errorTag // pairs that may be on one span, where their order matters
	again    bool           // some more places have to stay: see stay
}

func newRewriter(fset *token.FileSet, units []*unit, opts *FixOptions) *rewriter {
	rw := &rewriter{
		graph:    newGraph(fset, units),
		opts:     opts,
		planners: make(map[*sourceFile]*planner),
		groups:   make(map[*node]*group),
	}
	rw.breakTests = opts.BreakTests
	return rw
}

// plan finds the groups and decides which of them convert. Where one would, if some of
// its places stayed OpenTracing, it looks again.
func (rw *rewriter) plan() {
	rw.attempt()
	for rw.again {
		own, program, kept, others := rw.own, rw.program, rw.kept, rw.others
		*rw = *newRewriter(rw.fset, rw.units, rw.opts)
		rw.own, rw.program, rw.kept, rw.others = own, program, kept, others
		rw.attempt()
	}
}

// stay has a declaration stay OpenTracing, in another attempt.
func (rw *rewriter) stay(at token.Pos, why *pin) {
	if rw.kept[at] == nil {
		rw.kept[at] = why
		rw.again = true
	}
}

func (rw *rewriter) attempt() {
	rw.build()
	rules := newRuleSet()
	for _, u := range rw.units {
		for _, f := range u.files {
			p := newPlanner(rw, f, rules)
			p.plan()
			rw.planners[f] = p
			rw.order = append(rw.order, p)
			rw.sites = append(rw.sites, p.sites...)
		}
	}
	rw.planBorders()
	rw.planWatched()
	rw.planNils()
	rw.makeGroups()
	rw.collectFacts()
	rw.decide()
}

// planBorders makes a site of every place that needs an adapter.
func (rw *rewriter) planBorders() {
	for _, b := range rw.borders {
		p := rw.planners[b.file]
		s := &site{file: b.file, pos: b.expr.Pos(), symbol: "opentracing." + b.kind, rule: "adapters", adapter: b.kind != "Tracer" || !b.in}
		s.need(b.free)
		rw.sites = append(rw.sites, s)
		reason := "it meets code that stays OpenTracing"
		if pin := cmp.Or(b.src.pinned(), b.dst.pinned()); pin != nil {
			reason = pin.reason
		}
		switch {
		case b.in && b.src.origin&originMock != 0 && !(b.kind == "Tracer" && b.file.test && rw.breakTests):
			s.deny("mocktracer", b.expr.Pos(), "a test looks at what mocktracer records of it")
		case b.in && b.src.origin&ownOrigin(b.kind) != 0:
			s.deny(ownCategory(b.kind), b.expr.Pos(), "a "+b.kind+" of the module's own may come here, whose methods an adapter would pass by")
		case b.tuple:
			s.deny("adapter-place", b.expr.Pos(), "one of several results needs an adapter: "+reason)
		case b.reference && b.in && p.referred[ast.Unparen(b.expr)]:
		case b.kind == "SpanContext" && !b.in && p.contextCall(b.expr) != nil:
			p.contextAdapter(s, b.expr)
		case b.kind == "SpanContext":
			s.deny("external-api", b.expr.Pos(), "there is no adapter for a span context: "+reason)
		case b.kind == "Tracer" && b.in && isCompatTracer(b.file.unit.info.TypeOf(b.expr)):
			s.adapter = false // no OpenTracing is left there
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.operand(b.expr) + ".TracerProvider().Tracer(" + quote(b.file.unit.path) + ")"
			})
		case b.in && b.file.test && !rw.breakTests && b.bringsTracer():
			s.deny("test-tracer", b.expr.Pos(), "a test hands in a "+b.kind+" of another tracer than the program's, and may look at what becomes of it")
		case b.kind == "Tracer" && b.in:
			s.note = "the package's own tracer takes the place of the one handed in"
			if pin := b.src.pinned(); pin.category != "set-up" && !strings.Contains(reason, compatPath) {
				s.changes = "the tracer that is handed in here makes these spans no more; the program's OpenTelemetry provider does, once one is installed"
			}
			p.wrap(s, b.expr, func(r *renderer) string { return r.tracer() })
			p.blankUnused(s, b.expr)
		case b.kind == "Tracer" && b.src.origin&(originNoop|originOwnTracer|originMock|originUnknown) == 0:
			s.note = "the global tracer, which all of these are, is handed on"
			p.wrap(s, b.expr, func(r *renderer) string { return r.pkg(OpenTracingPath) + ".GlobalTracer()" })
		case b.kind == "Tracer":
			s.deny("external-api", b.expr.Pos(), "there is no adapter for a tracer: "+reason)
		case b.in:
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.pkg(compatPath) + ".OTelSpan(" + r.text(b.expr) + ")"
			})
		default:
			p.wrap(s, b.expr, func(r *renderer) string {
				return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(b.expr) + ")"
			})
		}
	}
}

// contextAdapter makes a span's Context() that of the OpenTracing view of the span.
func (p *planner) contextAdapter(s *site, e ast.Expr) {
	span := p.contextCall(e)
	call := ast.Unparen(e).(*ast.CallExpr)
	if owner := p.owner[p.useOf(call.Fun).id]; owner != nil && len(owner.uses) == 1 {
		owner.adapter, s.adapter = true, false // the method is still called
	}
	p.wrap(s, call, func(r *renderer) string {
		return r.pkg(compatPath) + ".OpenTracingSpan(" + r.text(span) + ").Context()"
	})
}

// planNils makes a site of every nil that is a span context.
func (rw *rewriter) planNils() {
	for _, n := range rw.nils {
		p := rw.planners[n.file]
		s := &site{file: n.file, pos: n.expr.Pos(), symbol: "opentracing.SpanContext", rule: "types"}
		s.need(n.dst)
		rw.sites = append(rw.sites, s)
		p.edit(s, n.expr, func(r *renderer) string { return r.trace("SpanContext") + "{}" })
	}
}

// on tells whether a site is converted.
func (rw *rewriter) on(s *site) bool {
	return s.refusal == nil && rw.converts(s) && (s.instead == nil || !rw.on(s.instead))
}

// moduleEdits returns the edits of all files.
func (rw *rewriter) moduleEdits() *moduleEdits {
	m := &moduleEdits{fset: rw.fset, units: rw.units}
	for _, p := range rw.order {
		m.files = append(m.files, p.edits)
	}
	return m
}
