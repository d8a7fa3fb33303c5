// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A diff can be applied, by git and by patch, and gives the new texts.
func TestDiff(t *testing.T) {
	long := strings.Repeat("line\n", 40)
	for _, tt := range []struct{ explanation, name, old, text string }{
		{"a change", "a.go", "package a\n\nvar x = 1\n", "package a\n\nvar x = 2\n"},
		{"changes that are far apart", "a.go", "1\n" + long + "2\n", "3\n" + long + "4\n"},
		{"a new file", "otel.go", "", "package a\n"},
		{"no line end at the end of the old text", "a.go", "package a", "package a\n\nvar x = 1\n"},
		{"no line end at the end of the new text", "a.go", "package a\n", "package a\n\nvar x = 1"},
		{"no line end at the end of both", "a.go", "package a\n\nvar x = 1", "package a\n\nvar x = 2"},
		{"line ends of Windows", "a.go", "package a\r\n\r\nvar x = 1\r\n", "package a\r\n\r\nvar x = 2\r\n"},
		{"lines that look like those of a diff", "a.go", "--- a\n+++ b\n@@ -1 +1 @@\n", "--- a\n+++ c\n@@ -1 +1 @@\n"},
		{"lines with what a terminal obeys", "a.go", "// \x1b[31m\nvar x = 1\n", "// \x1b[31m\nvar x = 2\n"},
		{"a name with a space", "a b/c d.go", "old\n", "new\n"},
		{"a name with quotes", "a\"b\\'.go", "old\n", "new\n"},
		{"a name with control characters", "a\n\x1b\tb.go", "old\n", "new\n"},
		{"a name of another script", "größe.go", "old\n", "new\n"},
		{"a name that turns the direction", "a\u202eog.go", "old\n", "new\n"},
		{"a name that is not UTF-8", "a\xff.go", "old\n", "new\n"},
		{"a name that begins with a dash", "-R.go", "old\n", "new\n"},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			file := filepath.FromSlash("/m/" + tt.name)
			result := &Result{Files: map[string][]byte{file: []byte(tt.text)}, before: map[string][]byte{}}
			if tt.old != "" {
				result.before[file] = []byte(tt.old)
			}
			diff := result.Diff(func(name string) string { return strings.TrimPrefix(filepath.ToSlash(name), "/m/") })
			header, _, _ := bytes.Cut(diff, []byte("\n@@"))
			if bytes.ContainsAny(header, "\x1b\u202e\xff") || bytes.Count(header, []byte("\n")) != 1 {
				t.Errorf("the header is raw: %q", header)
			}
			for _, tool := range [][]string{
				{"git", "apply", "-p1", "--whitespace=nowarn"},
				{"patch", "-p1", "--binary", "-s"},
			} {
				applyDiff(t, tool, tt.name, tt.old, tt.text, diff)
			}
		})
	}
}

// applyDiff holds that a tool makes text of old by a diff.
func applyDiff(t *testing.T, tool []string, name, old, text string, diff []byte) {
	t.Helper()
	if _, err := exec.LookPath(tool[0]); err != nil || runtime.GOOS == "windows" {
		return
	}
	if tool[0] == "patch" && strings.Contains(name, "\n") {
		return // GNU patch refuses such names, however they are quoted
	}
	dir := t.TempDir()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if old != "" {
		if err := os.WriteFile(file, []byte(old), 0o644); err != nil {
			t.Skip(err) // a name that the file system has not
		}
	}
	cmd := exec.Command(tool[0], tool[1:]...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(diff)
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %v\n%s\n%s", tool, err, out, diff)
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(got)); diff != "" {
		t.Errorf("%v (-want +got):\n%s", tool, diff)
	}
}
