// SPDX-License-Identifier: Apache-2.0

package twin

import (
	"go/ast"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// holdElsewhere holds the parts of packages that have files which are in no build that could
// be loaded: what these do with the values of a twin is not seen.
func (rw *Run) holdElsewhere(parts map[member]*move.Part) {
	for _, u := range rw.Units {
		for _, f := range u.Elsewhere {
			for k := range kindsOf(f) {
				test := source.IsTestFile(rw.Fset.File(f.FileStart).Name())
				for _, of := range []member{{k, u.Path, false}, {k, u.Path, true}} {
					if p := parts[of]; p != nil && (of.test || !test) { // a test holds tests alone
						p.Hold(f.Package, "build constraints exclude the file, so it stays as it is")
					}
				}
			}
		}
	}
}

// holdBroken holds what packages that do not compile may be given of the packages that they
// import.
func (rw *Run) holdBroken(parts map[member]*move.Part) {
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
					for _, of := range []member{{k, path, false}, {k, path, true}} {
						if p := parts[of]; p != nil {
							p.Hold(f.Package, "the package does not compile")
						}
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
