// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// randomProgram returns a package of random OpenTracing code with a function
// Run(context.Context). It compiles by construction, always ends, and is the same for
// the same seed. It draws on the forms of real code: spans in contexts, variables,
// fields, slices, parameters, results and closures, references, tags, logs, guards,
// propagation, baggage, and local names that clash with OpenTelemetry's packages.
func randomProgram(seed uint64) []byte {
	g := &programMaker{rand: rand.New(rand.NewPCG(seed, 1)), imports: map[string]string{
		"context": "", "github.com/opentracing/opentracing-go": "",
	}}
	g.package_ = fmt.Sprintf("p%d", seed)
	for i := range 2 + g.rand.IntN(3) {
		g.functions = append(g.functions, &madeFunction{name: fmt.Sprintf("f%d", i), form: functionForms[g.rand.IntN(len(functionForms))]})
	}
	for i := len(g.functions) - 1; i >= 0; i-- { // a function calls those after it
		g.callable = g.functions[i+1:]
		g.function(g.functions[i])
	}
	g.callable = g.functions
	g.function(&madeFunction{name: "Run", form: functionForm{params: "ctx context.Context"}})
	return g.source()
}

// A programMaker makes one program.
type programMaker struct {
	rand      *rand.Rand
	package_  string
	imports   map[string]string // the names of paths, or ""
	functions []*madeFunction
	callable  []*madeFunction
	body      strings.Builder
	indent    int
	scopes    []*[]*madeVariable
	counter   int
	depth     int
}

type madeVariable struct{ name, kind string }

// A functionForm is a signature: its parameters as declared, which are variables of
// the kinds in names, and how a call is written.
type functionForm struct {
	params, results string
	names           string // kinds of the parameters, as in "ctx:ctx span:span"
	call            string // the arguments, by kind, as in "ctx,span"
	receiver        bool
}

type madeFunction struct {
	name string
	form functionForm
}

var functionForms = []functionForm{
	{params: "ctx context.Context", call: "ctx"},
	{params: "ctx context.Context", call: "ctx", receiver: true},
	{params: "ctx context.Context, parent opentracing.Span", names: "parent:span", call: "ctx,span"},
	{params: "parent opentracing.Span", results: "opentracing.Span", names: "parent:span", call: "span"},
	{params: "ctx context.Context, name string", results: "(opentracing.Span, context.Context)", names: "name:string", call: "ctx,string"},
	{params: "parent opentracing.SpanContext", names: "parent:sc", call: "sc"},
	{params: "span opentracing.Span, err error", names: "span:span err:err", call: "span,err"},
	{params: "ctx context.Context, opts ...opentracing.StartSpanOption", names: "opts:opts", call: "ctx,options"},
	{params: "tracer opentracing.Tracer, ctx context.Context", names: "tracer:tracer", call: "tracer,ctx"},
	{params: "ctx context.Context, codes int, trace string", names: "codes:int trace:string", call: "ctx,int,string"},
}

func (g *programMaker) chance(percent int) bool { return g.rand.IntN(100) < percent }

func (g *programMaker) choose(all ...string) string { return all[g.rand.IntN(len(all))] }

func (g *programMaker) line(format string, args ...any) {
	g.body.WriteString(strings.Repeat("\t", g.indent) + fmt.Sprintf(format, args...) + "\n")
}

func (g *programMaker) use(path string) string {
	g.imports[path] = ""
	return path[strings.LastIndexByte(path, '/')+1:]
}

func (g *programMaker) ext(name string) string {
	return g.use("github.com/opentracing/opentracing-go/ext") + "." + name
}

func (g *programMaker) log(name string) string {
	return g.use("github.com/opentracing/opentracing-go/log") + "." + name
}

// fresh returns a name that the program doesn't have yet.
func (g *programMaker) fresh(base string) string {
	g.counter++
	return fmt.Sprintf("%s%d", base, g.counter)
}

func (g *programMaker) declare(name, kind string) {
	top := g.scopes[len(g.scopes)-1]
	*top = append(*top, &madeVariable{name, kind})
}

// pick returns the name of a visible variable of a kind, or "".
func (g *programMaker) pick(kind string) string {
	var found []*madeVariable
	hidden := make(map[string]bool)
	for _, scope := range slices.Backward(g.scopes) {
		for _, v := range slices.Backward(*scope) {
			if v.kind == kind && !hidden[v.name] {
				found = append(found, v)
			}
			hidden[v.name] = true
		}
	}
	if len(found) == 0 {
		return ""
	}
	v := found[g.rand.IntN(len(found))]
	if g.chance(60) {
		v = found[0] // mostly what was made last
	}
	return v.name
}

func (g *programMaker) inTop(name string) bool {
	return slices.ContainsFunc(*g.scopes[len(g.scopes)-1], func(v *madeVariable) bool { return v.name == name })
}

// block makes statements in a scope of their own; declared are variables of it.
func (g *programMaker) block(n int, declare ...[2]string) {
	g.scopes = append(g.scopes, &[]*madeVariable{})
	g.indent++
	g.depth++
	for _, d := range declare {
		g.declare(d[0], d[1])
	}
	for range n {
		g.statement()
	}
	g.depth--
	g.indent--
	g.scopes = g.scopes[:len(g.scopes)-1]
}

