// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSize is the size of a file, in bytes, from which on nobody writes it by hand.
const maxSize = 1 << 20

var (
	errTooLarge   = errors.New("it is larger than 1 MiB")
	errNotRegular = errors.New("it is not a regular file")
)

// A reader returns the variables of Jaeger's client, and OTEL_PROPAGATORS, that a file sets.
// Each has its line; the name of the file is added. An error says that the file does not
// parse; what was read before it counts.
type reader func(data []byte) ([]setting, error)

// readerOf returns the reader of a kind of manifest, nil for any other file.
func readerOf(name string) reader {
	name = strings.ToLower(name)
	switch ext := path.Ext(name); {
	case ext == ".yaml", ext == ".yml":
		return readYAML
	case name == "dockerfile", name == "containerfile", strings.HasPrefix(name, "dockerfile."), ext == ".dockerfile", ext == ".containerfile":
		return readDockerfile
	case strings.HasPrefix(name, ".env"), ext == ".env":
		return readEnvFile
	}
	return nil
}

// readManifests reads the files below the root that programs are deployed by.
func (e *examiner) readManifests(ctx context.Context) error {
	root, err := os.OpenRoot(e.root)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		shown := e.rel(filepath.Join(e.root, filepath.FromSlash(name)))
		read := readerOf(d.Name())
		switch {
		case err != nil:
			e.miss(shown, "it can't be read: "+reasonOf(err))
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
			if name != "." && (skips(d.Name()) || e.isOtherModule(root, name)) {
				return fs.SkipDir
			}
		case read == nil:
		case d.Type()&fs.ModeSymlink != 0:
			e.note(shown, 0, "it is a symbolic link")
		case !d.Type().IsRegular():
			e.note(shown, 0, reasonOf(errNotRegular))
		default:
			e.readManifest(root, name, shown, read)
		}
		return nil
	})
}

// skips tells the folders that have files of others, or that nothing is deployed by.
func skips(folder string) bool {
	return slices.Contains([]string{".git", "node_modules", "testdata", "vendor"}, folder)
}

// isOtherModule tells whether a folder has a go.mod file of its own, and the workspace that
// is looked at does not use it.
func (e *examiner) isOtherModule(root *os.Root, folder string) bool {
	if info, err := root.Lstat(path.Join(folder, "go.mod")); err != nil || info.IsDir() {
		return false
	}
	return !slices.Contains(e.moduleFolders(), filepath.Join(e.root, filepath.FromSlash(folder)))
}

func (e *examiner) readManifest(root *os.Root, name, shown string, read reader) {
	data, err := readFile(root, name)
	switch {
	case errors.Is(err, errTooLarge):
		e.note(shown, 0, reasonOf(err))
		return
	case err != nil:
		e.miss(shown, "it can't be read: "+reasonOf(err))
		return
	case !isText(data):
		e.miss(shown, "it is not text")
		return
	}
	settings, err := read(data)
	for i := range settings {
		settings[i].file = shown
	}
	e.settings = append(e.settings, settings...)
	switch {
	case err == nil:
		e.diagnosis.Files++
	case bytes.Contains(data, []byte("{{")):
		line, what := mentions(data)
		e.note(shown, line, "it is a template, which does not parse before its values are known"+what)
	default:
		e.miss(shown, "it does not parse: "+firstLine(err))
	}
}

// mentions returns the first line of a text that names a variable of Jaeger's client, and
// says so; 0 if none does.
func mentions(data []byte) (int, string) {
	n, known := 0, variables()
	for line := range bytes.Lines(data) {
		n++
		for _, v := range known {
			if name := v.name; bytes.Contains(line, []byte(name)) {
				return n, "; look at " + name + " by hand"
			}
		}
	}
	return 0, ""
}

// readFile reads a file that is one, and not larger than maxSize.
func readFile(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular // a pipe would keep Open waiting
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(data) > maxSize {
		return nil, errTooLarge
	}
	return data, err
}

// isText tells whether data is UTF-8 without zero bytes.
func isText(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }

// reasonOf returns the cause of an error without the name of the file.
func reasonOf(err error) string {
	if of, ok := errors.AsType[*fs.PathError](err); ok {
		err = of.Err
	}
	return err.Error()
}

// firstLine returns the first line of an error's text.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
