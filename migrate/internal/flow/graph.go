// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A nilContext is a nil in the place of a span context, which is a struct afterwards.
type nilContext struct {
	File *source.File
	Expr ast.Expr
	Dst  *Node
}

// An escape is a span or a span context that goes into an empty interface.
type escape struct {
	File  *source.File
	Expr  ast.Expr
	From  *Node
	Kind  string // "Span" or "SpanContext"
	Tuple bool   // one of several results of a call
}

// A Graph is the flow graph of a set of units.
type Graph struct {
	*source.Code

	byPos map[token.Pos]*Node
	byObj map[types.Object]*Node // of other modules
	Anon  map[ast.Node]*Node
	// exprs, ofResults and receivers are what a flowFile can be asked.
	exprs     map[ast.Expr]*Node
	ofResults map[callResult]*Node
	receivers map[*ast.SelectorExpr]*Node
	Kept      map[token.Pos]*Pin // what has to stay, by its declaration
	Nodes     []*Node
	// Outside has the import paths of what is declared outside of the code, by what holds it.
	Outside map[*Pin]string
	Hubs    map[string]map[string]*Node // by name and import path
	Reads   map[*Node]bool              // hubs out of which values are asserted
	mixed   map[types.Type]typeParts
	// hidden are the tags in empty interfaces; optionPlaces, those that are options there.
	hidden       []hiddenTags
	implementers []hiddenImplementer
	OptionPlaces map[ast.Expr]bool
	Prints       []printedField

	made      []madeFlow
	ownStarts map[token.Pos]*Node   // the results of StartSpan of own tracers, by the declaration of their type
	OwnPlaces map[token.Pos][]*Node // where they are used as an opentracing.Tracer
	ownTypes  map[token.Pos]*types.Named
	// OwnTracers has the first of each package, by import path.
	OwnTracers map[string]*types.TypeName

	mocked  map[*Node]bool           // where a mock of the twin comes in as a tracer
	brought map[*Node]*foreignTracer // where another library's tracer comes in, or a span of one
	Foreign map[*Node]*Pin           // where they may come: see findForeign
	Unknown map[*Node]*Pin           // spans of which nothing says what tracer starts them
	// handedOn has the tracers that code gets which stays, and whether they may be others than
	// the global one.
	handedOn map[*Node]bool
	oneWay   map[[2]*Node]bool // pairs of which the first has no value of the second: see dispatch

	options  map[token.Pos]*ownOption   // by the type, and by the function that makes one
	Twins    [][2]token.Pos             // the functions among these
	Unlike   map[*Pin]bool              // of those that differ in their types
	Expanded map[ast.Expr]*ast.CallExpr // what makes one for a start

	Hooks  map[*ast.IfStmt]*Hook
	hooked map[*ast.CallExpr]bool // the calls in them

	asserted map[*Node]bool // see holdAsserted
	wrappers map[token.Pos]*Wrapper

	soft    []*softEdge
	Places  map[ast.Expr]*Node // of the span contexts that references name
	Borders []*Border
	Nils    []nilContext
	Escapes []escape
	called  map[callResult]*Node
	making  map[*Node]bool // see makes

	Dropped map[*ast.CallExpr]bool // starts whose context nobody gets
	claims  map[string][]Claim     // of families, by import path
	// Watched is why code stays whose spans tests look at by the library that made them.
	Watched *refusal.Category

	// BreakTests lets tests that bring a tracer of their own go without its spans.
	BreakTests bool
	// Others tells whether code that isn't rewritten reads spans out of contexts by
	// the OpenTracing API.
	Others bool
	Reach  map[string]map[string]bool // see reachAll
	// Baggage has the packages whose contexts may have baggage of spans in them; looked,
	// those of them where it may be asked for or set, and not only sent.
	Baggage, Looked map[string]bool
}

// A callResult is the i-th result of a call.
type callResult struct {
	call *ast.CallExpr
	i    int
}

// A madeFlow is a span that a tracer starts, or the context of a span.
type madeFlow struct {
	from, to *Node
	start    bool
	own      bool // the tracer may be one of the code's own
}

