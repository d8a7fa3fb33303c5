// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Work trees of all kinds are seen as git sees them, although git does not read their
// configuration.
func TestCleanTree(t *testing.T) {
	for _, tt := range []struct {
		explanation string
		// script makes a work tree in the folder tree, which has a.go and b/b.go committed.
		script string
		dir    string // in tree
		want   string // in the error; empty for a clean tree
	}{
		{"a clean tree", "", "", ""},
		{"a module in a folder of the tree", "", "b", ""},
		{"a changed file", "echo >>a.go", "", "uncommitted changes ( M a.go)"},
		{"a changed file elsewhere in the tree", "echo >>a.go", "b", "uncommitted changes ( M a.go)"},
		{"a file that is staged", "echo >c.go; git add c.go", "", "uncommitted changes (A  c.go)"},
		{"a file that was removed", "rm b/b.go", "", "uncommitted changes ( D b/b.go)"},
		{"a new time alone", "touch a.go", "", ""},
		{"a Go file that git does not know", "echo >b/c.go", "", "does not know b/c.go"},
		{"one outside of the module", "echo >c.go", "b", ""},
		{"another file that git does not know", "echo >c.txt", "", ""},
		{"a Go file that git ignores", "echo c.go >.gitignore; git add .; git commit -qm c; echo >c.go", "", ""},
		{"a Go file that this clone ignores", "mkdir -p .git/info; echo c.go >.git/info/exclude; echo >c.go", "", ""},
		{"no commit", "rm -rf .git; git init -q", "", "does not know a.go"},
		{"no commit, and files that are staged", "rm -rf .git; git init -q; git add .", "", "uncommitted changes (A  a.go)"},
		{"no work tree", "rm -rf .git", "", "not a git work tree"},
		{"packed references and objects", "git pack-refs --all; git gc -q", "", ""},
		{"a detached HEAD", "git checkout -q --detach", "", ""},
		{"a HEAD that is a link", "ref=$(git symbolic-ref HEAD); rm .git/HEAD; ln -s $ref .git/HEAD", "", ""},
		{"another work tree of the repository", "git worktree add -q ../other; cd ..; rm -rf tree/.git", "../other", "can't tell whether"},
		{"another work tree, clean", "git worktree add -q sub/other; echo sub >.git/info/exclude", "sub/other", ""},
		{"another work tree, changed", "git worktree add -q sub/other; echo >>sub/other/a.go", "sub/other", "uncommitted changes ( M a.go)"},
		{"a git folder elsewhere", "mv .git ../gitdir; echo 'gitdir: ../gitdir' >.git", "", ""},
		{"a split index", "git update-index --split-index; touch a.go; git status >/dev/null", "", ""},
		{"a sparse work tree", "git sparse-checkout set --cone b", "", ""},
		{"a sparse index", "git sparse-checkout set --cone --sparse-index b", "", ""},
		{"line ends that git converts", "git config core.autocrlf true; rm a.go; git checkout -q a.go; touch a.go", "", ""},
		{"line ends that git was not asked to convert", "printf 'package a\\r\\n' >a.go", "", "uncommitted changes"},
		{"line ends by an attribute", "echo '*.go text eol=crlf' >.gitattributes; git add .; git commit -qm c; rm a.go; git checkout -q a.go; touch a.go", "", ""},
		{"modes that don't count", "git config core.fileMode false; chmod +x a.go", "", ""},
		{"modes that count", "chmod +x a.go", "", "uncommitted changes"},
		{"SHA-256", "rm -rf .git; git init -q --object-format=sha256; git add .; git commit -qm c", "", ""},
		{"SHA-256, changed", "rm -rf .git; git init -q --object-format=sha256; git add .; git commit -qm c; echo >>a.go", "", "uncommitted changes"},
		{"a format that is not known", "git config core.repositoryFormatVersion 1; git config extensions.refStorage other", "", `can't tell whether`},
		{"another folder as the work tree", "git config core.worktree ..", "", ""},
		{"a repository in the module", "git init -q c; echo >c/c.go", "", "/c: git does not know c.go"},
		{"one that is a module of its own", "git init -q c; echo >c/c.go; echo module c >c/go.mod", "", ""},
		{"an index that never ends", "rm .git/index; mkfifo .git/index", "", "is not a regular file"},
		{"a list of ignored files that never ends", "mkfifo b/.gitignore", "", ".gitignore is not a regular file"},
		{"attributes that never end", "mkfifo .gitattributes", "b", ".gitattributes is not a regular file"},
		{"attributes that are a device", "ln -s /dev/zero b/.gitattributes", "", ".gitattributes is not a regular file"},
		{"a list of submodules that never ends", "mkfifo .gitmodules", "", ".gitmodules is not a regular file"},
		{"attributes of the clone that never end", "mkdir -p .git/info; rm -f .git/info/attributes; mkfifo .git/info/attributes", "", "is not a regular file"},
		{"a list of object folders that never ends", "mkfifo .git/objects/info/alternates", "", "alternates is not a regular file"},
		{"a graph of commits that never ends", "mkfifo .git/objects/info/commit-graph", "", "commit-graph is not a regular file"},
		{"a chain of graphs that never ends", "mkdir .git/objects/info/commit-graphs; mkfifo .git/objects/info/commit-graphs/commit-graph-chain", "", "commit-graph-chain is not a regular file"},
		{"an index of packs that never ends", "mkdir -p .git/objects/pack; mkfifo .git/objects/pack/multi-pack-index", "", "multi-pack-index is not a regular file"},
		{"an object that never ends", "object=.git/objects/$(git rev-parse HEAD | sed 's,^..,&/,'); rm -f $object; mkfifo $object", "", "is not a regular file"},
		{"objects elsewhere that never end", "mkdir -p more/info; echo ../../more >.git/objects/info/alternates; mkfifo more/info/commit-graph; echo more >.git/info/exclude", "", "commit-graph is not a regular file"},
		{"objects elsewhere, in a circle", "echo . >.git/objects/info/alternates", "", ""},
		{"links to regular files", "echo x.txt >ignored; ln -s ../ignored b/.gitignore; git add .; git commit -qm c", "", ""},
		{"a HEAD that names a file", "echo 'ref: refs/../../canary' >.git/HEAD", "", "can't tell whether"},
		{"a HEAD that leads to a file of another kind", "rm .git/HEAD; echo secret >../canary; ln -s ../../canary .git/HEAD", "", "can't tell whether"},
		{"HEADs in a circle", "echo 'ref: refs/heads/x' >.git/HEAD; echo 'ref: refs/heads/x' >.git/refs/heads/x", "", "can't tell whether"},
		{"filters of the user", "git config --global filter.up.clean 'tr a-z A-Z'; git config --global filter.up.smudge 'tr A-Z a-z'; echo '*.go filter=up' >.gitattributes; git add .; git add --renormalize .; git commit -qm c; touch a.go", "", ""},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			tree := gitTree(t, tt.script)
			err := cleanTree(t.Context(), filepath.Join(tree, tt.dir))
			switch {
			case (err == nil) != (tt.want == ""):
				t.Errorf("the error is %v, want %q", err, tt.want)
			case err != nil && (!strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "-force")):
				t.Errorf("the error is %v, want one with %q that names -force", err, tt.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("the error tells what is in another file: %v", err)
			}
		})
	}
}

