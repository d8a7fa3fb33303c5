// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// A nilContext is a nil in the place of a span context, which is a struct afterwards.
type nilContext struct {
	file *sourceFile
	expr ast.Expr
	dst  *node
}

// An escape is a span or a span context that goes into an empty interface.
type escape struct {
	file  *sourceFile
	expr  ast.Expr
	from  *node
	kind  string // "Span" or "SpanContext"
	tuple bool   // one of several results of a call
}

// sourceCode is the code of a set of units.
type sourceCode struct {
	fset  *token.FileSet
	units []*unit
	own   map[string]bool // import paths of the units
	files map[*token.File]*sourceFile
	// program has what is not among the files, for those that have nothing to do with
	// OpenTracing lack the bodies of functions. It is nil where one package is looked at.
	program *Program
	// several has what builds declare each in their way.
	several map[token.Pos]bool
}

func newSourceCode(fset *token.FileSet, units []*unit) *sourceCode {
	c := &sourceCode{fset: fset, units: units, own: make(map[string]bool), files: make(map[*token.File]*sourceFile), several: make(map[token.Pos]bool)}
	for _, u := range units {
		c.own[u.path] = true
		for _, f := range u.files {
			c.files[fset.File(f.syntax.FileStart)] = f
		}
	}
	return c
}

// A graph is the flow graph of a set of units.
type graph struct {
	*sourceCode

	byPos map[token.Pos]*node
	byObj map[types.Object]*node // of other modules
	anon  map[ast.Node]*node
	// exprs, ofResults and receivers are what a flowFile can be asked.
	exprs     map[ast.Expr]*node
	ofResults map[callResult]*node
	receivers map[*ast.SelectorExpr]*node
	kept      map[token.Pos]*pin // what has to stay, by its declaration
	nodes     []*node
	// outside has the import paths of what is declared outside of the code, by what holds it.
	outside map[*pin]string
	hubs    map[string]map[string]*node // by name and import path
	reads   map[*node]bool              // hubs out of which values are asserted
	mixed   map[types.Type]typeParts
	// hidden are the tags in empty interfaces; optionPlaces, those that are options there.
	hidden       []hiddenTags
	optionPlaces map[ast.Expr]bool
	prints       []printedField

	made      []madeFlow
	ownStarts map[token.Pos]*node   // the results of StartSpan of own tracers, by the declaration of their type
	ownPlaces map[token.Pos][]*node // where they are used as an opentracing.Tracer
	ownTypes  map[token.Pos]*types.Named
	// ownTracers has the first of each package, by import path.
	ownTracers map[string]*types.TypeName

	brought map[*node]*foreignTracer // where another library's tracer comes in, or a span of one
	foreign map[*node]*pin           // where they may come: see findForeign
	unknown map[*node]*pin           // spans of which nothing says what tracer starts them
	oneWay  map[[2]*node]bool        // pairs of which the first has no value of the second: see dispatch

	options  map[token.Pos]*ownOption // by the function that makes one
	twins    [][2]token.Pos           // the functions among these
	unlike   map[*pin]bool            // of those that differ in their types
	expanded map[*ast.CallExpr]bool   // calls that make one for a start

	soft    []*softEdge
	places  map[ast.Expr]*node // of the span contexts that references name
	borders []*border
	nils    []nilContext
	escapes []escape
	called  map[callResult]*node
	making  map[*node]bool // see makes

	dropped map[*ast.CallExpr]bool // starts whose context nobody gets
	claims  map[string][]claim     // of families, by import path

	// breakTests lets tests that bring a tracer of their own go without its spans.
	breakTests bool
	// others tells whether code that isn't rewritten reads spans out of contexts by
	// the OpenTracing API.
	others bool
	reach  map[string]map[string]bool // see reachAll
	// baggage has the packages whose contexts may have baggage of spans in them; looked,
	// those of them where it may be asked for or set, and not only sent.
	baggage, looked map[string]bool
}

// A callResult is the i-th result of a call.
type callResult struct {
	call *ast.CallExpr
	i    int
}

// A madeFlow is a span that a tracer starts, or the context of a span.
type madeFlow struct {
	from, to *node
	start    bool
	own      bool // the tracer may be one of the code's own
}

func newGraph(fset *token.FileSet, units []*unit) *graph {
	return &graph{
		sourceCode: newSourceCode(fset, units),

		byPos:     make(map[token.Pos]*node),
		byObj:     make(map[types.Object]*node),
		anon:      make(map[ast.Node]*node),
		exprs:     make(map[ast.Expr]*node),
		ofResults: make(map[callResult]*node),
		receivers: make(map[*ast.SelectorExpr]*node),
		hubs:      make(map[string]map[string]*node),
		reads:     make(map[*node]bool),
		mixed:     make(map[types.Type]typeParts),
		kept:      make(map[token.Pos]*pin),
		outside:   make(map[*pin]string),

		ownStarts: make(map[token.Pos]*node),
		ownPlaces: make(map[token.Pos][]*node),
		ownTypes:  make(map[token.Pos]*types.Named),

		ownTracers: make(map[string]*types.TypeName),

		brought: make(map[*node]*foreignTracer),
		oneWay:  make(map[[2]*node]bool),

		optionPlaces: make(map[ast.Expr]bool),

		places:   make(map[ast.Expr]*node),
		options:  make(map[token.Pos]*ownOption),
		unlike:   make(map[*pin]bool),
		expanded: make(map[*ast.CallExpr]bool),
		dropped:  make(map[*ast.CallExpr]bool),
		called:   make(map[callResult]*node),
		making:   make(map[*node]bool),
	}
}

