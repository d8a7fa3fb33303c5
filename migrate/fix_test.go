// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Files are written all together, and a run that was cut short is undone.
func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tree := func() map[string]string {
		t.Helper()
		found := make(map[string]string)
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil && !errors.Is(err, os.ErrInvalid) {
				continue
			}
			found[e.Name()] = string(data)
		}
		return found
	}
	write("go.mod", "module m\n")
	a, b := write("a.go", "old a"), write("b.go", "old b")
	if err := writeFiles(dir, map[string][]byte{a: []byte("new a"), filepath.Join(dir, "c.go"): []byte("new c")}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"go.mod": "module m\n", "a.go": "new a", "b.go": "old b", "c.go": "new c"}
	if diff := cmp.Diff(want, tree()); diff != "" {
		t.Errorf("after writing (-want +got):\n%s", diff)
	}

	// A directory in the place of the third file makes its rename fail.
	blocked := filepath.Join(dir, "z.go")
	if err := os.MkdirAll(filepath.Join(blocked, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := writeFiles(dir, map[string][]byte{a: []byte("x"), b: []byte("x"), blocked: []byte("x")})
	if err == nil || !strings.Contains(err.Error(), blocked) {
		t.Fatalf("writing over a directory: the error is %v, want one that names %s", err, blocked)
	}
	if diff := cmp.Diff(want, tree()); diff != "" {
		t.Errorf("after a failure nothing has changed (-want +got):\n%s", diff)
	}

	// A crash in the middle: one file is renamed, the journal is there.
	half := journal{Replacing: true, Entries: []journalEntry{
		{Name: a, New: besides(a, "new"), Old: besides(a, "old")},
		{Name: b, New: besides(b, "new"), Old: besides(b, "old")},
		{Name: filepath.Join(dir, "d.go"), New: besides(filepath.Join(dir, "d.go"), "new")},
	}}
	err = half.write(dir)
	for _, e := range half.Entries {
		err = errors.Join(err, e.stage([]byte("half")))
	}
	if err := errors.Join(err, os.Rename(half.Entries[0].New, a)); err != nil {
		t.Fatal(err)
	}
	if err := recoverJournal(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tree()); diff != "" {
		t.Errorf("the next run undoes a half-written one (-want +got):\n%s", diff)
	}
}

// Imports are added to the group that fits, and removed with what they leave.
func TestFixImports(t *testing.T) {
	ot := map[importSpec][]string{{"", "github.com/opentracing/opentracing-go"}: {"opentracing"}}
	trace := []importSpec{{"trace", tracePath}}
	for _, test := range []struct {
		explanation, src, want string
		add                    []importSpec
		drop                   map[importSpec][]string
	}{
		{
			explanation: "in a block, the new import takes the old one's group",
			src:         "package p\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/opentracing/opentracing-go\"\n\n\t\"example.com/own\"\n)\n\nvar _ = fmt.Sprint(own.X, trace.X)\n",
			want:        "package p\n\nimport (\n\t\"fmt\"\n\n\t\"go.opentelemetry.io/otel/trace\"\n\n\t\"example.com/own\"\n)\n\nvar _ = fmt.Sprint(own.X, trace.X)\n",
			add:         trace, drop: ot,
		},
		{
			explanation: "an import that stands where another goes is not lost with it",
			src:         "package p\n\nimport (\n\t\"context\"\n\t\"github.com/opentracing/opentracing-go\"\n)\n\nvar _ = fmt.Sprint(context.X)\n",
			want:        "package p\n\nimport (\n\t\"context\"\n\t\"fmt\"\n)\n\nvar _ = fmt.Sprint(context.X)\n",
			add:         []importSpec{{"fmt", "fmt"}}, drop: ot,
		},
		{
			explanation: "a dot import goes with the last of its names",
			src:         "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n\t_ \"github.com/opentracing/opentracing-go/ext\"\n)\n\nvar _ = T{Span: 1}\n",
			want:        "package p\n\nimport (\n\t_ \"github.com/opentracing/opentracing-go/ext\"\n)\n\nvar _ = T{Span: 1}\n",
			drop:        map[importSpec][]string{{".", "github.com/opentracing/opentracing-go"}: {"StartSpan"}},
		},
		{
			explanation: "a dot import stays with one of its names",
			src:         "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n)\n\nvar _ Span\n",
			want:        "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n)\n\nvar _ Span\n",
			drop:        map[importSpec][]string{{".", "github.com/opentracing/opentracing-go"}: {"StartSpan", "Span"}},
		},
		{
			explanation: "a single import is replaced by a block",
			src:         "package p\n\nimport \"github.com/opentracing/opentracing-go\"\n\nvar _ = trace.X\n",
			want:        "package p\n\nimport (\n\t\"go.opentelemetry.io/otel/trace\"\n)\n\nvar _ = trace.X\n",
			add:         trace, drop: ot,
		},
		{
			explanation: "an import that is still used stays",
			src:         "package p\n\nimport (\n\t\"github.com/opentracing/opentracing-go\"\n)\n\nvar _ = opentracing.X + trace.X\n",
			want:        "package p\n\nimport (\n\t\"github.com/opentracing/opentracing-go\"\n\t\"go.opentelemetry.io/otel/trace\"\n)\n\nvar _ = opentracing.X + trace.X\n",
			add:         trace, drop: ot,
		},
		{
			explanation: "a file without imports gets a block",
			src:         "package p\n\nvar _ = trace.X\n",
			want:        "package p\n\nimport (\n\t\"go.opentelemetry.io/otel/trace\"\n)\n\nvar _ = trace.X\n",
			add:         trace,
		},
		{
			explanation: "another name is written out",
			src:         "package p\n\nimport (\n\t\"fmt\"\n)\n\nvar _ = fmt.Sprint(oteltrace.X)\n",
			want:        "package p\n\nimport (\n\t\"fmt\"\n\n\toteltrace \"go.opentelemetry.io/otel/trace\"\n)\n\nvar _ = fmt.Sprint(oteltrace.X)\n",
			add:         []importSpec{{"oteltrace", tracePath}},
		},
		{
			explanation: "comments of other imports stay",
			src:         "package p\n\nimport (\n\t// Formatting.\n\t\"fmt\" // std\n\t\"github.com/opentracing/opentracing-go\" // tracing\n)\n\nvar _ = fmt.Sprint()\n",
			want:        "package p\n\nimport (\n\t// Formatting.\n\t\"fmt\" // std\n)\n\nvar _ = fmt.Sprint()\n",
			drop:        ot,
		},
	} {
		got, err := fixImports([]byte(test.src), test.add, test.drop)
		if err != nil {
			t.Errorf("%s: %v", test.explanation, err)
			continue
		}
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.explanation, diff)
		}
	}
}

