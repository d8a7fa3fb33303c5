// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ot2otel/ot2otel/migrate"
)

// TestInterruptedFix stops the command by a signal at every stage of a rewrite of many
// files, and holds that the tree is the old one or the new one, with nothing beside it.
func TestInterruptedFix(t *testing.T) {
	t.Setenv("GOCACHE", goEnvironment(t)["GOCACHE"]) // not below the next one
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	whole := interruptedModule(t)
	before := treeOf(t, whole)
	run := fixCommandIn(t, whole)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after := treeOf(t, whole)
	if maps.Equal(before, after) {
		t.Fatal("a run that nobody interrupts changes nothing")
	}

	staged := func(dir string) bool {
		names, _ := filepath.Glob(filepath.Join(dir, ".ot2otel-work100.go.*"))
		return len(names) > 0
	}
	replacing := func(dir string) bool {
		data, _ := os.ReadFile(filepath.Join(dir, "work1.go"))
		return string(data) != before["work1.go"]
	}
	for _, tt := range []struct {
		name     string
		signal   syscall.Signal
		when     func(dir string) bool
		old, new bool // which trees may be left
	}{
		{"Ctrl-C while packages are loaded", syscall.SIGINT, func(string) bool { return true }, true, false},
		{"Ctrl-C while texts are stored", syscall.SIGINT, staged, true, true},
		{"Ctrl-C while files are replaced", syscall.SIGINT, replacing, true, true},
		{"a crash while texts are stored", syscall.SIGKILL, staged, true, true},
		{"a crash while files are replaced", syscall.SIGKILL, replacing, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := interruptedModule(t)
			cmd := fixCommandIn(t, dir)
			var output strings.Builder
			cmd.Stdout, cmd.Stderr = &output, &output
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			exited := make(chan error, 1)
			go func() { exited <- cmd.Wait() }()
			time.Sleep(20 * time.Millisecond) // the handler of signals is not there before
			deadline := time.Now().Add(time.Minute)
			var err error
			for sent := false; !sent && err == nil; {
				select {
				case err = <-exited:
					t.Logf("it was done before the signal: %v\n%s", err, output.String())
					sent = true
				default:
					if tt.when(dir) || time.Now().After(deadline) {
						if err := cmd.Process.Signal(tt.signal); err != nil {
							t.Log(err)
						}
						err = <-exited
						sent = true
					}
				}
			}
			if tt.signal == syscall.SIGKILL {
				// The next run of the command puts things right, though the new code does not
				// compile before it has its modules, but not one that is to write nothing.
				left := treeOf(t, dir)
				out, err := fixCommandIn(t, dir, "-diff").CombinedOutput()
				t.Logf("the next run, with -diff: %v\n%s", err, out)
				if !maps.Equal(left, treeOf(t, dir)) {
					t.Error("fix -diff has written to the tree")
				}
				undone, err := migrate.Recover(dir)
				t.Logf("put back: %d files, %v", len(undone), err)
				if halfway := !maps.Equal(left, before) && !maps.Equal(left, after); halfway && !strings.Contains(string(out), "was interrupted") {
					t.Errorf("fix -diff says %s", out)
				}
			}
			switch tree := treeOf(t, dir); {
			case tt.old && maps.Equal(tree, before):
				t.Log("the tree is the old one")
			case tt.new && maps.Equal(tree, after):
				t.Log("the tree is the new one")
			default:
				for name, text := range tree {
					if text != before[name] && text != after[name] {
						t.Errorf("%s is neither the old nor the new one:\n%s", name, text)
					}
				}
				t.Errorf("the tree of %d files is neither the old one of %d nor the new one of %d; the command said:\n%s", len(tree), len(before), len(after), output.String())
			}
		})
	}
}

// interruptedModule makes a module of many files, so that writing them takes a while.
func interruptedModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"go.mod": "module example.com/many\n\ngo 1.26\n\nrequire github.com/opentracing/opentracing-go v1.2.0\n",
		"go.sum": string(knownSums(t)),
	}
	for i := range 120 {
		files[fmt.Sprintf("work%d.go", i)] = fmt.Sprintf(`package many

import "github.com/opentracing/opentracing-go"

func work%d() { opentracing.StartSpan("work").Finish() }
`, i)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fixCommandIn returns ot2otel fix as a process: this test's binary, under the name
// by which TestMain knows it.
func fixCommandIn(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "ot2otel")
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, append([]string{"fix", "-force"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-mod=mod", "GORACE="+raceOptions(t))
	return cmd
}
