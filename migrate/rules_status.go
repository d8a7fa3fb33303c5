// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
)

// settled drops the error tags that have no say, so that what is left can be done
// in order. On compat false waits for the end of the span, and a bare true leaves
// the description that is there; in OpenTelemetry Ok is final, and the last error wins.
func (p *spanFile) settled(s *site, span *node, base ast.Expr, ops []*op) []*op {
	var out []*op
	for _, o := range ops {
		if o.void {
			continue
		}
		if o.facts&setsStatus == 0 {
			out = append(out, o)
			continue
		}
		if o.facts == setsErrorTrue && p.keepsDescription(base, o, out) {
			if o.unstated == nil {
				continue
			}
			bare := *o
			bare.stmt, bare.single, bare.several, bare.facts = o.unstated, o.unstated, false, o.facts&^setsStatus
			out = append(out, &bare)
			continue
		}
		if o.decides {
			out = p.withoutOverruled(out, o)
		}
		out = append(out, o)
	}
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

// withoutOverruled drops the error tags before o, in one row with it, that o leaves
// no trace of.
func (p *spanFile) withoutOverruled(before []*op, o *op) []*op {
	var out []*op
	for _, earlier := range before {
		overruled := earlier.tag && earlier.tags == nil && earlier.facts&setsStatus != 0 && p.pureArguments(earlier.call)
		if o.facts&(setsErrorTrue|setsErrorMaybe) != 0 && earlier.facts&setsErrorText != 0 {
			overruled = false // its description stays
		}
		if !overruled {
			out = append(out, earlier)
		}
	}
	return out
}

// keepsDescription tells whether a bare true always follows a described error, in its
// own row or in the statements before it.
func (p *spanFile) keepsDescription(base ast.Expr, o *op, row []*op) bool {
	for _, earlier := range row {
		if earlier.facts == setsErrorText && earlier.decides {
			return true
		}
	}
	fn := p.enclosingFunc(o.call)
	if base == nil || fn == nil || !p.repeatable(base) {
		return false
	}
	always := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Pos() < o.call.Pos() {
			always = always || p.describes(call, base) && p.before(call, o.call) && p.reaches(call, o.call)
		}
		return !always
	})
	return always
}

// describes tells whether a call sets the error tag of a span to a description.
func (p *spanFile) describes(call *ast.CallExpr, span ast.Expr) bool {
	if p.symbolOf(call.Fun) != "opentracing.Span.SetTag" || len(call.Args) != 2 || !p.same(receiverOf(call), span) {
		return false
	}
	if key, known := constantText(p.info, call.Args[0]); !known || key != "error" {
		return false
	}
	o := p.errorTagOp(keyValue{value: call.Args[1]})
	return o.facts == setsErrorText && o.decides
}
