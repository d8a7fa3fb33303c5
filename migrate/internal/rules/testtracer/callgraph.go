// SPDX-License-Identifier: Apache-2.0

package testtracer

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A callGraph says which functions of the rewritten code may run because another one
// does. It follows mentions, so a function that is handed on counts as called; methods
// are reached by an interface that is mentioned, and by code of other modules where
// nothing here names them. Objects are known by their places, since a package and its
// test variant declare each twice; a file may have been parsed several times.
type callGraph struct {
	fset *token.FileSet
	base map[string]token.Pos // of files, by name

	mentions map[token.Pos][]token.Pos // functions, package variables and types
	dynamic  map[token.Pos][]dynamicCall
	methods  map[token.Pos][]*types.Func // by type
	types    map[token.Pos]*types.Named
	named    map[token.Pos]bool // methods that some code mentions
	asked    map[string]bool    // names of methods that are called by interfaces

	// apart is set while files of other builds are looked at. Types of several builds are
	// not the same, so there any method counts that has the name of one that is called.
	apart      bool
	typesApart map[token.Pos]bool
}

// A dynamicCall is a mention of an interface's method.
type dynamicCall struct {
	iface  *types.Interface
	method string
	apart  bool // see callGraph
}

// newCallGraph makes the call graph of all functions, those included that have nothing to
// do with OpenTracing.
func newCallGraph(g *flow.Graph) *callGraph {
	c := &callGraph{
		fset: g.Fset, base: make(map[string]token.Pos),
		mentions: make(map[token.Pos][]token.Pos),
		dynamic:  make(map[token.Pos][]dynamicCall),
		methods:  make(map[token.Pos][]*types.Func),
		types:    make(map[token.Pos]*types.Named),
		named:    make(map[token.Pos]bool),
		asked:    make(map[string]bool),

		typesApart: make(map[token.Pos]bool),
	}
	add := func(info *types.Info, file *ast.File) {
		for _, decl := range file.Decls {
			c.add(info, decl)
		}
	}
	if g.Program != nil {
		g.Program.EachFile(add)
	}
	c.apart = g.Program != nil
	for _, u := range g.Units {
		for _, f := range u.Files {
			if g.Program == nil || u.OtherBuild {
				add(u.Info, f.Syntax)
			}
		}
	}
	for _, twins := range g.Twins {
		for i, at := range twins {
			at, twin := c.place(at), c.place(twins[1-i])
			c.mentions[at] = append(c.mentions[at], twin)
		}
	}
	return c
}

// place returns the position that stands for a place, however often its file was parsed.
func (c *callGraph) place(pos token.Pos) token.Pos {
	f := c.fset.File(pos)
	if f == nil {
		return pos
	}
	base, ok := c.base[f.Name()]
	if !ok {
		base = token.Pos(f.Base())
		c.base[f.Name()] = base
	}
	return base + pos - token.Pos(f.Base())
}

// add notes what a declaration mentions.
func (c *callGraph) add(info *types.Info, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		fn, ok := info.Defs[d.Name].(*types.Func)
		if !ok || d.Body == nil {
			return
		}
		if recv := fn.Signature().Recv(); recv != nil {
			if n := opentracing.NamedOf(recv.Type()); n != nil {
				at := c.place(n.Origin().Obj().Pos())
				c.methods[at] = append(c.methods[at], fn)
			}
		}
		c.scan(info, c.place(d.Name.Pos()), d.Body)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if ts, ok := spec.(*ast.TypeSpec); ok {
				c.scan(info, c.place(ts.Name.Pos()), ts)
			}
			vs, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for _, name := range vs.Names {
				for _, value := range vs.Values {
					c.scan(info, c.place(name.Pos()), value)
				}
			}
		}
	}
}

