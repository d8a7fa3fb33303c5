// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Imports are added to the group that fits, and removed with what they leave.
func TestFixImports(t *testing.T) {
	ot := map[source.ImportSpec][]string{{Name: "", Path: "github.com/opentracing/opentracing-go"}: {"opentracing"}}
	trace := []source.ImportSpec{{Name: "trace", Path: opentelemetry.TracePath}}
	for _, test := range []struct {
		explanation, src, want string
		add                    []source.ImportSpec
		drop                   map[source.ImportSpec][]string
	}{
		{
			explanation: "in a block, the new import takes the old one's group",
			src:         "package p\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/opentracing/opentracing-go\"\n\n\t\"example.com/own\"\n)\n\nvar _ = fmt.Sprint(own.X, trace.X)\n",
			want:        "package p\n\nimport (\n\t\"fmt\"\n\n\t\"go.opentelemetry.io/otel/trace\"\n\n\t\"example.com/own\"\n)\n\nvar _ = fmt.Sprint(own.X, trace.X)\n",
			add:         trace, drop: ot,
		},
		{
			explanation: "also beside a group of the same host",
			src:         "package p\n\nimport (\n\t\"github.com/own/own\"\n\n\t\"github.com/opentracing/opentracing-go\"\n)\n\nvar _ = own.X + compat.X\n",
			want:        "package p\n\nimport (\n\t\"github.com/own/own\"\n\n\t\"github.com/ot2otel/ot2otel/compat\"\n)\n\nvar _ = own.X + compat.X\n",
			add:         []source.ImportSpec{{Name: "compat", Path: opentelemetry.CompatPath}}, drop: ot,
		},
		{
			explanation: "also where the old one stays",
			src:         "package p\n\nimport (\n\t\"example.com/own\"\n\n\t\"github.com/opentracing/opentracing-go\"\n)\n\nvar _ = own.X + opentracing.X + trace.X\n",
			want:        "package p\n\nimport (\n\t\"example.com/own\"\n\n\t\"github.com/opentracing/opentracing-go\"\n\t\"go.opentelemetry.io/otel/trace\"\n)\n\nvar _ = own.X + opentracing.X + trace.X\n",
			add:         trace, drop: ot,
		},
		{
			explanation: "an import that stands where another goes is not lost with it",
			src:         "package p\n\nimport (\n\t\"context\"\n\t\"github.com/opentracing/opentracing-go\"\n)\n\nvar _ = fmt.Sprint(context.X)\n",
			want:        "package p\n\nimport (\n\t\"context\"\n\t\"fmt\"\n)\n\nvar _ = fmt.Sprint(context.X)\n",
			add:         []source.ImportSpec{{Name: "fmt", Path: "fmt"}}, drop: ot,
		},
		{
			explanation: "a dot import goes with the last of its names",
			src:         "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n\t_ \"github.com/opentracing/opentracing-go/ext\"\n)\n\nvar _ = T{Span: 1}\n",
			want:        "package p\n\nimport (\n\t_ \"github.com/opentracing/opentracing-go/ext\"\n)\n\nvar _ = T{Span: 1}\n",
			drop:        map[source.ImportSpec][]string{{Name: ".", Path: "github.com/opentracing/opentracing-go"}: {"StartSpan"}},
		},
		{
			explanation: "a dot import stays with one of its names",
			src:         "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n)\n\nvar _ Span\n",
			want:        "package p\n\nimport (\n\t. \"github.com/opentracing/opentracing-go\"\n)\n\nvar _ Span\n",
			drop:        map[source.ImportSpec][]string{{Name: ".", Path: "github.com/opentracing/opentracing-go"}: {"StartSpan", "Span"}},
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
			add:         []source.ImportSpec{{Name: "oteltrace", Path: opentelemetry.TracePath}},
		},
		{
			explanation: "comments of other imports stay",
			src:         "package p\n\nimport (\n\t// Formatting.\n\t\"fmt\" // std\n\t\"github.com/opentracing/opentracing-go\" // tracing\n)\n\nvar _ = fmt.Sprint()\n",
			want:        "package p\n\nimport (\n\t// Formatting.\n\t\"fmt\" // std\n)\n\nvar _ = fmt.Sprint()\n",
			drop:        ot,
		},
	} {
		got, err := edit.FixImports([]byte(test.src), test.add, test.drop)
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
		var add []source.ImportSpec
		for _, path := range paths {
			if path == "fmt" || path == "C" || strings.ContainsAny(path, "\"`\\!#$%&'()*,:;<=>?[]^{|}") || !isASCII(path) {
				return
			}
			add = append(add, source.ImportSpec{Name: "", Path: path})
		}
		if _, err := edit.FixImports([]byte(src), nil, nil); err != nil {
			return // it did not parse before
		}
		drop := map[source.ImportSpec][]string{{Name: "", Path: "fmt"}: {"fmt"}}
		out, err := edit.FixImports([]byte(src), add, drop)
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
		again, err := edit.FixImports(out, add, drop)
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
		paths[source.SpecOf(spec).Path] = true
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
