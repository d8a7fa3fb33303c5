// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A writtenModule is a module in a folder, with another folder beside it that nothing
// may be written to.
type writtenModule struct {
	t             *testing.T
	root, outside string
}

func newWrittenModule(t *testing.T) *writtenModule {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	m := &writtenModule{t: t, root: filepath.Join(t.TempDir(), "m"), outside: t.TempDir()}
	m.write("go.mod", "module m\n")
	m.write("a.go", "old a")
	m.write("b.go", "old b")
	if err := os.WriteFile(filepath.Join(m.outside, "canary"), []byte("alive"), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *writtenModule) path(name string) string { return filepath.Join(m.root, name) }

func (m *writtenModule) write(name, text string) {
	m.t.Helper()
	err := os.MkdirAll(filepath.Dir(m.path(name)), 0o755)
	if err == nil {
		err = os.WriteFile(m.path(name), []byte(text), 0o644)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// tree returns the files below a folder with what is in them, or what else they are.
func (m *writtenModule) tree(dir string) map[string]string {
	m.t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			found[rel], err = os.Readlink(path)
			found[rel] = "→ " + found[rel]
		case d.Type().IsRegular():
			var data []byte
			data, err = os.ReadFile(path)
			found[rel] = string(data)
		default:
			found[rel] = d.Type().String()
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return found
}

// holds checks that a folder has these files and no others.
func (m *writtenModule) holds(dir string, want map[string]string, why string) {
	m.t.Helper()
	if diff := cmp.Diff(want, m.tree(dir)); diff != "" {
		m.t.Errorf("%s (-want +got):\n%s", why, diff)
	}
}

// texts returns files by absolute path, given as name, text, name, text.
func (m *writtenModule) texts(pairs ...string) map[string][]byte {
	all := make(map[string][]byte)
	for i := 0; i < len(pairs); i += 2 {
		all[m.path(pairs[i])] = []byte(pairs[i+1])
	}
	return all
}

// journal writes a journal as a run does that is cut short after it.
func (m *writtenModule) journal(change func(j *journal)) *journal {
	m.t.Helper()
	root, err := realPath(m.root)
	if err != nil {
		m.t.Fatal(err)
	}
	j := newJournal(root)
	for _, e := range [][3]string{{"a.go", "old a", "new a"}, {"b.go", "old b", "new b"}, {"d.go", "", "new d"}} {
		entry := journalEntry{Name: e[0], Mode: 0o644, New: textHash([]byte(e[2]))}
		if e[1] != "" {
			entry.Text, entry.Old = []byte(e[1]), textHash([]byte(e[1]))
		}
		j.Entries = append(j.Entries, entry)
	}
	if change != nil {
		change(j)
	}
	js, err := openJournals(true)
	if err != nil {
		m.t.Fatal(err)
	}
	defer js.Close()
	if err := js.write(j); err != nil {
		m.t.Fatal(err)
	}
	return j
}

// Files are written all together, with the permissions that they had.
func TestWriteFiles(t *testing.T) {
	m := newWrittenModule(t)
	if err := os.Chmod(m.path("a.go"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(m.path("b.go"), filepath.Join(m.outside, "hard")); err != nil {
		t.Log(err)
	}
	err := WriteFiles(m.root, m.texts("a.go", "new a", "b.go", "new b", "c.go", "new c"), m.texts("a.go", "old a", "b.go", "old b"))
	if err != nil {
		t.Fatal(err)
	}
	m.holds(m.root, map[string]string{"go.mod": "module m\n", "a.go": "new a", "b.go": "new b", "c.go": "new c"}, "all files are written, and none is left beside them")
	if data, err := os.ReadFile(filepath.Join(m.outside, "hard")); err == nil && string(data) != "old b" {
		t.Errorf("a hard link to b.go has become %q: what is outside of the module stays", data)
	}
	if info, err := os.Stat(m.path("a.go")); err != nil || unixModes && info.Mode().Perm() != 0o640 {
		t.Errorf("the mode of a.go is %v, %v", info.Mode(), err)
	}
	if undone, err := Recover(m.root); undone != nil || err != nil {
		t.Errorf("after a run that came to its end, Recover = %v, %v", undone, err)
	}
}

// A name may be as long as file systems have them.
func TestWriteFilesLongNames(t *testing.T) {
	m := newWrittenModule(t)
	long := strings.Repeat("x", 250) + ".go"
	if err := os.WriteFile(m.path(long), []byte("old"), 0o644); err != nil {
		t.Skip(err)
	}
	if err := WriteFiles(m.root, m.texts(long, "new"), m.texts(long, "old")); err != nil {
		t.Fatal(err)
	}
	m.holds(m.root, map[string]string{"go.mod": "module m\n", "a.go": "old a", "b.go": "old b", long: "new"}, "the file is written")
}

// A file stays its owner's when root replaces it.
func TestWriteFilesKeepsOwner(t *testing.T) {
	m := newWrittenModule(t)
	if err := os.Chown(m.path("a.go"), 12345, 12346); err != nil {
		t.Skip(err)
	}
	if err := WriteFiles(m.root, m.texts("a.go", "new a"), m.texts("a.go", "old a")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(m.path("a.go"))
	if err != nil {
		t.Fatal(err)
	}
	if owner := ownerOf(info); owner == nil || *owner != (fileOwner{12345, 12346}) {
		t.Errorf("a.go belongs to %v", owner)
	}
}

// What must not be replaced is named, and then nothing is written.
func TestWriteFilesRefuses(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	symlink := func(m *writtenModule, target, name string) {
		m.t.Helper()
		if err := errors.Join(os.RemoveAll(m.path(name)), os.Symlink(target, m.path(name))); err != nil {
			m.t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		explanation string
		plant       func(m *writtenModule)
		file        string // beside a.go
		isNew       bool
		want        string
	}{
		{"a file outside of the module", func(m *writtenModule) {}, "../outside.go", true, "outside of the module"},
		{"the module itself", func(m *writtenModule) {}, ".", true, "outside of the module"},
		{"a link to a file outside", func(m *writtenModule) { symlink(m, filepath.Join(m.outside, "canary"), "b.go") }, "b.go", false, "is a symbolic link"},
		{"a link to a file inside", func(m *writtenModule) { symlink(m, "a.go", "b.go") }, "b.go", false, "is a symbolic link"},
		{"a link that leads nowhere, in the place of a new file", func(m *writtenModule) { symlink(m, filepath.Join(m.outside, "made"), "c.go") }, "c.go", true, "is a symbolic link"},
		{"a folder that is a link out of the module", func(m *writtenModule) { symlink(m, m.outside, "sub") }, "sub/canary", false, "escapes"},
		{"a new file in such a folder", func(m *writtenModule) { symlink(m, m.outside, "sub") }, "sub/new.go", true, "escapes"},
		{"a folder", func(m *writtenModule) { m.write("z.go/x", "") }, "z.go", false, "is a folder"},
		{"a file that has changed since it was read", func(m *writtenModule) { m.write("b.go", "by its author") }, "b.go", false, "has changed since"},
		{"a file that was removed since", func(m *writtenModule) { _ = os.Remove(m.path("b.go")) }, "b.go", false, "no such file"},
		{"a new file that somebody else has made", func(m *writtenModule) { m.write("c.go", "mine") }, "c.go", true, "a file of that name"},
		{"a new file in a folder that is missing", func(m *writtenModule) {}, "gone/c.go", true, "no such file"},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			m := newWrittenModule(t)
			tt.plant(m)
			tree, outside := m.tree(m.root), m.tree(m.outside)
			files, before := m.texts("a.go", "new a", tt.file, "new"), m.texts("a.go", "old a")
			if !tt.isNew {
				before[m.path(tt.file)] = []byte("old b")
			}
			err := WriteFiles(m.root, files, before)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), m.path(tt.file)) {
				t.Errorf("the error is %v, want one that names %s and has %q", err, m.path(tt.file), tt.want)
			}
			m.holds(m.root, tree, "nothing is written")
			m.holds(m.outside, outside, "nothing outside of the module changes")
			if undone, err := Recover(m.root); undone != nil || err != nil {
				t.Errorf("after it, Recover = %v, %v", undone, err)
			}
		})
	}
}

// A run that was cut short is undone by the next one, as far as nobody has changed the
// files since.
func TestRecover(t *testing.T) {
	for _, tt := range []struct {
		explanation string
		left        func(m *writtenModule, j *journal)
		want        map[string]string
		undone      []string
		err         string
	}{
		{
			"before anything is stored", func(m *writtenModule, j *journal) {},
			map[string]string{"a.go": "old a", "b.go": "old b"}, nil, "",
		},
		{
			"while texts are stored, one of them in part", func(m *writtenModule, j *journal) {
				m.write(j.stage(j.Entries[0]), "new a")
				m.write(j.stage(j.Entries[1]), "ne")
			},
			map[string]string{"a.go": "old a", "b.go": "old b"}, nil, "",
		},
		{
			"while files are replaced", func(m *writtenModule, j *journal) {
				m.write("a.go", "new a")
				m.write(j.stage(j.Entries[1]), "new b")
				m.write("d.go", "new d")
			},
			map[string]string{"a.go": "old a", "b.go": "old b"}, []string{"a.go", "d.go"}, "",
		},
		{
			"and a replaced file was edited since", func(m *writtenModule, j *journal) {
				m.write("a.go", "edited")
				m.write("b.go", "new b")
			},
			map[string]string{"a.go": "edited", "b.go": "old b"}, []string{"b.go"}, "a.go has been changed since",
		},
		{
			"and a new file was edited since", func(m *writtenModule, j *journal) { m.write("d.go", "edited") },
			map[string]string{"a.go": "old a", "b.go": "old b", "d.go": "edited"}, nil, "d.go has been changed since",
		},
		{
			"and a replaced file was removed since", func(m *writtenModule, j *journal) { _ = os.Remove(m.path("a.go")) },
			map[string]string{"b.go": "old b"}, nil, "a.go has been changed since",
		},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			m := newWrittenModule(t)
			j := m.journal(nil)
			tt.left(m, j)
			before := m.tree(m.root)
			if err := Interrupted(m.root); err == nil {
				t.Error("a dry run does not say that a run was interrupted")
			}
			m.holds(m.root, before, "a dry run puts nothing back")
			undone, err := Recover(filepath.Join(m.root, "."))
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("the error is %v, want %q", err, tt.err)
			}
			var names []string
			for _, name := range undone {
				names = append(names, filepath.Base(name))
			}
			if diff := cmp.Diff(tt.undone, names); diff != "" {
				t.Errorf("put back (-want +got):\n%s", diff)
			}
			tt.want["go.mod"] = "module m\n"
			m.holds(m.root, tt.want, "the old files are back")
			if err != nil && strings.Contains(err.Error(), "a.go") {
				_, kept, _ := strings.Cut(err.Error(), "its text before the run is in ")
				kept, _, _ = strings.Cut(kept, "\n")
				if data, err := os.ReadFile(kept); err != nil || string(data) != "old a" {
					t.Errorf("the old text in %s is %q, %v", kept, data, err)
				}
			}
			if undone, err := Recover(m.root); undone != nil || err != nil {
				t.Errorf("once more, Recover = %v, %v", undone, err)
			}
		})
	}
}

