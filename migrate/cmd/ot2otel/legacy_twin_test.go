// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFixLegacyShopOnTwin moves the shop's tests to the twin of mocktracer, as a person
// does, and rewrites the shop: nothing is held back any longer, the tests run, and record
// the same spans before and after.
func TestFixLegacyShopOnTwin(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the shop's tests twice")
	}
	dir := copyLegacyShop(t)
	replace := func(name string, oldNew ...string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(oldNew); i += 2 {
			if !bytes.Contains(text, []byte(oldNew[i])) {
				t.Fatalf("%s has no %q", name, oldNew[i])
			}
			text = bytes.ReplaceAll(text, []byte(oldNew[i]), []byte(oldNew[i+1]))
		}
		// The twin's Extract returns no context where it finds none, so this isn't needed.
		text = regexp.MustCompile(`(?ms)^// recorder is a mock tracer.*?^func \(r recorder\).*?^}\n`).ReplaceAll(text, nil)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const oldImport, newImport = `"github.com/opentracing/opentracing-go/mocktracer"`, `"github.com/ot2otel/ot2otel/compat/mocktracer"`
	replace("main_test.go", oldImport, newImport, "opentracing.SetGlobalTracer(recorder{mock})", "t.Cleanup(mocktracer.Install(mock))")
	replace("shop/shop_test.go", oldImport, newImport, "recorder{mocktracer.New()}", "mocktracer.New()", "\n\tinstall(t, tracer)\n", "\n\tt.Cleanup(mocktracer.Install(tracer))\n")

	recordings := t.TempDir()
	before, after := filepath.Join(recordings, "before.jsonl"), filepath.Join(recordings, "after.jsonl")
	test := func(recording string) {
		t.Helper()
		cmd := exec.Command("go", "test", "-count=1", "-run=^TestRun(Patterns|Twice)$", "./shop")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "OT2OTEL_RECORD="+recording)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go test: %v\n%s", err, out)
		}
	}
	test(before)
	folder := commandAsUsersHaveIt(t)
	t.Chdir(dir)
	code, said := callAsUsersDo(t, folder, "fix", "-force", "./...")
	if code != exitFindings {
		t.Fatalf("fix: exit code %d:\n%s", code, said)
	}
	if !regexp.MustCompile(`^rewrote 2[5-9]\d of 29\d uses `).MatchString(said) || strings.Contains(said, "test-tracer") {
		t.Errorf("fix says\n%s", said)
	}
	test(after)
	compareLegacyShop(t, before, after, 3) // one a run
}
