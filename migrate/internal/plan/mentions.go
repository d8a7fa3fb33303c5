// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
)

// Mentioned returns the node whose type a type expression is a part of, or nil.
func (p *File) Mentioned(e ast.Node) *flow.Node {
	inner := e
	for n := p.Parent[e]; n != nil; inner, n = n, p.Parent[n] {
		switch n := n.(type) {
		case *ast.StarExpr, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.Ellipsis, *ast.ParenExpr:
		case *ast.IndexExpr, *ast.IndexListExpr:
			generic := n.(ast.Expr)
			if call, ok := p.Parent[n].(*ast.CallExpr); ok && call.Fun == generic {
				if f := p.Callee(call); f != nil && p.Expr(call) == nil {
					return p.Anon[call]
				}
			} else if tv := p.Info.Types[generic]; tv.IsValue() {
				return p.Expr(generic)
			}
		case *ast.UnaryExpr:
			if n.Op != token.TILDE {
				return nil
			}
		case *ast.FuncType:
		case *ast.InterfaceType, *ast.StructType, *ast.FieldList:
		case *ast.SelectorExpr:
			return nil
		case *ast.Field:
			if found, owner := p.fieldNode(n, e); found {
				return owner
			}
		case *ast.ValueSpec:
			if n.Type != inner {
				return nil
			}
			return p.Object(p.Info.Defs[n.Names[0]])
		case *ast.TypeSpec:
			return p.Object(p.Info.Defs[n.Name])
		case *ast.CompositeLit:
			if n.Type != inner {
				return nil
			}
			return p.Expr(n)
		case *ast.CallExpr:
			if tv, ok := p.Info.Types[inner.(ast.Expr)]; !ok || !tv.IsType() {
				if n.Fun != inner { // f[T](x)
					return nil
				}
			}
			return p.Expr(n)
		case *ast.TypeAssertExpr:
			if n.Type != inner {
				return nil
			}
			return p.Expr(n)
		case *ast.CaseClause:
			return p.Anon[inner]
		default:
			return nil
		}
	}
	return nil
}

// fieldNode returns the node of the parameter, result or field that a type is part
// of. An embedded interface belongs to the type around it.
func (p *File) fieldNode(f *ast.Field, e ast.Node) (bool, *flow.Node) {
	list, ok := p.Parent[f].(*ast.FieldList)
	if !ok {
		return true, nil
	}
	switch owner := p.Parent[list].(type) {
	case *ast.FuncType:
		sig, _ := p.Info.TypeOf(owner).(*types.Signature)
		if fd, ok := p.Parent[owner].(*ast.FuncDecl); ok {
			if fn, ok := p.Info.Defs[fd.Name].(*types.Func); ok {
				sig = fn.Signature()
			}
		}
		if owner.TypeParams == list {
			return true, p.Object(p.Info.Defs[f.Names[0]])
		}
		if sig == nil {
			return true, nil
		}
		for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
			for v := range tuple.Variables() {
				if v.Pos() >= f.Pos() && v.Pos() < f.End() {
					return true, p.Object(v)
				}
			}
		}
		return true, nil
	case *ast.TypeSpec: // a type parameter
		return true, p.Object(p.Info.Defs[f.Names[0]])
	case *ast.FuncDecl: // a receiver
		return true, nil
	case *ast.StructType:
		st, _ := p.Info.TypeOf(owner).(*types.Struct)
		if st == nil {
			return true, nil
		}
		for v := range st.Fields() {
			if v.Pos() >= f.Pos() && v.Pos() < f.End() {
				return true, p.Object(v)
			}
		}
		return true, nil
	}
	return false, nil // an interface: a method's types are found inside, an embedded one outside
}

// SameSpans handles a comparison of two spans. Spans that are not recorded are structs
// that can't be compared.
func (p *File) SameSpans(s *Site, e *ast.BinaryExpr, x, y ast.Expr) {
	not := ""
	if e.Op == token.NEQ {
		not = "!"
	}
	made := func(e ast.Expr) bool { n := p.Expr(e); return n != nil && n.Origin == flow.OriginMade }
	p.Edit(s, e, func(r *edit.Renderer) string {
		if made(x) && made(y) {
			return not + r.Operand(x) + ".SpanContext().Equal(" + r.Operand(y) + ".SpanContext())"
		}
		return not + r.Helper("sameSpan") + "(" + r.Text(x) + ", " + r.Text(y) + ")"
	})
}
