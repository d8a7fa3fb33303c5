// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const (
	shrinkRounds     = 8
	shrinkCandidates = 60 // of one round, the largest statements
)

// shrink returns a program that fails as another one does, of fewer statements.
func shrink(t *testing.T, src []byte, kind string) []byte {
	for range shrinkRounds {
		parts := partsOf(src)
		slices.SortStableFunc(parts, func(a, b part) int { return b.size - a.size })
		if len(parts) > shrinkCandidates {
			parts = parts[:shrinkCandidates]
		}
		alone := make([][]int, len(parts))
		for i, p := range parts {
			alone[i] = []int{p.index}
		}
		var not []int // needed
		for _, drop := range stillFailing(t, src, alone, kind) {
			not = append(not, drop...)
		}
		if len(not) == 0 {
			return src
		}
		tries := [][]int{not}
		for n := len(not) / 2; n > 0; n /= 2 {
			for at := 0; at+n <= len(not) && len(tries) < shrinkCandidates; at += n {
				tries = append(tries, not[at:at+n])
			}
		}
		failing := stillFailing(t, src, tries, kind)
		if len(failing) == 0 {
			return src
		}
		slices.SortStableFunc(failing, func(a, b []int) int { return len(b) - len(a) })
		src, _ = without(src, failing[0])
	}
	return src
}

// stillFailing returns those of several sets of parts without which a program compiles
// and fails as before.
func stillFailing(t *testing.T, src []byte, drops [][]int, kind string) (failing [][]int) {
	t.Helper()
	dropped := make(map[*goldenCase][]int)
	var cases []*goldenCase
	for i, drop := range drops {
		if smaller, ok := without(src, drop); ok {
			c := programCase(fmt.Sprintf("s%d", i), smaller)
			dropped[c] = drop
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		return nil
	}
	broken := newGoldenWorkspace(t, map[string][]*goldenCase{"shrunk": cases}).broken(t)
	cases = slices.DeleteFunc(cases, func(c *goldenCase) bool { return broken[c] != "" })
	if len(cases) == 0 {
		return nil
	}
	outcomes := rewritePrograms(t, cases)
	for _, c := range cases {
		if failures := outcomes[c].failures; len(failures) > 0 && kindOf(failures) == kind {
			failing = append(failing, dropped[c])
		}
	}
	return failing
}

// kindOf is what two failures that are alike begin with.
func kindOf(failures []string) string {
	words := strings.Fields(failures[0])
	return strings.Join(words[:min(2, len(words))], " ")
}

// A part is a statement or a declaration of a program that may go.
type part struct{ index, size int }

// visitParts calls keep with all parts of a file in order, and drops those that it
// returns false for.
func visitParts(file *ast.File, keep func(n ast.Node) bool) {
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name != "Run" {
			return !keep(d)
		}
		return false
	})
	filter := func(list []ast.Stmt) []ast.Stmt {
		return slices.DeleteFunc(list, func(s ast.Stmt) bool { return !unblocks(s) && !keep(s) })
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			n.List = filter(n.List)
		case *ast.CaseClause:
			n.Body = filter(n.Body)
		case *ast.CommClause:
			n.Body = filter(n.Body)
		}
		return true
	})
}

// unblocks tells whether something may wait for a statement.
func unblocks(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.SendStmt:
		return true
	case *ast.DeferStmt:
		id, ok := s.Call.Fun.(*ast.Ident)
		return ok && id.Name == "close"
	}
	return false
}

func partsOf(src []byte) (parts []part) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, 0)
	if err != nil {
		panic(err) // a bug of this test
	}
	visitParts(file, func(n ast.Node) bool {
		parts = append(parts, part{len(parts), int(n.End() - n.Pos())})
		return true
	})
	return parts
}

// without returns a program without some of its parts, and whether that is one.
func without(src []byte, drop []int) ([]byte, bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, 0)
	if err != nil {
		return nil, false
	}
	index := 0
	gone := make(map[ast.Node]bool)
	visitParts(file, func(n ast.Node) bool {
		if slices.Contains(drop, index) {
			gone[n] = true
		}
		index++
		return true
	})
	visitParts(file, func(n ast.Node) bool { return !gone[n] })
	var b bytes.Buffer
	if len(gone) == 0 || format.Node(&b, fset, file) != nil {
		return nil, false
	}
	text := importLine.ReplaceAllStringFunc(b.String(), func(line string) string {
		path := strings.Trim(strings.TrimSpace(line), `"`)
		name := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-go")
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(b.String()) {
			return line
		}
		return ""
	})
	return useAll(text), true
}

var importLine = regexp.MustCompile(`(?m)^\t"[^"]+"\n`)

// programCase is the case of a program, whose package gets its name.
func programCase(name string, src []byte) *goldenCase {
	src = packageClause.ReplaceAll(src, []byte("package "+name))
	return &goldenCase{name: name, module: "random", files: []txtar.File{{Name: "p.go", Data: src}}}
}

var packageClause = regexp.MustCompile(`(?m)^package \w+`)

// TestShrink takes parts out of a program, and what is not used any more with them.
func TestShrink(t *testing.T) {
	src := []byte(`package p

import (
	"fmt"
)

func unused() {}

func Run() {
	x := 1
	for range 3 {
		fmt.Println("a")
		fmt.Println("b")
	}
	y := 2
	fmt.Println(x)
	_ = y
}
`)
	var sizes []int
	for _, p := range partsOf(src) {
		sizes = append(sizes, p.size)
	}
	if len(sizes) != 8 {
		t.Errorf("found parts of %v, not 8", sizes)
	}
	got, ok := without(src, []int{0, 2, 3, 5})
	if want := "package p\n\nimport (\n\t\"fmt\"\n)\n\nfunc Run() {\n\tx := 1\n\tfmt.Println(x)\n}\n"; !ok || withoutEmptyLines(got) != withoutEmptyLines([]byte(want)) {
		t.Errorf("got\n%s, not\n%s", got, want)
	}
	got, ok = without(src, []int{2, 4})
	if !ok || strings.Contains(string(got), `"fmt"`) || !strings.Contains(string(got), "_ = x") {
		t.Errorf("an import or a variable is not used in\n%s", got)
	}
}

func withoutEmptyLines(text []byte) string {
	return regexp.MustCompile(`\n\s*\n`).ReplaceAllString(string(text), "\n")
}
