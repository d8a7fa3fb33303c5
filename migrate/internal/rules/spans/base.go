// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// spanNode returns the node of the span that the first of some ops is done to: it
// may be embedded in what the method is called on, or in the argument.
func (p *File) spanNode(base ast.Expr, first *Op) *flow.Node {
	if sel, ok := ast.Unparen(first.Call.Fun).(*ast.SelectorExpr); ok && sel.X == base {
		return p.Receiver(sel)
	}
	if n := p.Expr(base); n != nil {
		return n
	}
	return p.Anon[base]
}

// within returns what leads from a value to the span that it embeds, such as ".Span"; "" for
// a span itself. Its OpenTracing view has to be the one that others have of that span: an
// error tag waits there for the end.
func (p *File) within(e ast.Expr) string {
	t := p.Info.TypeOf(e)
	if t == nil || types.IsInterface(t) {
		return ""
	}
	_, index, _ := types.LookupFieldOrMethod(t, true, p.Source.Unit.Pkg, "SetTag")
	var path strings.Builder
	for _, i := range index[:max(len(index)-1, 0)] {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			t = ptr.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return ""
		}
		path.WriteString("." + st.Field(i).Name())
		t = st.Field(i).Type()
	}
	return path.String()
}

// StableContext tells whether a context expression means the same context at a
// statement and at a place after it.
func (p *File) StableContext(e ast.Expr, from ast.Stmt, to ast.Node) bool {
	if p.IsBackground(e) {
		return true
	}
	v := p.RequestOf(e)
	if v == nil {
		v = p.Variable(e)
	}
	if v != nil && !v.IsField() {
		id, _ := ast.Unparen(e).(*ast.Ident)
		if id == nil {
			id = ast.Unparen(syntax.ReceiverOf(ast.Unparen(e).(*ast.CallExpr))).(*ast.Ident)
		}
		return source.Lookup(p.Source, from.Pos(), id.Name) == v && source.Lookup(p.Source, to.Pos(), id.Name) == v && p.SameValue(v, from, to)
	}
	return p.IsPath(e) && p.adjacent(from, to)
}

// ChainBase returns what a chain of calls on a span starts from.
func (p *File) ChainBase(e ast.Expr) ast.Expr {
	if base := p.CalledSpan(e); base != nil {
		return ast.Unparen(base)
	}
	return ast.Unparen(e)
}

// CalledSpan returns the span that a call, or a chain of calls, does something to,
// as spanOps does, without a look at what that is.
func (p *File) CalledSpan(e ast.Expr) ast.Expr {
	symbol, call := p.Calls(e)
	if call == nil || p.Builders[symbol] == nil {
		return nil
	}
	span := syntax.ReceiverOf(call)
	if !strings.HasPrefix(symbol, "opentracing.Span.") {
		if len(call.Args) == 0 {
			return nil
		}
		span = call.Args[0]
	}
	if inner := p.CalledSpan(span); inner != nil {
		return inner
	}
	return span
}
