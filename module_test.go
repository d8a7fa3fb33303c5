// SPDX-License-Identifier: Apache-2.0

package ot2otel_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const (
	modulePath  = "github.com/ot2otel/ot2otel"
	otelVersion = "v1.47.0"
	// contribVersion is that of contrib's unstable modules; its stable ones are at
	// otelVersion.
	contribVersion = "v0.72.0"
	// samplerVersion is that of contrib's samplers, which are a set of their own.
	samplerVersion = "v0.38.0"
	maxLines       = 400
)

// TestGoMod looks at what `go install …@latest` and users' version selection need.
func TestGoMod(t *testing.T) {
	for _, path := range moduleFiles(t) {
		mod := parseModule(t, path)
		if path == "go.mod" {
			if mod.Module.Mod.Path != modulePath {
				t.Errorf("%s: module %s, want %s", path, mod.Module.Mod.Path, modulePath)
			}
			if len(mod.Replace) > 0 || len(mod.Exclude) > 0 {
				t.Errorf("%s: go install …@version refuses modules with replace or exclude directives", path)
			}
		}
		for _, r := range mod.Replace {
			if r.Old.Path != modulePath || !strings.HasPrefix(r.New.Path, ".") {
				t.Errorf("%s: replaces %s; nested modules replace the library only, by its folder", path, r.Old.Path)
			}
		}
		core := 0
		for _, r := range mod.Require {
			if isCore(r.Mod.Path) {
				core++
				if r.Mod.Version != otelVersion {
					t.Errorf("%s: %s %s, want %s: the bridge and otel only compile at one version", path, r.Mod.Path, r.Mod.Version, otelVersion)
				}
			}
			switch {
			case !strings.HasPrefix(r.Mod.Path, "go.opentelemetry.io/contrib/") || r.Mod.Version == contribVersion || r.Mod.Version == otelVersion:
			case strings.HasPrefix(r.Mod.Path, "go.opentelemetry.io/contrib/samplers/") && r.Mod.Version == samplerVersion:
			default:
				t.Errorf("%s: %s %s, want %s, or %s of a stable one: contrib is released with otel", path, r.Mod.Path, r.Mod.Version, contribVersion, otelVersion)
			}
		}
		if path == "go.mod" && core < 5 {
			t.Errorf("%s: %d OpenTelemetry modules; the check no longer finds them", path, core)
		}
	}
}

// isCore tells the modules that OpenTelemetry releases together as v1: all but those
// that its versions.yaml has in another set.
func isCore(path string) bool {
	const otel = "go.opentelemetry.io/otel"
	if path == otel {
		return true
	}
	for _, unstable := range []string{"/log/logtest", "/sdk/log/logtest", "/sdk/trace/x", "/schema", "/exporters/prometheus", "/exporters/otlp/otlplog", "/exporters/stdout/stdoutlog", "/metric/x"} {
		if path == otel+unstable || strings.HasPrefix(path, otel+unstable+"/") {
			return false
		}
	}
	return strings.HasPrefix(path, otel+"/")
}

// TestPackageDocs wants a package comment in every package.
func TestPackageDocs(t *testing.T) {
	docs := make(map[string]string)  // by folder
	names := make(map[string]string) // by folder
	for _, path := range goFiles(t) {
		folder := filepath.Dir(path)
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(filepath.Base(folder), "_") { // no package to the go command
			continue
		}
		file := parse(t, path)
		names[folder] = file.Name.Name
		if file.Doc != nil {
			docs[folder] += file.Doc.Text()
		}
	}
	for folder, name := range names {
		doc := docs[folder]
		switch {
		case doc == "":
			t.Errorf("%s: package %s has no package comment", folder, name)
		case name != "main" && !strings.HasPrefix(doc, "Package "+name+" "):
			t.Errorf("%s: the package comment doesn't start with %q", folder, "Package "+name)
		}
	}
}

// TestSourceFiles looks at each Go file: licence and length.
func TestSourceFiles(t *testing.T) {
	const licence = "// SPDX-License-Identifier: Apache-2.0\n\n"
	for _, path := range goFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), licence) {
			t.Errorf("%s doesn't start with %q and an empty line", path, strings.TrimSpace(licence))
		}
		if lines := strings.Count(string(data), "\n"); lines > maxLines && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s has %d lines; more than %d are two nouns in one file", path, lines, maxLines)
		}
	}
}

// walk returns the repository's files that keep returns true for, nested modules
// included. Folders called testdata hold other people's code.
func walk(t *testing.T, keep func(path string) bool) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			if name == "testdata" || name == "node_modules" || (strings.HasPrefix(name, ".") && path != ".") {
				return fs.SkipDir
			}
			return nil
		}
		if keep(path) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func goFiles(t *testing.T) []string {
	t.Helper()
	return walk(t, func(path string) bool { return strings.HasSuffix(path, ".go") })
}

func moduleFiles(t *testing.T) []string {
	t.Helper()
	return walk(t, func(path string) bool { return filepath.Base(path) == "go.mod" })
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func parseModule(t *testing.T, path string) *modfile.File {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse(path, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return mod
}

// importName returns the name by which file knows the package at path; empty where
// it doesn't import it.
func importName(file *ast.File, path string) string {
	for _, spec := range file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err != nil || p != path {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path[strings.LastIndex(path, "/")+1:]
	}
	return ""
}
