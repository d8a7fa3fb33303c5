// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// journalFolder is the folder with the journals, in the user's cache folder. They are
// not kept in the module: a checkout that somebody else made could bring one.
const journalFolder = "ot2otel"

// A journal says which files of a module are being replaced. There is one as long as
// they are.
type journal struct {
	Root    string // the module's folder, without symbolic links
	Run     string // random hexadecimal digits, a part of the names of stored texts
	Entries []journalEntry
}

// A journalEntry is one file that is being replaced.
type journalEntry struct {
	Name string      // the file, relative to Root
	Mode fs.FileMode // its permissions, or byUmask
	Old  string      // the hash of its old text; empty for a new file
	New  string      // the hash of its new text
	Text []byte      // its old text

	Owner *fileOwner // whom it belongs to, where that may be another than the user; or nil
}

// A fileOwner is whom a file belongs to.
type fileOwner struct{ User, Group int }

func newJournal(root string) *journal {
	run := make([]byte, 8)
	_, _ = rand.Read(run) // it never fails
	return &journal{Root: root, Run: hex.EncodeToString(run)}
}

// stage names the file beside another that holds its text until it is renamed. The go
// command ignores it: its name begins with a dot. Of a name that may be too long with more
// to it, there is a hash instead.
func (j *journal) stage(e journalEntry) string {
	base := filepath.Base(e.Name)
	const longest = 143 // bytes, where file systems encrypt names; 255 elsewhere
	if len(".ot2otel-."+base+j.Run) > longest {
		base = textHash([]byte(base))
	}
	return filepath.Join(filepath.Dir(e.Name), ".ot2otel-"+base+"."+j.Run)
}

// check returns an error if a journal is not one that writeFiles makes for a module.
func (j *journal) check(root string) error {
	if j.Root != root {
		return fmt.Errorf("it is about %s", j.Root)
	}
	if run, err := hex.DecodeString(j.Run); err != nil || len(run) != 8 {
		return fmt.Errorf("its run %q is not 16 hexadecimal digits", j.Run)
	}
	for _, e := range j.Entries {
		if !filepath.IsLocal(e.Name) || filepath.Clean(e.Name) != e.Name || e.Name == "." {
			return fmt.Errorf("%q is not a file of the module", e.Name)
		}
		if e.Old != "" && textHash(e.Text) != e.Old {
			return fmt.Errorf("the old text of %q is damaged", e.Name)
		}
	}
	return nil
}

func textHash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// journals is the folder with the journals of the user.
type journals struct {
	*os.Root
}

// openJournals opens the folder, which it makes if asked to. Otherwise the error for a
// missing one is an fs.ErrNotExist.
func openJournals(create bool) (*journals, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		if !create {
			return nil, fs.ErrNotExist
		}
		return nil, fmt.Errorf("there is no cache folder to keep the old files in: set HOME, or XDG_CACHE_HOME, or LocalAppData on Windows (%w)", err)
	}
	dir := filepath.Join(cache, journalFolder)
	if create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("the cache folder, which keeps the old files during the rewrite, can't be used (set XDG_CACHE_HOME to another one): %w", err)
		}
	}
	info, err := os.Lstat(dir)
	if err != nil && !create {
		return nil, fs.ErrNotExist // nobody can have written to it
	} else if err != nil {
		return nil, err
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("%s can't be trusted: %w; remove it, or set XDG_CACHE_HOME to a folder of your own", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &journals{root}, nil
}

// private returns an error unless a folder can be written by the user alone.
func private(info fs.FileInfo) error {
	if !info.IsDir() {
		return errors.New("it is not a folder")
	}
	if owner, ok := foreignOwner(info); ok {
		return fmt.Errorf("it belongs to user %d", owner)
	}
	if unixModes && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("others may write to it (its mode is %v)", info.Mode().Perm())
	}
	return nil
}

func journalKey(root string) string { return textHash([]byte(root))[:32] }

