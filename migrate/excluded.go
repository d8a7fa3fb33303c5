// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Excluded returns the Go files in the folders that the patterns of p reach which
// import the OpenTracing API and were not loaded, because a build constraint, a
// file name such as x_windows.go or the lack of cgo excludes them. They may be
// reached with other [LoadOptions]: Tags, or GOOS and GOARCH in Env.
func (p *Program) Excluded() []string {
	broken := make(map[string]bool)
	for _, pkg := range p.Roots {
		// Named as broken, or a list of files in place of a pattern.
		if len(pkg.Errors) > 0 || pkg.PkgPath == "command-line-arguments" {
			broken[pkg.Dir] = true
		}
	}
	var excluded []string
	for _, file := range p.notLoaded() {
		if !broken[filepath.Dir(file)] && fileImportsOpenTracing(file) {
			excluded = append(excluded, p.Rel(file))
		}
	}
	return sortedSet(excluded)
}

// notLoaded returns the Go files, by absolute path, in the folders that the patterns of p
// reach which were not loaded.
func (p *Program) notLoaded() (files []string) {
	loaded := make(map[string]bool)
	dirs := make(map[string]bool)
	for _, pattern := range p.Patterns {
		p.patternDirs(pattern, dirs)
	}
	for _, pkg := range p.Roots {
		if isTestMain(pkg) {
			continue
		}
		for _, file := range slices.Concat(pkg.GoFiles, pkg.IgnoredFiles) {
			dirs[filepath.Dir(file)] = true
		}
		for _, file := range pkg.GoFiles {
			loaded[file] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // gone since: the loader saw it
		}
		for _, entry := range entries {
			name, file := entry.Name(), filepath.Join(dir, entry.Name())
			switch {
			case !strings.HasSuffix(name, ".go"), name[0] == '_', name[0] == '.', loaded[file]:
			case isTestFile(name) && !p.Options.Tests: // left out on request
			default:
				files = append(files, file)
			}
		}
	}
	return files
}

// patternDirs adds the folders that a pattern such as ./... or ./internal/...
// reaches: the go command passes over a folder silently when constraints exclude
// every file in it.
func (p *Program) patternDirs(pattern string, dirs map[string]bool) {
	rel, ok := strings.CutSuffix(pattern, "...")
	if !ok || !strings.HasPrefix(rel, ".") || strings.Contains(rel, "...") {
		return
	}
	root, err := filepath.Abs(filepath.Join(p.Options.Dir, rel))
	if err != nil {
		return
	}
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir // unreadable: for the go command, too
		case !d.IsDir():
			return nil
		case path != root && (p.Module.skips(path) || p.otherModule(path)):
			return fs.SkipDir
		}
		dirs[path] = true
		return nil
	})
}

// otherModule reports whether dir is the root of a module that patterns don't reach.
func (p *Program) otherModule(dir string) bool {
	for _, nested := range p.Module.Nested {
		if nested.Dir == dir {
			return true
		}
	}
	return false
}

// fileImportsOpenTracing looks at the import declarations of a file alone.
func fileImportsOpenTracing(name string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if file == nil || err != nil {
		return false // not even a package clause: no file of a program
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && IsOpenTracing(path) {
			return true
		}
	}
	return false
}
