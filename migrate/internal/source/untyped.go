// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"

	"golang.org/x/tools/go/packages"
)

// noteUntyped makes an error of expressions whose types are not known although the type
// checker objects to nothing: they come from a package that does not compile, and all
// that is said is said there.
func (p *loadedPackage) noteUntyped(l *typeLoader) {
	if len(p.Errors) > 0 {
		return
	}
	for _, file := range p.Syntax {
		at := p.untyped(file)
		if !at.IsValid() {
			continue
		}
		reason := "a type is not known here"
		if broken := l.brokenImport(p.Package, make(map[*packages.Package]bool)); broken != "" {
			reason = fmt.Sprintf("a type comes from package %s, which is missing or does not compile", broken)
		}
		p.Errors = append(p.Errors, packages.Error{Pos: l.fset.Position(at).String(), Msg: reason, Kind: packages.TypeError})
		return
	}
}

// untyped returns the place of an expression without a type, or token.NoPos.
func (p *loadedPackage) untyped(file *ast.File) token.Pos {
	var at token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		var known bool
		switch n := n.(type) {
		case *ast.CallExpr:
			_, known = p.TypesInfo.Types[n]
		case *ast.SelectorExpr:
			known = p.TypesInfo.ObjectOf(n.Sel) != nil
		default:
			return !at.IsValid()
		}
		if !known && !at.IsValid() {
			at = n.Pos()
		}
		return !at.IsValid()
	})
	return at
}

// brokenImport returns the path of a package that does not compile among those that a
// package needs, or "".
func (l *typeLoader) brokenImport(pkg *packages.Package, seen map[*packages.Package]bool) string {
	if seen[pkg] {
		return ""
	}
	seen[pkg] = true
	for _, path := range slices.Sorted(maps.Keys(pkg.Imports)) {
		imp := pkg.Imports[path]
		if below := l.brokenImport(imp, seen); below != "" {
			return below
		}
		if len(l.packages[imp.ID].Errors) > 0 {
			return imp.PkgPath
		}
	}
	return ""
}
