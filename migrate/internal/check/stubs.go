// SPDX-License-Identifier: Apache-2.0

package check

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A stubImporter imports packages that the rewritten code needs and the old did
// not: by export data where the module has them, else from the stubs.
type stubImporter struct {
	fset *token.FileSet
	// known are packages by path. Some may be incomplete; load completes them, if it
	// is not nil and they are of the program.
	known map[string]*types.Package
	load  func(id string) (*types.Package, error)
	// list returns the export data files of packages, as far as there are any.
	list  func(paths []string) map[string]string
	files map[string]string
	asked map[string]bool
	stub  map[string]*types.Package
}

func newStubImporter(fset *token.FileSet, known map[string]*types.Package, list func([]string) map[string]string) *stubImporter {
	return &stubImporter{fset: fset, known: known, list: list, files: make(map[string]string), asked: make(map[string]bool), stub: make(map[string]*types.Package)}
}

// prepare asks once for all imports of the new texts.
func (s *stubImporter) prepare(outs []*edit.Output) {
	var paths []string
	for _, p := range ImportedBy(outs) {
		if s.loaded(p) == nil && !s.asked[p] && s.list != nil && p != "C" && p != "unsafe" {
			s.asked[p] = true
			paths = append(paths, p)
		}
	}
	if len(paths) > 0 {
		slices.Sort(paths)
		maps.Copy(s.files, s.list(paths))
	}
}

// ImportedBy returns the paths that new texts import, those that several do several
// times.
func ImportedBy(outs []*edit.Output) (paths []string) {
	for _, o := range outs {
		f, err := parser.ParseFile(token.NewFileSet(), "", o.Text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, spec := range f.Imports {
			paths = append(paths, source.SpecOf(spec).Path)
		}
	}
	return paths
}

// programLister asks the go command for export data with the program's settings. There is
// none of other builds, which load what rewritten code may import from source.
func programLister(program *source.Program, leave func(path string) bool) func([]string) map[string]string {
	if program.Patterns == nil {
		return nil
	}
	list := goLister(source.ModuleDir(program), program.Options.Tags, source.Environ(program.Options))
	return func(paths []string) map[string]string {
		if paths = slices.DeleteFunc(slices.Clone(paths), leave); len(paths) == 0 {
			return nil
		}
		return list(paths)
	}
}

func goLister(dir string, tags, env []string) func([]string) map[string]string {
	list := func(dir string, env, paths []string) (map[string]string, error) {
		args := []string{"list", source.NoVersionControl, "-e", "-export", "-f", "{{.ImportPath}}\t{{.Export}}"}
		if len(tags) > 0 {
			args = append(args, "-tags="+strings.Join(tags, ","))
		}
		cmd := exec.CommandContext(context.Background(), "go", append(append(args, "--"), paths...)...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.Output()
		found := make(map[string]string)
		for line := range strings.Lines(string(out)) {
			if p, file, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && file != "" {
				found[p] = file
			}
		}
		return found, err
	}
	return func(paths []string) map[string]string {
		env := append(slices.Clone(env), "GOPROXY=off")
		found, err := list(dir, env, paths)
		if err == nil || len(found) > 0 {
			return found
		}
		// The go command is at odds with go.mod. The standard library needs none.
		paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
			first, _, _ := strings.Cut(p, "/")
			return strings.Contains(first, ".")
		})
		if len(paths) > 0 {
			found, _ = list(os.TempDir(), append(env, "GOWORK=off", "GOFLAGS="), paths)
		}
		return found
	}
}

// Missing returns the packages that new texts import and the module can't build yet.
func (s *stubImporter) Missing(outs []*edit.Output) []string {
	var paths []string
	for _, p := range ImportedBy(outs) {
		if s.asked[p] && s.files[p] == "" && !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	return paths
}

// Import implements types.Importer.
func (s *stubImporter) Import(p string) (*types.Package, error) {
	if pkg := s.loaded(p); pkg != nil {
		return pkg, nil
	}
	if file := s.files[p]; file != "" {
		return source.ReadExportData(file, s.fset, s.known, p)
	}
	if pkg := s.stub[p]; pkg != nil {
		return pkg, nil
	}
	src, err := opentelemetry.StubFiles.ReadFile(path.Join("stubs", strings.ReplaceAll(p, "/", "_")+".go.txt"))
	if err != nil {
		return nil, fmt.Errorf("no package %s", p)
	}
	f, err := parser.ParseFile(s.fset, p+".go", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	conf := &types.Config{Importer: s}
	if s.list != nil {
		s.prepareStub(f)
	}
	pkg, err := conf.Check(p, s.fset, []*ast.File{f}, nil)
	if err != nil {
		return nil, err
	}
	s.stub[p] = pkg
	return pkg, nil
}

func (s *stubImporter) prepareStub(f *ast.File) {
	var b bytes.Buffer
	b.WriteString("package p\n")
	for _, spec := range f.Imports {
		fmt.Fprintf(&b, "import _ %s\n", spec.Path.Value)
	}
	s.prepare([]*edit.Output{{Text: b.Bytes()}})
}

// loaded returns a package that is known by path, or nil.
func (s *stubImporter) loaded(p string) *types.Package {
	pkg := s.known[p]
	if pkg != nil && !pkg.Complete() && s.load != nil {
		pkg, _ = s.load(p)
	}
	if pkg == nil || !pkg.Complete() {
		return nil
	}
	return pkg
}
