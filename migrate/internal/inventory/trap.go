// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A TrapKind is a sort of [Trap].
type TrapKind string

// The kinds of traps.
const (
	// TrapContext asks the context of a span for that of Jaeger's client.
	TrapContext TrapKind = "context"
	// TrapSpan asks a span, or a tracer, for that of Jaeger's client.
	TrapSpan TrapKind = "span"
	// TrapProvider makes another provider the global one than the one of the tracer.
	TrapProvider TrapKind = "provider"
	// TrapEarly keeps the global tracer before the program can have set it.
	TrapEarly TrapKind = "early"
	// TrapPriority sets sampling.priority on a span that has started.
	TrapPriority TrapKind = "priority"
)

// A Trap is code that compiles, and does something else, once the tracer is OpenTelemetry's:
// after stage 1 of the guide.
type Trap struct {
	Kind TrapKind       `json:"kind"`
	Pos  token.Position `json:"-"`
	File string         `json:"file"` // relative to Program.Base, with slashes
	Line int            `json:"line"`
	Text string         `json:"text"` // what happens, and what to do
	// Happens and Fix are the two halves of Text.
	Happens string `json:"-"`
	Fix     string `json:"-"`
}

// newTrap returns a trap in a file that is relative to Program.Base.
func newTrap(kind TrapKind, pos token.Position, file, happens, fix string) Trap {
	return Trap{kind, pos, file, pos.Line, happens + "; " + fix, happens, fix}
}

// Traps returns the traps in a program, in source order.
func Traps(p *source.Program) []Trap {
	all := []Trap{}
	seen := make(map[string]bool)
	sets := p.MakesTracer() || setsUp(p)
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) {
			continue
		}
		for _, file := range pkg.Syntax {
			seen[p.Fset.File(file.FileStart).Name()] = true
			t := trapFinder{Program: p, pkg: pkg, sets: sets}
			t.file(file)
			all = append(all, t.found...)
		}
	}
	if sets {
		all = append(all, otherProviders(p, seen)...)
	}
	slices.SortStableFunc(all, func(a, b Trap) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Pos.Column-b.Pos.Column)
	})
	return all
}

// setsUp tells whether a package of the module sets up a tracer of another library, or makes
// some tracer the global one.
func setsUp(p *source.Program) bool {
	table := opentracing.Instrumentations()
	for _, pkg := range p.Packages {
		if !p.InModule(pkg) || pkg.TypesInfo == nil {
			continue
		}
		for _, obj := range pkg.TypesInfo.Uses {
			f, ok := obj.(*types.Func)
			if !ok || f.Pkg() == nil {
				continue
			}
			if row, _ := opentracing.LookupInstrumentation(table, f.Pkg().Path()); row.Role == "tracer" || IsGlobalSetter(f) || opentelemetry.SetsBoth(f) || onTwin(f) {
				return true
			}
		}
	}
	return false
}

// onTwin tells whether a function of a twin makes a tracer, or makes one the global one.
func onTwin(f *types.Func) bool {
	path := f.Pkg().Path()
	switch f.Name() {
	case "Install":
		return path == opentelemetry.MockTwinPath
	case "New", "NewTracer", "InitGlobalTracer":
		return path == opentelemetry.JaegerTwinPath || path == opentelemetry.JaegerTwinPath+"/config"
	}
	return false
}

// A trapFinder looks for traps in one package.
type trapFinder struct {
	*source.Program
	pkg   *packages.Package
	sets  bool // whether the program sets up a tracer
	found []Trap
}

func (t *trapFinder) add(kind TrapKind, at ast.Node, happens, fix string) {
	pos := t.Position(t.pkg, at.Pos())
	t.found = append(t.found, newTrap(kind, pos, t.Rel(pos.Filename), happens, fix))
}

func (t *trapFinder) file(file *ast.File) {
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				t.early(d)
			}
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				t.early(d)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeAssertExpr:
			if n.Type != nil {
				t.assertion(n.Type)
			}
		case *ast.TypeSwitchStmt:
			for _, s := range n.Body.List {
				for _, e := range s.(*ast.CaseClause).List {
					t.assertion(e)
				}
			}
		case *ast.CallExpr:
			t.provider(n)
			t.priority(n)
		}
		return true
	})
}

