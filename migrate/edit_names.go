// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Import paths of what rewritten code uses.
const (
	otelPath        = "go.opentelemetry.io/otel"
	tracePath       = "go.opentelemetry.io/otel/trace"
	noopPath        = "go.opentelemetry.io/otel/trace/noop"
	attributePath   = "go.opentelemetry.io/otel/attribute"
	codesPath       = "go.opentelemetry.io/otel/codes"
	baggagePath     = "go.opentelemetry.io/otel/baggage"
	propagationPath = "go.opentelemetry.io/otel/propagation"
	compatPath      = "github.com/ot2otel/ot2otel/compat"
	bridgePath      = "go.opentelemetry.io/otel/bridge/opentracing"
)

// A use of a name in a file, to check that nothing hides it there.
type nameUse struct {
	file *sourceFile
	pos  token.Pos
}

// names picks the names of imports, package tracers and helpers. It is filled by a
// first rendering, which notes where each is used, and fixed for the second.
type names struct {
	imports map[*sourceFile]map[string][]token.Pos
	chosen  map[*sourceFile]map[string]string

	tracers map[*unit][]nameUse
	helpers map[*unit]map[string][]nameUse
	fixed   map[*unit]map[string]string // tracer and helper names
	// errorFrom has the packages that declare ErrSpanContextNotFound for others: see
	// placeErrors.
	errorFrom map[*unit]string
}

func newNames() *names {
	return &names{
		imports: make(map[*sourceFile]map[string][]token.Pos),
		chosen:  make(map[*sourceFile]map[string]string),
		tracers: make(map[*unit][]nameUse),
		helpers: make(map[*unit]map[string][]nameUse),
		fixed:   make(map[*unit]map[string]string),
	}
}

// baseName returns the name of the package at a path that the rewriter imports.
func baseName(path string) string {
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-go")
}

func (n *names) pkg(f *sourceFile, path string, pos token.Pos) string {
	if n.imports[f] == nil {
		n.imports[f] = make(map[string][]token.Pos)
	}
	n.imports[f][path] = append(n.imports[f][path], pos)
	if name := n.chosen[f][path]; name != "" {
		return name
	}
	return baseName(path)
}

func (n *names) tracer(f *sourceFile, pos token.Pos) string {
	u := f.unit.all()[0]
	n.tracers[u] = append(n.tracers[u], nameUse{f, pos})
	if name := n.fixed[u]["tracer"]; name != "" {
		return name
	}
	return "tracer"
}

func (n *names) helper(f *sourceFile, name string, pos token.Pos) string {
	u := f.unit.all()[0]
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
		chosen := make(map[string]string)
		taken := make(map[string]bool)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			chosen[path] = importName(f, path, paths[path], taken)
			taken[chosen[path]] = true
		}
		n.chosen[f] = chosen
	}
	for u, uses := range n.tracers {
		n.fixName(u, "tracer", uses, existingTracer(u))
	}
	for u, helpers := range n.helpers {
		for _, name := range withNeeds(slices.Collect(maps.Keys(helpers))) {
			uses := helpers[name]
			n.fixName(u, name, uses, existingHelper(u, name))
		}
	}
	n.imports = make(map[*sourceFile]map[string][]token.Pos)
	n.tracers = make(map[*unit][]nameUse)
	n.helpers = make(map[*unit]map[string][]nameUse)
}

func (n *names) fixName(u *unit, name string, uses []nameUse, existing string) {
	if n.fixed[u] == nil {
		n.fixed[u] = make(map[string]string)
	}
	if name == notFoundHelper && n.errorFrom[u] == u.path {
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
func packageNameFree(u *unit, name string, uses []nameUse, exists bool) bool {
	if u.declares(name) && !exists {
		return false
	}
	for _, f := range u.allFiles() {
		if importsName(f, name) != "" {
			return false
		}
	}
	for _, f := range u.elsewhere {
		if slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
			written := specOf(spec)
			return cmp.Or(written.name, packageName(written.path)) == name
		}) {
			return false
		}
	}
	for _, use := range uses {
		if exists && use.file.unit.pkg.Scope().Lookup(name) == nil {
			return false // it is in another build only
		}
		if obj := lookup(use.file, use.pos, name); obj != nil && !(exists && obj.Parent() == use.file.unit.pkg.Scope()) && obj.Parent() != types.Universe {
			return false
		}
	}
	return true
}

// declares tells whether the package declares a name, in whatever build.
func (u *unit) declares(name string) bool {
	all := u.all()
	return slices.ContainsFunc(all, func(build *unit) bool { return build.pkg.Scope().Lookup(name) != nil }) ||
		slices.ContainsFunc(all[0].elsewhere, func(f *ast.File) bool { return slices.Contains(levelNames(f), name) })
}

