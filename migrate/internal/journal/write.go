// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// WriteFiles replaces files of the module in the folder root all together. files has
// the new texts by absolute path, before the texts that they were made from; a file
// without one is new. First the journal is written, then all new texts are stored
// beside the files, then they are renamed. Should that be cut short at any time, Recover
// brings the old files back.
//
// All access goes through an [os.Root], so a symbolic link that leads out of the module
// is an error, whenever it was made. A file that is not a regular one, or not what it was
// when it was read, is an error too.
func WriteFiles(root string, files, before map[string][]byte) (err error) {
	nothing := func(err error) error { return fmt.Errorf("migrate: nothing was written: %w", err) }
	real, err := realPath(root)
	if err != nil {
		return nothing(err)
	}
	journals, err := openJournals(true)
	if err != nil {
		return nothing(err)
	}
	defer journals.Close()
	unlock, err := journals.lock(real)
	if err != nil {
		return nothing(err)
	}
	defer unlock()
	tree, err := os.OpenRoot(real)
	if err != nil {
		return nothing(err)
	}
	defer tree.Close()

	j := newJournal(real)
	names := make(map[string]string) // by those in the journal
	for _, name := range slices.Sorted(maps.Keys(files)) {
		old, exists := before[name]
		e, err := planEntry(tree, root, name, old, exists)
		if err != nil {
			return fmt.Errorf("migrate: nothing was written, since %s can't be replaced: %w", name, err)
		}
		e.New = textHash(files[name])
		names[e.Name] = name
		j.Entries = append(j.Entries, e)
	}
	if err := journals.write(j); err != nil {
		return nothing(err)
	}
	defer func() {
		if err != nil {
			_, undo := journals.undo(tree, j)
			err = errors.Join(err, undo)
		}
	}()
	for _, e := range j.Entries {
		if err := store(tree, j.stage(e), files[names[e.Name]], e.Mode, e.Owner); err != nil {
			return fmt.Errorf("migrate: nothing was written, since %s can't be replaced: %w", names[e.Name], err)
		}
	}
	for _, e := range j.Entries {
		err := e.unchanged(tree) // it may have been a while
		if err == nil {
			err = tree.Rename(j.stage(e), e.Name)
		}
		if err != nil {
			return fmt.Errorf("migrate: the files were put back, since %s can't be replaced: %w", names[e.Name], err)
		}
	}
	return journals.remove(j)
}

// planEntry returns what the journal says about a file. The error tells why the file
// must not be replaced.
func planEntry(tree *os.Root, root, name string, old []byte, exists bool) (journalEntry, error) {
	rel, err := filepath.Rel(root, name)
	if err != nil || !filepath.IsLocal(rel) || rel == "." {
		return journalEntry{}, fmt.Errorf("it is outside of the module in %s", root)
	}
	e := journalEntry{Name: rel, Mode: byUmask}
	if exists {
		e.Old, e.Text = textHash(old), old
		info, err := tree.Lstat(rel)
		if err != nil {
			return e, err
		}
		e.Mode, e.Owner = info.Mode().Perm(), ownerOf(info)
	}
	return e, e.unchanged(tree)
}

// unchanged returns an error if a file is not what it was when it was read.
func (e journalEntry) unchanged(tree *os.Root) error {
	text, err := readRegular(tree, e.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.Old == "":
		return nil
	case err != nil:
		return err
	case e.Old == "":
		return errors.New("a file of that name has appeared")
	case textHash(text) != e.Old:
		return errors.New("it has changed since it was read; run fix again")
	}
	return nil
}

// readRegular reads a file of a tree. The error says what it is if it is not a regular
// file: a symbolic link, of which nobody knows who else uses its target, or something
// that never ends.
func readRegular(tree *os.Root, name string) ([]byte, error) {
	info, err := tree.Lstat(name)
	if err == nil {
		err = source.Regular(info)
	}
	if err != nil {
		return nil, err
	}
	f, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil {
		return nil, err
	} else if !os.SameFile(info, opened) {
		return nil, fmt.Errorf("%s was replaced while it was opened", name)
	}
	return io.ReadAll(f)
}

// byUmask stands for the permissions that the user's umask gives to a new file.
const byUmask = fs.ModeIrregular

// store makes a file, which must not be there, with a text. It belongs to owner, where
// the user may give it away; nil is the user.
func store(tree *os.Root, name string, text []byte, mode fs.FileMode, owner *fileOwner) error {
	first := fs.FileMode(0o600)
	if mode == byUmask {
		first = 0o666
	}
	f, err := tree.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, first)
	if err != nil {
		return err
	}
	if owner != nil {
		_ = f.Chown(owner.User, owner.Group)
	}
	if _, err = io.Copy(f, bytes.NewReader(text)); err == nil && mode != byUmask {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = tree.Remove(name)
	}
	return err
}

// realPath returns an absolute path without symbolic links: one name for a folder.
func realPath(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}
