// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"slices"
	"strconv"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// An ImportUse is an import, by packages of the program, of a package of another
// module that is built on OpenTracing.
type ImportUse struct {
	// Instrumentation is the import; its Path is the very path imported. Role is
	// "other" for a package that is not in the table but has types of the
	// OpenTracing API in its exported API.
	opentracing.Instrumentation

	Files     []string `json:"files"`     // that import it and are not tests
	TestFiles []string `json:"testFiles"` // that import it and are tests
}

// ImportUses returns the imports of instrumentation in p.Packages, by path.
func ImportUses(p *source.Program) []ImportUse {
	table := opentracing.Instrumentations()
	byPath := make(map[string]*ImportUse)
	for _, pkg := range p.Packages {
		rows := make(map[string]opentracing.Instrumentation)
		for path := range pkg.Imports {
			if row, ok := instrumentationOf(p, table, pkg, path); ok {
				rows[path] = row
			}
		}
		if len(rows) == 0 {
			continue
		}
		for _, name := range pkg.CompiledGoFiles {
			file, err := p.Types.ParseImports(name)
			if err != nil {
				continue // gone since
			}
			for _, spec := range file.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					continue // a syntax error: the package would be broken
				}
				row, ok := rows[path]
				if !ok {
					continue
				}
				use := byPath[path]
				if use == nil {
					row.Path = path
					use = &ImportUse{Instrumentation: row, Files: []string{}, TestFiles: []string{}}
					byPath[path] = use
				}
				name := p.Rel(p.Position(pkg, spec.Pos()).Filename)
				if source.IsTestFile(name) {
					use.TestFiles = append(use.TestFiles, name)
				} else {
					use.Files = append(use.Files, name)
				}
			}
		}
	}
	var all []ImportUse
	for _, use := range byPath {
		use.Files, use.TestFiles = source.SortedSet(use.Files), source.SortedSet(use.TestFiles)
		all = append(all, *use)
	}
	slices.SortFunc(all, func(a, b ImportUse) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// instrumentationOf says whether path, imported by pkg, is instrumentation: by the
// table, or because the package of another module has OpenTracing in its API.
func instrumentationOf(p *source.Program, table []opentracing.Instrumentation, pkg *packages.Package, path string) (opentracing.Instrumentation, bool) {
	if opentracing.IsOpenTracing(path) || path == opentelemetry.JaegerPath {
		return opentracing.Instrumentation{}, false
	}
	imported := pkg.Imports[path]
	if imported != nil && p.InModule(imported) {
		return opentracing.Instrumentation{}, false // its uses are counted as the module's own
	}
	if row, ok := opentracing.LookupInstrumentation(table, path); ok {
		return row, true
	}
	if imported == nil || !opentracing.ImportsOpenTracing(imported) {
		return opentracing.Instrumentation{}, false
	}
	pkgTypes, err := p.Types.Types(imported.ID)
	return opentracing.Instrumentation{Role: "other"}, err == nil && exposesOpenTracing(pkgTypes)
}
