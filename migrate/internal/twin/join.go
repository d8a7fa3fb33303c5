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
// stay, as one with an observer has to, holds what it runs only where one of the two needs
// the types of what comes from the other: its tracer is installed as any other.
func (rw *Run) join(parts map[member]*move.Part, asks map[member]*asserted) {
	var apart [][2]*move.Part
	for of, p := range parts {
		if of.kind == own {
			continue // no values go with it
		}
		for path := range rw.Reach[of.path] {
			ran := member{of.kind, path, false}
			other := parts[ran]
			switch {
			case other == nil:
			case of.test && asks[of] != nil && asks[ran] != nil && asks[of].apart(asks[ran], path, strings.TrimSuffix(of.path, "_test")):
				p.Need(other)
				apart = append(apart, [2]*move.Part{p, other})
				for _, a := range asks[ran].asks {
					a.serve(other, p)
				}
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

// kindOfType returns the kind of the old package that a type is declared in, or one that it
// points to; "" for another one.
func kindOfType(t types.Type) kind {
	named := opentracing.NamedOf(t)
	if named == nil || named.Obj().Pkg() == nil {
		return ""
	}
	of, _ := twinOf(named.Obj().Pkg().Path())
	return of.kind
}

// holdInside holds code that a twin would break although it compiles: what looks into the
// memory of a value, and tests that assert a span which they start to be Jaeger's. The twin's
// is one of a reporter.
func (rw *Run) holdInside(f *source.File, k kind, p *move.Part) {
	info := f.Unit.Info
	for _, decl := range f.Syntax.Decls {
		var asserted []*ast.TypeAssertExpr
		reported := false
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				reported = reported || n.Sel.Name == "GetSpans"
			case *ast.TypeAssertExpr:
				if n.Type != nil && k == jaeger && f.Test && isJaegerSpan(info.TypeOf(n.Type)) {
					asserted = append(asserted, n)
				}
			case *ast.CallExpr:
				t := info.TypeOf(n.Fun)
				if basic, ok := t.(*types.Basic); ok && basic.Kind() == types.UnsafePointer && len(n.Args) == 1 && kindOfType(info.TypeOf(n.Args[0])) == k {
					p.Hold(n.Pos(), "the code looks into the memory of a "+types.TypeString(opentracing.NamedOf(info.TypeOf(n.Args[0])), (*types.Package).Name))
				}
			}
			return true
		})
		for _, e := range asserted {
			if !reported {
				p.Hold(e.Pos(), "the test asserts a span to be a *jaeger.Span, which in the twin is one that a reporter gets")
			}
		}
	}
}

// isJaegerSpan tells whether a type is the span of Jaeger's client.
func isJaegerSpan(t types.Type) bool {
	named := opentracing.NamedOf(t)
	return kindOfType(t) == jaeger && named.Obj().Name() == "Span"
}
