// SPDX-License-Identifier: Apache-2.0

//go:build unix

package journal

import (
	"os"
	"syscall"
	"testing"
)

// A new file has the permissions that the user's umask leaves.
func TestWriteFilesUmask(t *testing.T) {
	m := newWrittenModule(t)
	defer syscall.Umask(syscall.Umask(0o077))
	if err := WriteFiles(m.root, m.texts("c.go", "new c", "a.go", "new a"), m.texts("a.go", "old a")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"c.go": 0o600, "a.go": 0o644} {
		if info, err := os.Stat(m.path(name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("the mode of %s is %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}
