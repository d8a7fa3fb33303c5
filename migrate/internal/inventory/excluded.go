// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Excluded returns the Go files in the folders that the patterns of p reach which
// import the OpenTracing API and were not loaded, because a build constraint, a
// file name such as x_windows.go or the lack of cgo excludes them. They may be
// reached with other LoadOptions: Tags, or GOOS and GOARCH in Env.
func Excluded(p *source.Program) []string {
	broken := make(map[string]bool)
	for _, pkg := range p.Roots {
		// Named as broken, or a list of files in place of a pattern.
		if len(pkg.Errors) > 0 || pkg.PkgPath == "command-line-arguments" {
			broken[pkg.Dir] = true
		}
	}
	var excluded []string
	for _, file := range p.NotLoaded() {
		if !broken[filepath.Dir(file)] && fileImportsOpenTracing(file) {
			excluded = append(excluded, p.Rel(file))
		}
	}
	return source.SortedSet(excluded)
}

// fileImportsOpenTracing looks at the import declarations of a file alone.
func fileImportsOpenTracing(name string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if file == nil || err != nil {
		return false // not even a package clause: no file of a program
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && opentracing.IsOpenTracing(path) {
			return true
		}
	}
	return false
}