// build fills the graph.
func (g *graph) build() {
	for _, u := range g.units {
		if u.keepAPI || len(u.kept) > 0 {
			g.keepExported(u)
		}
	}
	g.findOwnOptions()
	g.joinBuilds()
	g.holdLeftOut()
	for _, u := range g.units {
		g.implementations(u)
	}
	for _, u := range g.units {
		for _, f := range u.files {
			w := newFlowWalker(g, f)
			w.walkFile()
			w.find()
		}
	}
	g.reach = g.reachAll()
	g.joinHubs(g.reach)
	g.joinHidden(g.reach)
	g.findBaggage(g.reach)
	g.holdResults()
	g.holdSpanContexts()
	for _, e := range g.soft {
		if why := e.src.pinned(); why == nil && e.dst.pinned() == nil || e.read && why != nil && !why.readable() {
			join(e.src, e.dst)
		}
	}
	for _, e := range g.soft {
		src, dst := e.src.pinned() != nil, e.dst.pinned() != nil
		if src == dst {
			continue
		}
		b := &border{softEdge: e, free: e.dst, in: true}
		if dst {
			b.free, b.in = e.src, false
		}
		g.borders = append(g.borders, b)
	}
	g.spreadOrigins()
	g.findForeign()
}

// spreadOrigins carries origins along the flows until nothing changes, those that
// forbid an adapter also within a class.
func (g *graph) spreadOrigins() {
	const sticky = originOwnSpan | originOwnTracer | originMock
	for changed := true; changed; {
		changed = false
		add := func(n *node, o origin) {
			if n.origin|o != n.origin {
				n.origin |= o
				changed = true
			}
		}
		for _, n := range g.nodes {
			for _, src := range n.from {
				add(n, src.origin)
			}
			class := n.find()
			add(class, n.origin&sticky)
			add(n, class.origin&sticky)
		}
		for i, m := range g.made {
			add(m.to, m.from.origin&(originNoop|originSome|originUnknown))
			if m.start && !m.own && m.from.origin&originOwnTracer != 0 {
				g.made[i].own, changed = true, true
				for _, at := range slices.Sorted(maps.Keys(g.ownStarts)) {
					m.to.from = append(m.to.from, g.ownStarts[at])
				}
			}
		}
	}
}

func (g *graph) newNode(pos token.Pos, obj types.Object) *node {
	n := &node{pos: pos, obj: obj}
	g.nodes = append(g.nodes, n)
	return n
}

// value returns the node of a value in an expression.
func (g *graph) value(at ast.Node) *node {
	n := g.anon[at]
	if n == nil {
		n = g.newNode(at.Pos(), nil)
		g.anon[at] = n
		if f := g.files[g.fset.File(at.Pos())]; f != nil && f.fixed != "" {
			n.hold("generated", at.Pos(), f.fixed)
		}
	}
	return n
}

// declare returns the node of a declared object, or nil when its type contains no
// OpenTracing type.
func (g *graph) declare(obj types.Object) *node {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		return g.function(o)
	case *types.TypeName, *types.Const:
	default:
		return nil
	}
	if obj.Pkg() == nil || IsOpenTracing(obj.Pkg().Path()) {
		return nil
	}
	parts := g.parts(obj.Type())
	if !parts.any() {
		return nil
	}
	n, known := g.declared(obj)
	if !known {
		if f := g.files[g.fset.File(obj.Pos())]; isNoop(obj.Type()) && f != nil && !f.test {
			n.origin |= originNoop
		}
		if v, ok := obj.(*types.Var); ok {
			if v.IsField() {
				n.origin |= originNil
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
func (g *graph) joinSignatures(n *node, t types.Type, seen map[types.Type]bool) {
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
func (g *graph) declared(obj types.Object) (n *node, known bool) {
	f := g.files[g.fset.File(obj.Pos())]
	if f == nil || !g.own[f.unit.path] {
		if n = g.byObj[obj]; n != nil {
			return n, true
		}
		n = g.newNode(token.NoPos, obj)
		n.origin = originUnknown
		n.hold("external-api", token.NoPos, "it is declared in "+obj.Pkg().Path()+", outside of the code that is rewritten")
		g.outside[n.pin] = obj.Pkg().Path()
		if v, ok := obj.(*types.Var); ok && interfaceKind(v.Type()) == "Tracer" && (v.IsField() || v.Parent() == v.Pkg().Scope()) {
			g.bring(n, token.NoPos, obj.Pkg().Path(), qualified(obj))
		}
		g.byObj[obj] = n
		return n, false
	}
	if n = g.byPos[obj.Pos()]; n != nil {
		return n, true
	}
	n = g.newNode(obj.Pos(), obj)
	g.byPos[obj.Pos()] = n
	if f.fixed != "" {
		n.hold("generated", obj.Pos(), f.fixed)
	}
	if why := g.kept[obj.Pos()]; why != nil {
		n.hold(why.category, why.pos, why.reason)
	}
	return n, false
}

// function returns the node of a function as a value: the class of all
// OpenTracing types in its signature.
func (g *graph) function(f *types.Func) *node {
	return g.signature(f.Origin().Signature())
}

func (g *graph) signature(sig *types.Signature) *node {
	var n *node
	for _, m := range g.variables(sig) {
		join(n, m)
		n = m
	}
	return n
}

// functionValue is the node of a function that is a value: who calls it isn't seen, so
// any of its parameters may have what another one has.
func (g *graph) functionValue(sig *types.Signature) *node {
	var n *node
	for _, m := range g.variables(sig) {
		union(n, m)
		n = m
	}
	return n
}

// variables returns the nodes of the parameters and results of a signature.
func (g *graph) variables(sig *types.Signature) (nodes []*node) {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if m := g.declare(v); m != nil {
				nodes = append(nodes, m)
			}
		}
	}
	return nodes
}
