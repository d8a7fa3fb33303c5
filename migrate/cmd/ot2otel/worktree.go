// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A workTree is the git work tree of a checkout that somebody else may have made. Git
// runs programs that a repository's configuration names: file system monitors, filters,
// hooks, helpers that fetch what is missing. So git never gets to see that
// configuration. It works with a git folder of our own, which borrows the commit, the
// index and the objects of the checkout, and only those of its settings that name no
// program. The user's own configuration holds as ever, filters of it included.
type workTree struct {
	top     string // the folder that has .git
	gitDir  string // with HEAD and index
	common  string // with config, objects and refs
	ours    string // our git folder
	filters bool   // the configuration has filters, which are not run
}

// maxGitFile is the size up to which files of a git folder are read.
const maxGitFile = 256 << 20

// cleanTree reports what git knows as changed in the work tree of dir, and Go files in
// dir that it doesn't know, since a rewrite of them could not be told from what was
// there, nor undone. The error is also one if that can't be found out.
func cleanTree(ctx context.Context, dir string) error {
	tree, err := openWorkTree(ctx, dir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree.ours)
	changed, err := tree.status(ctx, tree.top, "--untracked-files=no")
	if err != nil {
		return err
	}
	if changed != "" {
		note := ""
		if tree.filters {
			note = "; the filters in the configuration of the repository are not run"
		}
		return fmt.Errorf("the git work tree has uncommitted changes (%s%s); commit or stash them, or use -force", terminal.Text(changed), note)
	}
	added, err := tree.status(ctx, dir, "--untracked-files=all", "--", "*.go")
	if err != nil {
		return err
	}
	if name, ok := strings.CutPrefix(added, "?? "); ok {
		return fmt.Errorf("git does not know %s, so a rewrite of it could not be undone; add and commit it, or use -force", terminal.Text(name))
	}
	return nestedTrees(ctx, dir)
}

// nestedTrees looks at the git work trees below dir, submodules and others, that belong
// to the Go module of dir.
func nestedTrees(ctx context.Context, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir // the go command can't read it either
		case !d.IsDir() || path == dir:
			return nil
		case strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "vendor" || d.Name() == "testdata" || present(path, "go.mod"):
			return fs.SkipDir
		case !present(path, ".git"):
			return nil
		}
		if err := cleanTree(ctx, path); err != nil {
			return fmt.Errorf("in %s: %w", relative(path), err)
		}
		return fs.SkipDir // it has looked at those below
	})
}

func present(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// openWorkTree finds the work tree that dir is in, and makes a git folder for it.
func openWorkTree(ctx context.Context, dir string) (*workTree, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("git is needed to tell whether the work tree is clean, since the rewrite could not be undone otherwise; use -force to rewrite all the same: %w", err)
	}
	tree := &workTree{top: dir}
	var err error
	for tree.gitDir == "" {
		if tree.gitDir, err = gitFolder(tree.top); err != nil {
			return nil, cannotTell(err)
		}
		if parent := filepath.Dir(tree.top); tree.gitDir == "" && parent == tree.top {
			return nil, errors.New("this is not a git work tree, so the rewrite could not be undone; use -force to rewrite all the same")
		} else if tree.gitDir == "" {
			tree.top = parent
		}
	}
	if tree.ours, err = os.MkdirTemp("", "ot2otel-git-"); err != nil {
		return nil, err
	}
	if err := tree.borrow(ctx); err != nil {
		_ = os.RemoveAll(tree.ours)
		return nil, cannotTell(err)
	}
	return tree, nil
}

func cannotTell(err error) error {
	return fmt.Errorf("can't tell whether the git work tree is clean, so the rewrite may be impossible to undo; use -force to rewrite all the same: %w", err)
}

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
		return nil, fmt.Errorf("%s has %d bytes, more than such a file needs", name, info.Size())
	}
	return os.ReadFile(name)
}

