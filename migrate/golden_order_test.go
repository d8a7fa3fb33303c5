// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestGoldenOrder rewrites the golden programs with the declarations of each file, and the files of each package, in the
// other order: what becomes of a declaration does not depend on what stands before it.
func TestGoldenOrder(t *testing.T) {
	skipTexts(t)
	byModule := goldenModules(readGoldenCases(t, *goldenFilter))
	for _, name := range slices.Sorted(maps.Keys(byModule)) {
		cases := byModule[name]
		var turned []*goldenCase
		for _, c := range cases {
			other := *c
			other.files = turnedFiles(t, c.files)
			turned = append(turned, &other)
		}
		want, got := rewrittenDeclarations(t, name, cases), rewrittenDeclarations(t, name, turned)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				if diff := cmp.Diff(want[c.name], got[c.name]); diff != "" {
					t.Errorf("the order of declarations and files changes how it is rewritten (-as written +turned):\n%s", diff)
				}
			})
		}
	}
}

// rewrittenDeclarations rewrites cases as one module, and returns the declarations that each has then, sorted.
func rewrittenDeclarations(t *testing.T, name string, cases []*goldenCase) map[string][]string {
	t.Helper()
	w := newGoldenWorkspace(t, map[string][]*goldenCase{name: cases})
	w.fix(t, newGoldenNames())
	files := w.read(t)
	all := make(map[string][]string)
	for _, c := range cases {
		var decls []string
		for _, f := range files[c] {
			if path.Ext(f.Name) != ".go" {
				continue
			}
			for _, d := range chunksOf(t, f)[1:] {
				text, err := format.Source(bytes.TrimSpace(d))
				if err != nil {
					t.Fatalf("%s/%s: %v", c.name, f.Name, err)
				}
				decls = append(decls, path.Dir(f.Name)+": "+string(text))
			}
		}
		slices.Sort(decls)
		all[c.name] = decls
	}
	return all
}

// turnedFiles returns files whose declarations, and whose order by name, are turned round.
func turnedFiles(t *testing.T, files []txtar.File) []txtar.File {
	t.Helper()
	byFolder := make(map[string][]string)
	for _, f := range files {
		if turns(f) {
			byFolder[path.Dir(f.Name)] = append(byFolder[path.Dir(f.Name)], path.Base(f.Name))
		}
	}
	turned := slices.Clone(files)
	for i, f := range turned {
		if !turns(f) {
			continue
		}
		chunks := chunksOf(t, f)
		slices.Reverse(chunks[1:])
		names := byFolder[path.Dir(f.Name)]
		slices.Sort(names)
		place := len(names) - slices.Index(names, path.Base(f.Name))
		turned[i] = txtar.File{
			Name: path.Join(path.Dir(f.Name), string(rune('a'+place))+"_"+path.Base(f.Name)),
			Data: bytes.Join(chunks, []byte("\n\n")),
		}
	}
	return turned
}

// turns tells whether a file can be turned round: who generated it is said by a comment, and what it is for by its name.
func turns(f txtar.File) bool {
	return path.Ext(f.Name) == ".go" && !bytes.Contains(f.Data, []byte("DO NOT EDIT")) && !strings.Contains(f.Name, "_test.go") &&
		!bytes.Contains(f.Data, []byte(`import "C"`)) && !bytes.Contains(f.Data, []byte("//line "))
}

// chunksOf splits a file into what stands before its declarations, imports among it, and the declarations with their
// comments.
func chunksOf(t *testing.T, f txtar.File) [][]byte {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, f.Name, f.Data, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	offset := func(pos token.Pos) int { return fset.Position(pos).Offset }
	var chunks [][]byte
	begin := 0
	for i, d := range file.Decls {
		end := offset(d.End())
		if rest := bytes.IndexByte(f.Data[end:], '\n'); rest >= 0 {
			end += rest // with the comment on its last line
		}
		last := i == len(file.Decls)-1
		if last {
			end = len(f.Data)
		}
		gen, ok := d.(*ast.GenDecl)
		switch isImport := ok && gen.Tok == token.IMPORT; {
		case len(chunks) == 0 && isImport:
			chunks = append(chunks, f.Data[:end])
		case len(chunks) == 0:
			from := offset(file.Name.End())
			chunks = append(chunks, f.Data[:from], f.Data[from:end])
		case isImport:
			chunks[0] = append(bytes.Clone(chunks[0]), f.Data[begin:end]...)
		default:
			chunks = append(chunks, f.Data[begin:end])
		}
		begin = end
	}
	if len(chunks) == 0 {
		return [][]byte{f.Data}
	}
	return chunks
}
