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

// head returns the HEAD of our git folder: the commit that is checked out, by its hash,
// or a branch that has none yet.
func (t *workTree) head() ([]byte, error) {
	name := filepath.Join(t.gitDir, "HEAD")
	ref := ""
	if target, err := os.Readlink(name); err == nil { // as very old repositories have it
		ref = filepath.ToSlash(target)
	} else {
		data, err := readGitFile(name)
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(string(data))
		if isHash(text) {
			return []byte(text + "\n"), nil
		}
		ref, _ = strings.CutPrefix(text, "ref: ")
	}
	const depth = 5 // of references to references, as git has it
	for range depth {
		if !strings.HasPrefix(ref, "refs/") || !filepath.IsLocal(ref) {
			return nil, fmt.Errorf("%s names no commit", name)
		}
		text, err := t.reference(ref)
		if err != nil {
			return nil, err
		}
		if text == "" {
			return []byte("ref: refs/heads/none\n"), nil
		}
		if isHash(text) {
			return []byte(text + "\n"), nil
		}
		ref, _ = strings.CutPrefix(text, "ref: ")
	}
	return nil, fmt.Errorf("%s refers to itself", name)
}

// reference returns what a reference holds, or "" if there is none.
func (t *workTree) reference(ref string) (string, error) {
	data, err := readGitFile(filepath.Join(t.common, filepath.FromSlash(ref)))
	if err == nil {
		return strings.TrimSpace(string(data)), nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	packed, err := readGitFile(filepath.Join(t.common, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for line := range strings.Lines(string(packed)) {
		if hash, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name == ref && isHash(hash) {
			return hash, nil
		}
	}
	return "", nil
}

func isHash(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}
