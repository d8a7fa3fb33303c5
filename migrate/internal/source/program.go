// SPDX-License-Identifier: Apache-2.0

package source

import (
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Variants returns the packages of the module in a program, those among them that are
// compiled again for tests of others.
func (p *Program) Variants() []*packages.Package {
	var all []*packages.Package
	packages.Visit(p.Roots, nil, func(pkg *packages.Package) {
		if p.InModule(pkg) || IsRecompiled(pkg) {
			all = append(all, pkg)
		}
	})
	return all
}

func IsTestFile(name string) bool { return strings.HasSuffix(name, "_test.go") }

type ImporterFunc func(path string) (*types.Package, error)

func (f ImporterFunc) Import(path string) (*types.Package, error) { return f(path) }

// PackageUnderTest returns the import path of pkg, of an external test that of the
// package which it tests.
func PackageUnderTest(pkg *packages.Package) string {
	if pkg.ForTest != "" {
		return pkg.ForTest
	}
	return pkg.PkgPath
}

// Position returns where pos is in the file that a person edits. In a file that
// uses cgo that is not the file which was type-checked: the go command compiles a
// translation of it, whose line directives lead back. Line directives in any other
// file (those of a parser generator) are not followed.
func (p *Program) Position(pkg *packages.Package, pos token.Pos) token.Position {
	plain := p.Fset.PositionFor(pos, false)
	if slices.Contains(pkg.GoFiles, plain.Filename) {
		return plain
	}
	return p.Fset.Position(pos)
}

// Base is the directory that the paths of uses are relative to: the workspace's,
// if there is one, else the module's.
func (p *Program) Base() string {
	if p.Workspace != nil {
		return filepath.Dir(p.Workspace.File)
	}
	return p.Module.Dir
}

// Rel returns file relative to [Program.Base] with slashes, or as it is where it
// lies outside.
func (p *Program) Rel(file string) string {
	if rel, err := filepath.Rel(p.Base(), file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}
