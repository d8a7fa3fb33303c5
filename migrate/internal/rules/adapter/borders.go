// SPDX-License-Identifier: Apache-2.0

package adapter

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Run proposes the adapters of one run.
type Run struct {
	plan.Quiet
	*plan.Run
	files map[*source.File]*File
}

func NewRun(rw *plan.Run) *Run {
	return &Run{Run: rw, files: make(map[*source.File]*File)}
}

func (rw *Run) Survey() { rw.FollowLegacy() }

func (rw *Run) Propose() {
	rw.planBorders()
	rw.planNils()
	rw.planEscapes()
}

// Judge keeps what importers of a package with an own tracer may hand that in by, where
// nothing is done with it, so that no type of the API changes for nothing.
func (rw *Run) Judge(g *plan.Group) *flow.Pin {
	for _, s := range g.Sites {
		if s.Rule != "types" || s.Symbol != "opentracing.Tracer" {
			return nil
		}
	}
	own := rw.OwnTracers[g.Sites[0].File.Unit.Path]
	if own == nil || !slices.ContainsFunc(g.Nodes, func(n *flow.Node) bool { return n.Obj != nil && n.Obj.Exported() }) {
		return nil
	}
	return &flow.Pin{Category: flow.RefusedOwnTracer, Pos: own.Pos(), Reason: own.Name() + " implements opentracing.Tracer itself, and code that imports the package may pass one in here"}
}

// planBorders makes a site of every place that needs an adapter.
func (rw *Run) planBorders() {
	for _, b := range rw.Borders {
		p := rw.files[b.File]
		s := &plan.Site{File: b.File, Pos: b.Expr.Pos(), Symbol: "opentracing." + b.Kind, Rule: "adapters", Adapter: b.Kind != "Tracer" || !b.In}
		s.OnTwin = rw.OnTwin(b)
		s.Need(b.Free)
		rw.Sites = append(rw.Sites, s)
		reason := "it meets code that stays OpenTracing"
		pin := cmp.Or(b.Src.Pinned(), b.Dst.Pinned())
		if pin != nil {
			reason = pin.Reason
		}
		s.KeepsBaggage = b.Kind == "SpanContext" && pin != nil && pin.Category == plan.RefusedBaggage
		switch {
		case rw.Unlike[pin]:
			s.Deny(pin.Category, pin.Pos, pin.Reason)
		case b.In && b.Src.Origin&flow.OriginMock != 0 && !(b.Kind == "Tracer" && b.File.Test && rw.BreakTests):
			s.Deny(rw.Watched, b.Expr.Pos(), "a test looks at what mocktracer records of it")
		case rw.Legacy(b) && !b.Tuple:
			p.provide(s, b)
		case b.In && b.Src.Origin&flow.PassedBy(b.Kind) != 0:
			s.Deny(flow.OwnCategory(b.Kind), b.Expr.Pos(), "a "+b.Kind+" type of your own may be used here, and an adapter would bypass its methods")
		case b.Extracted && !b.In && p.AssignsExtracted(b.Expr) != nil: // see propagation
		case b.Tuple || b.Kind == "Span" && !b.In && p.assignsStart(b.Expr):
			s.Deny(RefusedAdapterPlace, b.Expr.Pos(), "one of several results needs an adapter: "+reason)
		case b.Reference && b.In && p.Referred[ast.Unparen(b.Expr)]:
		case b.Kind == "SpanContext" && !b.In && p.ContextCall(b.Expr) != nil:
			p.contextAdapter(s, b.Expr)
		case b.Kind == "SpanContext":
			s.Deny(flow.RefusedExternalAPI, b.Expr.Pos(), "there is no adapter for a span context: "+reason)
		case b.Kind == "Tracer" && b.In && opentelemetry.HasProvider(b.File.Unit.Info.TypeOf(b.Expr)):
			s.Adapter = false // no OpenTracing is left there
			p.Wrap(s, b.Expr, func(r *edit.Renderer) string {
				return r.Operand(b.Expr) + ".TracerProvider().Tracer(" + edit.Quote(b.File.Unit.Path) + ")"
			})
		case b.In && b.File.Test && !rw.BreakTests && rw.BringsTracer(b):
			s.Deny(RefusedTestTracer, b.Expr.Pos(), "a test hands in a "+b.Kind+" of a tracer that is not the program's, and may check what happens to it")
		case b.Kind == "Tracer" && b.In:
			s.Note = "the package's own tracer replaces the tracer that is passed in"
			rw.Replaced[b] = s
			if pin.Category != flow.RefusedSetUp && rw.Outside[pin] != opentelemetry.CompatPath && !rw.Provided().Comes(b.Src) {
				s.Changes = "the program's OpenTelemetry provider makes these spans, not the tracer that is passed in here"
			}
			p.Wrap(s, b.Expr, func(r *edit.Renderer) string { return r.Tracer() })
			p.blankUnused(s, b.Expr)
		case b.Kind == "Tracer" && b.Src.Origin&(flow.OriginNoop|flow.OriginOwnTracer|flow.OriginMock|flow.OriginUnknown) == 0:
			s.HandsGlobal = true
			s.Note = "this passes on the global tracer, and all of these are the global tracer"
			p.Wrap(s, b.Expr, func(r *edit.Renderer) string { return r.Pkg(opentracing.OpenTracingPath) + ".GlobalTracer()" })
		case b.Kind == "Tracer":
			s.Deny(flow.RefusedExternalAPI, b.Expr.Pos(), "there is no adapter for a tracer: "+reason)
		case b.In:
			p.Wrap(s, b.Expr, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.CompatPath) + ".OTelSpan(" + r.Text(b.Expr) + ")"
			})
		default:
			p.Wrap(s, b.Expr, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.CompatPath) + ".OpenTracingSpan(" + r.Text(b.Expr) + ")"
			})
		}
	}
}

