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

// A journalEntry is one file on its way to its place.
type journalEntry struct {
	Name string // the file
	New  string // its new text, beside it
	Old  string // its old text, beside it; empty for a new file
}

// writeFiles replaces files all together. First all new and old texts are stored
// beside the files, then a journal is written, then the files are renamed. Should
// that be cut short, recoverJournal brings the old files back.
func writeFiles(root string, files map[string][]byte) (err error) {
	journal := filepath.Join(root, journalName)
	var entries []journalEntry
	defer func() {
		if err == nil {
			return
		}
		if back := recoverJournal(root); back != nil {
			err = errors.Join(err, back)
		}
		for _, e := range entries {
			_ = os.Remove(e.New)
			if e.Old != "" {
				_ = os.Remove(e.Old)
			}
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		e, err := stage(name, files[name])
		entries = append(entries, e)
		if err != nil {
			return fmt.Errorf("migrate: nothing was written: %w", err)
		}
	}
	data, err := json.MarshalIndent(entries, "", "\t")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := os.WriteFile(journal, data, 0o644); err != nil {
		return fmt.Errorf("migrate: nothing was written: %w", err)
	}
	for _, e := range entries {
		if err := os.Rename(e.New, e.Name); err != nil {
			return fmt.Errorf("migrate: the files were put back: %w", err)
		}
	}
	if err := os.Remove(journal); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, e := range entries {
		if e.Old != "" {
			_ = os.Remove(e.Old)
		}
	}
	return nil
}

// stage stores the new and the old text of a file beside it.
func stage(name string, text []byte) (journalEntry, error) {
	e := journalEntry{Name: name}
	mode := fs.FileMode(0o644)
	old, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return e, err
	default:
		info, err := os.Stat(name)
		if err != nil {
			return e, err
		}
		mode = info.Mode().Perm()
		if e.Old, err = besides(name, "old", old, mode); err != nil {
			return e, err
		}
	}
	e.New, err = besides(name, "new", text, mode)
	return e, err
}

// besides stores a text in a file beside another. The go command ignores it: its
// name begins with a dot.
func besides(name, what string, text []byte, mode fs.FileMode) (string, error) {
	path := filepath.Join(filepath.Dir(name), ".ot2otel-"+filepath.Base(name)+"."+what)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return path, err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	return path, errors.Join(err, f.Close())
}

// recoverJournal undoes a run that was cut short while it replaced files, in the
// module that dir is in. It does nothing when there was none.
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
	journal := filepath.Join(root, journalName)
	data, err := os.ReadFile(journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var entries []journalEntry
	if err := json.Unmarshal(data, &entries); err != nil {
		// It was cut short while it was written: no file has been touched.
		return os.Remove(journal)
	}
	for _, e := range entries {
		switch {
		case e.Old == "":
			err = os.Remove(e.Name)
		default:
			err = os.Rename(e.Old, e.Name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("migrate: putting back %s after an interrupted run: %w", e.Name, err)
		}
		_ = os.Remove(e.New)
	}
	return os.Remove(journal)
}
