// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A Use is one mention of an OpenTracing symbol.
type Use struct {
	Sym  opentracing.Symbol
	Id   *ast.Ident
	Expr ast.Expr      // the selector around id, or id
	Call *ast.CallExpr // the call of expr, or nil
	Key  bool          // it names a field in a composite literal, with which it counts as one use
}

// A File finds the sites of one file.
type File struct {
	*flow.File
	Run      *Run
	Rules    ruleSet // nil in a file that has nothing to do with OpenTracing
	families []Rules
	Opts     *Options
	Uses     map[*ast.Ident]*Use
	Order    []*Use
	Owner    map[*ast.Ident]*Site
	Sites    []*Site
	Edits    *edit.File
	taken    map[string][]ast.Node // the blocks that new names are for
}

func NewFile(rw *Run, f *source.File) *File {
	return &File{
		File:  flow.NewFile(rw.Graph, f),
		Run:   rw,
		Opts:  rw.opts,
		Uses:  make(map[*ast.Ident]*Use),
		Owner: make(map[*ast.Ident]*Site),
		Edits: edit.NewFile(f),
	}
}

// prepare finds the uses in the file, and makes its rules.
func (p *File) prepare(families Families) {
	if !p.Concerned(p.Source) {
		return // and need no more memory, as most files of a large module
	}
	p.Parents(func(n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			p.collect(id)
		}
	})
	p.families = families.File(p)
	p.Rules = newRuleSet(p.families, p.Order)
}

// plan visits the file from outside inwards and from top to bottom: a rule for a
// whole call or statement takes the uses inside it before their own rules see them.
func (p *File) plan() {
	if p.Rules == nil {
		return
	}
	ast.Inspect(p.Source.Syntax, func(n ast.Node) bool {
		for _, rules := range p.families {
			if rules.Visit(n) {
				break
			}
		}
		p.comparedParts(n)
		switch n := n.(type) {
		case *ast.CallExpr:
			if u := p.UseOf(n.Fun); u != nil && p.Owner[u.Id] == nil {
				u.Call = n
				p.Apply(u)
			}
		case *ast.SelectorExpr:
			if u := p.Uses[n.Sel]; u != nil && p.Owner[u.Id] == nil && p.IsMethodExpr(n) {
				p.Apply(u) // before the type in it
			}
		case *ast.Ident:
			if u := p.Uses[n]; u != nil && p.Owner[n] == nil {
				p.Apply(u)
			}
		}
		return true
	})
}

func (p *File) collect(id *ast.Ident) {
	obj := p.Info.Uses[id]
	sym, ok := opentracing.SymbolOf(syntax.StandIn(obj))
	if !ok {
		return
	}
	u := &Use{Sym: sym, Id: id, Expr: id}
	if sel, ok := p.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		u.Expr = sel
	}
	if kv, ok := p.Parent[id].(*ast.KeyValueExpr); ok {
		if _, ok := p.Parent[kv].(*ast.CompositeLit); ok {
			u.Key = syntax.FieldKey(p.Info, kv) == id
		}
	}
	p.Uses[id] = u
	p.Order = append(p.Order, u)
}

// UseOf returns the use that an expression is, or nil.
func (p *File) UseOf(e ast.Expr) *Use {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return p.Uses[e]
	case *ast.SelectorExpr:
		return p.Uses[e.Sel]
	}
	return nil
}

func (p *File) Apply(u *Use) {
	r := p.Rules[u.Sym.String()]
	switch {
	case r == nil:
		p.Refuse(u, RefusedUnknownSymbol, "this version of ot2otel has no rule for "+u.Sym.String())
		return
	case u.Call != nil && p.IsMethodExpr(u.Expr):
	case u.Call != nil && r.Call != nil:
		r.Call(u)
	case u.Call == nil && r.Value != nil:
		r.Value(u)
	}
	if p.Owner[u.Id] == nil {
		category := r.Category
		if category == RefusedMethodValue && (u.Call == nil && u.Sym.Kind == opentracing.KindFunc || p.IsMethodExpr(u.Expr)) {
			category = RefusedFunctionValue
		}
		p.Refuse(u, category, "there is no rule for "+u.Sym.String()+" at this place")
	}
}

// Site starts a site for a use.
func (p *File) Site(u *Use, nodes ...*flow.Node) *Site {
	s := &Site{File: p.Source, Pos: u.Expr.Pos(), Symbol: u.Sym.String()}
	if r := p.Rules[u.Sym.String()]; r != nil {
		s.Rule = r.Name
	}
	p.Sites = append(p.Sites, s)
	p.Take(s, u)
	s.Need(nodes...)
	return s
}

// Take makes a use part of a site.
func (p *File) Take(s *Site, u *Use) {
	if u == nil || p.Owner[u.Id] == s {
		return
	}
	p.Owner[u.Id] = s
	s.Uses = append(s.Uses, u)
	switch u.Sym.String() {
	case "opentracing.SpanFromContext", "opentracing.StartSpanFromContext", "opentracing.StartSpanFromContextWithTracer":
		s.Reads = true
	}
	if call, ok := p.Parent[u.Expr].(*ast.CallExpr); ok && call.Fun == u.Expr {
		for _, arg := range call.Args {
			s.Need(p.Anon[arg]) // also of a type that implements OpenTracing's
		}
		p.needApart(s, call)
	}
}

// TakeAll makes every use in a syntax tree part of a site that nobody took yet.
func (p *File) TakeAll(s *Site, root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if u := p.Uses[id]; u != nil && p.Owner[id] == nil {
				p.Take(s, u)
			}
		}
		return true
	})
}

// Refuse makes a site that can't be converted, with the nodes that the use has.
func (p *File) Refuse(u *Use, category *refusal.Category, reason string) *Site {
	s := p.Site(u, p.nodesOf(u)...)
	s.Deny(category, u.Expr.Pos(), reason)
	return s
}

// nodesOf returns the nodes that a use touches: receiver, arguments, results.
func (p *File) nodesOf(u *Use) []*flow.Node {
	var nodes []*flow.Node
	add := func(n *flow.Node) {
		if n != nil {
			nodes = append(nodes, n)
		}
	}
	if sel, ok := u.Expr.(*ast.SelectorExpr); ok && p.Info.Selections[sel] != nil {
		add(p.Receiver(sel))
	}
	if u.Call != nil {
		for _, arg := range u.Call.Args {
			add(p.Expr(arg))
		}
		if f := p.Callee(u.Call); f != nil && p.APIBase(u.Call, f) != nil {
			add(p.APIBase(u.Call, f))
		}
		return nodes
	}
	if n := p.Mentioned(u.Expr); n != nil {
		add(n)
	} else {
		add(p.Anon[u.Expr])
		add(p.Anon[u.Id])
	}
	return nodes
}

func (p *File) Edit(s *Site, n ast.Node, render func(r *edit.Renderer) string) {
	p.Edits.Add(s, n, render)
}
