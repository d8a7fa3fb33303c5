// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// An optionSlice is a slice of options that a span is started with, which is a local
// variable or a parameter. The references in it become a context, which is kept
// beside the slice.
type optionSlice struct {
	name  string
	decl  ast.Stmt // what declares it, or the first statement of its function
	param bool
	start *ast.CallExpr
	refs  []*ast.CallExpr // ChildOf, FollowsFrom and the like among the options
	keep  ast.Expr        // the context whose values the span's has to have
	gate  *parentGate     // which the only reference comes from
	// filled tells whether it has options from the beginning; empty, that it has none
	// but the gate's.
	filled, empty bool
}

// optionSliceOf returns the slice that options are put into, or nil where it is
// used in another way, or where the parent can't be told from the order of the
// references.
func (p *startFile) optionSliceOf(v *types.Var) *optionSlice {
	if v == nil || v.IsField() {
		return nil
	}
	if o, known := p.slices[v]; known {
		return o
	}
	p.slices[v] = nil
	o := &optionSlice{}
	fn := p.outermostFunc(p.identAt(v))
	if fn == nil {
		return nil
	}
	ok := true
	ast.Inspect(fn, func(n ast.Node) bool {
		id, is := n.(*ast.Ident)
		if !is || p.info.ObjectOf(id) != v {
			return ok
		}
		ok = ok && p.sliceMention(o, id, v)
		return ok
	})
	if ok && o.decl == nil {
		o.param, o.decl = true, p.firstOf(fn, v)
	}
	if !ok || o.decl == nil || o.start == nil || !p.oneParent(o) {
		return nil
	}
	if list, _ := p.siblings(o.decl); list == nil || p.symbolOf(o.start.Fun) == "opentracing.StartSpanFromContext" {
		return nil
	}
	if as, ok := p.enclosingStmt(o.start).(*ast.AssignStmt); ok {
		base := p.keptBase(as)
		if base != nil && !p.stableContext(base, o.decl, o.start) {
			return nil
		}
		o.keep = base
	}
	if o.param && !slices.ContainsFunc(o.refs, func(ref *ast.CallExpr) bool { return p.parent[p.enclosingStmt(ref)] != p.parent[o.decl] }) {
		return nil // they are the start's: see appendedReferences
	}
	if o.gate = p.gateOf(o); o.gate == nil {
		o.name = p.freshIn(p.outermostFunc(o.decl), "parentCtx")
	} else {
		o.empty = !o.param && !o.filled && p.mentions(fn, v) == 4
	}
	p.slices[v] = o
	return o
}

// firstOf returns the first statement of a function that has a variable as its
// parameter, or nil.
func (p *syntaxFile) firstOf(fn ast.Node, v *types.Var) ast.Stmt {
	fd, ok := fn.(*ast.FuncDecl)
	if !ok || fd.Body == nil || len(fd.Body.List) == 0 || v.Pos() >= fd.Body.Pos() {
		return nil
	}
	return fd.Body.List[0]
}

// base renders the context that the span of a slice is started in.
func (o *optionSlice) base(r *renderer) string {
	if o.gate != nil {
		return r.text(o.gate.ctx)
	}
	return o.name
}

// identAt returns the identifier that declares a variable, or nil.
func (p *syntaxFile) identAt(v *types.Var) (at ast.Node) {
	ast.Inspect(p.file.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && p.info.Defs[id] == v {
			at = id
		}
		return at == nil
	})
	return at
}

