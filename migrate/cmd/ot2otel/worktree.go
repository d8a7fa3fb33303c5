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
	top    string   // the folder that has .git
	gitDir string   // with HEAD and index
	common string   // with config, objects and refs
	ours   string   // our git folder
	index  string   // the index that git uses, gitDir's own unless set
	notes  []string // on the settings that git is not told of, for a person
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
		return fmt.Errorf("the git work tree has uncommitted changes (%s%s); commit or stash them, or use -force", terminal.Text(changed), tree.unread(ctx))
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
		return nil, fmt.Errorf("fix needs git to see that the work tree is clean, so that you can undo the rewrite; use -force to rewrite anyway: %w", err)
	}
	tree := &workTree{}
	var err error
	if tree.top, tree.gitDir, err = workTreeOf(dir); err != nil {
		return nil, err
	}
	if tree.ours, err = os.MkdirTemp("", "ot2otel-git-"); err != nil {
		return nil, fmt.Errorf("a folder for temporary files is needed to ask git whether the work tree is clean; set TMPDIR (TMP on Windows) to one: %w", err)
	}
	if err := tree.borrow(ctx); err != nil {
		_ = os.RemoveAll(tree.ours)
		return nil, cannotTell(err)
	}
	return tree, nil
}

// workTreeOf returns the root of the work tree that dir is in, and its git folder.
func workTreeOf(dir string) (top, gitDir string, err error) {
	for top = dir; ; top = filepath.Dir(top) {
		if gitDir, err = gitFolder(top); err != nil {
			return "", "", cannotTell(err)
		} else if gitDir != "" {
			return top, gitDir, nil
		}
		if top == filepath.Dir(top) {
			return "", "", errors.New("this is not a git work tree, so the rewrite could not be undone; use -force to rewrite anyway")
		}
	}
}

func cannotTell(err error) error {
	return fmt.Errorf("can't tell whether the git work tree is clean: %w; the rewrite may be impossible to undo, so use -force to rewrite anyway", err)
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
	copied := []string{filepath.Join(t.common, "info", "exclude"), filepath.Join(t.common, "info", "attributes")}
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
		if filepath.Base(filepath.Dir(from)) == "info" {
			name = filepath.Join("info", name)
		}
		files[name] = data
	}
	for _, name := range []string{"index", "config"} {
		if info, err := os.Stat(filepath.Join(t.gitDir, name)); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file", filepath.Join(t.gitDir, name))
		}
	}
	if err := t.irregular(ctx); err != nil {
		return err
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
	index := t.index
	if index == "" {
		index = filepath.Join(t.gitDir, "index")
	}
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
		"GIT_INDEX_FILE="+index, "GIT_OBJECT_DIRECTORY="+filepath.Join(t.common, "objects"),
		"GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0",
	)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err() // git was killed
	} else if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.Bytes(), nil
}
