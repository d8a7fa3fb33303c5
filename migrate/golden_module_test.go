// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate"
)

// A goldenWorkspace is a folder with modules of cases, which are rewritten one by one, and with the program that runs all
// of them. Beside them is a module that is not ours to rewrite (golden.example/thirdparty).
type goldenWorkspace struct {
	dir     string
	modules []*goldenModule
	tags    string // of the build that is run, besides goldenTags
}

// A goldenModule is a scratch module that holds cases as packages, and a program that runs them.
type goldenModule struct {
	path  string
	dir   string
	cases []*goldenCase
	in    *goldenWorkspace
}

// newGoldenWorkspace makes modules of cases, by name.
func newGoldenWorkspace(t *testing.T, byModule map[string][]*goldenCase) *goldenWorkspace {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &goldenWorkspace{dir: dir}
	third, err := txtar.ParseFile(filepath.Join("testdata", "thirdparty.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range third.Files {
		writeFile(t, filepath.Join(dir, "thirdparty", f.Name), f.Data)
	}
	var work bytes.Buffer
	work.WriteString("go 1.26.0\n\nuse ./" + goldenRunner + "\n")
	for _, name := range slices.Sorted(maps.Keys(byModule)) {
		w.modules = append(w.modules, w.newModule(t, name, byModule[name]))
		work.WriteString("use ./" + name + "\n")
	}
	w.newModule(t, goldenRunner, nil)
	writeFile(t, filepath.Join(dir, "go.work"), work.Bytes())
	return w
}

// goldenRunner is the module of the program that runs the cases of all modules.
const goldenRunner = "runner"

// newGoldenModule makes a module of cases that is alone in its workspace.
func newGoldenModule(t *testing.T, name string, cases []*goldenCase) *goldenModule {
	t.Helper()
	return newGoldenWorkspace(t, map[string][]*goldenCase{name: cases}).modules[0]
}

func (w *goldenWorkspace) newModule(t *testing.T, name string, cases []*goldenCase) *goldenModule {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	m := &goldenModule{path: "golden.example/" + name, dir: filepath.Join(w.dir, name), cases: cases, in: w}
	writeFile(t, filepath.Join(m.dir, "go.mod"), goldenGoMod(t, m.path, root))
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(m.dir, "go.sum"), sum)

	program, err := filepath.Glob(filepath.Join("testdata", "goldenprogram", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range program {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte("golden.example/cases/"), []byte(m.path+"/"))
		writeFile(t, filepath.Join(m.dir, "internal", "goldenprogram", filepath.Base(path)), data)
	}
	for _, c := range cases {
		for _, f := range c.files {
			writeFile(t, m.file(c, f.Name), f.Data)
		}
	}
	m.register(t, m.importPaths(cases))
	return m
}

// goldenGoMod requires what the repository's own module requires, at the same versions, so
// that everything comes from the module cache.
func goldenGoMod(t *testing.T, module, root string) []byte {
	t.Helper()
	path := filepath.Join(root, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own, err := modfile.Parse(path, data, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "module %s\n\ngo %s\n\nrequire (\n", module, own.Go.Version)
	for _, r := range own.Require {
		fmt.Fprintf(&b, "\t%s %s\n", r.Mod.Path, r.Mod.Version)
	}
	fmt.Fprintf(&b, "\tgolden.example/thirdparty v1.0.0\n\tgithub.com/uber/jaeger-client-go v2.30.0+incompatible\n\t%s v0.0.0\n)\n\n", own.Module.Mod.Path)
	for _, r := range [][2]string{
		{"golden.example/thirdparty", "../thirdparty"},
		{"github.com/uber/jaeger-client-go", "../thirdparty/jaeger"},
		{own.Module.Mod.Path, root},
	} {
		fmt.Fprintf(&b, "replace %s => %s\n", r[0], r[1])
	}
	return b.Bytes()
}

func (m *goldenModule) file(c *goldenCase, name string) string {
	return filepath.Join(m.dir, c.name, filepath.FromSlash(name))
}

// read returns the case's files as they are now, new ones among them, by name.
func (m *goldenModule) read(t *testing.T, c *goldenCase) []txtar.File {
	t.Helper()
	var files []txtar.File
	dir := os.DirFS(filepath.Join(m.dir, c.name))
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, name)
		files = append(files, txtar.File{Name: name, Data: data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read returns the files of all cases as they are now.
func (w *goldenWorkspace) read(t *testing.T) map[*goldenCase][]txtar.File {
	t.Helper()
	files := make(map[*goldenCase][]txtar.File)
	for _, m := range w.modules {
		for _, c := range m.cases {
			files[c] = m.read(t, c)
		}
	}
	return files
}

// goldenFix is what the rewriter says about the cases, outside of tests, by their names.
type goldenFix struct {
	refused map[string]goldenRefusals
	changes map[string][]string
}

// fix runs the rewriter over each module, in place, and adds to names.
func (w *goldenWorkspace) fix(t *testing.T, names *goldenNames) goldenFix {
	t.Helper()
	fixed := goldenFix{make(map[string]goldenRefusals), make(map[string][]string)}
	for _, m := range w.modules {
		m.fix(t, names, fixed)
	}
	return fixed
}

func (m *goldenModule) fix(t *testing.T, names *goldenNames, fixed goldenFix) {
	t.Helper()
	result, err := migrate.Fix(t.Context(), &migrate.FixOptions{Dir: m.dir, Env: m.env(), BeforeStage1: true}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	names.add(result)
	for _, s := range result.Skipped {
		t.Errorf("package %s was skipped: %s", s.Path, s.Reason)
	}
	refused := fixed.refused
	for _, r := range result.Refusals {
		name, place := m.place(t, r.Pos)
		if r.Test {
			continue
		}
		if refused[name] == nil {
			refused[name] = make(goldenRefusals)
		}
		if _, again := refused[name][r.Category]; !again {
			refused[name][r.Category] = fmt.Sprintf("%s %s: %s", place, r.Symbol, r.Reason)
		}
	}
	for _, s := range result.TelemetryChanges {
		if name, place := m.place(t, s.Pos); !s.Test {
			fixed.changes[name] = append(fixed.changes[name], place+" "+s.Note)
		}
	}
}

// place returns the case that a position is in, and its file and line.
func (m *goldenModule) place(t *testing.T, pos token.Position) (name, place string) {
	t.Helper()
	rel, err := filepath.Rel(m.dir, pos.Filename)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ = strings.Cut(filepath.ToSlash(rel), "/")
	return name, fmt.Sprintf("%s:%d", rel, pos.Line)
}

// goldenRefusals has the place and reason of the first refusal of each category.
type goldenRefusals map[string]string

func (r goldenRefusals) String() string {
	if len(r) == 0 {
		return "nothing"
	}
	var b strings.Builder
	for _, category := range slices.Sorted(maps.Keys(r)) {
		fmt.Fprintf(&b, "\n\t%s at %s", category, r[category])
	}
	return b.String()
}

// broken returns what the compiler says, by case, tests included.
func (w *goldenWorkspace) broken(t *testing.T) map[*goldenCase]string {
	t.Helper()
	var folders, tested []string
	byFolder := make(map[string]*goldenCase)
	for _, m := range w.modules {
		module := filepath.Base(m.dir)
		for _, c := range m.cases {
			byFolder[module+"/"+c.name] = c
			folders = append(folders, "./"+module+"/"+c.name+"/...")
			if slices.ContainsFunc(c.files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, "_test.go") }) {
				tested = append(tested, "./"+module+"/"+c.name)
			}
		}
	}
	out, err := w.goCommand(append([]string{"build"}, folders...)...)
	if len(tested) > 0 {
		more, vetErr := w.goCommand(append([]string{"vet", "-nilfunc"}, tested...)...)
		out, err = out+more, errors.Join(err, vetErr)
	}
	if err == nil {
		return nil
	}
	byCase := make(map[*goldenCase]string)
	for line := range strings.Lines(out) {
		module, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(line, "vet: "), "./"), "/")
		name, _, _ := strings.Cut(rest, "/")
		if c := byFolder[module+"/"+name]; c != nil {
			byCase[c] += line
		}
	}
	if len(byCase) == 0 {
		t.Fatalf("the scratch modules do not build:\n%s", out)
	}
	return byCase
}

// recordings are what cases recorded, by set-up and the case's name.
type recordings map[setUp]map[string]*recording

// of returns what a case recorded, by set-up.
func (r recordings) of(c *goldenCase) map[setUp]*recording {
	all := make(map[setUp]*recording)
	for s, byName := range r {
		all[s] = byName[c.name]
	}
	return all
}

// run builds the program with the given cases, runs it under every set-up, and returns what
// each case recorded.
func (w *goldenWorkspace) run(t *testing.T, cases []*goldenCase) recordings {
	t.Helper()
	wanted := make(map[*goldenCase]bool)
	for _, c := range cases {
		wanted[c] = true
	}
	var paths []string
	for _, m := range w.modules {
		paths = append(paths, m.importPaths(slices.DeleteFunc(slices.Clone(m.cases), func(c *goldenCase) bool { return !wanted[c] }))...)
	}
	runner := &goldenModule{path: "golden.example/" + goldenRunner, dir: filepath.Join(w.dir, goldenRunner)}
	runner.register(t, paths)
	bin := filepath.Join(w.dir, "goldenprogram.exe")
	if out, err := w.goCommand("build", "-ldflags=-s -w", "-o", bin, "./"+goldenRunner+"/internal/goldenprogram"); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	all := make(recordings)
	for _, s := range setUps {
		result := filepath.Join(t.TempDir(), "recordings.json")
		if out, err := exec.CommandContext(t.Context(), bin, string(s), result).CombinedOutput(); err != nil {
			t.Fatalf("running the program, %s: %v\n%s", s, err, out)
		}
		data, err := os.ReadFile(result)
		if err != nil {
			t.Fatal(err)
		}
		byName := make(map[string]*recording)
		if err := json.Unmarshal(data, &byName); err != nil {
			t.Fatal(err)
		}
		all[s] = byName
	}
	return all
}

// importPaths returns the import paths of cases.
func (m *goldenModule) importPaths(cases []*goldenCase) (paths []string) {
	for _, c := range cases {
		paths = append(paths, m.path+"/"+c.name)
	}
	return paths
}

// register makes the program of a module one of the cases with the given import paths.
func (m *goldenModule) register(t *testing.T, paths []string) {
	t.Helper()
	var imports, rows bytes.Buffer
	for i, p := range paths {
		fmt.Fprintf(&imports, "\tc%d %q\n", i, p)
		fmt.Fprintf(&rows, "\t{%q, c%d.Run},\n", path.Base(p), i)
	}
	writeFile(t, filepath.Join(m.dir, "internal", "registry", "registry.go"), fmt.Appendf(nil, `// Package registry lists the cases that were built.
package registry

import (
	"context"

%s)

type Case struct {
	Name string
	Run  func(context.Context)
}

var Cases = []Case{
%s}
`, imports.Bytes(), rows.Bytes()))
}

// goCommand runs the go command over all modules.
func (w *goldenWorkspace) goCommand(args ...string) (string, error) {
	return goCommand(w.dir, append(w.env(), "GOWORK="+filepath.Join(w.dir, "go.work")), args)
}

func (m *goldenModule) goCommand(args ...string) (string, error) {
	return goCommand(m.dir, m.env(), args)
}

func goCommand(dir string, env, args []string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// env keeps the go command off the network: everything is in the module cache.
func (w *goldenWorkspace) env() []string {
	return append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=readonly -trimpath -tags="+strings.Trim(goldenTags+","+w.tags, ","))
}

func (m *goldenModule) env() []string { return append(m.in.env(), "GOWORK=off") }

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