// levelNames returns the names that a file declares for its package.
func levelNames(f *ast.File) (names []string) {
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// lookup returns what a name means at a place, or nil.
func lookup(f *sourceFile, pos token.Pos, name string) types.Object {
	scope := f.unit.info.Scopes[f.syntax]
	if scope == nil {
		return nil
	}
	if inner := scope.Innermost(pos); inner != nil {
		scope = inner
	}
	_, obj := scope.LookupParent(name, pos)
	if obj == nil {
		// A later declaration of the same function hides the name further on only.
		return nil
	}
	return obj
}

// importsName returns the import path behind a name in a file, or "".
func importsName(f *sourceFile, name string) string {
	scope := f.unit.info.Scopes[f.syntax]
	if scope == nil {
		return ""
	}
	if pn, ok := scope.Lookup(name).(*types.PkgName); ok {
		return pn.Imported().Path()
	}
	return ""
}

// importedAs returns the name by which a file imports a path already, or "".
func importedAs(f *sourceFile, path string) string {
	for _, spec := range f.syntax.Imports {
		if strings.Trim(spec.Path.Value, "`\"") != path {
			continue
		}
		if spec.Name != nil {
			if spec.Name.Name != "_" && spec.Name.Name != "." {
				return spec.Name.Name
			}
			continue
		}
		if pn, ok := f.unit.info.Implicits[spec].(*types.PkgName); ok {
			return pn.Name()
		}
	}
	return ""
}

// namesOf returns the names by which a file may use an import, and whether the
// import can go when it uses none of them: a blank one, or a dot import of nothing,
// may be there for its effects, but OpenTracing's packages have none.
func namesOf(f *sourceFile, spec *ast.ImportSpec) (names []string, droppable bool) {
	written := specOf(spec)
	switch written.name {
	case "_":
		return nil, IsOpenTracing(written.path)
	case ".":
		for id, obj := range f.unit.info.Uses {
			if obj.Pkg() != nil && obj.Pkg().Path() == written.path && obj.Parent() == obj.Pkg().Scope() &&
				f.syntax.FileStart <= id.Pos() && id.Pos() < f.syntax.FileEnd {
				names = append(names, id.Name)
			}
		}
		return names, len(names) > 0 || IsOpenTracing(written.path)
	case "":
		pn, ok := f.unit.info.Implicits[spec].(*types.PkgName)
		if !ok {
			return nil, false
		}
		return []string{pn.Name()}, true
	}
	return []string{written.name}, true
}

// importName picks the name for a path in a file.
func importName(f *sourceFile, path string, uses []token.Pos, taken map[string]bool) string {
	base := baseName(path)
	if name := importedAs(f, path); name != "" && !hidden(f, name, path, uses) {
		return name
	}
	prefix := "otel"
	switch {
	case base == "otel":
		prefix = "otelapi"
		base = ""
	case !strings.Contains(path, "."):
		prefix = "std"
	case path == compatPath:
		prefix = "ot"
	}
	candidates := []string{baseName(path), prefix + base}
	for i := 2; ; i++ {
		for _, c := range candidates {
			if !taken[c] && importNameFree(f, c, path, uses) {
				return c
			}
		}
		candidates = []string{fmt.Sprintf("%s%s%d", prefix, base, i)}
	}
}

func importNameFree(f *sourceFile, name, path string, uses []token.Pos) bool {
	if f.unit.declares(name) {
		return false
	}
	if other := importsName(f, name); other != "" && other != path {
		return false
	}
	return !hidden(f, name, path, uses)
}

// hidden tells whether a local declaration hides an import's name at a use.
func hidden(f *sourceFile, name, path string, uses []token.Pos) bool {
	for _, pos := range uses {
		obj := lookup(f, pos, name)
		if obj == nil || obj.Parent() == types.Universe {
			continue
		}
		if pn, ok := obj.(*types.PkgName); ok && pn.Imported().Path() == path {
			continue
		}
		return true
	}
	return false
}

// existingTracer returns the package's variable that otel.Tracer was assigned to.
func existingTracer(u *unit) string {
	for _, f := range u.files {
		for _, decl := range f.syntax.Decls {
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
				if ok && sel.Sel.Name == "Tracer" && isPackage(u.info, sel.X, otelPath) {
					return vs.Names[0].Name
				}
			}
		}
	}
	return ""
}

// existingHelper returns a helper that an earlier run left in the package.
func existingHelper(u *unit, name string) string {
	want := helperSignature(name)
	obj := u.pkg.Scope().Lookup(name)
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

func isPackage(info *types.Info, e ast.Expr, path string) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	pn, ok := info.Uses[id].(*types.PkgName)
	return ok && pn.Imported().Path() == path
}