// gitTree returns a work tree that has a.go and b/b.go committed, and in which a script
// has run.
func gitTree(t *testing.T, script string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(root, "tree")
	t.Setenv("HOME", root)
	t.Setenv("XDG_CONFIG_HOME", root)
	t.Setenv("GIT_DIR", "") // of a hook that runs the tests, say
	if err := os.Unsetenv("GIT_DIR"); err != nil {
		t.Fatal(err)
	}
	setUp := `
		git config --global user.name a
		git config --global user.email a@example.com
		git init -q tree
		cd tree
		echo 'package a' >a.go
		mkdir b
		echo 'package b' >b/b.go
		git add .
		git commit -qm start
	`
	cmd := exec.Command("sh", "-ec", setUp+script)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("this git can't do that: %v\n%s", err, out)
	}
	return tree
}

// Files that are to be replaced are such that git can bring them back, whatever the index
// says of them.
func TestKeptByGit(t *testing.T) {
	for _, tt := range []struct {
		explanation, script string
		file, want          string
	}{
		{"committed", "", "a.go", ""},
		{"committed, in a folder", "", "b/b.go", ""},
		{"a name that looks like a pattern", "echo >':(top)*[a].go'; git --literal-pathspecs add ':(top)*[a].go'; git commit -qm c", ":(top)*[a].go", ""},
		{"a pattern that others match", "echo >'[a].go'", "[a].go", "does not know [a].go"},
		{"ignored", "echo c.go >.gitignore; git add .; git commit -qm c; echo >c.go", "c.go", "does not know c.go"},
		{"ignored by this clone", "mkdir -p .git/info; echo c.go >.git/info/exclude; echo >c.go", "c.go", "does not know c.go"},
		{"ignored by the user", "git config --global core.excludesFile ~/ignore; echo c.go >~/ignore; echo >c.go", "c.go", "does not know c.go"},
		{"staged", "echo >c.go; git add c.go", "c.go", "could not restore"},
		{"committed, although it is ignored", "echo a.go >.gitignore; git add .; git commit -qm c", "a.go", ""},
		{"marked as unchanged", "git update-index --assume-unchanged a.go", "a.go", "git ignores changes of a.go"},
		{"marked as unchanged, and changed", "git update-index --assume-unchanged a.go; echo >>a.go", "a.go", "git ignores changes of a.go"},
		{"another file that is marked", "git update-index --assume-unchanged a.go", "b/b.go", ""},
		{"left out of the work tree", "git update-index --skip-worktree a.go; echo >>a.go", "a.go", "git ignores changes of a.go"},
		{"a file of a sparse work tree", "git sparse-checkout set --cone b", "b/b.go", ""},
		{"a file of a sparse index", "mkdir c; echo >c/c.go; git add .; git commit -qm c; git sparse-checkout set --cone --sparse-index b", "b/b.go", ""},
		{"a sparse index, and a file beside it", "mkdir c; echo >c/c.go; git add .; git commit -qm c; git sparse-checkout set --cone --sparse-index b; mkdir c; echo changed >c/c.go", "c/c.go", "git ignores changes of c/c.go"},
		{
			"changed, with the times and the size that the index has",
			"git config core.trustctime false; git config core.checkStat minimal; touch -d @1000000000 a.go; git update-index --refresh; printf 'package b\\n' >a.go; touch -d @1000000000 a.go; test -z \"$(git status --porcelain)\"",
			"a.go", "could not restore a file as it is ( M a.go)",
		},
		{"line ends by an attribute of this clone", "mkdir -p .git/info; echo '*.go text eol=crlf' >.git/info/attributes; rm a.go; git checkout -q a.go", "a.go", ""},
		{"a repository in the tree", "git init -q c; cd c; echo >c.go; git add .; git commit -qm c", "c/c.go", ""},
		{"a repository in the tree, with an ignored file", "git init -q c; cd c; echo c.go >.gitignore; echo >c.go; git add .; git commit -qm c", "c/c.go", "does not know c.go"},
		{"no commit", "rm -rf .git; git init -q; git add .", "a.go", "can't tell whether"},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			tree := gitTree(t, tt.script)
			err := keptByGit(t.Context(), []string{filepath.Join(tree, filepath.FromSlash(tt.file))})
			switch {
			case (err == nil) != (tt.want == ""):
				t.Errorf("the error is %v, want %q", err, tt.want)
			case err != nil && (!strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "-force")):
				t.Errorf("the error is %v, want one with %q that names -force", err, tt.want)
			}
		})
	}
}

// What git is not told of is named where it may be the reason for what git says.
func TestUnreadSettings(t *testing.T) {
	for _, tt := range []struct{ explanation, script, want string }{
		{"an attribute of this clone is heeded", "mkdir -p .git/info; echo '*.go text eol=crlf' >.git/info/attributes; rm a.go; git checkout -q a.go; touch a.go", ""},
		{"settings that the repository includes", "printf '[core]\\n\\tautocrlf = true\\n' >../more; git config include.path ../../more; rm a.go; git checkout -q a.go; touch a.go", "what the configuration of the repository includes is not read"},
		{"settings that the user includes for a folder", "printf '[core]\\n\\tautocrlf = true\\n' >../more; git config --global 'includeIf.gitdir:**/tree/.git.path' ~/more; rm a.go; git checkout -q a.go; touch a.go", "your settings with includeIf are not read"},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			err := cleanTree(t.Context(), gitTree(t, tt.script))
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

// A signal that comes while git runs is no failure of git.
func TestInterruptedGit(t *testing.T) {
	tree, err := openWorkTree(t.Context(), gitTree(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(tree.ours)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tree.status(ctx, tree.top); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
}
