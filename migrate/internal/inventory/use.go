// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A UseKind tells a call from every other use.
type UseKind string

// The kinds of uses.
const (
	// UseCall is the function or method that is called: f in f(x), whether in an
	// expression, after go or after defer, and M in T.M(x), a method expression.
	UseCall UseKind = "call"

	// UseReference is everything else: a type in a signature, a conversion, a
	// literal, a constant, a field, a method value, a function that is passed on.
	UseReference UseKind = "reference"
)

// A UseVia says what lies between a use and the OpenTracing API.
type UseVia string

// The ways to reach a symbol.
const (
	// ViaNothing is a use of the API itself, under whatever import name.
	ViaNothing UseVia = ""

	// ViaAlias is a type alias that denotes a type of the API or a pointer to one:
	// after type S = opentracing.Span, S is a use of opentracing.Span.
	ViaAlias UseVia = "alias"

	// ViaDerived is a method or field of the API on a value of another type: a
	// struct or interface that embeds the API's type, a type defined as it (type S
	// opentracing.Span), or a type parameter constrained by it.
	ViaDerived UseVia = "derived"
)

// A Use is one call site: an identifier in a Go file that resolves to an object of
// the OpenTracing API, to a promoted method or field of it, or to a type alias of
// one of its types.
//
// So span.SetTag("k", 1) is one use, ext.HTTPMethod.Set(span, m) is two
// (ext.HTTPMethod and ext.StringTagName.Set), opentracing.Tag{Key: k, Value: v} is
// one (the type: the keys of a literal are part of it, whereas tag.Key is a use). No
// use are: the import declaration and the package's name in a selector; comments;
// names of your own that happen to be spelt alike; your own functions, variables,
// fields and methods, whatever their types; a method of your own type that
// implements an OpenTracing interface, at its declaration and where it is called on
// that type.
type Use struct {
	Symbol opentracing.Symbol
	Kind   UseKind
	Via    UseVia

	// Package is the import path of the package that the file belongs to. For an
	// external test (package p_test) it is the package under test.
	Package string

	// File is relative to Program.Base, with slashes; absolute where it lies
	// outside of it.
	File   string
	Line   int // from 1
	Column int // in bytes, from 1

	// Test is true in a _test.go file.
	Test bool

	// Generated is true in a file with the standard "Code generated … DO NOT EDIT."
	// comment.
	Generated bool
}

// String returns "file:line: symbol".
func (u Use) String() string { return fmt.Sprintf("%s:%d: %s", u.File, u.Line, u.Symbol) }

// Uses returns every use of the OpenTracing API in p.Packages, by file, line and
// column. A file is looked at once, though it may be in several packages.
func Uses(p *source.Program) []Use {
	var uses []Use
	for _, pkg := range p.Packages {
		for _, file := range pkg.Syntax {
			uses = usesInFile(p, uses, pkg, file)
		}
	}
	slices.SortStableFunc(uses, func(a, b Use) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return uses
}

func usesInFile(p *source.Program, uses []Use, pkg *packages.Package, file *ast.File) []Use {
	info := pkg.TypesInfo
	called := make(map[*ast.Ident]bool)
	literalKey := make(map[*ast.Ident]bool)
	receiver := make(map[*ast.Ident]types.Type) // of selected methods and fields
	// The translation of a cgo file says that it is generated; the file is not.
	generated := ast.IsGenerated(file) && slices.Contains(pkg.GoFiles, p.Fset.PositionFor(file.Package, false).Filename)
	// Inspect meets a call before its function, a literal before its keys and a
	// selector before its name.
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id := calledIdent(n.Fun); id != nil && !info.Types[n.Fun].IsType() {
				called[id] = true
			}
		case *ast.CompositeLit:
			for _, elt := range n.Elts {
				if id := syntax.FieldKey(info, elt); id != nil {
					literalKey[id] = true
				}
			}
		case *ast.SelectorExpr:
			if sel := info.Selections[n]; sel != nil {
				receiver[n.Sel] = sel.Recv()
			}
		case *ast.Ident:
			sym, via, ok := symbolUsed(info.Uses[n], receiver[n])
			if !ok || literalKey[n] {
				return true
			}
			pos := p.Position(pkg, n.Pos())
			use := Use{
				Symbol: sym, Kind: UseReference, Via: via,
				Package: source.PackageUnderTest(pkg),
				File:    p.Rel(pos.Filename), Line: pos.Line, Column: pos.Column,
				Test:      source.IsTestFile(pos.Filename),
				Generated: generated,
			}
			if called[n] {
				use.Kind = UseCall
			}
			uses = append(uses, use)
		}
		return true
	})
	return uses
}

// symbolUsed returns the symbol that an identifier for obj uses, selected from a
// value of type recv where it is selected from a value.
func symbolUsed(obj types.Object, recv types.Type) (opentracing.Symbol, UseVia, bool) {
	if sym, ok := opentracing.SymbolOf(obj); ok {
		if recv != nil {
			named := opentracing.NamedOf(recv)
			if named == nil || named.Obj().Pkg() == nil || !opentracing.IsOpenTracing(named.Obj().Pkg().Path()) {
				return sym, ViaDerived, true
			}
		}
		return sym, ViaNothing, true
	}
	if tn, ok := obj.(*types.TypeName); ok && tn.IsAlias() {
		if named := opentracing.NamedOf(tn.Type()); named != nil {
			sym, ok := opentracing.SymbolOf(named.Obj())
			return sym, ViaAlias, ok
		}
	}
	return opentracing.Symbol{}, "", false
}

// calledIdent returns the identifier that names the function of a call.
func calledIdent(fun ast.Expr) *ast.Ident {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	case *ast.IndexExpr:
		return calledIdent(fun.X)
	case *ast.IndexListExpr:
		return calledIdent(fun.X)
	}
	return nil
}