// A journal of another module, or one that is not as a run writes it, changes nothing.
func TestRecoverRefuses(t *testing.T) {
	for _, tt := range []struct {
		explanation string
		change      func(m *writtenModule, j *journal)
		want        string
	}{
		{"an absolute name", func(m *writtenModule, j *journal) { j.Entries[0].Name = filepath.Join(m.outside, "canary") }, "is not a file of the module"},
		{"a name above the module", func(m *writtenModule, j *journal) { j.Entries[0].Name = filepath.Join("..", "x") }, "is not a file of the module"},
		{"a run that names a folder", func(m *writtenModule, j *journal) { j.Run = "00/../../../" }, "hexadecimal"},
		{"another text than the hash says", func(m *writtenModule, j *journal) { j.Entries[0].Text = []byte("x") }, "damaged"},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			m := newWrittenModule(t)
			j := m.journal(nil)
			tt.change(m, j)
			tree, outside := m.tree(m.root), m.tree(m.outside)
			if err := j.check(j.Root); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
			m.holds(m.root, tree, "nothing is written")
			m.holds(m.outside, outside, "nothing outside of the module changes")
		})
	}

	t.Run("the journal of a folder above", func(t *testing.T) {
		m := newWrittenModule(t)
		j := m.journal(nil)
		m.write("a.go", "new a")
		m.write("nested/go.mod", "module n\n")
		if undone, err := Recover(m.path("nested")); undone != nil || err != nil {
			t.Errorf("in a nested module, Recover = %v, %v", undone, err)
		}
		m.write("sub/sub.go", "package sub\n")
		if undone, err := Recover(m.path("sub")); len(undone) != 1 || err != nil {
			t.Errorf("in a folder of the module, Recover = %v, %v", undone, err)
		}
		if err := j.check(m.outside); err == nil {
			t.Error("a journal is taken for that of another module")
		}
	})

	t.Run("another module, in which a link of this one leads", func(t *testing.T) {
		m := newWrittenModule(t)
		m.journal(nil)
		m.write("a.go", "new a")
		m.write("impl/go.mod", "module impl\n")
		m.write("impl/app/a.go", "new a")
		if err := os.Symlink(filepath.Join("impl", "app"), m.path("app")); err != nil {
			t.Skip(err)
		}
		t.Chdir(m.path("app"))
		if root, err := source.ModuleRoot(""); err != nil || SameRoot("", root) != nil || SameRoot("", m.path("impl")) == nil {
			t.Errorf("the module is in %s, %v; and another one may be written, or not this one", root, err)
		}
		if undone, err := Recover(""); len(undone) != 1 || err != nil {
			t.Errorf("Recover = %v, %v: the go command takes the folder for one of the module above the link", undone, err)
		}
		m.holds(m.root, map[string]string{"go.mod": "module m\n", "a.go": "old a", "b.go": "old b", "app": "→ impl/app", "impl/go.mod": "module impl\n", "impl/app/a.go": "new a"}, "the old files are back")
	})

	t.Run("the journal of another run", func(t *testing.T) {
		m := newWrittenModule(t)
		j := m.journal(nil)
		m.write("a.go", "new a")
		if err := WriteFiles(m.root, m.texts("b.go", "newer b"), m.texts("b.go", "old b")); err == nil || !strings.Contains(err.Error(), "an interrupted run has left") {
			t.Errorf("the error is %v", err)
		}
		if undone, err := Recover(m.root); len(undone) != 1 || err != nil {
			t.Errorf("after it, Recover = %v, %v: the old texts of run %s are lost", undone, err, j.Run)
		}
	})

	t.Run("a folder that others may write to", func(t *testing.T) {
		if !unixModes {
			t.Skip("permissions don't tell")
		}
		m := newWrittenModule(t)
		m.journal(nil)
		m.write("a.go", "new a")
		js, err := openJournals(false)
		if err != nil {
			t.Fatal(err)
		}
		defer js.Close()
		if err := os.Chmod(js.Name(), 0o777); err != nil {
			t.Fatal(err)
		}
		_, err = Recover(m.root)
		if err == nil || !strings.Contains(err.Error(), "others may write to it") {
			t.Errorf("the error is %v", err)
		}
		err = WriteFiles(m.root, m.texts("b.go", "new b"), m.texts("b.go", "old b"))
		if err == nil || !strings.Contains(err.Error(), "nothing was written") {
			t.Errorf("writing there: the error is %v", err)
		}
	})

	t.Run("no cache folder", func(t *testing.T) {
		m := newWrittenModule(t)
		for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
			t.Setenv(name, "")
		}
		if undone, err := Recover(m.root); undone != nil || err != nil {
			t.Errorf("Recover = %v, %v: there can't be a journal", undone, err)
		}
		err := WriteFiles(m.root, m.texts("b.go", "new b"), m.texts("b.go", "old b"))
		if err == nil || !strings.Contains(err.Error(), "set HOME, or XDG_CACHE_HOME") {
			t.Errorf("writing: the error is %v", err)
		}
	})
}
