// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// adapterRun proposes the adapters of one run.
type adapterRun struct {
	quiet
	*rewriter
	files map[*sourceFile]*adapterFile
}

func newAdapterRun(rw *rewriter) *adapterRun {
	return &adapterRun{rewriter: rw, files: make(map[*sourceFile]*adapterFile)}
}

func (rw *adapterRun) propose() {
	rw.planBorders()
	rw.planNils()
	rw.planEscapes()
}

// judge keeps what importers of a package with an own tracer may hand that in by, where
// nothing is done with it, so that no type of the API changes for nothing.
func (rw *adapterRun) judge(g *group) *pin {
	for _, s := range g.sites {
		if s.rule != "types" || s.symbol != "opentracing.Tracer" {
			return nil
		}
	}
	own := rw.ownTracers[g.sites[0].file.unit.path]
	if own == nil || !slices.ContainsFunc(g.nodes, func(n *node) bool { return n.obj != nil && n.obj.Exported() }) {
		return nil
	}
	return &pin{"own-tracer", own.Pos(), own.Name() + " implements opentracing.Tracer itself, and importers may hand it in here"}
}

// planBorders makes a site of every place that needs an adapter.
func (rw *adapterRun) planBorders() {
	for _, b := range rw.borders {
		p := rw.files[b.file]
		s := &site{file: b.file, pos: b.expr.Pos(), symbol: "opentracing." + b.kind, rule: "adapters", adapter: b.kind != "Tracer" || !b.in}
		s.need(b.free)
		rw.sites = append(rw.sites, s)
		reason := "it meets code that stays OpenTracing"
		pin := cmp.Or(b.src.pinned(), b.dst.pinned())
		if pin != nil {
			reason = pin.reason
		}
		switch {
		case rw.unlike[pin]:
			s.deny(pin.category, pin.pos, pin.reason)
		case b.in && b.src.origin&originMock != 0 && !(b.kind == "Tracer" && b.file.test && rw.breakTests):
			s.deny("mocktracer", b.expr.Pos(), "a test looks at what mocktracer records of it")
		case b.in && b.src.origin&ownOrigin(b.kind) != 0:
			s.deny(ownCategory(b.kind), b.expr.Pos(), "a "+b.kind+" of the module's own may come here, whose methods an adapter would pass by")
		case b.in && b.kind == "Span" && cmp.Or(rw.foreign[b.src], rw.unknown[b.src]) != nil:
			why := cmp.Or(rw.foreign[b.src], rw.unknown[b.src])
			s.deny(why.category, cmp.Or(why.pos, b.expr.Pos()), why.reason)
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
			b.replaces = s
			if pin.category != "set-up" && rw.outside[pin] != compatPath {
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
func (p *adapterFile) contextAdapter(s *site, e ast.Expr) {
	span := p.contextCall(e)
	call := ast.Unparen(e).(*ast.CallExpr)
	if owner := p.owner[p.useOf(call.Fun).id]; owner != nil && len(owner.uses) == 1 {
		owner.adapter, s.adapter = true, false // the method is still called
	}
	p.wrap(s, call, func(r *renderer) string {
		return r.compat() + ".OpenTracingSpan(" + r.text(span) + ").Context()"
	})
}

// planNils makes a site of every nil that is a span context.
func (rw *adapterRun) planNils() {
	for _, n := range rw.nils {
		p := rw.files[n.file]
		s := &site{file: n.file, pos: n.expr.Pos(), symbol: "opentracing.SpanContext", rule: "types"}
		s.need(n.dst)
		rw.sites = append(rw.sites, s)
		p.edit(s, n.expr, func(r *renderer) string { return r.trace("SpanContext") + "{}" })
	}
}

// blankUnused takes the name off a variable that only a replaced expression used.
func (p *adapterFile) blankUnused(s *site, e ast.Expr) {
	v, fn := p.variable(e), p.enclosingFunc(e)
	if v == nil || v.IsField() || fn == nil || p.mentions(fn, v) != 2 {
		return
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE {
			return true
		}
		named := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.variable(l) == v })
		if named < 0 {
			return true
		}
		if slices.ContainsFunc(as.Lhs, func(l ast.Expr) bool { return p.variable(l) != v && p.info.Defs[l.(*ast.Ident)] != nil && !isBlank(l) }) {
			p.edit(s, as.Lhs[named], func(*renderer) string { return "_" })
			return false
		}
		p.edit(s, as, func(r *renderer) string {
			names := make([]string, len(as.Lhs))
			for i, l := range as.Lhs {
				names[i] = r.text(l)
			}
			names[named] = "_"
			return strings.Join(names, ", ") + " = " + r.texts(as.Rhs)
		})
		return false
	})
}
