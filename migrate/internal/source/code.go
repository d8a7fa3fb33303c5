// SPDX-License-Identifier: Apache-2.0

package source

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// Declares tells whether the package declares a name, in whatever build.
func (u *Unit) Declares(name string) bool {
	all := u.All()
	return slices.ContainsFunc(all, func(build *Unit) bool { return build.Pkg.Scope().Lookup(name) != nil }) ||
		slices.ContainsFunc(all[0].Elsewhere, func(f *ast.File) bool { return slices.Contains(levelNames(f), name) })
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

// Lookup returns what a name means at a place, or nil.
func Lookup(f *File, pos token.Pos, name string) types.Object {
	scope := f.Unit.Info.Scopes[f.Syntax]
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

// ImportsName returns the import path behind a name in a file, or "".
func ImportsName(f *File, name string) string {
	scope := f.Unit.Info.Scopes[f.Syntax]
	if scope == nil {
		return ""
	}
	if pn, ok := scope.Lookup(name).(*types.PkgName); ok {
		return pn.Imported().Path()
	}
	return ""
}

func IsPackage(info *types.Info, e ast.Expr, path string) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	pn, ok := info.Uses[id].(*types.PkgName)
	return ok && pn.Imported().Path() == path
}

// Code is the code of a set of units.
type Code struct {
	Fset  *token.FileSet
	Units []*Unit
	Own   map[string]bool // import paths of the units
	Files map[*token.File]*File
	// Program has what is not among the files, for those that have nothing to do with
	// OpenTracing lack the bodies of functions. It is nil where one package is looked at.
	Program *Program
	// LeftOut are the files of the packages that are in no build that was loaded.
	LeftOut []*ExcludedFile
	// Several has what builds declare each in their way.
	Several map[token.Pos]bool
}

func NewCode(fset *token.FileSet, units []*Unit) *Code {
	c := &Code{Fset: fset, Units: units, Own: make(map[string]bool), Files: make(map[*token.File]*File), Several: make(map[token.Pos]bool)}
	for _, u := range units {
		c.Own[u.Path] = true
		for _, f := range u.Files {
			c.Files[fset.File(f.Syntax.FileStart)] = f
		}
	}
	return c
}

// Shown returns how a file is named to the user.
func (g *Code) Shown(file string) string {
	if g.Program == nil {
		return filepath.Base(file)
	}
	return g.Program.Rel(file)
}

// ReachAll returns the packages of the rewritten code that each package imports,
// itself and what it tests among them.
func (g *Code) ReachAll() map[string]map[string]bool {
	reach := make(map[string]map[string]bool)
	for _, u := range g.Units {
		reach[u.Path] = make(map[string]bool)
		g.Reachable(u.Pkg, reach[u.Path])
		reach[u.Path][u.Path] = true
		reach[u.Path][strings.TrimSuffix(u.Path, "_test")] = true
	}
	return reach
}

func (g *Code) Reachable(pkg *types.Package, seen map[string]bool) {
	for _, imp := range pkg.Imports() {
		if g.Own[imp.Path()] && !seen[imp.Path()] {
			seen[imp.Path()] = true
			g.Reachable(imp, seen)
		}
	}
}

func Overlap(a, b map[string]bool) bool {
	for path := range a {
		if b[path] {
			return true
		}
	}
	return false
}

// Declaration returns the function whose declaration is around a place, or nil.
func (g *Code) Declaration(at token.Pos) *ast.FuncDecl {
	f := g.Files[g.Fset.File(at)]
	if f == nil {
		return nil
	}
	for _, d := range f.Syntax.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Pos() <= at && at < fn.End() {
			return fn
		}
	}
	return nil
}

func (g *Code) Functions(visit func(u *Unit, fd *ast.FuncDecl, f *types.Func)) {
	for _, u := range g.Units {
		for _, file := range u.Files {
			for _, decl := range file.Syntax.Decls {
				if fd, ok := decl.(*ast.FuncDecl); ok && fd.Body != nil {
					if f, ok := u.Info.Defs[fd.Name].(*types.Func); ok {
						visit(u, fd, f)
					}
				}
			}
		}
	}
}

// IsGetter tells whether a method of the rewritten code does nothing but return a
// field of its receiver.
func (g *Code) IsGetter(f *types.Func) bool {
	fd := g.methodDeclaration(f)
	if fd == nil || g.Several[f.Pos()] || fd.Body == nil || len(fd.Body.List) != 1 || fd.Recv == nil || len(fd.Recv.List[0].Names) != 1 {
		return false
	}
	ret, ok := fd.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	e := ast.Unparen(ret.Results[0])
	for {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok {
			break
		}
		e = ast.Unparen(sel.X)
	}
	id, ok := e.(*ast.Ident)
	return ok && e != ret.Results[0] && id.Name == fd.Recv.List[0].Names[0].Name
}

// methodDeclaration returns the syntax of a method of the rewritten code, or nil.
func (g *Code) methodDeclaration(f *types.Func) *ast.FuncDecl {
	if file := g.Files[g.Fset.File(f.Pos())]; file != nil {
		for _, decl := range file.Syntax.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok && fd.Name.Pos() == f.Pos() && fd.Body != nil {
				return fd
			}
		}
	}
	if g.Program != nil && f.Pkg() != nil && g.Own[f.Pkg().Path()] {
		return g.Program.Types.method(f)
	}
	return nil
}
