// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// The go command opens whatever has the name of a source file. It would wait for ever for
// a named pipe, and read a device to its end, which may be never. The functions below find
// such files before it does.

// irregularModuleFiles returns an error if a go.mod or go.work in dir or above it is there
// but not a regular file, nor a link to one.
func irregularModuleFiles(dir string) error {
	for {
		for _, name := range []string{"go.mod", "go.sum", "go.work", "go.work.sum"} {
			if err := irregular(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

// linkedSums returns an error if a file that the go command may write when it loads
// packages is a symbolic link: it would write to, or make, what that leads to. It adds to
// go.work.sum whenever that lacks a sum, and to go.mod and go.sum with -mod=mod.
func linkedSums(mod *Module, work *Workspace, goFlags string) error {
	var names []string
	if work != nil {
		names = append(names, work.File+".sum")
	}
	if strings.Contains(goFlags, "-mod=mod") {
		names = append(names, filepath.Join(mod.Dir, "go.mod"), filepath.Join(mod.Dir, "go.sum"))
	}
	for _, name := range names {
		if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("migrate: %s is a symbolic link, and the go command may write to what it leads to: replace it by a file", name)
		}
	}
	return nil
}

// irregularSources does what irregularModuleFiles does for the source files of a module, its vendor directory
// and the folders that take the place of other modules.
func irregularSources(mod *Module, work *Workspace) error {
	folders := []string{mod.Dir}
	if work != nil {
		folders = append(folders, work.Modules...)
	}
	for _, dir := range slices.Clone(folders) {
		folders = append(folders, replacements(dir)...)
	}
	slices.Sort(folders)
	for _, dir := range slices.Compact(folders) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return fs.SkipDir // the go command says so, if it matters
			case d.IsDir():
				if name := d.Name(); path != dir && (name[0] == '.' || name[0] == '_' || name == "testdata") {
					return fs.SkipDir
				}
				return nil
			case d.Type().IsRegular() || !isSource(d.Name()):
				return nil
			}
			return irregular(path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// replacements returns the folders that a go.mod in dir replaces modules by.
func replacements(dir string) []string {
	name := filepath.Join(dir, "go.mod")
	if irregular(name) != nil {
		return nil // as irregularSources will say, if it is the module's
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	parsed, err := modfile.Parse(name, data, nil)
	if err != nil {
		return nil
	}
	var folders []string
	for _, r := range parsed.Replace {
		if r.New.Version != "" {
			continue
		}
		folder := filepath.FromSlash(r.New.Path)
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		folders = append(folders, folder)
	}
	return folders
}

// isSource tells the names of files that the go command opens.
func isSource(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".for", ".f90", ".s", ".sx", ".swig", ".swigcxx", ".syso":
		return true
	}
	return name == "go.mod" || name == "go.sum" || name == "modules.txt"
}

// irregular returns an error if a file is there and not a regular one. A link counts as
// what it leads to, and a folder is none of this.
func irregular(name string) error {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return nil
	}
	if err := regular(info); err != nil {
		return fmt.Errorf("migrate: %s can't be read, and the go command would try to: %w; remove it", name, err)
	}
	return nil
}
