// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A use of a name in a file, to check that nothing hides it there.
type nameUse struct {
	file *source.File
	pos  token.Pos
}

// names picks the names of imports, package tracers and helpers. It is filled by a
// first rendering, which notes where each is used, and fixed for the second.
type names struct {
	imports map[*source.File]map[string][]token.Pos
	chosen  map[*source.File]map[string]string

	tracers map[*source.Unit][]nameUse
	helpers map[*source.Unit]map[string][]nameUse
	fixed   map[*source.Unit]map[string]string // tracer and helper names
	// errorFrom has the packages that declare ErrSpanContextNotFound for others: see
	// placeErrors.
	errorFrom map[*source.Unit]string
	// kept has the ranges of the old texts that the new ones have, where names of imports
	// that go may be given to others, and gone the names of those; else both are nil.
	kept map[*source.File][][2]int
	gone map[*source.File]map[string]bool
}

func newNames() *names {
	return &names{
		imports: make(map[*source.File]map[string][]token.Pos),
		chosen:  make(map[*source.File]map[string]string),
		tracers: make(map[*source.Unit][]nameUse),
		helpers: make(map[*source.Unit]map[string][]nameUse),
		fixed:   make(map[*source.Unit]map[string]string),
		gone:    make(map[*source.File]map[string]bool),
	}
}

func (n *names) pkg(f *source.File, path string, pos token.Pos) string {
	if n.imports[f] == nil {
		n.imports[f] = make(map[string][]token.Pos)
	}
	n.imports[f][path] = append(n.imports[f][path], pos)
	if name := n.chosen[f][path]; name != "" {
		return name
	}
	return opentelemetry.BaseName(path)
}

func (n *names) tracer(f *source.File, pos token.Pos) string {
	u := f.Unit.All()[0]
	n.tracers[u] = append(n.tracers[u], nameUse{f, pos})
	if name := n.fixed[u]["tracer"]; name != "" {
		return name
	}
	return "tracer"
}

func (n *names) helper(f *source.File, name string, pos token.Pos) string {
	u := f.Unit.All()[0]
	if n.helpers[u] == nil {
		n.helpers[u] = make(map[string][]nameUse)
	}
	n.helpers[u][name] = append(n.helpers[u][name], nameUse{f, pos})
	if fixed := n.fixed[u][name]; fixed != "" {
		return fixed
	}
	return name
}

// fix chooses all names after the first rendering and forgets the uses.
func (n *names) fix() {
	for f, paths := range n.imports {
		n.gone[f] = n.leaving(f)
		chosen := make(map[string]string)
		taken := make(map[string]bool)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			chosen[path] = importName(f, path, paths[path], taken, n.gone[f])
			taken[chosen[path]] = true
		}
		n.chosen[f] = chosen
	}
	for u, uses := range n.tracers {
		n.fixName(u, "tracer", uses, existingTracer(u))
	}
	for u, helpers := range n.helpers {
		for _, name := range opentelemetry.WithNeeds(slices.Collect(maps.Keys(helpers))) {
			uses := helpers[name]
			n.fixName(u, name, uses, ExistingHelper(u, name))
		}
	}
	n.imports = make(map[*source.File]map[string][]token.Pos)
	n.tracers = make(map[*source.Unit][]nameUse)
	n.helpers = make(map[*source.Unit]map[string][]nameUse)
}

func (n *names) fixName(u *source.Unit, name string, uses []nameUse, existing string) {
	if n.fixed[u] == nil {
		n.fixed[u] = make(map[string]string)
	}
	if name == opentelemetry.NotFoundHelper && n.errorFrom[u] == u.Path {
		n.fixed[u][name] = "ErrSpanContextNotFound"
		return
	}
	upper := strings.ToUpper(name[:1]) + name[1:]
	candidates := []string{name, "otel" + upper, "package" + upper}
	for i := 2; ; i++ {
		for _, c := range append([]string{existing}, candidates...) {
			if c != "" && packageNameFree(u, c, uses, c == existing) {
				n.fixed[u][name] = c
				return
			}
		}
		existing = ""
		candidates = []string{fmt.Sprintf("otel%s%d", upper, i)}
	}
}

// packageNameFree tells whether name can be (or, if there, is) a package-level
// name that all uses see.
func packageNameFree(u *source.Unit, name string, uses []nameUse, exists bool) bool {
	if u.Declares(name) && !exists {
		return false
	}
	for _, f := range u.AllFiles() {
		if source.ImportsName(f, name) != "" {
			return false
		}
	}
	for _, f := range u.Elsewhere {
		if slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
			written := source.SpecOf(spec)
			return cmp.Or(written.Name, opentracing.PackageName(written.Path)) == name
		}) {
			return false
		}
	}
	for _, use := range uses {
		if exists && use.file.Unit.Pkg.Scope().Lookup(name) == nil {
			return false // it is in another build only
		}
		if obj := source.Lookup(use.file, use.pos, name); obj != nil && !(exists && obj.Parent() == use.file.Unit.Pkg.Scope()) && obj.Parent() != types.Universe {
			return false
		}
	}
	return true
}

