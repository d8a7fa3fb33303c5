// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// An optionSlice is a slice of options that a span is started with, which is a local
// variable or a parameter. The references in it become a context, which is kept
// beside the slice.
type optionSlice struct {
	*File
	name  string
	decl  ast.Stmt // what declares it, or the first statement of its function
	param bool
	start *ast.CallExpr
	refs  []ast.Expr  // ChildOf, FollowsFrom and the like among the options
	keep  ast.Expr    // the context whose values the span's has to have
	gate  *parentGate // which the only reference comes from
	// filled tells whether it has options from the beginning; empty, that it has none
	// but the gate's.
	filled, empty bool
}

// optionSliceOf returns the slice that options are put into, or nil where it is
// used in another way, or where the parent can't be told from the order of the
// references.
func (p *File) optionSliceOf(v *types.Var) *optionSlice {
	if v == nil || v.IsField() {
		return nil
	}
	if o, known := p.slices[v]; known {
		return o
	}
	p.slices[v] = nil
	o := &optionSlice{File: p}
	fn := p.OutermostFunc(p.IdentAt(v))
	if fn == nil {
		return nil
	}
	ok := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, is := n.(*ast.Ident)
		if !is || p.Info.ObjectOf(id) != v {
			return ok
		}
		ok = ok && o.mention(id, v)
		return ok
	})
	if ok && o.decl == nil {
		o.param, o.decl = true, p.FirstOf(fn, v)
	}
	if !ok || o.decl == nil || o.start == nil || !o.hasOneParent() {
		return nil
	}
	if list, _ := p.Siblings(o.decl); list == nil || p.SymbolOf(o.start.Fun) == "opentracing.StartSpanFromContext" {
		return nil
	}
	if as, ok := p.EnclosingStmt(o.start).(*ast.AssignStmt); ok {
		base := p.KeptBase(as)
		if base != nil && !p.StableContext(base, o.decl, o.start) {
			return nil
		}
		o.keep = base
	}
	if o.param && !slices.ContainsFunc(o.refs, func(ref ast.Expr) bool { return p.Parent[p.EnclosingStmt(ref)] != p.Parent[o.decl] }) {
		return nil // they are the start's: see appendedReferences
	}
	if o.gate = p.gateOf(o); o.gate == nil {
		o.name = p.FreshIn(p.OutermostFunc(o.decl), "parentCtx")
	} else {
		o.empty = !o.param && !o.filled && p.Mentions(fn, v) == 4
	}
	p.slices[v] = o
	return o
}

// base renders the context that the span of a slice is started in.
func (o *optionSlice) base(r *edit.Renderer) string {
	if o.gate != nil {
		return r.Text(o.gate.ctx)
	}
	return o.name
}

// sliceMention sorts one mention of a slice of options, and tells whether it is one
// that can be followed.
func (o *optionSlice) mention(id *ast.Ident, v *types.Var) bool {
	switch par := o.Parent[id].(type) {
	case *ast.Field: // func f(opts ...opentracing.StartSpanOption)
		return true
	case *ast.ValueSpec: // var opts []opentracing.StartSpanOption
		decl, ok := o.Parent[o.Parent[par]].(*ast.DeclStmt)
		if !ok || o.decl != nil || len(par.Names) != 1 || len(par.Values) > 0 {
			return false
		}
		o.decl = decl
		return true
	case *ast.AssignStmt:
		if len(par.Lhs) != 1 || par.Lhs[0] != id {
			return false
		}
		if par.Tok == token.DEFINE {
			o.decl = par
			return o.value(par.Rhs[0])
		}
		call, ok := par.Rhs[0].(*ast.CallExpr)
		if !ok || !o.Appends(call, v) || call.Ellipsis.IsValid() {
			return false
		}
		for _, arg := range call.Args[1:] {
			o.element(arg)
		}
		list, _ := o.Siblings(par)
		return list != nil
	case *ast.CallExpr:
		if o.Appends(par, v) {
			as, ok := o.Parent[par].(*ast.AssignStmt)
			return ok && len(as.Lhs) == 1 && o.Variable(as.Lhs[0]) == v
		}
		switch symbol := o.SymbolOf(par.Fun); {
		case symbol == "opentracing.StartSpan", symbol == "opentracing.Tracer.StartSpan", (wrapping{o.File}).changing(o.WrapperOf(par)) != nil:
			if o.start == nil && par.Ellipsis.IsValid() && par.Args[len(par.Args)-1] == id && o.startsWhereDeclared(par) {
				o.start = par
				return true
			}
		}
	}
	return false
}

// startsWhereDeclared tells whether a start is in the function that has the slice, and not in
// one inside of it, which may be called again.
func (o *optionSlice) startsWhereDeclared(start *ast.CallExpr) bool {
	fn := o.EnclosingFunc(start)
	return fn == o.OutermostFunc(start) || o.decl != nil && fn == o.EnclosingFunc(o.decl)
}

// sliceValue looks at what a slice of options is made of at first.
func (o *optionSlice) value(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if _, keyed := elt.(*ast.KeyValueExpr); keyed {
				return false
			}
			o.element(elt)
		}
		o.filled = len(e.Elts) > 0
		return true
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return ok && id.Name == "make"
	}
	return false
}

func (o *optionSlice) element(e ast.Expr) {
	if symbol, _ := o.referenceOf(e); symbol != "" && o.callAt(e) != nil {
		o.refs = append(o.refs, ast.Unparen(e))
	}
}

// callAt returns the call by which a reference is made, that which appends it for a literal;
// nil for a literal elsewhere.
func (p *File) callAt(ref ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(ref).(*ast.CallExpr)
	if !ok {
		call, _ = p.Statement(ref).(*ast.CallExpr)
	}
	return call
}

