// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// comparedParts refuses spans that are compared as parts of something: spans of
// OpenTelemetry that are not recorded are structs that can't be, and == panics.
func (p *File) comparedParts(n ast.Node) {
	switch n := n.(type) {
	case *ast.MapType:
		key := p.Info.TypeOf(n.Key)
		if opentracing.SoftKind(key) != "" {
			p.denyCompared(n.Key.Pos(), "the span is a key of a map", p.Mentioned(n.Key))
			return
		}
		p.denyCompared(n.Key.Pos(), "the span is part of the key of a map", p.spanParts(key, nil)...)
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			p.denyCompared(n.Pos(), "a value that contains the span is compared", p.spanParts(p.Info.TypeOf(n.X), nil)...)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			return
		}
		if opentracing.SoftKind(p.Info.TypeOf(n.Tag)) != "" {
			p.denyCompared(n.Tag.Pos(), "a switch compares the span", p.Expr(n.Tag))
			return
		}
		p.denyCompared(n.Tag.Pos(), "a switch compares a value that contains the span", p.spanParts(p.Info.TypeOf(n.Tag), nil)...)
	case *ast.CallExpr:
		f := p.Callee(n)
		if f == nil || !comparesKeys(f) {
			return
		}
		for i, arg := range n.Args {
			if f.Signature().Recv() != nil && i > 0 && !strings.HasPrefix(f.Name(), "CompareAnd") {
				break // of a map's values
			}
			t := p.Info.TypeOf(arg)
			if t == nil {
				continue
			}
			if slice, ok := t.Underlying().(*types.Slice); ok {
				t = slice.Elem()
			}
			nodes := p.spanParts(t, nil)
			if opentracing.SoftKind(t) != "" {
				nodes = []*flow.Node{p.Expr(arg)}
			}
			p.denyCompared(arg.Pos(), "it is passed to a function that compares it", nodes...)
		}
	}
}

// comparesKeys tells whether a function compares what it is given: one whose type
// parameters say so, or a method of sync.Map, whose keys are of any type.
func comparesKeys(f *types.Func) bool {
	if recv := f.Signature().Recv(); recv != nil {
		return f.Pkg() != nil && f.Pkg().Path() == "sync" && f.Name() != "Range" && types.TypeString(recv.Type(), nil) == "*sync.Map"
	}
	for param := range f.Signature().TypeParams().TypeParams() {
		if iface, ok := param.Constraint().Underlying().(*types.Interface); ok && iface.IsComparable() {
			return true
		}
	}
	return false
}

// spanParts returns the fields of a struct, or of the elements of an array, that are
// compared with it and are spans, or arrays of spans.
func (p *File) spanParts(t types.Type, nodes []*flow.Node) []*flow.Node {
	if t == nil {
		return nodes
	}
	st, ok := elements(t).Underlying().(*types.Struct)
	if !ok {
		return nodes
	}
	for f := range st.Fields() {
		if opentracing.SoftKind(elements(f.Type())) != "" {
			nodes = append(nodes, p.Object(f))
			continue
		}
		nodes = p.spanParts(f.Type(), nodes)
	}
	return nodes
}

// elements returns the type of an array's elements, and any other type itself.
func elements(t types.Type) types.Type {
	for {
		array, ok := t.Underlying().(*types.Array)
		if !ok {
			return t
		}
		t = array.Elem()
	}
}

func (p *File) denyCompared(at token.Pos, what string, nodes ...*flow.Node) {
	s := &Site{File: p.Source, Pos: at, Symbol: "opentracing.Span", Rule: "comparisons"}
	s.Need(nodes...)
	if len(s.Nodes) == 0 {
		return
	}
	s.Deny(RefusedComparedSpans, at, what+", and comparing OpenTelemetry's spans panics if one is not recorded")
	p.Sites = append(p.Sites, s)
}
