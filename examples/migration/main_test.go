// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRun compares the spans of each stage with those of the one before. Each rule that
// says what differs on purpose has something that it ignores.
func TestRun(t *testing.T) {
	var out strings.Builder
	folder := t.TempDir()
	if err := run(t.Context(), folder, 1, len(stages)-1, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for n, s := range stages {
		if n > 0 && !strings.Contains(out.String(), fmt.Sprintf("beside stage %d: no differences: ", n-1)) {
			t.Errorf("the spans of stage %d, %s, are not those of stage %d:\n%s", n, s.title, n-1, &out)
		}
		for i, rule := range s.ignore {
			others := append(s.ignore[:i:i], s.ignore[i+1:]...)
			differences, err := differ(t.Context(), others, recording(folder, n-1), recording(folder, n))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(differences, "no differences") {
				t.Errorf("stage %d: the rule %s ignores nothing", n, rule)
			}
		}
	}
	for _, answer := range []string{"→ 200 sold", "→ 409 sold out", "→ 402 card refused"} {
		if got := strings.Count(out.String(), answer+"\n"); got != len(stages) {
			t.Errorf("%d answers %q, want %d:\n%s", got, answer, len(stages), &out)
		}
	}
}

// TestCommands compares the stages with what ot2otel writes.
func TestCommands(t *testing.T) {
	command := filepath.Join(t.TempDir(), "ot2otel")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", command, "github.com/ot2otel/ot2otel/migrate/cmd/ot2otel").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for n, args := range [][]string{
		{"fix", "-stage", "1", "-force", "./..."},
		{"fix", "-force", "./stage1/stock"},
		{"fix", "-force", "./..."},
	} {
		t.Run(fmt.Sprint("stage", n+1), func(t *testing.T) {
			folder := t.TempDir()
			before, after := fmt.Sprint("stage", n), fmt.Sprint("stage", n+1)
			if err := os.CopyFS(filepath.Join(folder, before), os.DirFS(before)); err != nil {
				t.Fatal(err)
			}
			module := strings.Replace(read(t, "go.mod"), "=> ../..", "=> "+parent(t), 1)
			write(t, filepath.Join(folder, "go.mod"), module)
			write(t, filepath.Join(folder, "go.sum"), read(t, "go.sum"))
			fix := exec.CommandContext(t.Context(), command, args...)
			fix.Dir = folder
			if out, err := fix.CombinedOutput(); fix.ProcessState == nil || fix.ProcessState.ExitCode() > 1 {
				t.Fatalf("%v: %v\n%s", args, err, out)
			}
			got, want := sources(t, filepath.Join(folder, before), before), sources(t, after, after)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s is not what %v makes of %s (-want +got):\n%s", after, args, before, diff)
			}
		})
	}
}

// TestFinished looks for OpenTracing in what the last stage is built of.
func TestFinished(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", fmt.Sprintf("./stage%d/...", len(stages)-1)).Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.Lines(string(out)) {
		for _, left := range []string{"opentracing", "uber/jaeger-client-go", "compat/jaegerclient", "compat/mocktracer"} {
			if strings.Contains(path, left) {
				t.Errorf("the last stage is built of %s", path)
			}
		}
	}
}

// sources returns the files of a stage by name, with its import paths as they are in all stages.
func sources(t *testing.T, folder, stage string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		all[name] = strings.ReplaceAll(read(t, path), stage, "stage")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// parent returns the root of the repository.
func parent(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