// oneParent tells whether it is clear which reference is the parent: there is one
// ChildOf and nothing else, or there are references to follow from only, of which
// the first is the parent.
func (o *optionSlice) hasOneParent() bool {
	for i, ref := range o.refs {
		if symbol, _ := o.referenceOf(ref); symbol == "opentracing.FollowsFrom" {
			continue
		}
		for _, other := range o.refs[:i] {
			if !o.Exclusive(ref, other) {
				return false
			}
		}
		for _, other := range o.refs[i+1:] {
			if !o.Exclusive(ref, other) {
				return false
			}
		}
		if o.inLoop(ref) {
			return false
		}
	}
	return true
}

// sliceAround returns the slice that an option is put into, or nil.
func (p *File) sliceAround(e ast.Expr) *optionSlice {
	as, ok := p.EnclosingStmt(e).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return nil
	}
	return p.optionSliceOf(p.Variable(as.Lhs[0]))
}

// sliceReferences turns the references of a slice into a context, and those that are
// links into options.
func (o *optionSlice) references(s *plan.Site) {
	starts := make(map[ast.Expr]*Start)
	follows := 0
	for _, ref := range o.refs {
		st := &Start{keep: o.keep, Call: o.callAt(ref), site: s}
		o.option(st, ref)
		o.TakeStart(s, st)
		starts[ref] = st
		for _, r := range st.References {
			s.Loses = s.Loses || r.stays == nil && o.losesBaggage(st, r)
			s.Carriable = s.Loses && r.Span != nil && len(o.refs) == 1
			s.Detached = o.keep == nil || o.IsBackground(o.keep)
		}
		if len(st.References) > 0 && st.References[0].follows {
			follows++
			if o.inLoop(ref) {
				follows++
			}
		}
	}
	for _, ref := range o.refs {
		for _, r := range starts[ref].References {
			switch {
			case r.stays == nil:
			case r.follows && (follows > 1 || o.Opts.FollowsFrom == "link"):
				s.Deny(r.stays.Category, r.stays.Pos, r.stays.Reason)
			default:
				o.Referred[r.context] = true
			}
		}
	}
	if o.gate != nil {
		o.openGate(s, o.gate)
		if o.empty {
			o.Edit(s, o.decl, nil)
		}
		return
	}
	for _, ref := range o.refs {
		stmt := o.EnclosingStmt(ref)
		if stmt == o.decl && !o.param || len(o.Edits.ByNode[stmt]) > 0 && o.Edits.ByNode[stmt][0].Owner == s {
			continue
		}
		elements := stmt.(*ast.AssignStmt).Rhs[0].(*ast.CallExpr).Args[1:]
		o.Edit(s, stmt, func(r *edit.Renderer) string {
			text := o.parentChanges(r, elements, starts, follows > 1)
			if options := o.sliceOptions(r, elements, starts); len(options) > 0 {
				name := r.Text(stmt.(*ast.AssignStmt).Lhs[0])
				return text + name + " = " + edit.List("append("+name+", ", r.SpreadLast(options), ")")
			}
			return strings.TrimSuffix(text, "\n")
		})
	}
	var elements []ast.Expr
	if as, ok := o.decl.(*ast.AssignStmt); ok && !o.param {
		if lit, ok := ast.Unparen(as.Rhs[0]).(*ast.CompositeLit); ok {
			elements = lit.Elts
			o.Edit(s, lit, func(r *edit.Renderer) string {
				return r.OptionSlice(r.Text(lit.Type), o.sliceOptions(r, elements, starts))
			})
		}
	}
	o.Prefix(s, o.decl, func(r *edit.Renderer) string {
		base := r.Pkg("context") + ".Background()"
		if o.keep != nil && !o.IsBackground(o.keep) {
			base = r.Trace("ContextWithSpanContext") + "(" + o.WithoutBaggage(r, o.keep) + ", " + r.Trace("SpanContext") + "{})"
		}
		return strings.TrimSuffix(o.name+" := "+base+"\n"+o.parentChanges(r, elements, starts, follows > 1), "\n")
	})
}

// parentChanges renders what the references among options do to the context.
func (o *optionSlice) parentChanges(r *edit.Renderer, elements []ast.Expr, starts map[ast.Expr]*Start, several bool) string {
	var text strings.Builder
	for _, e := range elements {
		st := starts[ast.Unparen(e)]
		if st == nil || len(st.References) == 0 {
			continue
		}
		switch ref := st.References[0]; {
		case ref.follows && o.Opts.FollowsFrom == "link":
		case ref.follows && several:
			text.WriteString(o.name + " = " + r.Helper("followsFrom") + "(" + o.name + ", " + o.spanContext(r, ref) + ")\n")
		default:
			text.WriteString(o.name + " = " + o.ContextWith(r, st, o.name, ref) + "\n")
		}
	}
	return text.String()
}

// sliceOptions renders the options that are left.
func (o *optionSlice) sliceOptions(r *edit.Renderer, elements []ast.Expr, starts map[ast.Expr]*Start) (options []string) {
	for _, e := range elements {
		st := starts[ast.Unparen(e)]
		if st == nil {
			options = append(options, r.Text(e))
			continue
		}
		if st.kind != nil {
			options = append(options, st.kind(r))
		}
		if len(st.References) > 0 && st.References[0].follows {
			options = append(options, o.link(r, st.References[0], o.name))
		}
	}
	return options
}

// inLoop tells whether a place is in a loop that the slice is declared outside of.
func (o *optionSlice) inLoop(at ast.Node) bool {
	for n := o.Parent[at]; n != nil; n = o.Parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return o.param || o.decl.Pos() < n.Pos() || o.decl.Pos() >= n.End()
		}
	}
	return false
}