// sliceMention sorts one mention of a slice of options, and tells whether it is one
// that can be followed.
func (p *startFile) sliceMention(o *optionSlice, id *ast.Ident, v *types.Var) bool {
	switch par := p.parent[id].(type) {
	case *ast.Field: // func f(opts ...opentracing.StartSpanOption)
		return true
	case *ast.ValueSpec: // var opts []opentracing.StartSpanOption
		decl, ok := p.parent[p.parent[par]].(*ast.DeclStmt)
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
			return p.sliceValue(o, par.Rhs[0])
		}
		call, ok := par.Rhs[0].(*ast.CallExpr)
		if !ok || !p.appends(call, v) || call.Ellipsis.IsValid() {
			return false
		}
		for _, arg := range call.Args[1:] {
			p.sliceElement(o, arg)
		}
		list, _ := p.siblings(par)
		return list != nil
	case *ast.CallExpr:
		if p.appends(par, v) {
			as, ok := p.parent[par].(*ast.AssignStmt)
			return ok && len(as.Lhs) == 1 && p.variable(as.Lhs[0]) == v
		}
		switch p.symbolOf(par.Fun) {
		case "opentracing.StartSpan", "opentracing.Tracer.StartSpan":
			if o.start == nil && par.Ellipsis.IsValid() && par.Args[len(par.Args)-1] == id && p.outermostFunc(par) == p.enclosingFunc(par) {
				o.start = par
				return true
			}
		}
	}
	return false
}

// appends tells whether a call is append(v, …).
func (p *syntaxFile) appends(call *ast.CallExpr, v *types.Var) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != "append" || len(call.Args) < 2 || p.variable(call.Args[0]) != v {
		return false
	}
	_, ok = p.info.Uses[id].(*types.Builtin)
	return ok
}

// sliceValue looks at what a slice of options is made of at first.
func (p *startFile) sliceValue(o *optionSlice, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		for _, elt := range e.Elts {
			if _, keyed := elt.(*ast.KeyValueExpr); keyed {
				return false
			}
			p.sliceElement(o, elt)
		}
		o.filled = len(e.Elts) > 0
		return true
	case *ast.CallExpr:
		id, ok := e.Fun.(*ast.Ident)
		return ok && id.Name == "make"
	}
	return false
}

func (p *startFile) sliceElement(o *optionSlice, e ast.Expr) {
	switch symbol, call := p.calls(e); symbol {
	case "opentracing.ChildOf", "opentracing.FollowsFrom", "ext.RPCServerOption":
		o.refs = append(o.refs, call)
	}
}

// oneParent tells whether it is clear which reference is the parent: there is one
// ChildOf and nothing else, or there are references to follow from only, of which
// the first is the parent.
func (p *startFile) oneParent(o *optionSlice) bool {
	for i, ref := range o.refs {
		if p.symbolOf(ref.Fun) == "opentracing.FollowsFrom" {
			continue
		}
		for _, other := range o.refs[:i] {
			if !p.exclusive(ref, other) {
				return false
			}
		}
		for _, other := range o.refs[i+1:] {
			if !p.exclusive(ref, other) {
				return false
			}
		}
		if p.inLoop(ref, o) {
			return false
		}
	}
	return true
}

// exclusive tells whether two places are in different branches of one statement.
func (p *syntaxFile) exclusive(a, b ast.Node) bool {
	var inner ast.Node = a
	for n := p.parent[a]; n != nil; inner, n = n, p.parent[n] {
		if b.Pos() < n.Pos() || b.End() > n.End() {
			continue
		}
		switch n := n.(type) {
		case *ast.IfStmt:
			return inner == n.Body && n.Else != nil && n.Else.Pos() <= b.Pos() ||
				inner == n.Else && n.Body.Pos() <= b.Pos() && b.End() <= n.Body.End()
		}
		return false
	}
	return false
}

// sliceAround returns the slice that an option is put into, or nil.
func (p *startFile) sliceAround(e ast.Expr) *optionSlice {
	as, ok := p.enclosingStmt(e).(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return nil
	}
	return p.optionSliceOf(p.variable(as.Lhs[0]))
}