// importedAs returns the name by which a file imports a path already, or "".
func importedAs(f *source.File, path string) string {
	for _, spec := range f.Syntax.Imports {
		if strings.Trim(spec.Path.Value, "`\"") != path {
			continue
		}
		if spec.Name != nil {
			if spec.Name.Name != "_" && spec.Name.Name != "." {
				return spec.Name.Name
			}
			continue
		}
		if pn, ok := f.Unit.Info.Implicits[spec].(*types.PkgName); ok {
			return pn.Name()
		}
	}
	return ""
}

// namesOf returns the names by which a file may use an import, and whether the
// import can go when it uses none of them: a blank one, or a dot import of nothing,
// may be there for its effects, but OpenTracing's packages have none.
func namesOf(f *source.File, spec *ast.ImportSpec) (names []string, droppable bool) {
	written := source.SpecOf(spec)
	switch written.Name {
	case "_":
		return nil, opentracing.IsOpenTracing(written.Path)
	case ".":
		for id, obj := range f.Unit.Info.Uses {
			if obj.Pkg() != nil && obj.Pkg().Path() == written.Path && obj.Parent() == obj.Pkg().Scope() &&
				f.Syntax.FileStart <= id.Pos() && id.Pos() < f.Syntax.FileEnd {
				names = append(names, id.Name)
			}
		}
		return names, len(names) > 0 || opentracing.IsOpenTracing(written.Path)
	case "":
		pn, ok := f.Unit.Info.Implicits[spec].(*types.PkgName)
		if !ok {
			return nil, false
		}
		return []string{pn.Name()}, true
	}
	return []string{written.Name}, true
}

// importName picks the name for a path in a file.
func importName(f *source.File, path string, uses []token.Pos, taken, gone map[string]bool) string {
	base := opentelemetry.BaseName(path)
	if name := importedAs(f, path); name != "" && !hidden(f, name, path, uses, nil) {
		return name
	}
	prefix := "otel"
	switch {
	case base == "otel":
		prefix = "otelapi"
		base = ""
	case !strings.Contains(path, "."):
		prefix = "std"
	case path == opentelemetry.CompatPath:
		prefix = "ot"
	}
	candidates := []string{opentelemetry.BaseName(path), prefix + base}
	for i := 2; ; i++ {
		for _, c := range candidates {
			if !taken[c] && importNameFree(f, c, path, uses, gone) {
				return c
			}
		}
		candidates = []string{fmt.Sprintf("%s%s%d", prefix, base, i)}
	}
}

func importNameFree(f *source.File, name, path string, uses []token.Pos, gone map[string]bool) bool {
	if f.Unit.Declares(name) {
		return false
	}
	if other := source.ImportsName(f, name); other != "" && other != path && !gone[name] {
		return false
	}
	return !hidden(f, name, path, uses, gone)
}

// hidden tells whether a local declaration hides an import's name at a use. The names of
// imports that are gone hide nothing.
func hidden(f *source.File, name, path string, uses []token.Pos, gone map[string]bool) bool {
	for _, pos := range uses {
		obj := source.Lookup(f, pos, name)
		if obj == nil || obj.Parent() == types.Universe {
			continue
		}
		if pn, ok := obj.(*types.PkgName); ok && (pn.Imported().Path() == path || gone[name]) {
			continue
		}
		return true
	}
	return false
}

// existingTracer returns the package's variable that otel.Tracer was assigned to.
func existingTracer(u *source.Unit) string {
	for _, f := range u.Files {
		for _, decl := range f.Syntax.Decls {
			gd, ok := decl.(*ast.GenDecl)
			if !ok || gd.Tok != token.VAR {
				continue
			}
			for _, spec := range gd.Specs {
				vs := spec.(*ast.ValueSpec)
				if len(vs.Names) != 1 || len(vs.Values) != 1 {
					continue
				}
				call, ok := vs.Values[0].(*ast.CallExpr)
				if !ok {
					continue
				}
				sel, ok := call.Fun.(*ast.SelectorExpr)
				if ok && sel.Sel.Name == "Tracer" && source.IsPackage(u.Info, sel.X, opentelemetry.OTelPath) {
					return vs.Names[0].Name
				}
			}
		}
	}
	return ""
}

// ExistingHelper returns a helper that an earlier run left in the package.
func ExistingHelper(u *source.Unit, name string) string {
	want := opentelemetry.HelperSignature(name)
	obj := u.Pkg.Scope().Lookup(name)
	switch obj.(type) {
	case *types.Func, *types.Var:
	case *types.TypeName:
		if want == "type" {
			return name
		}
		return ""
	default:
		return ""
	}
	got := types.TypeString(obj.Type(), func(p *types.Package) string { return p.Name() })
	if strings.ReplaceAll(got, "interface{}", "any") == want {
		return name
	}
	return ""
}
