// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
	"slices"
)

// settled drops the error tags that have no say, so that what is left can be done
// in order. On compat false waits for the end of the span, and a bare true leaves
// the description that is there; in OpenTelemetry Ok is final, and the last error wins.
func (p *spanFile) settled(s *site, span *node, base ast.Expr, ops []*op) []*op {
	row := &statusRow{gone: make(map[*op]bool)}
	for _, o := range ops {
		if o.void {
			continue
		}
		if o.facts == setsErrorTrue && (row.isDescribed() || p.keepsDescription(base, o)) {
			if o.unstated == nil {
				continue
			}
			bare := *o
			bare.stmt, bare.single, bare.several, bare.facts = o.unstated, o.unstated, false, o.facts&^setsStatus
			row.ops = append(row.ops, &bare)
			continue
		}
		row.add(o, p.pureArguments(o.call))
	}
	out := slices.DeleteFunc(row.ops, func(o *op) bool { return row.gone[o] })
	for _, o := range out {
		if o.facts&setsStatus == 0 || span == nil {
			continue
		}
		if call, ok := base.(*ast.CallExpr); ok && p.adapts(call) && o.keep != nil {
			o.kept, s.adapter = true, true // by an earlier run
			continue
		}
		p.errorTags = append(p.errorTags, &errorTag{op: o, p: p, span: span, base: base, moment: p.momentOf(o.call)})
	}
	return out
}

// A statusRow is a row of calls on a span, with the error tags that have a say so far.
type statusRow struct {
	ops       []*op
	gone      map[*op]bool // of these, as a later one leaves no trace of them
	open      []*op        // of these, the error tags that a later one may overrule
	described bool         // by one that is never overruled
}

func (r *statusRow) isDescribed() bool {
	return r.described || slices.ContainsFunc(r.open, describes)
}

// describes tells whether a call sets the error tag to a description for sure.
func describes(o *op) bool { return o.facts == setsErrorText && o.decides }

// add adds a call to the row. Pure says that its arguments may go.
func (r *statusRow) add(o *op, pure bool) {
	r.ops = append(r.ops, o)
	if o.facts&setsStatus == 0 {
		return
	}
	if o.decides {
		var open []*op
		for _, earlier := range r.open {
			if o.facts&(setsErrorTrue|setsErrorMaybe) != 0 && earlier.facts&setsErrorText != 0 {
				open = append(open, earlier) // its description stays
			} else {
				r.gone[earlier] = true
			}
		}
		r.open = open
	}
	if o.tag && o.tags == nil && pure {
		r.open = append(r.open, o)
	} else {
		r.described = r.described || describes(o)
	}
}

// A spanName is what the spans of calls are told apart by first: the variable that leads to
// one, and its own.
type spanName struct{ root, last types.Object }

func (p *syntaxFile) spanNameOf(e ast.Expr) (name spanName) {
	for {
		var id *ast.Ident
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = x
		case *ast.SelectorExpr:
			id, e = x.Sel, x.X
		case *ast.CallExpr:
			if e = receiverOf(x); e == nil {
				return name
			}
			continue
		default:
			return name
		}
		name.root = p.info.ObjectOf(id)
		if name.last == nil {
			name.last = name.root
		}
		if id == ast.Unparen(e) {
			return name
		}
	}
}

// keepsDescription tells whether a bare true always follows a described error in the
// statements before its row.
func (p *spanFile) keepsDescription(base ast.Expr, o *op) bool {
	fn := p.enclosingFunc(o.call)
	if base == nil || fn == nil || !p.repeatable(base) {
		return false
	}
	found, name := p.descriptions(fn), p.spanNameOf(base)
	for n := p.parent[o.call]; n != nil && n != fn; n = p.parent[n] {
		p.steps++
		for _, call := range found[n][name] {
			p.steps++
			if call.Pos() >= o.call.Pos() {
				break
			}
			if p.same(receiverOf(call), base) && p.reaches(call, o.call) {
				return true
			}
		}
	}
	return false
}

// descriptions returns the calls in a function that set the error tag of a span to a
// description, each a statement, by what has the list that it stands in.
func (p *spanFile) descriptions(fn ast.Node) map[ast.Node]map[spanName][]*ast.CallExpr {
	if found, known := p.described[fn]; known {
		return found
	}
	found := make(map[ast.Node]map[spanName][]*ast.CallExpr)
	p.described[fn] = found
	if p.jumps(p.outermostFunc(fn)) {
		return found
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		stmt, ok := n.(*ast.ExprStmt)
		if !ok {
			return true
		}
		call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
		if list, _ := p.siblings(stmt); !ok || list == nil || !p.isDescription(call) {
			return true
		}
		around, name := p.parent[stmt], p.spanNameOf(receiverOf(call))
		if found[around] == nil {
			found[around] = make(map[spanName][]*ast.CallExpr)
		}
		found[around][name] = append(found[around][name], call)
		return true
	})
	return found
}

// isDescription tells whether a call sets the error tag of a span to a description.
func (p *spanFile) isDescription(call *ast.CallExpr) bool {
	if p.symbolOf(call.Fun) != "opentracing.Span.SetTag" || len(call.Args) != 2 {
		return false
	}
	if key, known := constantText(p.info, call.Args[0]); !known || key != "error" {
		return false
	}
	return describes(p.errorTagOp(keyValue{value: call.Args[1]}))
}