// borrow fills our git folder.
func (t *workTree) borrow(ctx context.Context) error {
	t.common = t.gitDir
	if data, err := readGitFile(filepath.Join(t.gitDir, "commondir")); err == nil {
		t.common = absolute(t.gitDir, strings.TrimSpace(string(data)))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	settings, err := t.settings(ctx)
	if err != nil {
		return err
	}
	head, err := t.head()
	if err != nil {
		return err
	}
	files := map[string][]byte{"config": settings, "HEAD": head}
	copied := []string{filepath.Join(t.common, "info", "exclude")}
	shared, err := filepath.Glob(filepath.Join(escapeGlob(t.gitDir), "sharedindex.*")) // of a split index
	if err != nil {
		return err
	}
	for _, from := range append(copied, shared...) {
		data, err := readGitFile(from)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		name := filepath.Base(from)
		if name == "exclude" {
			name = filepath.Join("info", name)
		}
		files[name] = data
	}
	for _, name := range []string{"index", "config"} {
		if info, err := os.Stat(filepath.Join(t.gitDir, name)); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file", filepath.Join(t.gitDir, name))
		}
	}
	for _, folder := range []string{"refs", "info"} {
		if err := os.Mkdir(filepath.Join(t.ours, folder), 0o700); err != nil {
			return err
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(t.ours, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func escapeGlob(path string) string {
	if os.PathSeparator == '\\' {
		return path // where nothing can be escaped
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// gitSettings are the settings that are taken from a checkout, with their values: what
// git has to know of the files and of the objects, and none that names a program, a file
// or a host.
var gitSettings = map[string][]string{
	"core.repositoryformatversion": {"0", "1"},
	"core.filemode":                {"true", "false"},
	"core.symlinks":                {"true", "false"},
	"core.ignorecase":              {"true", "false"},
	"core.precomposeunicode":       {"true", "false"},
	"core.trustctime":              {"true", "false"},
	"core.checkstat":               {"default", "minimal"},
	"core.autocrlf":                {"true", "false", "input"},
	"core.eol":                     {"lf", "crlf", "native"},
	"extensions.objectformat":      {"sha1", "sha256"},
	"extensions.refstorage":        {"files"},
}

// settings returns our configuration.
func (t *workTree) settings(ctx context.Context) ([]byte, error) {
	name := filepath.Join(t.common, "config")
	if _, err := readGitFile(name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// What it includes is not read, and nothing in it is obeyed.
	out, err := t.git(ctx, t.ours, "config", "--file", name, "--no-includes", "--null", "--list")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		key = strings.ToLower(key)
		if strings.HasPrefix(key, "filter.") {
			t.filters = true
		}
		allowed, ok := gitSettings[key]
		value = strings.ToLower(value)
		switch {
		case !ok:
		case slices.Contains(allowed, value):
			section, variable, _ := strings.Cut(key, ".")
			fmt.Fprintf(&b, "[%s]\n\t%s = %s\n", section, variable, value)
		case strings.HasPrefix(key, "extensions."):
			return nil, fmt.Errorf("%s is %q, which is not supported", key, value)
		}
	}
	return b.Bytes(), nil
}

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
	return nil, fmt.Errorf("%s leads in a circle", name)
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

// status returns the first line of git status. Submodules are left out: git would ask
// one with that one's own configuration.
func (t *workTree) status(ctx context.Context, dir string, args ...string) (string, error) {
	out, err := t.git(ctx, dir, append([]string{"status", "--porcelain", "--null", "--ignore-submodules=all"}, args...)...)
	first, _, _ := strings.Cut(string(out), "\x00")
	if err != nil && ctx.Err() == nil {
		err = cannotTell(err)
	}
	return first, err
}

// git runs git with our git folder, and returns its output.
func (t *workTree) git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", slices.Concat([]string{
		"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "safe.bareRepository=explicit",
	}, args)...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		// Of git's own only those that say where the user's configuration and git are.
		if !strings.HasPrefix(name, "GIT_") || slices.Contains([]string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"}, name) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env,
		"GIT_DIR="+t.ours, "GIT_WORK_TREE="+t.top,
		"GIT_INDEX_FILE="+filepath.Join(t.gitDir, "index"), "GIT_OBJECT_DIRECTORY="+filepath.Join(t.common, "objects"),
		"GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0",
	)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.Bytes(), err
}
