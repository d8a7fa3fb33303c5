// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// keep notes that a new text has a range of the old one.
func (n *names) keep(f *source.File, from, to int) {
	if n != nil && n.kept != nil && from < to {
		n.kept[f] = append(n.kept[f], [2]int{from, to})
	}
}

// leaving returns the names of a file's imports of which the new text uses none, as far as it
// is the old text. It is nil where these are not to be told.
func (n *names) leaving(f *source.File) map[string]bool {
	if n.kept == nil {
		return nil
	}
	ranges := union(n.kept[f])
	kept := func(id *ast.Ident) bool {
		offset := int(id.Pos() - f.Syntax.FileStart)
		i, _ := slices.BinarySearchFunc(ranges, offset, func(r [2]int, at int) int { return cmp.Compare(r[0], at+1) })
		return i > 0 && offset < ranges[i-1][1]
	}
	gone := make(map[string]bool)
	for _, spec := range f.Syntax.Imports {
		if names, ok := namesOf(f, spec); ok && len(names) == 1 {
			gone[names[0]] = true
		}
	}
	ast.Inspect(f.Syntax, func(node ast.Node) bool {
		if id, ok := node.(*ast.Ident); ok && gone[id.Name] {
			if _, is := f.Unit.Info.Uses[id].(*types.PkgName); is && kept(id) {
				gone[id.Name] = false
			}
		}
		return true
	})
	return gone
}

// union returns ranges in order, each of which ends before the next begins.
func union(ranges [][2]int) (all [][2]int) {
	slices.SortFunc(ranges, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range ranges {
		if last := len(all) - 1; last >= 0 && r[0] <= all[last][1] {
			all[last][1] = max(all[last][1], r[1])
			continue
		}
		all = append(all, r)
	}
	return all
}
