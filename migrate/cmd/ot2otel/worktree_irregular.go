// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// irregular returns an error if a file that git opens without a look at what it is, is
// not a regular one: git would wait for a named pipe for ever. Those are in the tree,
// and where the objects are.
func (t *workTree) irregular(ctx context.Context) error {
	err := filepath.WalkDir(t.top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && d != nil && d.IsDir():
			return fs.SkipDir // git can't read it either
		case err != nil:
			return err
		}
		switch d.Name() {
		case ".git":
			if d.IsDir() {
				return fs.SkipDir
			}
		case ".gitignore", ".gitattributes", ".gitmodules":
			return regularForGit(path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return irregularObjects(ctx, filepath.Join(t.common, "objects"), make(map[string]bool))
}

// irregularObjects looks at a folder of objects, and at those that it names for more.
func irregularObjects(ctx context.Context, objects string, seen map[string]bool) error {
	objects = filepath.Clean(objects)
	const most = 100 // folders of objects, of which git follows fewer
	if seen[objects] || len(seen) == most {
		return nil
	}
	seen[objects] = true
	folders, err := os.ReadDir(objects)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	names := []string{filepath.Join("info", "commit-graphs")}
	for _, folder := range folders {
		if name := folder.Name(); len(name) == 2 || name == "info" || name == "pack" { // what git looks into
			names = append(names, name)
		}
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		files, err := os.ReadDir(filepath.Join(objects, name))
		if err != nil {
			continue // git can't read it either
		}
		for _, file := range files {
			if file.Type().IsRegular() {
				continue
			}
			if err := regularForGit(filepath.Join(objects, name, file.Name())); err != nil {
				return err
			}
		}
	}
	list, err := readGitFile(filepath.Join(objects, "info", "alternates"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			if err := irregularObjects(ctx, absolute(objects, line), seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// regularForGit returns an error if a file is there, and neither a folder nor a regular
// file, nor a link to one.
func regularForGit(name string) error {
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file, and git would wait for what is in it; remove it", name)
	}
	return nil
}