// FuzzFixImports: whatever the file looks like, afterwards it parses, has the new
// imports and all old ones but fmt, which goes where nothing uses it; a second run
// changes nothing.
func FuzzFixImports(f *testing.F) {
	f.Add("package p\n\nimport (\n\t\"fmt\"\n)\n\nvar _ = fmt.X\n", "go.opentelemetry.io/otel/trace")
	f.Add("package p; import \"fmt\"; import . \"os\"; var _ = fmt.X", "context")
	f.Add("// c\npackage p // d\nimport (\"a\"; b \"c\")\n/* e */", "a/b")
	f.Add("package p\nimport \"C\"\nimport ()\n", "x.y/z")
	f.Add("package p\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"os\"\n)\n", "errors fmt/x go.opentelemetry.io/otel")
	f.Add("package p\n\nimport (\n\t// why\n\t\"fmt\" // because\n\n\t\"a.b/c\"\n)\n", "a.b/b a.b/d")
	f.Fuzz(func(t *testing.T, src, list string) {
		paths := strings.Fields(list)
		if len(paths) == 0 || len(paths) > 4 || !isASCII(src) {
			return
		}
		var add []importSpec
		for _, path := range paths {
			if path == "fmt" || path == "C" || strings.ContainsAny(path, "\"`\\!#$%&'()*,:;<=>?[]^{|}") || !isASCII(path) {
				return
			}
			add = append(add, importSpec{"", path})
		}
		if _, err := fixImports([]byte(src), nil, nil); err != nil {
			return // it did not parse before
		}
		drop := map[importSpec][]string{{"", "fmt"}: {"fmt"}}
		out, err := fixImports([]byte(src), add, drop)
		if err != nil {
			t.Fatal(err)
		}
		before, after := importPaths(t, src), importPaths(t, string(out))
		for _, path := range paths {
			if !after[path] {
				t.Errorf("%s was not added to\n%s\nmade of\n%s", path, out, src)
			}
		}
		for path := range before {
			if !after[path] && path != "fmt" {
				t.Errorf("%s is lost in\n%s\nmade of\n%s", path, out, src)
			}
		}
		again, err := fixImports(out, add, drop)
		if err != nil {
			t.Fatalf("%v in\n%s\nmade of\n%s", err, out, src)
		}
		if string(again) != string(out) {
			t.Errorf("a second run changes\n%s\nto\n%s", out, again)
		}
	})
}

func importPaths(t *testing.T, src string) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	paths := make(map[string]bool)
	for _, spec := range file.Imports {
		paths[specOf(spec).path] = true
	}
	return paths
}

// isASCII tells whether a text has only characters that a keyboard has, and no
// carriage return.
func isASCII(s string) bool {
	for _, r := range s {
		if r > '~' || r < ' ' && r != '\n' && r != '\t' {
			return false
		}
	}
	return true
}
