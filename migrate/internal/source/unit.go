// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// UnixLines returns a source with line feeds for line ends: what rules cut out of it
// and compare is then the same on every system. Lines keep their numbers. A source that
// has no other ends is returned itself.
func UnixLines(src []byte) []byte {
	if !bytes.Contains(src, []byte("\r\n")) {
		return src
	}
	return bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
}

func SameDir(a, b string) bool {
	a, err := filepath.Abs(a)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(a); err == nil {
		a = real
	}
	if real, err := filepath.EvalSymlinks(b); err == nil {
		b = real
	}
	return a == b
}

func ModuleDir(p *Program) string { return p.Module.Dir }

// ProgramUnits makes units of the packages of a program, and more of those of its other
// builds, which have the files that are in no build before. wanted is nil for all.
func ProgramUnits(program *Program, wanted map[string]bool, keepAPI bool) []*Unit {
	units := buildUnits(program, wanted, keepAPI)
	homes, seen := make(map[string]*Unit), make(map[string]bool)
	for _, u := range units {
		homes[u.Path] = u
	}
	note := func(build *Program) {
		for _, pkg := range build.Roots {
			for _, name := range pkg.GoFiles {
				seen[name] = true
			}
		}
	}
	note(program)
	for _, build := range program.Builds {
		for _, u := range buildUnits(build, wanted, keepAPI) {
			u.Files = slices.DeleteFunc(u.Files, func(f *File) bool { return seen[f.Name] })
			if len(u.Files) == 0 {
				continue
			}
			u.OtherBuild = true
			units = append(units, u)
			if home := homes[u.Path]; home != nil {
				u.Home, home.More = home, append(home.More, u)
			} else {
				homes[u.Path] = u
			}
		}
		note(build)
	}
	in := make(map[string]bool)
	for _, u := range units {
		for _, f := range u.Files {
			in[f.Name] = true
		}
	}
	for _, f := range program.excluded {
		if home := homes[f.Path]; home != nil && f.Syntax != nil && !in[f.Name] {
			home.Elsewhere = append(home.Elsewhere, f.Syntax)
		}
	}
	return units
}

// buildUnits makes units of the packages of one build.
func buildUnits(program *Program, wanted map[string]bool, keepAPI bool) []*Unit {
	kept, linked := keptNames(program), linkedFiles(program)
	var units []*Unit
	for _, pkg := range program.Packages {
		if !program.InModule(pkg) || len(pkg.Syntax) == 0 {
			continue // it has no types either, if it has nothing to do with OpenTracing
		}
		u := &Unit{
			Path: pkg.PkgPath, Pkg: pkg.Types, Info: pkg.TypesInfo,
			Wanted: wanted == nil || wanted[pkg.PkgPath] || wanted[strings.TrimSuffix(pkg.PkgPath, "_test")],
		}
		u.KeepAPI = keepAPI && Importable(u)
		u.Kept = kept[pkg.PkgPath]
		for _, syntax := range pkg.Syntax {
			name := program.Fset.File(syntax.FileStart).Name()
			src, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			f := &File{Name: name, Syntax: syntax, Src: UnixLines(src), Disk: src, Unit: u, Test: IsTestFile(name)}
			switch {
			case !slices.Contains(pkg.GoFiles, name):
				f.Fixed, f.Cgo = "the file uses cgo", true
			case ast.IsGenerated(syntax):
				f.Fixed = "the file is generated"
			case linked[name]:
				f.Fixed = "the file is a symbolic link, or one leads to it, so packages share it"
			}
			u.Files = append(u.Files, f)
		}
		units = append(units, u)
	}
	return units
}

// keptNames returns the names that packages that do not compile mention, for each
// package that they import, also by others. They are not rewritten, so what they
// use keeps its type.
func keptNames(program *Program) map[string]map[string]bool {
	kept := make(map[string]map[string]bool)
	for _, root := range program.Roots {
		if len(root.Errors) == 0 {
			continue
		}
		names := make(map[string]bool)
		for _, f := range root.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					names[id.Name] = true
				}
				return true
			})
		}
		packages.Visit([]*packages.Package{root}, nil, func(imp *packages.Package) {
			if kept[imp.PkgPath] == nil {
				kept[imp.PkgPath] = make(map[string]bool)
			}
			maps.Copy(kept[imp.PkgPath], names)
		})
	}
	return kept
}

// linkedFiles returns the files of a program that are symbolic links, and those that
// they lead to.
func linkedFiles(program *Program) map[string]bool {
	linked := make(map[string]bool)
	for _, pkg := range program.Packages {
		for _, name := range pkg.GoFiles {
			if info, err := os.Lstat(name); err != nil || info.Mode()&os.ModeSymlink == 0 {
				continue
			}
			linked[name] = true
			if target, err := filepath.EvalSymlinks(name); err == nil {
				linked[target] = true
			}
		}
	}
	return linked
}

// Importable tells whether code outside of the module can import a package.
func Importable(u *Unit) bool {
	return u.Pkg.Name() != "main" && !slices.Contains(strings.Split(u.Path, "/"), "internal") && !strings.HasSuffix(u.Pkg.Name(), "_test")
}

func Exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// A Unit is one type-checked package as the rewriter sees it: from go/packages
// for a whole module, from a single analysis pass for one package.
type Unit struct {
	Path  string
	Pkg   *types.Package
	Info  *types.Info
	Files []*File
	// Wanted tells whether the user's patterns name the package.
	Wanted bool
	// keepAPI leaves the exported signatures as they are.
	KeepAPI bool
	// Kept are names that code which does not compile mentions: what is exported
	// by one of them stays as it is.
	Kept map[string]bool
	// Home is the unit of the same package that the others add files of other builds to,
	// nil for that one; more are the others.
	Home *Unit
	More []*Unit
	// OtherBuild is set where the build is not that of the program.
	OtherBuild bool
	// Elsewhere are the files of the package that are in no unit.
	Elsewhere []*ast.File
}

// All returns the units of the package, the one at home first.
func (u *Unit) All() []*Unit {
	if u.Home != nil {
		return u.Home.All()
	}
	return append([]*Unit{u}, u.More...)
}

// AllFiles returns the files of all of them.
func (u *Unit) AllFiles() (files []*File) {
	for _, build := range u.All() {
		files = append(files, build.Files...)
	}
	return files
}

// A File is one file of a unit.
type File struct {
	Name   string // absolute path
	Syntax *ast.File
	Src    []byte // with line feeds for line ends, which syntax has, too
	Disk   []byte // as it is on disk
	Unit   *Unit
	Test   bool
	// Fixed is why the file may not be edited, or empty.
	Fixed string
	// Cgo tells whether it is what cgo made of the file that a person edits.
	Cgo bool
}