// sliceReferences turns the references of a slice into a context, and those that are
// links into options.
func (p *startFile) sliceReferences(s *site, o *optionSlice) {
	starts := make(map[*ast.CallExpr]*start)
	follows := 0
	for _, ref := range o.refs {
		st := &start{keep: o.keep, call: ref, site: s}
		p.option(st, ref)
		p.takeStart(s, st)
		starts[ref] = st
		for _, r := range st.references {
			s.loses = s.loses || p.losesBaggage(st, r)
			s.carriable = s.loses && r.span != nil && len(o.refs) == 1
		}
		if len(st.references) > 0 && st.references[0].follows {
			follows++
			if p.inLoop(ref, o) {
				follows++
			}
		}
	}
	if o.gate != nil {
		p.openGate(s, o.gate)
		if o.empty {
			p.edit(s, o.decl, nil)
		}
		return
	}
	for _, ref := range o.refs {
		stmt := p.enclosingStmt(ref)
		if stmt == o.decl && !o.param || len(p.edits.byNode[stmt]) > 0 && p.edits.byNode[stmt][0].owner == s {
			continue
		}
		elements := stmt.(*ast.AssignStmt).Rhs[0].(*ast.CallExpr).Args[1:]
		p.edit(s, stmt, func(r *renderer) string {
			text := p.parentChanges(r, o, elements, starts, follows > 1)
			if options := p.sliceOptions(r, elements, starts); len(options) > 0 {
				name := r.text(stmt.(*ast.AssignStmt).Lhs[0])
				return text + name + " = " + list("append("+name+", ", r.spreadLast(options), ")")
			}
			return strings.TrimSuffix(text, "\n")
		})
	}
	var elements []ast.Expr
	if as, ok := o.decl.(*ast.AssignStmt); ok && !o.param {
		if lit, ok := ast.Unparen(as.Rhs[0]).(*ast.CompositeLit); ok {
			elements = lit.Elts
			p.edit(s, lit, func(r *renderer) string {
				return r.optionSlice(r.text(lit.Type), p.sliceOptions(r, elements, starts))
			})
		}
	}
	p.prefix(s, o.decl, func(r *renderer) string {
		base := r.pkg("context") + ".Background()"
		if o.keep != nil && !p.isBackground(o.keep) {
			base = r.trace("ContextWithSpanContext") + "(" + p.withoutBaggage(r, o.keep) + ", " + r.trace("SpanContext") + "{})"
		}
		return strings.TrimSuffix(o.name+" := "+base+"\n"+p.parentChanges(r, o, elements, starts, follows > 1), "\n")
	})
}

// parentChanges renders what the references among options do to the context.
func (p *startFile) parentChanges(r *renderer, o *optionSlice, elements []ast.Expr, starts map[*ast.CallExpr]*start, several bool) string {
	var text strings.Builder
	for _, e := range elements {
		call, _ := ast.Unparen(e).(*ast.CallExpr)
		st := starts[call]
		if st == nil || len(st.references) == 0 {
			continue
		}
		switch ref := st.references[0]; {
		case ref.follows && p.opts.FollowsFrom == "link":
		case ref.follows && several:
			text.WriteString(o.name + " = " + r.helper("followsFrom") + "(" + o.name + ", " + p.spanContext(r, ref) + ")\n")
		default:
			text.WriteString(o.name + " = " + p.contextWith(r, st, o.name, ref) + "\n")
		}
	}
	return text.String()
}

// sliceOptions renders the options that are left.
func (p *startFile) sliceOptions(r *renderer, elements []ast.Expr, starts map[*ast.CallExpr]*start) (options []string) {
	for _, e := range elements {
		call, _ := ast.Unparen(e).(*ast.CallExpr)
		st := starts[call]
		if st == nil {
			options = append(options, r.text(e))
			continue
		}
		if st.kind != nil {
			options = append(options, st.kind(r))
		}
		if len(st.references) > 0 && st.references[0].follows {
			options = append(options, p.link(r, st.references[0]))
		}
	}
	return options
}

// inLoop tells whether a place is in a loop that the slice is declared outside of.
func (p *startFile) inLoop(at ast.Node, o *optionSlice) bool {
	for n := p.parent[at]; n != nil; n = p.parent[n] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return o.param || o.decl.Pos() < n.Pos() || o.decl.Pos() >= n.End()
		}
	}
	return false
}
