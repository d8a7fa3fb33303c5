// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Recover undoes a run of Fix that was cut short while it replaced the files of the
// module that dir is in; an empty dir is the current folder. It returns the files that
// it has put back, by absolute path: none where no run was cut short. Fix does the same
// before it begins.
//
// What was being replaced is kept in the user's cache folder (see [os.UserCacheDir]), so
// that nothing in the module can name a file to be overwritten. A file that was changed
// since the run stays; the error names it, and where its old text is.
func Recover(dir string) ([]string, error) {
	root, err := source.ModuleRoot(dir)
	if err != nil || root == "" {
		return nil, err
	}
	js, err := openJournals(false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer js.Close()
	if _, err := js.read(root); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // without a lock, for which the folder has to be writable
	}
	unlock, err := js.lock(root)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer unlock()
	j, err := js.read(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // another run has just come to its end
	} else if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	tree, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	defer tree.Close()
	undone, err := js.undo(tree, j)
	if err != nil {
		return undone, fmt.Errorf("migrate: after an interrupted run: %w", err)
	}
	return undone, nil
}

// Interrupted returns an error if a run was cut short in the module that dir is in.
func Interrupted(dir string) error {
	root, err := source.ModuleRoot(dir)
	if err != nil || root == "" {
		return err
	}
	js, err := openJournals(false)
	if err != nil {
		return nil // then there is none that Recover would use
	}
	defer js.Close()
	if _, err := js.read(root); err == nil {
		return fmt.Errorf("migrate: a run of fix was interrupted in %s, and its files may be half replaced: run fix without -diff to restore them", root)
	}
	return nil
}

// SameRoot returns an error unless the module in the folder root is the one that
// moduleRoot finds for dir, which Recover has looked at.
func SameRoot(dir, root string) error {
	recovered, err := source.ModuleRoot(dir)
	if err != nil {
		return err
	}
	real, err := realPath(root)
	if err == nil && real != recovered {
		err = fmt.Errorf("the go command says that the module is in %s, not in %s: run fix in %s", real, cmp.Or(recovered, "none"), real)
	}
	if err != nil {
		return fmt.Errorf("migrate: nothing was written: %w", err)
	}
	return nil
}
