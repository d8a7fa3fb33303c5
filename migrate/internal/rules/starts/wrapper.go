// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"go/ast"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// wrapping changes functions that start a span with the options that they are given, and
// their calls.
type wrapping struct{ *File }

// declaration gives a function that starts a span with the options that it is given a
// context, which has the parent:
//
//	func (c *Client) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
//		return c.tracer.StartSpan(name, opts...)
//	}
//
// becomes
//
//	func (c *Client) StartSpan(ctx context.Context, name string, opts ...trace.SpanStartOption) trace.Span {
//		_, span := c.tracer.Start(ctx, name, opts...)
//		return span
//	}
func (p wrapping) declaration(fd *ast.FuncDecl) {
	w := p.changing(p.WrapperAt(fd.Name.Pos()))
	if w == nil {
		return
	}
	s := p.site(fd.Name, w)
	ctx := p.FreshIn(fd, "ctx")
	p.wrapped[w.Start] = ctx
	first := fd.Type.Params.List[0]
	p.Wrap(s, first, func(r *edit.Renderer) string {
		return ctx + " " + r.Pkg("context") + ".Context, " + r.Text(first)
	})
}

// call hands a context to such a function, in which the span that is started has the
// parent that was among the options.
func (p wrapping) call(call *ast.CallExpr) {
	w := p.changing(p.WrapperOf(call))
	if w == nil {
		return
	}
	s := p.site(call, w)
	st := &Start{Call: call}
	given := w.Decl.Type.Params.NumFields() - 1
	p.startOptions(st, call.Args[given:])
	p.otherParent(st)
	p.TakeStart(s, st)
	stmt, assigned := p.Statement(call).(*ast.AssignStmt)
	if len(st.post) > 0 {
		if list, _ := p.Siblings(p.EnclosingStmt(call)); !assigned || list == nil || len(stmt.Lhs) != 1 || !p.Repeatable(stmt.Lhs[0]) || syntax.IsBlank(stmt.Lhs[0]) {
			s.Deny(flow.RefusedOptionValue, call.Pos(), "an error tag is not an option in OpenTelemetry")
		}
	}
	if s.Refusal != nil {
		return
	}
	st.place(p.File, s)
	if ops := p.Settled(s, p.Expr(call), nil, st.post); len(ops) > 0 {
		p.Wrap(s, stmt, func(r *edit.Renderer) string {
			return withOps(r, r.Text(stmt), r.Text(stmt.Lhs[0]), ops)
		})
	}
	base := p.ContextAt(call)
	p.Edit(s, call, func(r *edit.Renderer) string {
		ctx, links := p.parentContext(r, st, base(r, st))
		options := append(p.arguments(r, st), links...)
		if st.spread != nil {
			options = append(options, r.Text(st.spread)+"...")
		}
		args := append([]string{ctx}, r.Each(call.Args[:given])...)
		before, args := r.Text(call.Fun)+"(", append(args, r.SpreadLast(options)...)
		if len(args) < 3 {
			return before + strings.Join(args, ", ") + ")"
		}
		return startList(before, args)
	})
}

// site starts a site at a place of a wrapper, which changes with all others.
func (p wrapping) site(at ast.Node, w *flow.Wrapper) *plan.Site {
	s := &plan.Site{File: p.Source, Pos: at.Pos(), Symbol: "opentracing.StartSpanOption", Rule: "references"}
	s.Need(p.Object(w.Options))
	p.Sites = append(p.Sites, s)
	return s
}

// changing returns a wrapper whose options may change.
func (p wrapping) changing(w *flow.Wrapper) *flow.Wrapper {
	if w == nil || p.Object(w.Options) == nil || p.Object(w.Options).Pinned() != nil {
		return nil
	}
	return w
}

// isStart tells whether a start is that of a wrapper, whose callers say what the parent is.
func (p wrapping) isStart(call *ast.CallExpr) bool {
	fd, ok := p.EnclosingFunc(call).(*ast.FuncDecl)
	if !ok {
		return false
	}
	w := p.changing(p.WrapperAt(fd.Name.Pos()))
	return w != nil && w.Start == call
}