// assertion looks at the type that an assertion names.
func (t *trapFinder) assertion(e ast.Expr) {
	typ := t.pkg.TypesInfo.TypeOf(e)
	if typ == nil {
		return
	}
	n := opentracing.NamedOf(typ)
	if n == nil || n.Obj().Pkg() == nil {
		return
	}
	switch n.Obj().Pkg().Path() {
	case opentracing.JaegerPath:
		switch n.Obj().Name() {
		case "SpanContext":
			t.add(TrapContext, e, "the assertion holds only for spans of jaeger-client-go, and fails silently on others",
				"read the IDs with compat.OTelSpanContext(span.Context()), which works on all of compat's tracers")
		case "Span", "Tracer":
			t.add(TrapSpan, e, "the assertion holds only for jaeger-client-go's own "+n.Obj().Name()+", and fails silently on others",
				"assert an interface that has the method, or read the IDs with compat.OTelSpanContext(span.Context())")
		}
	case opentelemetry.JaegerTwinPath:
		if n.Obj().Name() == "Span" {
			t.add(TrapSpan, e, "the assertion holds only for the finished spans of a Reporter, not for a span that was started",
				"span.Context().(jaeger.SpanContext) has the IDs of both")
		}
	}
}

const (
	otherProvider     = "the provider replaces the global one that Install has set: spans of OpenTelemetry code go elsewhere than those of OpenTracing code"
	insteadOfProvider = "pass it to compat.Install instead"
)

// provider looks at a call of otel.SetTracerProvider.
func (t *trapFinder) provider(call *ast.CallExpr) {
	f, ok := typeutil.Callee(t.pkg.TypesInfo, call).(*types.Func)
	if !ok || !t.sets || !opentelemetry.SetsProvider(f) || len(call.Args) != 1 {
		return
	}
	if of, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok { // tracer.TracerProvider()
		if m, ok := typeutil.Callee(t.pkg.TypesInfo, of).(*types.Func); ok && m.Pkg() != nil && opentelemetry.IsCompat(m.Pkg().Path()) {
			return
		}
	}
	t.add(TrapProvider, call, otherProvider, insteadOfProvider)
}

// priority looks at a call that sets a tag of a span.
func (t *trapFinder) priority(call *ast.CallExpr) {
	const key = "sampling.priority"
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !t.sets || len(call.Args) != 2 {
		return
	}
	switch opentracing.SymbolText(typeutil.Callee(t.pkg.TypesInfo, call)) {
	case "opentracing.Span.SetTag":
		if v := t.pkg.TypesInfo.Types[call.Args[0]].Value; v == nil || v.Kind() != constant.String || constant.StringVal(v) != key {
			return
		}
	case "ext.Uint16TagName.Set":
		name, ok := ast.Unparen(sel.X).(*ast.SelectorExpr)
		if !ok || opentracing.SymbolText(t.pkg.TypesInfo.Uses[name.Sel]) != "ext.SamplingPriority" {
			return
		}
	default:
		return
	}
	t.add(TrapPriority, call, "OpenTelemetry's samplers decide when a span starts, so a "+key+" that is set later changes nothing",
		"pass opentracing.Tag{Key: \""+key+"\", Value: uint16(1)} to the start")
}

// early looks at what runs before main.
func (t *trapFinder) early(decl ast.Node) {
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // runs later, or is looked at where it is called
		case *ast.CallExpr:
			if opentracing.SymbolText(typeutil.Callee(t.pkg.TypesInfo, n)) == "opentracing.GlobalTracer" {
				t.add(TrapEarly, n, "the global tracer is taken before the program sets one, so it stays the no-op tracer",
					"call opentracing.GlobalTracer where a span is started")
			}
		}
		return true
	})
}

// otherProviders looks for calls of otel.SetTracerProvider in the files of the module that
// have nothing to do with OpenTracing, and so no types.
func otherProviders(p *source.Program, seen map[string]bool) (all []Trap) {
	for _, pkg := range p.Roots {
		if !p.InModule(pkg) || source.IsTestMain(pkg) || pkg.Imports[opentelemetry.OTelPath] == nil {
			continue
		}
		for _, name := range pkg.GoFiles {
			if seen[name] {
				continue
			}
			seen[name] = true
			imports, err := p.Types.ParseImports(name)
			if err != nil || !source.Imports(imports, opentelemetry.OTelPath) {
				continue
			}
			for _, pos := range source.CallsIn(name, opentelemetry.OTelPath, "SetTracerProvider") {
				all = append(all, newTrap(TrapProvider, pos, p.Rel(filepath.Clean(name)), otherProvider, insteadOfProvider))
			}
		}
	}
	return all
}
