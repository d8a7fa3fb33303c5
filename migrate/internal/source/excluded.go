// SPDX-License-Identifier: Apache-2.0

package source

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// NotLoaded returns the Go files, by absolute path, in the folders that the patterns of p
// reach which were not loaded.
func (p *Program) NotLoaded() (files []string) {
	loaded := make(map[string]bool)
	dirs := make(map[string]bool)
	for _, pattern := range p.Patterns {
		patternDirs(p, pattern, dirs)
	}
	for _, pkg := range p.Roots {
		if IsTestMain(pkg) {
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
			case IsTestFile(name) && !p.Options.Tests: // left out on request
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
func patternDirs(p *Program, pattern string, dirs map[string]bool) {
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
		case path != root && (p.Module.skips(path) || otherModule(p, path)):
			return fs.SkipDir
		}
		dirs[path] = true
		return nil
	})
}

// otherModule reports whether dir is the root of a module that patterns don't reach.
func otherModule(p *Program, dir string) bool {
	for _, nested := range p.Module.Nested {
		if nested.Dir == dir {
			return true
		}
	}
	return false
}
