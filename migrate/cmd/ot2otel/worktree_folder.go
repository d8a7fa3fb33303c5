// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// gitFolder returns the git folder of the work tree whose root dir is, or "".
func gitFolder(dir string) (string, error) {
	name := filepath.Join(dir, ".git")
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	case info.IsDir():
		if !present(name, "HEAD") {
			return "", nil // for git, neither
		}
		return name, nil
	}
	// Of a submodule, or of another work tree of a repository.
	data, err := readGitFile(name)
	if err != nil {
		return "", err
	}
	folder, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("%s names no git folder", name)
	}
	return absolute(dir, folder), nil
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// readGitFile reads a file that git reads, too, if it is a regular one of a size that
// such a file may have.
func readGitFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", name)
	case info.Size() > maxGitFile:
		return nil, fmt.Errorf("%s has %d bytes, too many for such a file", name, info.Size())
	}
	return os.ReadFile(name)
}