func NewGraph(fset *token.FileSet, units []*source.Unit) *Graph {
	return &Graph{
		Code: source.NewCode(fset, units),

		byPos:     make(map[token.Pos]*Node),
		byObj:     make(map[types.Object]*Node),
		Anon:      make(map[ast.Node]*Node),
		exprs:     make(map[ast.Expr]*Node),
		ofResults: make(map[callResult]*Node),
		receivers: make(map[*ast.SelectorExpr]*Node),
		Hubs:      make(map[string]map[string]*Node),
		Reads:     make(map[*Node]bool),
		mixed:     make(map[types.Type]typeParts),
		Kept:      make(map[token.Pos]*Pin),
		Outside:   make(map[*Pin]string),

		ownStarts: make(map[token.Pos]*Node),
		OwnPlaces: make(map[token.Pos][]*Node),
		ownTypes:  make(map[token.Pos]*types.Named),

		OwnTracers: make(map[string]*types.TypeName),

		mocked:  make(map[*Node]bool),
		brought: make(map[*Node]*foreignTracer),
		oneWay:  make(map[[2]*Node]bool),

		handedOn: make(map[*Node]bool),

		OptionPlaces: make(map[ast.Expr]bool),

		Places:   make(map[ast.Expr]*Node),
		options:  make(map[token.Pos]*ownOption),
		Unlike:   make(map[*Pin]bool),
		Expanded: make(map[ast.Expr]*ast.CallExpr),
		Hooks:    make(map[*ast.IfStmt]*Hook),
		hooked:   make(map[*ast.CallExpr]bool),
		asserted: make(map[*Node]bool),
		wrappers: make(map[token.Pos]*Wrapper),
		Dropped:  make(map[*ast.CallExpr]bool),
		called:   make(map[callResult]*Node),
		making:   make(map[*Node]bool),
	}
}

// Build fills the graph.
func (g *Graph) Build() {
	for _, u := range g.Units {
		if u.KeepAPI || len(u.Kept) > 0 {
			g.keepExported(u)
		}
	}
	g.findOwnOptions()
	g.findWrappers()
	g.joinBuilds()
	g.holdLeftOut()
	for _, u := range g.Units {
		g.implementations(u)
	}
	for _, u := range g.Units {
		for _, f := range u.Files {
			w := newWalker(g, f)
			w.walkFile()
			w.find()
		}
	}
	g.Reach = g.ReachAll()
	g.joinHubs(g.Reach)
	g.joinHidden(g.Reach)
	g.holdImplementers(g.Reach)
	g.findBaggage(g.Reach)
	for g.holdResults(); g.holdHandedOn(); {
		g.holdResults()
	}
	g.holdAsserted()
	g.holdSpanContexts()
	for _, e := range g.soft {
		if e.Src.Pinned() == nil && e.Dst.Pinned() == nil {
			Join(e.Src, e.Dst)
		}
	}
	for _, e := range g.soft {
		src, dst := e.Src.Pinned() != nil, e.Dst.Pinned() != nil
		if src == dst {
			continue
		}
		b := &Border{softEdge: e, Free: e.Dst, In: true}
		if dst {
			b.Free, b.In = e.Src, false
		}
		g.Borders = append(g.Borders, b)
	}
	g.spreadOrigins()
	g.findForeign()
}

// spreadOrigins carries origins along the flows until nothing changes, those that
// forbid an adapter also within a class.
func (g *Graph) spreadOrigins() {
	const sticky = OriginOwnSpan | OriginPassedBy | OriginOwnTracer | OriginMock
	for changed := true; changed; {
		changed = false
		add := func(n *Node, o origin) {
			if n.Origin|o != n.Origin {
				n.Origin |= o
				changed = true
			}
		}
		for _, n := range g.Nodes {
			for _, src := range n.From {
				add(n, src.Origin)
			}
			class := n.Find()
			add(class, n.Origin&sticky)
			add(n, class.Origin&sticky)
		}
		for i, m := range g.made {
			add(m.to, m.from.Origin&(OriginNoop|OriginSome|OriginUnknown))
			if m.start && !m.own && m.from.Origin&OriginOwnTracer != 0 {
				g.made[i].own, changed = true, true
				for _, at := range slices.Sorted(maps.Keys(g.ownStarts)) {
					m.to.From = append(m.to.From, g.ownStarts[at])
				}
			}
		}
	}
}

func (g *Graph) NewNode(pos token.Pos, obj types.Object) *Node {
	n := &Node{pos: pos, Obj: obj}
	g.Nodes = append(g.Nodes, n)
	return n
}

