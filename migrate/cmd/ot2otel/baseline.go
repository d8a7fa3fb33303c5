// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// maxBaseline is the size up to which a baseline is read.
const maxBaseline = 64 << 20

// A baselineFile is where a baseline is, or is to be. What is below the root of the
// module or workspace may be the work of somebody else, so it is read and written by way
// of that root, which no symbolic link leads out of. Another place is the user's own.
type baselineFile struct {
	given   string   // on the command line; empty for the default
	name    string   // relative to root, or any if root is nil
	shown   string   // the name for a person
	root    *os.Root // may be nil
	missing bool
}

// openBaseline returns a baseline file that the user has named, or the program's own for
// an empty name.
func openBaseline(program *migrate.Program, given string) (*baselineFile, error) {
	b := &baselineFile{given: given, name: given}
	if given == "" {
		b.name = filepath.Join(program.Base(), migrate.BaselineName)
	}
	abs, err := filepath.Abs(b.name)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	b.shown = program.Rel(abs)
	if rel, err := filepath.Rel(program.Base(), abs); err == nil && filepath.IsLocal(rel) {
		if b.root, err = os.OpenRoot(program.Base()); err != nil {
			return nil, fmt.Errorf("baseline: %w", err)
		}
		b.name = rel
	}
	return b, nil
}

// readBaseline reads a baseline file that the user has named.
func readBaseline(program *migrate.Program, given string) (*migrate.Baseline, error) {
	b, err := openBaseline(program, given)
	if err != nil {
		return nil, err
	}
	defer b.close()
	return b.read()
}

func (b *baselineFile) close() {
	if b.root != nil {
		_ = b.root.Close()
	}
}

// command returns the command line that writes the file.
func (b *baselineFile) command() string {
	if b.given == "" {
		return "ot2otel check -write"
	}
	return "ot2otel check -write -baseline " + terminal.Path(b.given)
}

// read reads the file. The error for a missing one is an fs.ErrNotExist.
func (b *baselineFile) read() (*migrate.Baseline, error) {
	data, err := b.bytes()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no baseline file (write one with ot2otel check -write): %w", err)
	} else if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return migrate.ParseBaseline(b.shown, bytes.NewReader(data))
}

func (b *baselineFile) bytes() ([]byte, error) {
	if b.root == nil {
		return os.ReadFile(b.name)
	}
	if err := b.regular(); err != nil {
		return nil, err
	}
	f, err := b.root.Open(b.name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if len(data) > maxBaseline {
		return nil, fmt.Errorf("%s has more than %d bytes", b.shown, maxBaseline)
	}
	return data, err
}

// regular returns an error if the file is there and not a regular one: a link to a file
// of somebody else, or something that never ends.
func (b *baselineFile) regular() error {
	info, err := b.root.Lstat(b.name)
	var failed *fs.PathError
	switch {
	case errors.As(err, &failed):
		return &fs.PathError{Op: "open", Path: b.shown, Err: failed.Err}
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file (%v): replace it with one", b.shown, info.Mode().Type())
	}
	return nil
}

// replace writes the file so that a reader sees the old content or the new one.
func (b *baselineFile) replace(data []byte) (err error) {
	root, name := b.root, b.name
	if root == nil {
		if root, err = os.OpenRoot(filepath.Dir(name)); err != nil {
			return err
		}
		defer root.Close()
		name = filepath.Base(name)
	} else if err := b.regular(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	staged := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text()+".tmp")
	f, err := root.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // less the user's umask
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(staged)
		}
	}()
	_, err = f.Write(data)
	if old, statErr := root.Stat(name); err == nil && statErr == nil {
		err = f.Chmod(old.Mode().Perm())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Rename(staged, name)
}
