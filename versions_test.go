// SPDX-License-Identifier: Apache-2.0

//go:build !nobridge

package ot2otel_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/document"
)

var updateDocs = flag.Bool("update", false, "write the command in the documents anew")

const otelhttp = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

// addOTelHTTP is the command that adds otelhttp and keeps all OpenTelemetry modules at
// one version.
func addOTelHTTP(t *testing.T) []string {
	t.Helper()
	command := []string{"go", "get", otelhttp + "@" + contribVersion}
	for _, r := range parseModule(t, "go.mod").Require {
		if isCore(r.Mod.Path) {
			command = append(command, r.Mod.Path+"@"+r.Mod.Version)
		}
	}
	slices.SortFunc(command[3:], func(a, b string) int {
		return strings.Compare(strings.Replace(a, "@", " ", 1), strings.Replace(b, "@", " ", 1)) // otel before otel/trace
	})
	return command
}

// TestVersionsCommand holds the documents to the modules and versions of go.mod.
func TestVersionsCommand(t *testing.T) {
	command := addOTelHTTP(t)
	want := "```console\n$ go get " + strings.Join(command[2:], " \\\n    ") + "\n```\n"
	for _, name := range []string{"README.md", "MIGRATION.md"} {
		document.Check(t, name, "versions", want, *updateDocs)
	}
}

// TestAddOpenTelemetryLibrary adds otelhttp to a module that is at stage 1 of
// MIGRATION.md, by the command that stands in stage 2.
func TestAddOpenTelemetryLibrary(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	m := newScratchModule(t, `module example.com/shop

go 1.26

require `+modulePath+` v0.0.0

replace `+modulePath+` => `+root+`
`)
	m.write("main.go", "package main\n\nimport (\n\t\"context\"\n\t\"log\"\n\n\t"+
		`"`+modulePath+`/compat"`+"\n\t"+`"`+modulePath+`/exporters"`+"\n\t"+`"`+modulePath+`/exporters/otlp"`+"\n)\n\n"+
		"func main() {\n\tctx := context.Background()\n\t"+strings.Join(stageOne(t), "\n\t")+"\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n}\n")
	m.run("go", "mod", "tidy")
	m.run("go", "build", "./...")
	m.run(addOTelHTTP(t)...)
	m.write("otelhttp.go", importOTelHTTP)
	m.run("go", "build", "./...")
	m.run("go", "mod", "tidy")
	m.run("go", "build", "./...")
}

const importOTelHTTP = "package main\n\nimport _ \"" + otelhttp + "\"\n"

// TestLibraryRaisesOTelAlone is the error that the documents show, and its fix: a
// library needs a newer otel than the bridge was released with.
func TestLibraryRaisesOTelAlone(t *testing.T) {
	m := newScratchModule(t, "module example.com/shop\n\ngo 1.26\n")
	m.write("main.go", "package main\n\nimport _ \"go.opentelemetry.io/otel/bridge/opentracing\"\n\nfunc main() {}\n")
	m.run("go", "get", "go.opentelemetry.io/otel/bridge/opentracing@v1.46.0", "go.opentelemetry.io/otel@v1.46.0")
	m.run("go", "build", "./...")

	m.run("go", "get", otelhttp+"@"+contribVersion)
	m.write("otelhttp.go", importOTelHTTP)
	said, err := m.try("go", "build", "./...")
	if err == nil {
		t.Fatal("the bridge v1.46.0 builds with a newer otel")
	}
	said = regexp.MustCompile(`(?m)^\S*/bridge\.go:`).ReplaceAllString(said, "bridge.go:")
	shown := errorShown(t, "README.md")
	for line := range strings.Lines(shown) {
		if line != "…\n" && !strings.Contains(said, line) {
			t.Errorf("the go command doesn't say %q as documented:\n%s", line, said)
		}
	}
	if inGuide := errorShown(t, "MIGRATION.md"); inGuide != shown {
		t.Errorf("README.md and MIGRATION.md show different errors:\n%s\n%s", shown, inGuide)
	}

	m.run(addOTelHTTP(t)...)
	m.run("go", "build", "./...")
}

// errorShown returns the error of the bridge's build that a document shows.
func errorShown(t *testing.T, name string) string {
	t.Helper()
	text := readFile(t, name)
	_, text, found := strings.Cut(text, "```text\n# go.opentelemetry.io/otel/bridge/opentracing\n")
	shown, _, closed := strings.Cut(text, "```\n")
	if !found || !closed || shown == "" {
		t.Fatalf("%s doesn't show the error of the bridge's build", name)
	}
	return shown
}

// stageOne returns the statements of MIGRATION.md's stage 1 that replace the old
// set-up, in their order.
func stageOne(t *testing.T) []string {
	t.Helper()
	_, text, _ := strings.Cut(readFile(t, "MIGRATION.md"), "\n## Stage 1")
	text, _, _ = strings.Cut(text, "\n## ")
	var statements []string
	for _, row := range regexp.MustCompile("(?m)^\\| `[^`|]+` \\| `([^`|]+)` \\|$").FindAllStringSubmatch(text, -1) {
		statements = append(statements, row[1])
	}
	if len(statements) != 3 {
		t.Fatalf("stage 1 of MIGRATION.md has %d statements, want the provider, Install and Close: %q", len(statements), statements)
	}
	return statements
}

// scratchModule is a module of a user's, in a folder of its own.
type scratchModule struct {
	t   *testing.T
	dir string
}

// newScratchModule makes a module that may fetch others, as a user's does.
func newScratchModule(t *testing.T, goMod string) scratchModule {
	t.Helper()
	if testing.Short() {
		t.Skip("asks the module proxy")
	}
	m := scratchModule{t, t.TempDir()}
	m.write("go.mod", goMod)
	return m
}

func (m scratchModule) write(name, text string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m scratchModule) try(command ...string) (string, error) {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), command[0], command[1:]...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (m scratchModule) run(command ...string) {
	m.t.Helper()
	if out, err := m.try(command...); err != nil {
		m.t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
}