// assignsStart tells whether an expression starts a span for a variable. The start becomes a
// call with two results.
func (p *File) assignsStart(e ast.Expr) bool {
	_, start := p.Calls(p.ChainBase(e))
	if start == nil {
		return false
	}
	if f := p.Callee(start); f == nil || f.Pkg() == nil || !opentracing.Starts(f) {
		return false
	}
	switch p.Statement(e).(type) {
	case *ast.AssignStmt, *ast.ValueSpec:
		return true
	}
	return false
}

// contextAdapter makes a span's Context() that of the OpenTracing view of the span.
func (p *File) contextAdapter(s *plan.Site, e ast.Expr) {
	span := p.ContextCall(e)
	call := ast.Unparen(e).(*ast.CallExpr)
	if owner := p.Owner[p.UseOf(call.Fun).Id]; owner != nil && len(owner.Uses) == 1 {
		owner.Adapter, owner.KeepsBaggage, s.Adapter = true, s.KeepsBaggage, false // the method is still called
	}
	p.Wrap(s, call, func(r *edit.Renderer) string {
		return r.Compat() + ".OpenTracingSpan(" + r.Text(span) + ").Context()"
	})
}

// planNils makes a site of every nil that is a span context.
func (rw *Run) planNils() {
	for _, n := range rw.Nils {
		p := rw.files[n.File]
		s := &plan.Site{File: n.File, Pos: n.Expr.Pos(), Symbol: "opentracing.SpanContext", Rule: "types"}
		s.Need(n.Dst)
		rw.Sites = append(rw.Sites, s)
		p.Edit(s, n.Expr, func(r *edit.Renderer) string { return r.Trace("SpanContext") + "{}" })
	}
}

// blankUnused takes the name off a variable that only a replaced expression used.
func (p *File) blankUnused(s *plan.Site, e ast.Expr) {
	v, fn := p.Variable(e), p.EnclosingFunc(e)
	if v == nil || v.IsField() || fn == nil || p.Mentions(fn, v) != 2 {
		return
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE {
			return true
		}
		named := slices.IndexFunc(as.Lhs, func(l ast.Expr) bool { return p.Variable(l) == v })
		if named < 0 {
			return true
		}
		if slices.ContainsFunc(as.Lhs, func(l ast.Expr) bool {
			return p.Variable(l) != v && p.Info.Defs[l.(*ast.Ident)] != nil && !syntax.IsBlank(l)
		}) {
			p.Edit(s, as.Lhs[named], func(*edit.Renderer) string { return "_" })
			return false
		}
		p.Edit(s, as, func(r *edit.Renderer) string {
			names := make([]string, len(as.Lhs))
			for i, l := range as.Lhs {
				names[i] = r.Text(l)
			}
			names[named] = "_"
			return strings.Join(names, ", ") + " = " + r.Texts(as.Rhs)
		})
		return false
	})
}
