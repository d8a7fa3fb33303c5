// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// mendUnused blanks variables that the new texts declare and don't use any more: a
// span that was only put into a context, which Start returns now. It tells whether it
// changed a text; the texts have to be checked again then.
func mendUnused(c *checker, outs []*output, problems []types.Error) bool {
	changes := make(map[string][]change)
	for _, problem := range problems {
		pos := problem.Fset.Position(problem.Pos)
		file := c.parsed[pos.Filename]
		if file == nil {
			continue
		}
		switch {
		case strings.HasPrefix(problem.Msg, "declared and not used: "):
			if id := definedBy(file, problem.Pos); id != nil {
				changes[pos.Filename] = append(changes[pos.Filename], change{pos.Offset, pos.Offset + len(id.Name), "_"})
			}
		case strings.HasPrefix(problem.Msg, "no new variables on left side of :="):
			changes[pos.Filename] = append(changes[pos.Filename], change{pos.Offset, pos.Offset + len(":="), "="})
		}
	}
	for name, list := range changes {
		i := slices.IndexFunc(outs, func(o *output) bool { return o.name == name })
		outs[i].text = applyChanges(outs[i].text, list)
	}
	return len(changes) > 0
}

// definedBy returns the name that a short variable declaration defines at a place.
func definedBy(file *ast.File, pos token.Pos) (found *ast.Ident) {
	ast.Inspect(file, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
			for _, l := range as.Lhs {
				if id, ok := l.(*ast.Ident); ok && id.Pos() == pos {
					found = id
				}
			}
		}
		return found == nil && (n == nil || n.Pos() <= pos && pos < n.End())
	})
	return found
}
