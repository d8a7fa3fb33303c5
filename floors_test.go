// SPDX-License-Identifier: Apache-2.0

package ot2otel_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A floor is a package below migrate. It imports only floors that stand below it in the
// table.
type floor struct {
	folder string
	// is says what the package is for, and so why it stands here.
	is string
	// not lists floors below it that it must not know all the same.
	not []string
}

var floors = []floor{
	{"migrate/cmd/ot2otel", "the command has flags, printing and exit codes, and knows nothing of how it is done", []string{"flow", "plan", "edit", "syntax", "rules"}},
	{"migrate", "the small public face", []string{"plan", "edit", "syntax"}},
	{"migrate/internal/compare", "two recordings are compared whatever code made them", []string{"source", "flow", "plan", "rules"}},
	{"migrate/internal/doctor", "mistakes are looked for in whatever files have them, and nothing is rewritten", []string{"rewrite", "plan", "edit", "flow", "check", "rules"}},
	{"migrate/internal/report", "a report shows what an inventory and a result say", []string{"flow", "plan", "edit", "syntax", "check"}},
	{"migrate/internal/rewrite", "a run puts loading, planning, checking and writing together", nil},
	{"migrate/internal/native", "code leaves compat and the twins when no span is left to look at", []string{"check", "flow", "plan", "rules"}},
	{"migrate/internal/twin", "code moves to the twins without a look at spans", []string{"check", "flow", "plan", "rules"}},
	{"migrate/internal/nethttp", "a library's middlewares move without a look at spans", []string{"check", "flow", "plan", "rules"}},
	{"migrate/internal/move", "which places change together is asked for whatever they become", []string{"flow", "plan", "rules"}},
	{"migrate/internal/check", "rewritten code is type-checked whatever made it", []string{"flow", "plan"}},
	{"migrate/internal/journal", "files are written whatever is in them", []string{"flow", "plan", "edit", "syntax", "check", "inventory"}},
	{"migrate/internal/rules", "the list of families", nil},
	{"migrate/internal/rules/mocktracer", "a library family knows the API's families, none knows it", nil},
	{"migrate/internal/rules/testtracer", "whose spans tests look at is asked when all uses have their rule", nil},
	{"migrate/internal/rules/adapter", "adapters stand where all other rules end", nil},
	{"migrate/internal/rules/apitype", "questions for types know what becomes of span contexts", nil},
	{"migrate/internal/rules/spancontext", "IDs are read out of span contexts, however they came to be", nil},
	{"migrate/internal/rules/propagation", "Inject and Extract start no span, but one may follow", nil},
	{"migrate/internal/rules/baggage", "baggage belongs to starts and contexts", nil},
	{"migrate/internal/rules/starts", "a start takes calls on its span and its context in", nil},
	{"migrate/internal/rules/contexts", "a context has spans in it", nil},
	{"migrate/internal/rules/spans", "calls on spans take values", nil},
	{"migrate/internal/rules/values", "values know nothing of spans", nil},
	{"migrate/internal/plan", "the engine calls families, and knows none by name", nil},
	{"migrate/internal/edit", "new texts are made without knowing why", []string{"flow"}},
	{"migrate/internal/flow", "where values go is asked before any rule", nil},
	{"migrate/internal/baseline", "known uses are compared with an inventory", []string{"syntax"}},
	{"migrate/internal/inventory", "uses are counted without any flow", nil},
	{"migrate/internal/snippet", "small sources for tests are type-checked and nothing else", []string{"inventory"}},
	{"migrate/internal/syntax", "questions about syntax need no flow and no plan", nil},
	{"migrate/internal/source", "code is loaded whatever it is looked at for", nil},
	{"migrate/internal/opentelemetry", "what the new API is", nil},
	{"migrate/internal/opentracing", "what the old API is", nil},
	{"migrate/internal/refusal", "the type of the reasons for which code stays", nil},
	{"migrate/internal/terminal", "text for terminals knows nothing", nil},
}

// TestFloors holds the imports below migrate to one direction.
func TestFloors(t *testing.T) {
	_, own := listPackages(t, "./migrate/...")
	at := make(map[string]int)
	for i, f := range floors {
		at[modulePath+"/"+f.folder] = i
	}
	seen := make(map[string]bool)
	for _, pkg := range own {
		i, ok := at[pkg.ImportPath]
		if !ok {
			t.Errorf("%s is on no floor: add it to the table", pkg.ImportPath)
			continue
		}
		seen[pkg.ImportPath] = true
		for _, imp := range pkg.Imports {
			j, ours := at[imp]
			switch {
			case !ours && strings.HasPrefix(imp, modulePath+"/migrate"):
				t.Errorf("%s imports %s, which is on no floor", pkg.ImportPath, imp)
			case ours && j <= i:
				t.Errorf("%s imports %s, which stands above it: %s", pkg.ImportPath, imp, floors[i].is)
			case ours && slices.Contains(floors[i].not, strings.TrimPrefix(imp, modulePath+"/migrate/internal/")):
				t.Errorf("%s imports %s: %s", pkg.ImportPath, imp, floors[i].is)
			}
		}
	}
	for path := range at {
		if !seen[path] {
			t.Errorf("%s is in the table, and is not there", path)
		}
	}
}

// TestRooms keeps the packages below migrate so small that a person can know one.
func TestRooms(t *testing.T) {
	const maxLines, maxFiles, maxMethods, maxFace = 6000, 30, 90, 2500
	for _, f := range floors {
		names, err := filepath.Glob(filepath.Join(filepath.FromSlash(f.folder), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		lines, files, methods := 0, 0, make(map[string]int)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files++
			lines += strings.Count(string(src), "\n")
			syntax, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range syntax.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv != nil {
					methods[receiver(fd.Recv.List[0].Type)]++
				}
			}
		}
		limit := maxLines
		if f.folder == "migrate" {
			limit = maxFace
		}
		if files == 0 || files > maxFiles || lines > limit {
			t.Errorf("%s has %d files and %d lines, of %d and %d", f.folder, files, lines, maxFiles, limit)
		}
		for name, n := range methods {
			if n > maxMethods {
				t.Errorf("%s.%s has %d methods, of %d", f.folder, name, n, maxMethods)
			}
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