// value returns the node of a value in an expression.
func (g *Graph) value(at ast.Node) *Node {
	n := g.Anon[at]
	if n == nil {
		n = g.NewNode(at.Pos(), nil)
		g.Anon[at] = n
		if f := g.Files[g.Fset.File(at.Pos())]; f != nil && f.Fixed != "" {
			n.hold(RefusedGenerated, at.Pos(), f.Fixed)
		}
	}
	return n
}

// declare returns the node of a declared object, or nil when its type contains no
// OpenTracing type.
func (g *Graph) declare(obj types.Object) *Node {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		return g.function(o)
	case *types.TypeName, *types.Const:
	default:
		return nil
	}
	if obj.Pkg() == nil || opentracing.IsOpenTracing(obj.Pkg().Path()) {
		return nil
	}
	parts := g.Parts(obj.Type())
	if !parts.Any() {
		return nil
	}
	n, known := g.declared(obj)
	if !known {
		if f := g.Files[g.Fset.File(obj.Pos())]; opentracing.IsNoop(obj.Type()) && f != nil && !f.Test {
			n.Origin |= OriginNoop
		}
		if v, ok := obj.(*types.Var); ok {
			if v.IsField() {
				n.Origin |= OriginNil
			}
			for _, tn := range parts.named {
				union(n, g.declare(tn))
			}
			g.joinSignatures(n, v.Type(), make(map[types.Type]bool))
		} else {
			g.joinSignatures(n, obj.Type().Underlying(), make(map[types.Type]bool))
		}
	}
	return n
}

// joinSignatures joins the parameters and results of function types inside a
// type with the place that has the type.
func (g *Graph) joinSignatures(n *Node, t types.Type, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Signature:
		for _, m := range g.variables(t) {
			union(n, m)
		}
	case *types.Pointer:
		g.joinSignatures(n, t.Elem(), seen)
	case *types.Slice:
		g.joinSignatures(n, t.Elem(), seen)
	case *types.Array:
		g.joinSignatures(n, t.Elem(), seen)
	case *types.Chan:
		g.joinSignatures(n, t.Elem(), seen)
	case *types.Map:
		g.joinSignatures(n, t.Key(), seen)
		g.joinSignatures(n, t.Elem(), seen)
	}
}

// declared returns the node of an object that has one, and whether it was there.
func (g *Graph) declared(obj types.Object) (n *Node, known bool) {
	f := g.Files[g.Fset.File(obj.Pos())]
	if f == nil || !g.Own[f.Unit.Path] {
		if n = g.byObj[obj]; n != nil {
			return n, true
		}
		n = g.NewNode(token.NoPos, obj)
		n.Origin = OriginUnknown
		n.hold(RefusedExternalAPI, token.NoPos, "it meets the API of "+obj.Pkg().Path()+", which fix does not rewrite")
		g.Outside[n.Pin] = obj.Pkg().Path()
		if v, ok := obj.(*types.Var); ok && opentracing.InterfaceKind(v.Type()) == "Tracer" && (v.IsField() || v.Parent() == v.Pkg().Scope()) {
			g.bring(n, token.NoPos, obj.Pkg().Path(), qualified(obj))
		}
		g.byObj[obj] = n
		return n, false
	}
	if n = g.byPos[obj.Pos()]; n != nil {
		return n, true
	}
	n = g.NewNode(obj.Pos(), obj)
	g.byPos[obj.Pos()] = n
	if f.Fixed != "" {
		n.hold(RefusedGenerated, obj.Pos(), f.Fixed)
	}
	if why := g.Kept[obj.Pos()]; why != nil {
		n.holdBy(why)
	}
	return n, false
}

// function returns the node of a function as a value: the class of all
// OpenTracing types in its signature.
func (g *Graph) function(f *types.Func) *Node {
	return g.signature(f.Origin().Signature())
}

func (g *Graph) signature(sig *types.Signature) *Node {
	var n *Node
	for _, m := range g.variables(sig) {
		Join(n, m)
		n = m
	}
	return n
}

// functionValue is the node of a function that is a value: who calls it isn't seen, so
// any of its parameters may have what another one has.
func (g *Graph) functionValue(sig *types.Signature) *Node {
	var n *Node
	for _, m := range g.variables(sig) {
		union(n, m)
		n = m
	}
	return n
}

// variables returns the nodes of the parameters and results of a signature.
func (g *Graph) variables(sig *types.Signature) (nodes []*Node) {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if m := g.declare(v); m != nil {
				nodes = append(nodes, m)
			}
		}
	}
	return nodes
}
