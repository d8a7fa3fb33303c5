// SPDX-License-Identifier: Apache-2.0

package baseline

import (
	"os"
	"path/filepath"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// lookedAt returns the files whose uses p counts, relative to its base.
func lookedAt(p *source.Program) map[string]bool {
	files := make(map[string]bool)
	for _, pkg := range p.Packages {
		for _, file := range pkg.GoFiles {
			files[p.Rel(file)] = true
		}
	}
	return files
}

// stillThere reports whether there is a file with a path as Rel makes it.
func stillThere(p *source.Program, file string) bool {
	file = filepath.FromSlash(file)
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Base(), file)
	}
	_, err := os.Stat(file)
	return err == nil
}
