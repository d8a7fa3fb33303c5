// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"errors"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// writeModule writes the files of a txtar archive into a fresh folder.
func writeModule(t *testing.T, archive string) string {
	t.Helper()
	// Where TMPDIR is a symbolic link, the go command reports the real folder.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const variants = `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

func P() int { return 1 }
-- p/p_test.go --
package p

import "testing"

func TestP(t *testing.T) { P() }
-- p/x_test.go --
package p_test

import (
	"testing"

	"example.com/m/p"
	"example.com/m/q"
)

func TestX(t *testing.T) { p.P(); q.Q() }
-- q/q.go --
package q

import "example.com/m/p"

func Q() int { return p.P() }
-- cmd/main.go --
package main

func main() {}
`

// tracing is a module with a package for each way to have to do with OpenTracing, and
// for the ways not to. Its OpenTracing is one of its own.
const tracing = `
-- go.mod --
module example.com/m

go 1.26

require github.com/opentracing/opentracing-go v1.2.0

replace github.com/opentracing/opentracing-go => ./opentracing
-- opentracing/go.mod --
module github.com/opentracing/opentracing-go

go 1.26
-- opentracing/api.go --
package opentracing

type Span interface{ Finish() }

func StartSpan() Span { return nil }
-- direct/direct.go --
package direct

import "github.com/opentracing/opentracing-go"

const Name = "direct"

type Tracer struct{}

func (Tracer) Start() opentracing.Span { return opentracing.StartSpan() }

type Serving interface{ Serve(opentracing.Span) }

func Run(Serving) {}
-- direct/other.go --
package direct

import "fmt"

func init() { fmt.Println() }

func Other() { fmt.Println(Name) }

func Generic[T any](v T) T { return v }
-- direct/direct_test.go --
package direct

import "testing"

func TestName(t *testing.T) { t.Log(Name) }
-- calls/calls.go --
package calls

import "example.com/m/direct"

func Call() { direct.Tracer{}.Start().Finish() }
-- embeds/embeds.go --
package embeds

import "example.com/m/direct"

type Tracer struct{ direct.Tracer }
-- serves/serves.go --
package serves

import "github.com/opentracing/opentracing-go"

type Service struct{}

func (Service) Serve(opentracing.Span) {}
-- satisfies/satisfies.go --
package satisfies

import (
	"example.com/m/direct"
	"example.com/m/serves"
)

func Run() { direct.Run(serves.Service{}) }
-- widens/widens.go --
package widens

import "example.com/m/direct"

type Serving interface {
	direct.Serving
	Stop()
}
-- names/names.go --
package names

import "example.com/m/direct"

func Name() string { return direct.Name }
-- holds/holds.go --
package holds

import "example.com/m/direct"

type Service struct{ tracer direct.Tracer }
-- apart/apart.go --
package apart

func Apart() {}
-- broken/broken.go --
package broken

var _ = nothing
`

// A package that has nothing to do with OpenTracing keeps no syntax.
func TestLoadKeepsConcerned(t *testing.T) {
	program, err := Load(t.Context(), &source.LoadOptions{Dir: writeModule(t, tracing), Tests: true, Env: []string{"GOPROXY=off", "GOFLAGS=-mod=mod", "GOSUMDB=off"}})
	if err != nil {
		t.Fatal(err)
	}
	var kept, dropped []string
	for _, pkg := range program.Packages {
		name := strings.TrimPrefix(pkg.PkgPath, "example.com/m/")
		switch {
		case pkg.TypesInfo != nil && pkg.Types.Complete() && len(pkg.Syntax) == len(pkg.CompiledGoFiles):
			kept = append(kept, name)
		case pkg.TypesInfo == nil && pkg.Syntax == nil:
			dropped = append(dropped, name)
		default:
			t.Errorf("%s is kept in part", pkg.ID)
		}
	}
	if diff := cmp.Diff([]string{"calls", "direct", "embeds", "satisfies", "serves", "widens"}, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"apart", "holds", "names"}, dropped); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	if len(program.Broken) != 1 || program.Broken[0].Path != "example.com/m/broken" {
		t.Errorf("broken is %v, want the package broken, though it has nothing to do with OpenTracing", program.Broken)
	}
	bodies := make(map[string]bool)
	for _, pkg := range program.Packages {
		for _, file := range pkg.Syntax {
			for _, decl := range file.Decls {
				if fd, ok := decl.(*ast.FuncDecl); ok && strings.HasSuffix(pkg.PkgPath, "/direct") {
					bodies[fd.Name.Name] = fd.Body != nil && len(fd.Body.List) > 0
				}
			}
		}
	}
	// A generic function without a body is an error.
	want := map[string]bool{"Start": true, "Run": false, "init": false, "Other": false, "Generic": true, "TestName": false}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Errorf("functions of direct with statements (-want +got):\n%s", diff)
	}
}

func TestLoadMeetsEveryFileOnce(t *testing.T) {
	dir := writeModule(t, variants)
	for _, tt := range []struct {
		tests       bool
		ids         []string
		files       []string
		explanation string
	}{
		{
			false,
			[]string{"example.com/m/cmd", "example.com/m/p", "example.com/m/q"},
			[]string{"cmd/main.go", "p/p.go", "q/q.go"},
			"without tests there are no variants",
		},
		{
			true,
			[]string{"example.com/m/cmd", "example.com/m/p [example.com/m/p.test]", "example.com/m/p_test [example.com/m/p.test]", "example.com/m/q"},
			[]string{"cmd/main.go", "p/p.go", "p/p_test.go", "p/x_test.go", "q/q.go"},
			"p is there with its tests only, q is not there again for the test of p, nor is the generated main",
		},
	} {
		program, err := Load(t.Context(), &source.LoadOptions{Dir: dir, Tests: tt.tests})
		if err != nil {
			t.Fatal(err)
		}
		var ids, files []string
		for _, pkg := range program.Packages {
			ids = append(ids, pkg.ID)
			for _, file := range pkg.GoFiles {
				files = append(files, program.Rel(file))
			}
		}
		slices.Sort(files)
		if diff := cmp.Diff(tt.ids, ids); diff != "" {
			t.Errorf("tests %v: packages (-want +got): %s\n%s", tt.tests, tt.explanation, diff)
		}
		if diff := cmp.Diff(tt.files, files); diff != "" {
			t.Errorf("tests %v: files (-want +got): %s\n%s", tt.tests, tt.explanation, diff)
		}
	}
}

// TestLoadObjectsByPos holds what the comment on Program.Packages promises to
// those who compare objects of several packages.
func TestLoadObjectsByPos(t *testing.T) {
	// P is of OpenTracing: packages without keep nothing to compare.
	files := strings.Replace(variants, "package p\n\nfunc P() int { return 1 }", `package p

import "github.com/opentracing/opentracing-go"

func P() opentracing.Span { return opentracing.StartSpan() }`, 1)
	files = strings.Replace(files, "func Q() int { return p.P() }", "func Q() int { p.P(); return 1 }", 1)
	files = strings.Replace(files, "\ngo 1.26\n", `
go 1.26

require github.com/opentracing/opentracing-go v1.2.0

replace github.com/opentracing/opentracing-go => ./opentracing
-- opentracing/go.mod --
module github.com/opentracing/opentracing-go
-- opentracing/api.go --
package opentracing

type Span interface{ Finish() }

func StartSpan() Span { return nil }
`, 1)
	program, err := Load(t.Context(), &source.LoadOptions{Dir: writeModule(t, files), Tests: true, Env: []string{"GOPROXY=off", "GOFLAGS=-mod=mod", "GOSUMDB=off"}})
	if err != nil {
		t.Fatal(err)
	}
	var declared, used []string
	for _, pkg := range program.Packages {
		if pkg.TypesInfo == nil {
			continue // cmd
		}
		for _, obj := range pkg.TypesInfo.Defs {
			if obj != nil && obj.Name() == "P" {
				declared = append(declared, program.Fset.Position(obj.Pos()).String())
			}
		}
		for _, obj := range pkg.TypesInfo.Uses {
			if obj.Name() == "P" {
				used = append(used, program.Fset.Position(obj.Pos()).String())
			}
		}
	}
	if len(declared) != 1 || len(used) != 3 {
		t.Fatalf("P is declared %d times and used %d times, want 1 and 3", len(declared), len(used))
	}
	for _, pos := range used {
		if pos != declared[0] {
			t.Errorf("a use of P leads to %s, the declaration is at %s", pos, declared[0])
		}
	}
}

func TestLoadBrokenTests(t *testing.T) {
	dir := writeModule(t, variants)
	if err := os.WriteFile(filepath.Join(dir, "p", "p_test.go"), []byte("package p\n\nvar _ = nothing\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	program, err := Load(t.Context(), &source.LoadOptions{Dir: dir, Tests: true})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, pkg := range program.Packages {
		ids = append(ids, pkg.ID)
	}
	if !slices.Contains(ids, "example.com/m/p") {
		t.Errorf("packages are %v: p itself compiles and must be there without its tests", ids)
	}
	if len(program.Broken) != 1 || !program.Broken[0].TestsOnly || program.Broken[0].Path != "example.com/m/p" {
		t.Fatalf("broken is %v, want the tests of p alone", program.Broken)
	}
	want := []string{"p/p_test.go:3:9: undefined: nothing"}
	if diff := cmp.Diff(want, program.Broken[0].Texts(program)); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestLoadOverlay(t *testing.T) {
	dir := writeModule(t, variants)
	overlay := map[string][]byte{filepath.Join(dir, "p", "p.go"): []byte("package p\n\nfunc P() string { return \"\" }\n")}
	program, err := Load(t.Context(), &source.LoadOptions{Dir: dir, Overlay: overlay})
	if err != nil {
		t.Fatal(err)
	}
	if len(program.Broken) != 1 || program.Broken[0].Path != "example.com/m/q" {
		t.Errorf("broken is %v, want q: its importers are checked against the overlay, not the file", program.Broken)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := writeModule(t, variants)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name    string
		ctx     context.Context
		opts    *source.LoadOptions
		pattern string
		want    func(error) bool
	}{
		{"no folder", t.Context(), &source.LoadOptions{Dir: filepath.Join(dir, "none")}, "./...", func(err error) bool { return errors.Is(err, os.ErrNotExist) }},
		{"a file", t.Context(), &source.LoadOptions{Dir: filepath.Join(dir, "go.mod")}, "./...", func(err error) bool { return strings.Contains(err.Error(), "is not a directory") }},
		{"no module", t.Context(), &source.LoadOptions{Dir: t.TempDir()}, "./...", isError[*source.ModuleError]},
		{"no package", t.Context(), &source.LoadOptions{Dir: dir}, "./none/...", isError[*source.PatternError]},
		{"no such folder", t.Context(), &source.LoadOptions{Dir: dir}, "./none", isError[*source.PatternError]},
		{"bad flag", t.Context(), &source.LoadOptions{Dir: dir, Env: []string{"GOFLAGS=-nonsense"}}, "./...", isError[*source.GoCommandError]},
		{"cancelled", cancelled, &source.LoadOptions{Dir: dir}, "./...", func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.ctx, tt.opts, tt.pattern)
			if err == nil || !tt.want(err) {
				t.Errorf("error is %T: %v", err, err)
			}
		})
	}
}

func isError[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// Ctrl-C ends the look at files that the go command would wait for, however many.
func TestIrregularSourcesInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := source.IrregularSources(ctx, &source.Module{Dir: t.TempDir()}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
}
