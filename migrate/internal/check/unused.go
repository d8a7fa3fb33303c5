// SPDX-License-Identifier: Apache-2.0

package check

import (
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// MendUnused blanks variables that the new texts declare and don't use any more: a
// span that was only put into a context, which Start returns now. It tells whether it
// changed a text; the texts have to be checked again then.
func MendUnused(c *Checker, outs []*edit.Output, problems []types.Error) bool {
	changes := make(map[string][]edit.Change)
	for _, problem := range problems {
		pos := problem.Fset.PositionFor(problem.Pos, false) // line directives name any file
		file := c.Parsed[pos.Filename]
		if file == nil {
			continue
		}
		switch {
		case strings.HasPrefix(problem.Msg, "declared and not used: "):
			if c, ok := unusedChange(problem.Fset, file, problem.Pos); ok {
				changes[pos.Filename] = append(changes[pos.Filename], c)
			}
		case strings.HasPrefix(problem.Msg, "no new variables on left side of :="):
			changes[pos.Filename] = append(changes[pos.Filename], edit.Change{From: pos.Offset, To: pos.Offset + len(":="), Text: "="})
		}
	}
	changed := false
	for name, list := range changes {
		i := slices.IndexFunc(outs, func(o *edit.Output) bool { return o.Name == name })
		if i < 0 {
			continue // the problem is not of a new text
		}
		changed = true
		text := edit.ApplyChanges(outs[i].Text, list)
		if formatted, err := format.Source(text); err == nil {
			text = formatted
		}
		outs[i].Text = text
	}
	return changed
}

// unusedChange blanks the name that a short variable declaration or a loop defines at a
// place, or uses it where it is assigned again later on.
func unusedChange(fset *token.FileSet, file *ast.File, pos token.Pos) (c edit.Change, ok bool) {
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || n.Pos() > pos || n.End() <= pos {
			return false
		}
		stack = append(stack, n)
		return true
	})
	if len(stack) < 3 {
		return edit.Change{}, false
	}
	id, isName := stack[len(stack)-1].(*ast.Ident)
	offset := func(p token.Pos) int { return fset.PositionFor(p, false).Offset }
	if loop, isRange := stack[len(stack)-2].(*ast.RangeStmt); isName && isRange && loop.Tok == token.DEFINE {
		return unusedInRange(offset, loop, id), true
	}
	as, isAssign := stack[len(stack)-2].(*ast.AssignStmt)
	if !isName || !isAssign || as.Tok != token.DEFINE {
		return edit.Change{}, false
	}
	scope, again := stack[len(stack)-3], false
	ast.Inspect(scope, func(n ast.Node) bool {
		other, is := n.(*ast.Ident)
		again = again || is && other != id && other.Name == id.Name && other.Pos() > as.End()
		return !again
	})
	if _, listed := scope.(*ast.BlockStmt); again && listed {
		return edit.Change{From: offset(as.End()), To: offset(as.End()), Text: "\n_ = " + id.Name}, true
	}
	return edit.Change{From: offset(id.Pos()), To: offset(id.End()), Text: "_"}, true
}

// unusedInRange drops from the head of a loop the name that the loop does not use.
func unusedInRange(offset func(token.Pos) int, loop *ast.RangeStmt, unused *ast.Ident) edit.Change {
	switch key := loop.Key; {
	case unused == loop.Value && !syntax.IsBlank(key):
		return edit.Change{From: offset(key.End()), To: offset(unused.End()), Text: ""}
	case unused == key && loop.Value != nil && !syntax.IsBlank(loop.Value):
		return edit.Change{From: offset(unused.Pos()), To: offset(unused.End()), Text: "_"}
	default:
		return edit.Change{From: offset(key.Pos()), To: offset(loop.Range), Text: ""}
	}
}
