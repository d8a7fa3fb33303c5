// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// journalName is the file in a module's root that says which files are being
// replaced, as long as they are.
const journalName = ".ot2otel-journal.json"

// A journal says which files are being replaced.
type journal struct {
	// Replacing tells whether the files may have been replaced already. Until then, and
	// once all of them are, only the copies beside them have to go.
	Replacing bool
	Entries   []journalEntry
}

// A journalEntry is one file on its way to its place.
type journalEntry struct {
	Name string // the file
	New  string // its new text, beside it
	Old  string // its old text, beside it; empty for a new file
}

// writeFiles replaces files all together. First all new and old texts are stored
// beside the files, then the files are renamed. Should that be cut short at any time,
// recoverJournal brings the old files back.
func writeFiles(root string, files map[string][]byte) (err error) {
	j := journal{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		e := journalEntry{Name: name, New: besides(name, "new")}
		if exists(name) {
			e.Old = besides(name, "old")
		}
		j.Entries = append(j.Entries, e)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, recoverJournal(root))
		}
	}()
	if err := j.write(root); err != nil {
		return fmt.Errorf("migrate: nothing was written: %w", err)
	}
	for _, e := range j.Entries {
		if err := e.stage(files[e.Name]); err != nil {
			return fmt.Errorf("migrate: nothing was written, since %s can't be replaced: %w", e.Name, err)
		}
	}
	j.Replacing = true
	if err := j.write(root); err != nil {
		return fmt.Errorf("migrate: nothing was written: %w", err)
	}
	for _, e := range j.Entries {
		if err := os.Rename(e.New, e.Name); err != nil {
			return fmt.Errorf("migrate: the files were put back, since %s can't be replaced: %w", e.Name, err)
		}
	}
	j.Replacing = false
	if err := j.write(root); err != nil {
		return fmt.Errorf("migrate: the files were put back: %w", err)
	}
	return recoverJournal(root)
}

// write stores the journal in a module's root, whole or not at all.
func (j journal) write(root string) error {
	data, err := json.MarshalIndent(j, "", "\t")
	if err != nil {
		return err
	}
	name := filepath.Join(root, journalName)
	if err := store(name+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// stage stores the new and the old text of a file beside it.
func (e journalEntry) stage(text []byte) error {
	mode := fs.FileMode(0o644)
	if e.Old != "" {
		old, err := os.ReadFile(e.Name)
		if err != nil {
			return err
		}
		info, err := os.Stat(e.Name)
		if err != nil {
			return err
		}
		mode = info.Mode().Perm()
		if err := store(e.Old, old, mode); err != nil {
			return err
		}
	}
	return store(e.New, text, mode)
}

// besides names a file beside another. The go command ignores it: its name begins
// with a dot.
func besides(name, what string) string {
	return filepath.Join(filepath.Dir(name), ".ot2otel-"+filepath.Base(name)+"."+what)
}

func store(name string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// recoverJournal undoes a run that was cut short, in the module that dir is in. It
// does nothing when there was none.
func recoverJournal(dir string) error {
	root, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for !exists(filepath.Join(root, "go.mod")) {
		parent := filepath.Dir(root)
		if parent == root {
			return nil
		}
		root = parent
	}
	name := filepath.Join(root, journalName)
	_ = os.Remove(name + ".new")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var j journal
	if err == nil {
		err = json.Unmarshal(data, &j)
	}
	if err != nil {
		return fmt.Errorf("migrate: %s, which an interrupted run has left: %w", name, err)
	}
	for _, e := range j.Entries {
		if j.Replacing {
			err = nil
			if e.Old == "" {
				err = os.Remove(e.Name)
			} else {
				err = os.Rename(e.Old, e.Name)
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("migrate: putting back %s after an interrupted run: %w", e.Name, err)
			}
		}
		_ = os.Remove(e.New)
		if e.Old != "" {
			_ = os.Remove(e.Old)
		}
	}
	return os.Remove(name)
}
