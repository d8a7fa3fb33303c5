// SPDX-License-Identifier: Apache-2.0

package contexts

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
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
//
// It stays as it is below code that puts spans of NoopTracer into contexts: compat would find
// the one beneath.
type keptReader struct {
	*plan.File
	site *plan.Site
	use  *plan.Use
	run  *Run
	// more is the answer to decides, where that was asked.
	more *bool
}

func (k *keptReader) Adapting() {}

func (k *keptReader) Edits() bool {
	return k.run.native && !k.run.On(k.site) && k.Source.Unit.Wanted && !k.run.hidden[k.Source.Unit.Path] && k.decides()
}

// decides tells whether more than what is done to spans depends on what it finds.
func (k *keptReader) decides() bool {
	if k.more == nil {
		more := !k.onlySpans()
		k.more = &more
	}
	return *k.more
}

// onlySpans tells whether code only asks whether there is a span in order to call it.
func (k *keptReader) onlySpans() bool {
	call, ok := k.Parent[k.use.Expr].(*ast.CallExpr)
	if !ok || ast.Unparen(call.Fun) != k.use.Expr {
		return false // a function that is handed on may be called anywhere
	}
	as, ok := k.Parent[call].(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return false
	}
	v, fn := k.Variable(as.Lhs[0]), k.EnclosingFunc(as)
	if v == nil || fn == nil {
		return false
	}
	asked, only := false, true
	ast.Inspect(fn, func(n ast.Node) bool {
		test, ok := n.(*ast.BinaryExpr)
		if !ok || !k.IsNil(test.Y) || k.Variable(test.X) != v {
			return true
		}
		outcome, leavesNil := k.OutcomeOf(test)
		asked, only = true, only && outcome == plan.OutcomeSpans && !leavesNil
		return true
	})
	return asked && only
}

// keepReaders makes the edits of what may have to stay and takes spans out of contexts.
func (rw *Run) keepReaders() {
	for _, p := range rw.Order {
		for _, u := range p.Order {
			if u.Sym.String() != "opentracing.SpanFromContext" || p.Source.Fixed != "" || syntax.StandIn(p.Info.Uses[u.Id]) != p.Info.Uses[u.Id] {
				continue
			}
			k := &keptReader{File: p, site: p.Owner[u.Id], use: u, run: rw}
			rw.readers = append(rw.readers, k)
			p.Edits.Add(k, u.Expr, func(r *edit.Renderer) string {
				return r.Pkg(opentelemetry.CompatPath) + ".SpanFromContext"
			})
		}
	}
}

// holdLeavers refuses the groups that leave nil in the place of a span for a context in
// which OpenTracing code may put one that OpenTelemetry code can't see where no tracer is
// installed, and tells whether there were any.
func (rw *Run) holdLeavers() bool {
	held := false
	above := rw.keptActivations()
	for _, s := range rw.Sites {
		if from := above[s.File.Unit.Path]; from != nil && s.LeavesNil && rw.On(s) {
			rw.RefuseSite(s, &flow.Pin{Category: RefusedNilSpan, Pos: from.Pos, Reason: "code that stays OpenTracing puts a span into a context here; when no tracer is installed, code that reads the context would get a nil span"})
			held = true
		}
	}
	return held
}

// holdAbove refuses the groups that put spans of OpenTelemetry into contexts in which code
// that stays looks for one of OpenTracing, and does more than call it: below code that puts
// spans of NoopTracer there it can't look by compat, and finds no other one where no tracer is
// installed. It tells whether there were any.
func (rw *Run) holdAbove() bool {
	looks := rw.looksBelow()
	if len(looks) == 0 {
		return false
	}
	held := false
	paths := slices.Sorted(maps.Keys(looks))
	for _, s := range rw.Sites {
		if s.File.Test || !rw.On(s) || !slices.ContainsFunc(s.Uses, rw.activates) {
			continue
		}
		i := slices.IndexFunc(paths, func(path string) bool { return rw.Reach[s.File.Unit.Path][path] })
		if i < 0 {
			continue
		}
		held = rw.RefuseSite(s, &flow.Pin{Category: RefusedNilSpan, Pos: looks[paths[i]], Reason: "code that stays OpenTracing looks for a span here; when no tracer is installed, it would get a nil span"}) || held
	}
	return held
}

// looksBelow returns the first place of each package below spans of NoopTracer where code that
// stays looks for a span that it does more with than to call it.
func (rw *Run) looksBelow() map[string]token.Pos {
	first := make(map[string]token.Pos)
	note := func(f *source.File, pos token.Pos) {
		if path := f.Unit.Path; rw.hidden[path] && !first[path].IsValid() && !f.Test {
			first[path] = pos
		}
	}
	for _, s := range rw.Sites {
		if s.LeavesNil && !rw.On(s) {
			note(s.File, s.Pos)
		}
	}
	for _, k := range rw.readers {
		if !rw.On(k.site) && rw.hidden[k.Source.Unit.Path] && k.decides() {
			note(k.Source, k.use.Expr.Pos())
		}
	}
	return first
}

// noteLeavers lists the other places where it matters that such a span is not seen.
func (rw *Run) noteLeavers() {
	above := rw.keptActivations()
	for _, s := range rw.Sites {
		if s.Exact && s.Changes == "" && above[s.File.Unit.Path] != nil && rw.On(s) {
			s.Changes = plan.UntracedBranch
		}
	}
}

// noteProvided lists the places that find no span of OpenTracing code, where the tracer
// stays that of OpenTracing: it doesn't show such a span to OpenTelemetry code.
func (rw *Run) noteProvided() {
	if !rw.Provided().Legacy() {
		return
	}
	above := rw.keptActivations()
	for _, s := range rw.Sites {
		if !s.File.Test && (rw.Others || above[s.File.Unit.Path] != nil) && rw.On(s) && slices.ContainsFunc(s.Uses, func(u *plan.Use) bool {
			return u.Sym.String() == "opentracing.SpanFromContext"
		}) {
			s.Change(providedUnseen)
		}
	}
}

const providedUnseen = "behind compat.ProviderOf, this doesn't find a span that OpenTracing code puts into the context"

// keptActivations returns the places where OpenTracing code that stays puts spans into
// contexts, by the packages at or below one.
func (rw *Run) keptActivations() map[string]*plan.Site {
	first := make(map[string]*plan.Site) // by package
	for _, s := range rw.Sites {
		path := s.File.Unit.Path
		if first[path] == nil && !s.File.Test && s.Instead == nil && !rw.On(s) && slices.ContainsFunc(s.Uses, rw.activates) {
			first[path] = s
		}
	}
	above := make(map[string]*plan.Site)
	for _, from := range slices.Sorted(maps.Keys(first)) {
		for path := range rw.Reach[from] {
			if above[path] == nil {
				above[path] = first[from]
			}
		}
	}
	return above
}

// activates tells whether a use of a function puts a span into a context that somebody gets.
func (rw *Run) activates(u *plan.Use) bool {
	switch u.Sym.String() {
	case "opentracing.ContextWithSpan":
		return true
	case "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		return u.Call == nil || !rw.Dropped[u.Call]
	}
	return false
}
