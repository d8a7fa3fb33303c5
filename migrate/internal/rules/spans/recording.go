// SPDX-License-Identifier: Apache-2.0

package spans

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// A lazy says how an op leaves values alone that a span which doesn't record has no use
// for. compat makes no text of them either.
type lazy struct {
	// formats tells whether the op makes a text of a value, or looks at its type. Nil
	// means that it doesn't.
	formats func() bool
	// skips says that what the op is given needn't be evaluated.
	skips bool
	// once renders one call that evaluates its arguments and formats them only if the
	// span records. Nil means that there is none.
	once func(r *edit.Renderer, span string) string
}

// isLazy tells whether an op has to be rendered in another way than by its Stmt alone.
func (o *Op) isLazy() bool { return o.formats != nil && !o.kept && o.formats() }

// skips tells whether what a call on a span is given needn't be evaluated.
func (p *File) skips(call *ast.CallExpr, span ast.Expr) bool {
	recv := syntax.ReceiverOf(call)
	if recv != nil && recv != span && !p.OnlyReads(recv) {
		return false
	}
	return !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return arg != span && !p.OnlyReads(arg) })
}

// lazyAttribute is that of an attribute.
func (p *File) lazyAttribute(kv values.KeyValue) lazy {
	helper := "setText"
	switch p.MakingOf(kv) {
	case values.Plain:
		return lazy{}
	case values.Any:
		helper = "setValue"
	}
	return lazy{
		formats: func() bool { return true },
		once: func(r *edit.Renderer, span string) string {
			return r.Helper(helper) + "(" + span + ", " + p.KeyText(r, kv) + ", " + r.Text(kv.Value) + ")"
		},
	}
}

// wantsName tells whether ops leave values alone only where the span has a name.
func wantsName(ops []*Op) bool {
	return slices.ContainsFunc(ops, func(o *Op) bool { return o.isLazy() && (len(ops) > 1 || o.once == nil && o.skips) })
}

// guarded tells whether all that ops do is done only if the span records.
func guarded(ops []*Op) bool {
	if slices.ContainsFunc(ops, func(o *Op) bool { return !o.skips || len(o.nodes) > 0 }) {
		return false
	}
	return !slices.ContainsFunc(rows(ops), func(row []*Op) bool { return !slices.ContainsFunc(row, (*Op).isLazy) })
}

// RenderOps renders ops as statements, which name the span several times; attributes that
// follow each other become one. What formats values is done only if the span records.
func RenderOps(r *edit.Renderer, span string, ops []*Op) string {
	var out, recorded []string
	record := func() {
		if len(recorded) > 0 {
			out = append(out, "if "+span+".IsRecording() {\n"+strings.Join(recorded, "\n")+"\n}")
			recorded = nil
		}
	}
	for _, row := range rows(ops) {
		text := renderRow(r, span, row)
		switch {
		case text == "":
		case slices.ContainsFunc(row, (*Op).isLazy) && row[0].skips:
			recorded = append(recorded, text)
		default:
			record()
			out = append(out, text)
		}
	}
	record()
	return strings.Join(out, "\n")
}

// RenderCall renders ops as one simple statement, if they are one.
func RenderCall(r *edit.Renderer, span string, ops []*Op) string {
	if len(ops) == 1 && ops[0].isLazy() && ops[0].once != nil {
		return ops[0].once(r, span)
	}
	var out []string
	for len(ops) > 0 {
		n := max(1, attributes(ops))
		if text := renderAll(r, span, ops[:n]); text != "" {
			out = append(out, text)
		}
		ops = ops[n:]
	}
	return strings.Join(out, "\n")
}

// attributes counts the attributes that ops begin with.
func attributes(ops []*Op) (n int) {
	for n < len(ops) && ops[n].isAttribute() && !ops[n].kept {
		n++
	}
	return n
}

// rows splits ops into those that become one statement. Attributes with values to format
// part from those that have to be evaluated.
func rows(ops []*Op) (all [][]*Op) {
	for len(ops) > 0 {
		n := max(1, attributes(ops))
		first := 0
		lazy, eager := ops[0].isLazy(), !ops[0].skips
		for i, o := range ops[1:n] {
			if lazy = lazy || o.isLazy(); lazy && (eager || !o.skips) {
				all = append(all, ops[first:i+1])
				first, lazy, eager = i+1, o.isLazy(), false
			}
			eager = eager || !o.skips
		}
		all = append(all, ops[first:n])
		ops = ops[n:]
	}
	return all
}

// renderRow renders ops that become one statement.
func renderRow(r *edit.Renderer, span string, row []*Op) string {
	if o := row[0]; len(row) == 1 && o.isLazy() && !o.skips && o.once != nil {
		return o.once(r, span)
	}
	return renderAll(r, span, row)
}

// renderAll renders attributes, or one other op, without a look at whether the span records.
func renderAll(r *edit.Renderer, span string, ops []*Op) string {
	if attributes(ops) == 0 {
		return ops[0].text(r, span)
	}
	var texts []string
	for _, o := range ops {
		texts = append(texts, o.render(r))
	}
	return edit.List(span+".SetAttributes(", texts, ")")
}