func (g *programMaker) function(f *madeFunction) {
	name := f.name
	if f.form.receiver {
		name = "(s *server) " + name
	}
	g.line("func %s(%s) %s {", name, f.form.params, f.form.results)
	params := &[]*madeVariable{}
	g.scopes = []*[]*madeVariable{params}
	g.indent++
	if strings.Contains(f.form.params, "ctx context.Context") {
		g.declare("ctx", "ctx")
	}
	for pair := range strings.FieldsSeq(f.form.names) {
		name, kind, _ := strings.Cut(pair, ":")
		g.declare(name, kind)
	}
	for range 3 + g.rand.IntN(6) {
		g.statement()
	}
	switch f.form.results {
	case "opentracing.Span":
		if s := g.pick("span"); s != "" && g.chance(50) {
			g.line("return %s", s)
		} else {
			g.line("return %s", g.start("opentracing.StartSpan"))
		}
	case "(opentracing.Span, context.Context)":
		switch s := g.pick("span"); {
		case s != "" && g.chance(60):
			g.line("return %s, %s", s, g.pick("ctx"))
		case g.chance(30):
			g.line("return opentracing.StartSpanFromContext(%s, %s)", g.pick("ctx"), g.name())
		default:
			g.line("s, c := opentracing.StartSpanFromContext(%s, %s)", g.pick("ctx"), g.name())
			g.line("return s, c")
		}
	}
	g.indent--
	g.line("}\n")
}

// name is the name of a span, of which no other has the same.
func (g *programMaker) name() string {
	g.counter++
	return fmt.Sprintf("%q", fmt.Sprintf("span %03d", g.counter))
}

func (g *programMaker) source() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\n", g.package_)
	body := g.body.String()
	mentions := func(name, text string) bool { return regexp.MustCompile(`\b` + name).MatchString(text) }
	body = usedDeclarations(body, mentions) + body
	b.WriteString("import (\n")
	for _, path := range slices.Sorted(maps.Keys(g.imports)) {
		name := path[strings.LastIndexByte(path, '/')+1:]
		if mentions(strings.TrimSuffix(name, "-go")+`\.`, body) {
			fmt.Fprintf(&b, "\t%q\n", path)
		}
	}
	b.WriteString(")\n\n" + body)
	return useAll(b.String())
}

// useAll adds _ = v behind the declaration of every local variable that is not used.
func useAll(src string) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, 0)
	if err != nil {
		panic(fmt.Sprintf("%v in\n%s", err, src)) // a bug of this test
	}
	assigned := make(map[*ast.Ident]bool)
	//lint:ignore SA1019 the parser's objects are enough for local variables
	after := make(map[*ast.Object]token.Pos) // where v may be used
	note := func(names []ast.Expr, define bool, at token.Pos) {
		for _, e := range names {
			if id, ok := e.(*ast.Ident); ok {
				assigned[id] = true
				if define && id.Name != "_" && id.Obj != nil && id.Obj.Pos() == id.Pos() {
					after[id.Obj] = at
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if as, ok := n.Init.(*ast.AssignStmt); ok {
				note(as.Lhs, true, n.Body.Lbrace+1)
			}
		case *ast.ForStmt:
			if as, ok := n.Init.(*ast.AssignStmt); ok {
				note(as.Lhs, true, n.Body.Lbrace+1)
			}
		case *ast.RangeStmt:
			note([]ast.Expr{n.Key, n.Value}, n.Tok == token.DEFINE, n.Body.Lbrace+1)
		case *ast.KeyValueExpr:
			note([]ast.Expr{n.Key}, false, 0) // a field, not the variable of its name
		case *ast.BlockStmt:
			noteAll(n.List, note)
		case *ast.CaseClause:
			noteAll(n.Body, note)
		case *ast.CommClause:
			if as, ok := n.Comm.(*ast.AssignStmt); ok {
				note(as.Lhs, as.Tok == token.DEFINE, n.Colon+1)
			}
			noteAll(n.Body, note)
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Obj != nil && !assigned[id] {
			delete(after, id.Obj)
		}
		return true
	})
	//lint:ignore SA1019 as above
	unused := slices.SortedFunc(maps.Keys(after), func(a, b *ast.Object) int {
		return cmp.Or(int(after[b]-after[a]), strings.Compare(a.Name, b.Name))
	})
	for _, v := range unused {
		at := fset.Position(after[v]).Offset
		src = src[:at] + "\n_ = " + v.Name + src[at:]
	}
	formatted, err := format.Source([]byte(src))
	if err != nil {
		panic(fmt.Sprintf("%v in\n%s", err, src))
	}
	return formatted
}

func noteAll(list []ast.Stmt, note func([]ast.Expr, bool, token.Pos)) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			note(s.Lhs, s.Tok == token.DEFINE, s.End())
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					note([]ast.Expr{id}, true, s.End())
				}
			}
		}
	}
}
