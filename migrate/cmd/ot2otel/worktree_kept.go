// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// keptByGit returns an error unless git can restore all files, which are to be replaced,
// and shows what became of them: each has to be in a commit as it is, and its entry in
// the index must not hide changes. The index is a part of the checkout, so what it says
// of the files is not enough.
func keptByGit(ctx context.Context, files []string) error {
	byFolder := make(map[string][]string)
	for _, name := range files {
		dir := filepath.Dir(name)
		byFolder[dir] = append(byFolder[dir], filepath.Base(name))
	}
	byTree := make(map[string][]string) // relative to the root of the tree
	for dir, names := range byFolder {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			return cannotTell(err)
		}
		top, _, err := workTreeOf(real)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, real)
		if err != nil {
			return cannotTell(err)
		}
		for _, name := range names {
			byTree[top] = append(byTree[top], filepath.ToSlash(filepath.Join(rel, name)))
		}
	}
	for _, top := range slices.Sorted(maps.Keys(byTree)) {
		if err := keptByTree(ctx, top, byTree[top]); err != nil {
			return err
		}
	}
	return nil
}

// keptByTree does what keptByGit does for the files of one work tree.
func keptByTree(ctx context.Context, top string, names []string) error {
	tree, err := openWorkTree(ctx, top)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree.ours)
	slices.Sort(names)
	const some = 200 // names fit into a command line
	for chunk := range slices.Chunk(names, some) {
		if err := tree.marked(ctx, chunk); err != nil {
			return err
		}
	}
	// An index that was just made of the commit has no times by which git could take
	// a file for unchanged: it has to read it.
	tree.index = filepath.Join(tree.ours, "fresh")
	if _, err := tree.git(ctx, top, "read-tree", "HEAD"); err != nil {
		return cannotTell(err)
	}
	for chunk := range slices.Chunk(names, some) {
		changed, err := tree.status(ctx, top, slices.Concat([]string{"--untracked-files=all", "--ignored", "--"}, literal(chunk))...)
		if err != nil {
			return err
		}
		if changed != "" {
			return fmt.Errorf("git could not restore a file as it is (%s%s), although its index says that it is committed; commit it, or use -force", terminal.Text(changed), tree.unread(ctx))
		}
	}
	return nil
}

// marked returns an error if the index lacks one of the files, or is told not to look at
// its changes.
func (t *workTree) marked(ctx context.Context, names []string) error {
	out, err := t.git(ctx, t.top, slices.Concat([]string{"ls-files", "-v", "-z", "--"}, literal(names))...)
	if err != nil {
		return cannotTell(err)
	}
	known := make(map[string]bool)
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		mark, name, _ := strings.Cut(entry, " ")
		if known[name] = true; mark != "H" && mark != "" {
			return fmt.Errorf("git ignores changes of %s (its index marks it by %s, as with assume-unchanged or skip-worktree), so it would not show the rewrite; run git update-index --no-assume-unchanged --no-skip-worktree for it, or use -force", terminal.Text(name), terminal.Text(mark))
		}
	}
	for _, name := range names {
		if !known[name] {
			return fmt.Errorf("git does not know %s, which it may be told to ignore, so a rewrite of it could not be undone; add and commit it, or use -force", terminal.Text(name))
		}
	}
	return nil
}

// literal returns pathspecs for names.
func literal(names []string) []string {
	specs := make([]string, len(names))
	for i, name := range names {
		specs[i] = ":(top,literal)" + name
	}
	return specs
}