func (c *callGraph) scan(info *types.Info, from token.Pos, body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if tn, ok := info.Defs[id].(*types.TypeName); ok {
			if n, ok := tn.Type().(*types.Named); ok && !types.IsInterface(n) {
				c.types[c.place(tn.Pos())] = n
				c.typesApart[c.place(tn.Pos())] = c.apart
				c.mentions[from] = append(c.mentions[from], c.place(tn.Pos()))
			}
			return true
		}
		switch o := info.Uses[id].(type) {
		case *types.Func:
			o = o.Origin()
			if recv := o.Signature().Recv(); recv != nil {
				if iface, ok := recv.Type().Underlying().(*types.Interface); ok {
					c.dynamic[from] = append(c.dynamic[from], dynamicCall{iface, o.Name(), c.apart})
					c.asked[o.Name()] = true
					return true
				}
				c.named[c.place(o.Pos())] = true
				if named := opentracing.NamedOf(recv.Type()); named != nil {
					c.mentions[from] = append(c.mentions[from], c.place(named.Origin().Obj().Pos()))
				}
			}
			c.mentions[from] = append(c.mentions[from], c.place(o.Pos()))
		case *types.Var:
			if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
				c.mentions[from] = append(c.mentions[from], c.place(o.Pos()))
			}
		case *types.TypeName:
			c.mentions[from] = append(c.mentions[from], c.place(o.Pos()))
		}
		return true
	})
}

// reach returns what may run because one of the functions does.
func (c *callGraph) reach(roots []token.Pos) map[token.Pos]bool {
	reached := make(map[token.Pos]bool)
	var calls []dynamicCall
	var visit func(token.Pos)
	visit = func(at token.Pos) {
		if reached[at] {
			return
		}
		reached[at] = true
		calls = append(calls, c.dynamic[at]...)
		for _, to := range c.mentions[at] {
			visit(to)
		}
		for _, m := range c.methods[at] {
			if m.Exported() && !c.named[c.place(m.Pos())] && !c.asked[m.Name()] {
				visit(c.place(m.Pos())) // by code of other modules
			}
		}
	}
	for _, at := range roots {
		visit(c.place(at))
	}
	methods := make(map[token.Pos]*types.MethodSet) // those of embedded types among them
	for before := -1; before < len(reached); {
		before = len(reached)
		asked := make(map[string][]dynamicCall)
		for _, call := range calls {
			asked[call.method] = append(asked[call.method], call)
		}
		for at, named := range c.types {
			if !reached[at] {
				continue
			}
			if methods[at] == nil {
				methods[at] = types.NewMethodSet(types.NewPointer(named))
			}
			for m := range methods[at].Methods() {
				to := c.place(m.Obj().(*types.Func).Origin().Pos())
				for _, call := range asked[m.Obj().Name()] {
					if !reached[to] && (call.apart || c.typesApart[at] || types.Implements(types.NewPointer(named), call.iface)) {
						visit(to)
					}
				}
			}
		}
	}
	return reached
}

// tests returns the tests by which a function in a test file runs. Where that is not
// a test's own doing (TestMain, a variable), it is all code of the package's tests.
func (c *callGraph) tests(f *source.File, fn token.Pos) []token.Pos {
	var all []token.Pos
	tests := make(map[token.Pos]bool) // those that go test runs by their names
	callers := make(map[token.Pos][]token.Pos)
	for _, other := range f.Unit.AllFiles() {
		if !other.Test {
			continue
		}
		for _, decl := range other.Syntax.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok {
				at := c.place(fd.Name.Pos())
				all = append(all, at)
				tests[at] = isTestFunc(fd)
				for _, to := range c.mentions[at] {
					callers[to] = append(callers[to], at)
				}
			}
		}
	}
	for at, methods := range c.methods {
		for _, m := range methods {
			callers[c.place(m.Pos())] = append(callers[c.place(m.Pos())], at) // as a suite's methods are
		}
	}
	var own []token.Pos
	seen := make(map[token.Pos]bool)
	var visit func(token.Pos)
	visit = func(at token.Pos) {
		if seen[at] {
			return
		}
		seen[at] = true
		if tests[at] {
			own = append(own, at)
		}
		for _, from := range callers[at] {
			visit(from)
		}
	}
	visit(c.place(fn))
	for _, at := range all {
		if seen[at] && len(callers[at]) == 0 && !tests[at] {
			return all // TestMain, init
		}
	}
	if len(own) == 0 {
		return all
	}
	return own
}

// isTestFunc tells whether go test runs a function by its name.
func isTestFunc(fd *ast.FuncDecl) bool {
	if fd.Recv != nil || fd.Name.Name == "TestMain" {
		return false
	}
	for _, prefix := range []string{"Test", "Benchmark", "Example", "Fuzz"} {
		if strings.HasPrefix(fd.Name.Name, prefix) {
			return true
		}
	}
	return false
}
