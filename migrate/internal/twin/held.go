// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// holdElsewhere holds the parts of packages that have files which are in no build that could
// be loaded: what these do with the values of a twin is not seen.
func (rw *Run) holdElsewhere(parts map[member]*part) {
	for _, u := range rw.Units {
		for _, f := range u.Elsewhere {
			for k := range kindsOf(f) {
				if p := parts[member{k, u.Path}]; p != nil {
					p.hold(f.Package, "build constraints exclude the file, which stays as it is")
				}
			}
		}
	}
}

// holdBroken holds what packages that do not compile may be given of the packages that they
// import.
func (rw *Run) holdBroken(parts map[member]*part) {
	if rw.Program == nil {
		return
	}
	for _, pkg := range rw.Program.Roots {
		if len(pkg.Errors) == 0 {
			continue
		}
		for _, f := range pkg.Syntax {
			for k := range kindsOf(f) {
				seen := map[string]bool{pkg.PkgPath: true, strings.TrimSuffix(pkg.PkgPath, "_test"): true}
				for path, imp := range pkg.Imports {
					if rw.Own[path] && imp.Types != nil {
						seen[path] = true
						rw.Reachable(imp.Types, seen)
					}
				}
				for path := range seen {
					if p := parts[member{k, path}]; p != nil {
						p.hold(f.Package, "the package does not compile")
					}
				}
			}
		}
	}
}

// kindsOf returns the kinds of what a file imports.
func kindsOf(f *ast.File) map[kind]bool {
	kinds := make(map[kind]bool)
	for _, spec := range f.Imports {
		if t, ok := twinOf(source.SpecOf(spec).Path); ok {
			kinds[t.kind] = true
		}
	}
	return kinds
}

// Module returns the edits of all files.
func (rw *Run) Module() *edit.Module {
	return &edit.Module{Fset: rw.Fset, Units: rw.Units, Files: rw.edits}
}

// Blame holds the parts that errors of the new code come from, and tells whether there are
// any.
func (rw *Run) Blame(problems []types.Error) bool {
	blamed := false
	for _, problem := range problems {
		pos := problem.Fset.PositionFor(problem.Pos, false) // line directives name any file
		reason := fmt.Sprintf("the code does not compile with the twin: %s (%s:%d)", problem.Msg, filepath.Base(pos.Filename), pos.Line)
		near := rw.near(pos.Filename)
		for _, m := range near {
			m.part.hold(m.Pos, reason)
			blamed = true
		}
	}
	return blamed
}

// near returns the moves that are nearest to a file: in it, in its package, in what that
// imports, or else all.
func (rw *Run) near(name string) []*Move {
	dir := filepath.Dir(name)
	path := ""
	for _, u := range rw.Units {
		if slices.ContainsFunc(u.Files, func(f *source.File) bool { return f.Name == name }) {
			path = u.Path
		}
	}
	reach := rw.reach[path]
	for _, is := range []func(*Move) bool{
		func(m *Move) bool { return m.File.Name == name },
		func(m *Move) bool { return filepath.Dir(m.File.Name) == dir },
		func(m *Move) bool { return reach[m.File.Unit.Path] },
		func(*Move) bool { return true },
	} {
		if found := slices.DeleteFunc(slices.Clone(rw.Moves), func(m *Move) bool { return !m.part.Edits() || !is(m) }); len(found) > 0 {
			return found
		}
	}
	return nil
}
