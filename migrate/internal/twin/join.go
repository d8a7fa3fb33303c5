// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A member is a package with its other builds, or the tests of one, that has code of a kind.
// What the tests of two packages have never meets but in code that both import.
type member struct {
	kind kind
	path string
	test bool
}

// join makes one part of members whose values may meet. A test on Jaeger's client that has to
// stay, as one with an observer has to, holds what it runs only where it asserts the types of
// values that come back: its tracer is installed as any other.
func (rw *Run) join(parts map[member]*move.Part, asserting map[member]bool) {
	var apart [][2]*move.Part
	for of, p := range parts {
		if of.kind == own {
			continue // no values go with it
		}
		for path := range rw.Reach[of.path] {
			other := parts[member{of.kind, path, false}]
			switch {
			case other == nil:
			case of.test && of.kind == jaeger && !asserting[of]:
				p.Need(other)
				apart = append(apart, [2]*move.Part{p, other})
			default:
				p.Join(other)
			}
		}
		if other := parts[member{of.kind, strings.TrimSuffix(of.path, "_test"), true}]; of.test && other != nil {
			p.Join(other) // of the same test binary
		}
	}
	for changed := true; changed; { // what is named takes all along that it runs, and its tests
		changed = false
		for _, two := range apart {
			if two[0].Wanted() != two[1].Wanted() {
				two[0].Want(true)
				two[1].Want(true)
				changed = true
			}
		}
	}
}

// asserts tells whether a file asks a value for a type of an old package of a kind.
func asserts(f *source.File, k kind) (found bool) {
	of := func(e ast.Expr) bool {
		if e == nil {
			return false
		}
		named := opentracing.NamedOf(f.Unit.Info.TypeOf(e))
		return named != nil && named.Obj().Pkg() != nil && kindOfPackage(named.Obj().Pkg()) == k
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeAssertExpr:
			found = found || of(n.Type)
		case *ast.TypeSwitchStmt:
			for _, clause := range n.Body.List {
				for _, e := range clause.(*ast.CaseClause).List {
					found = found || of(e)
				}
			}
		}
		return !found
	})
	return found
}

// kindOfPackage returns the kind that an old package is of, or "".
func kindOfPackage(pkg *types.Package) kind {
	t, _ := twinOf(pkg.Path())
	return t.kind
}
