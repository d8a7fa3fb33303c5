// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Regular returns an error that says what a file is, if it is not a regular one.
func Regular(info fs.FileInfo) error {
	what := "a special file"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		what = "a symbolic link"
	case mode.IsDir():
		what = "a folder"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	}
	return fmt.Errorf("%s is %s, not a regular file", info.Name(), what)
}

// The go command opens whatever has the name of a source file. It would wait for ever for
// a named pipe, and read a device to its end, which may be never; and it prints some of
// what it can't parse, which may be a file of somebody else that a link leads to. The
// functions below find such files before it does.

// irregularModuleFiles returns an error if a go.mod or go.work in dir or above it is there
// but not a regular file, nor a link to one; or a link that leads out of its folder, for
// those that the go command reads.
func irregularModuleFiles(dir string) error {
	found := make(map[string]bool)
	for {
		for _, name := range []string{"go.mod", "go.sum", "go.work", "go.work.sum"} {
			file := filepath.Join(dir, name)
			if err := irregular(file); err != nil {
				return err
			}
			kind, _, _ := strings.Cut(strings.TrimPrefix(name, "go."), ".")
			if kind == "sum" {
				kind = "mod"
			}
			if found[kind] {
				continue // there is one further down
			}
			if err := leadsOut(file, dir); err != nil {
				if kind == "work" {
					err = fmt.Errorf("%w; or set GOWORK to the right file", err)
				}
				return err
			}
		}
		found["mod"] = found["mod"] || Exists(filepath.Join(dir, "go.mod"))
		found["work"] = found["work"] || Exists(filepath.Join(dir, "go.work")) || os.Getenv("GOWORK") != ""
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
			return fmt.Errorf("migrate: %s is a symbolic link, and the go command may write to its target: replace it with a file", name)
		}
	}
	return nil
}

// IrregularSources does what irregularModuleFiles does for all that the go command may
// take for a source file: of the modules, their vendor directories and the folders that
// take the place of other modules. It looks into folders such as testdata too, since a
// package can be imported from there by its name. What a link leads to may be in the
// same of these folders or in one of the modules.
func IrregularSources(ctx context.Context, mod *Module, work *Workspace) error {
	modules := []string{mod.Dir}
	if work != nil {
		modules = append(modules, work.Modules...)
	}
	s := sourceWalk{ctx: ctx, inside: make([]string, 0, len(modules))}
	for _, dir := range modules {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			s.inside = append(s.inside, real)
		}
	}
	var folders []string
	add := func(dir, needs string) error {
		if needs != "" && !Exists(filepath.Join(dir, needs)) {
			return nil // the go command does without it, or refuses the folder
		}
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			folders = append(folders, real)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("migrate: %w", err)
		}
		return nil
	}
	for _, dir := range modules {
		if err := add(dir, ""); err != nil {
			return err
		}
		if err := add(filepath.Join(dir, "vendor"), "modules.txt"); err != nil {
			return err
		}
		for _, folder := range replacements(filepath.Join(dir, "go.mod")) {
			if err := add(folder, "go.mod"); err != nil {
				return err
			}
		}
	}
	if work != nil {
		if err := add(filepath.Join(filepath.Dir(work.File), "vendor"), "modules.txt"); err != nil {
			return err
		}
		for _, folder := range replacements(work.File) {
			if err := add(folder, "go.mod"); err != nil {
				return err
			}
		}
	}
	slices.Sort(folders)
	folders = slices.Compact(folders)
	for _, dir := range folders {
		if err := s.walk(dir, folders); err != nil {
			return err
		}
	}
	return nil
}

// A sourceWalk looks at the source files of folders. All names are without symbolic
// links.
type sourceWalk struct {
	ctx    context.Context
	inside []string // the folders of the modules
}

// walk looks at all that is below dir, apart from other folders that are walked.
func (s *sourceWalk) walk(dir string, others []string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case s.ctx.Err() != nil:
			return s.ctx.Err()
		case err != nil:
			return fs.SkipDir // the go command says so, if it matters
		case d.IsDir():
			if _, other := slices.BinarySearch(others, path); path != dir && other {
				return fs.SkipDir
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return s.link(path, dir)
		case d.Type().IsRegular() || !isSource(d.Name()):
			return nil
		}
		return irregular(path)
	})
}

// link looks at a symbolic link below dir. A package may be in a folder that it leads to.
func (s *sourceWalk) link(name, dir string) error {
	if isSource(filepath.Base(name)) {
		if err := irregular(name); err != nil {
			return err
		}
		return leadsOut(name, slices.Concat([]string{dir}, s.inside)...)
	}
	target, err := filepath.EvalSymlinks(name)
	if err != nil || below(target, dir) {
		return nil // the walk gets there
	}
	if info, err := os.Stat(target); err != nil || !info.IsDir() {
		return nil
	}
	entries, _ := os.ReadDir(target)
	for _, entry := range entries {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if path := filepath.Join(target, entry.Name()); isSource(entry.Name()) && !entry.Type().IsRegular() {
			if err := irregular(path); err != nil {
				return err
			}
			if err := leadsOut(path, slices.Concat([]string{target, dir}, s.inside)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// replacements returns the folders that a go.mod or go.work replaces modules by.
func replacements(name string) []string {
	if irregular(name) != nil {
		return nil // as irregularSources will say, if it is the module's
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var replaced []*modfile.Replace
	if filepath.Base(name) == "go.mod" {
		parsed, err := modfile.Parse(name, data, nil)
		if err != nil {
			return nil
		}
		replaced = parsed.Replace
	} else {
		parsed, err := modfile.ParseWork(name, data, nil)
		if err != nil {
			return nil
		}
		replaced = parsed.Replace
	}
	var folders []string
	for _, r := range replaced {
		if r.New.Version != "" {
			continue
		}
		folder := filepath.FromSlash(r.New.Path)
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(filepath.Dir(name), folder)
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
	if err := Regular(info); err != nil {
		return fmt.Errorf("migrate: %s can't be read, and the go command would try to: %w; remove it", name, err)
	}
	return nil
}

// leadsOut returns an error if a file is a symbolic link to a file in none of the folders.
func leadsOut(name string, folders ...string) error {
	info, err := os.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil // there is nothing to read
	}
	if info, err := os.Stat(target); err != nil || info.IsDir() {
		return nil
	}
	for _, dir := range folders {
		if real, err := filepath.EvalSymlinks(dir); err == nil && below(target, real) {
			return nil
		}
	}
	return fmt.Errorf("migrate: %s is a symbolic link to outside of the module, and the target could be printed: replace it with a file", name)
}

// below tells whether a file is below a folder.
func below(name, dir string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}