// lock keeps other runs out of a module. The function that it returns ends that.
func (js *journals) lock(root string) (unlock func(), err error) {
	return lockedfile.MutexAt(filepath.Join(js.Name(), journalKey(root)+".lock")).Lock()
}

// write stores a journal, whole or not at all. One that is there is not replaced: it has
// the old texts of another run.
func (js *journals) write(j *journal) error {
	data, err := json.Marshal(j)
	if err != nil {
		return err
	}
	name := journalKey(j.Root)
	if _, err := js.Lstat(name + ".json"); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("an interrupted run has left %s: run fix again to restore the old files", filepath.Join(js.Name(), name+".json")), err)
	}
	staged := name + "." + j.Run
	if err := store(js.Root, staged, data, 0o600, nil); err != nil {
		return err
	}
	return js.Rename(staged, name+".json")
}

// read returns the journal of a module. The error for none is an fs.ErrNotExist.
func (js *journals) read(root string) (*journal, error) {
	name := journalKey(root) + ".json"
	data, err := readRegular(js.Root, name)
	if err != nil {
		return nil, err
	}
	j := &journal{}
	if err = json.Unmarshal(data, j); err == nil {
		err = j.check(root)
	}
	if err != nil {
		return nil, fmt.Errorf("an interrupted run has left %s, which can't be used: %w; check the files with git, and remove it", filepath.Join(js.Name(), name), err)
	}
	return j, nil
}

func (js *journals) remove(j *journal) error { return js.Remove(journalKey(j.Root) + ".json") }

// undo brings the files of a journal back, and removes it. It returns the files that
// had been replaced. One that is neither the old one nor what the run made of it was
// changed since, so it stays; the error says so, and where its old text is.
func (js *journals) undo(tree *os.Root, j *journal) (undone []string, err error) {
	var failed, changed []error
	for i, e := range j.Entries {
		name := filepath.Join(j.Root, e.Name)
		replaced, err := e.replaced(tree)
		switch {
		case errors.Is(err, errChanged):
			kept := "it was not there before"
			if e.Old != "" {
				copied := journalKey(j.Root) + "." + j.Run + "." + strconv.Itoa(i) + ".old"
				if err := store(js.Root, copied, e.Text, 0o600, nil); err != nil {
					failed = append(failed, err)
					continue
				}
				kept = "its text before the run is in " + filepath.Join(js.Name(), copied)
			}
			changed = append(changed, fmt.Errorf("%s has been changed since, so it was left as it is; %s", name, kept))
		case err == nil && replaced:
			undone = append(undone, name)
			err = j.putBack(tree, e)
		}
		if err != nil && !errors.Is(err, errChanged) {
			failed = append(failed, fmt.Errorf("putting back %s: %w", name, err))
		}
		if info, err := tree.Lstat(j.stage(e)); err == nil && info.Mode().IsRegular() {
			_ = tree.Remove(j.stage(e))
		}
	}
	if len(failed) == 0 {
		failed = append(failed, js.remove(j))
	}
	return undone, errors.Join(slices.Concat(failed, changed)...)
}

// errChanged says that a file is not what a run has left.
var errChanged = errors.New("changed since")

// replaced tells whether a file has its new text.
func (e journalEntry) replaced(tree *os.Root) (bool, error) {
	info, err := tree.Lstat(e.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.Old == "":
		return false, nil
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		return false, errChanged
	case err != nil:
		return false, err
	}
	text, err := readRegular(tree, e.Name)
	if err != nil {
		return false, err
	}
	switch textHash(text) {
	case e.New:
		return e.New != e.Old, nil
	case e.Old:
		return false, nil
	}
	return false, errChanged
}

func (j *journal) putBack(tree *os.Root, e journalEntry) error {
	if e.Old == "" {
		return tree.Remove(e.Name)
	}
	_ = tree.Remove(j.stage(e))
	if err := store(tree, j.stage(e), e.Text, e.Mode.Perm(), e.Owner); err != nil {
		return err
	}
	return tree.Rename(j.stage(e), e.Name)
}
