// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	mockOriginal = "github.com/opentracing/opentracing-go/mocktracer"
	mockTwin     = "github.com/ot2otel/ot2otel/compat/mocktracer"
)

// mockDifferences are the names of mocktracer's exported API that the twin has otherwise.
var mockDifferences = map[string]string{}

// TestMockAPI compares the exported API of mocktracer with its twin's.
func TestMockAPI(t *testing.T) {
	twinAPI{original: mockOriginal, twin: mockTwin, folders: []string{""}, differences: mockDifferences, same: 60}.compare(t)
}

// mockOracleDifferences are opentracing-go's own tests that fail on the twin, each with its
// reason.
var mockOracleDifferences = map[string]string{}

// TestMockOracle runs opentracing-go's own tests of mocktracer, and those of its package ext,
// which are made with mocktracer, on the twin. They are read from the module cache.
func TestMockOracle(t *testing.T) {
	original := goTool(t, "list", "-m", "-f", "{{.Dir}}", "github.com/opentracing/opentracing-go")
	twin := goTool(t, "list", "-f", "{{.Dir}}", mockTwin)
	overlay := struct{ Replace map[string]string }{make(map[string]string)}
	copied := t.TempDir()
	rewrite := strings.NewReplacer(mockOriginal, mockTwin, "package ext_test\n", "package mocktracer_test\n")
	for _, from := range []string{"mocktracer", "ext"} {
		files, err := filepath.Glob(filepath.Join(original, from, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no tests in opentracing-go's folder %s: %v", from, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rewritten := filepath.Join(copied, from+"_"+filepath.Base(file))
			if err := os.WriteFile(rewritten, []byte(rewrite.Replace(string(source))), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay.Replace[filepath.Join(twin, from+"_oracle_"+filepath.Base(file))] = rewritten
		}
	}
	// The twin's own tests aren't run here.
	own, err := filepath.Glob(filepath.Join(twin, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range own {
		overlay.Replace[file] = ""
	}
	encoded, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	overlayFile := filepath.Join(copied, "overlay.json")
	if err := os.WriteFile(overlayFile, encoded, 0o600); err != nil {
		t.Fatal(err)
	}

	results, output := goTest(t, "-race", "-overlay", overlayFile, mockTwin)
	unused := maps.Clone(mockOracleDifferences)
	passed := 0
	for _, name := range slices.Sorted(maps.Keys(results)) {
		switch reason, listed := mockOracleDifferences[name]; {
		case results[name] == "pass" && !listed:
			passed++
		case results[name] == "pass":
			t.Errorf("%s passes, and there is a reason why it doesn't: %s", name, reason)
		case !listed:
			t.Errorf("%s: %s\n%s", name, results[name], output[name])
		}
		delete(unused, name)
	}
	for name := range unused {
		t.Errorf("there is a reason for %s, which is not a test", name)
	}
	t.Logf("%d tests pass, %d are otherwise", passed, len(mockOracleDifferences))
	if passed < 19 {
		t.Errorf("only %d tests pass: %v", passed, output[""])
	}
}

// goTool returns what a go command prints.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// goTest runs tests, and returns how each of them ended and what it printed; under "" what
// was printed by none.
func goTest(t *testing.T, args ...string) (results, output map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-json", "-vet=off"}, args...)...)
	var failed strings.Builder
	cmd.Stderr = &failed
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	results, output = make(map[string]string), map[string]string{"": failed.String()}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var event struct{ Action, Test, Output string }
		if err := decoder.Decode(&event); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go test: %v", err)
		}
		switch event.Action {
		case "pass", "fail", "skip":
			if event.Test != "" {
				results[event.Test] = event.Action
			}
		case "output", "build-output":
			output[event.Test] += event.Output
		}
	}
	return results, output
}
