// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Recover undoes a run of [Fix] that was cut short while it replaced the files of the
// module that dir is in; an empty dir is the current folder. It returns the files that
// it has put back, by absolute path: none where no run was cut short. Fix does the same
// before it begins.
//
// What was being replaced is kept in the user's cache folder (see [os.UserCacheDir]), so
// that nothing in the module can name a file to be overwritten. A file that was changed
// since the run stays; the error names it, and where its old text is.
func Recover(dir string) ([]string, error) {
	root, err := moduleRoot(dir)
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

// interrupted returns an error if a run was cut short in the module that dir is in.
func interrupted(dir string) error {
	root, err := moduleRoot(dir)
	if err != nil || root == "" {
		return err
	}
	js, err := openJournals(false)
	if err != nil {
		return nil // then there is none that Recover would use
	}
	defer js.Close()
	if _, err := js.read(root); err == nil {
		return fmt.Errorf("migrate: a run of fix was interrupted in %s, and its files may be half replaced: run fix without -diff, which puts the old ones back", root)
	}
	return nil
}

// moduleRoot returns the folder of the module that dir is in, without symbolic links,
// or "" if it is in none. It looks above dir by the name that dir has, as the go command
// does: above what a symbolic link leads to may be another module.
func moduleRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir) // of the current folder, $PWD
	if err != nil {
		return "", fmt.Errorf("migrate: %w", err)
	}
	for root := dir; ; root = filepath.Dir(root) {
		if info, err := os.Stat(filepath.Join(root, "go.mod")); err == nil && !info.IsDir() {
			if root, err = filepath.EvalSymlinks(root); err != nil {
				return "", fmt.Errorf("migrate: %w", err)
			}
			return root, nil
		}
		if root == filepath.Dir(root) {
			return "", nil
		}
	}
}

// sameRoot returns an error unless the module in the folder root is the one that
// moduleRoot finds for dir, which Recover has looked at.
func sameRoot(dir, root string) error {
	recovered, err := moduleRoot(dir)
	if err != nil {
		return err
	}
	real, err := realPath(root)
	if err == nil && real != recovered {
		err = fmt.Errorf("the go command takes %s for the module's folder, and not %s: run fix in %s", real, cmp.Or(recovered, "none"), real)
	}
	if err != nil {
		return fmt.Errorf("migrate: nothing was written: %w", err)
	}
	return nil
}
