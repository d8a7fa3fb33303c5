// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// editKinds are edits of a node that leave a file one that parses, or nil where they
// don't apply. in is what the node is in.
var editKinds = []func(n, in ast.Node) func(r *Renderer) string{
	func(n, _ ast.Node) func(r *Renderer) string { // another name
		if id, ok := n.(*ast.Ident); ok && id.Name != "_" {
			return func(*Renderer) string { return id.Name + "1" }
		}
		return nil
	},
	func(n, in ast.Node) func(r *Renderer) string { // a statement before it
		if isListed(n, in) {
			return func(r *Renderer) string { return "before1()\n" + r.Text(n) }
		}
		return nil
	},
	func(n, in ast.Node) func(r *Renderer) string { // a block around it
		if isListed(n, in) {
			return func(r *Renderer) string { return "{\n" + r.Text(n) + "\n}" }
		}
		return nil
	},
	func(n, in ast.Node) func(r *Renderer) string { // an argument wrapped
		if call, ok := in.(*ast.CallExpr); ok && n != call.Fun {
			if _, isType := n.(*ast.Ident); isType {
				return func(r *Renderer) string { return "around1(" + r.Text(n) + ")" }
			}
		}
		return nil
	},
}

func isListed(n, in ast.Node) bool {
	_, block := in.(*ast.BlockStmt)
	_, stmt := n.(ast.Stmt)
	_, empty := n.(*ast.EmptyStmt) // a semicolon, which ends the statement before
	return block && stmt && !empty
}

// deleteStmt stands for an edit that deletes a statement.
const deleteStmt = 4

// randomEdits picks edits of a file's nodes: of each pair of bytes the second says
// which edit, the first of which node that it fits.
func randomEdits(file *ast.File, picks []byte) map[ast.Node][]*edit {
	var nodes []ast.Node
	parent := make(map[ast.Node]ast.Node)
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n.(type) {
		case *ast.Comment, *ast.CommentGroup, *ast.ImportSpec:
		default:
			nodes = append(nodes, n)
		}
		return true
	})
	edits := make(map[ast.Node][]*edit)
	for ; len(picks) >= 2; picks = picks[2:] {
		kind := int(picks[1]) % (len(editKinds) + 1)
		var fitting []*edit
		for _, n := range nodes {
			switch {
			case len(edits[n]) > 0:
			case kind == deleteStmt && isListed(n, parent[n]):
				fitting = append(fitting, &edit{node: n, Owner: always{}})
			case kind != deleteStmt:
				if render := editKinds[kind](n, parent[n]); render != nil {
					fitting = append(fitting, &edit{node: n, Owner: always{}, render: render})
				}
			}
		}
		if len(fitting) > 0 {
			e := fitting[int(picks[0])%len(fitting)]
			edits[e.node] = []*edit{e}
		}
	}
	return edits
}

// always makes all of its edits.
type always struct{}

func (always) Edits() bool { return true }

func (always) Adapting() {}

// FuzzEdits: whatever edits a file gets, it parses afterwards, no comment is lost, and
// without edits it stays as it is.
func FuzzEdits(f *testing.F) {
	const program = "package p // p\n\nimport \"fmt\"\n\n// F does.\nfunc F(a int) (n int) {\n\tx := a // x\n\tif x > 0 { /* if */\n\t\tfmt.Println(x, // first\n\t\t\ta)\n\t\treturn x\n\t}\n\tdefer func() { n++ }() // later\n\n\t// lone\n\tfor i := range 3 {\n\t\tx += i\n\t}\n\treturn x /* end */\n}\n"
	f.Add(program, []byte{7, 0, 12, 1, 15, 2, 20, 4})
	f.Add(program, []byte{10, 4, 18, 4, 30, 4, 40, 4, 50, 4})
	f.Add(program, []byte("\x14\x03\x15\x03\x16\x03\x17\x03\x18\x03\x19\x03\x1a\x03\x1b\x03"))
	f.Add("package p\nfunc f() { a(b, c); /* d */ e() }\nvar x = f1(y) // z", []byte{6, 4, 9, 2, 14, 4, 15, 0})
	f.Fuzz(func(t *testing.T, src string, picks []byte) {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || len(src) > 2000 || strings.Contains(src, "\r") || strings.Contains(src, "//line") || strings.Contains(src, "/*line") {
			return
		}
		file := &source.File{Name: "p.go", Syntax: syntax, Src: []byte(src)}
		render := func(edits map[ast.Node][]*edit) string {
			r := &Renderer{File: &File{file, edits}, base: fset.File(syntax.FileStart), open: make(map[*edit]bool)}
			return r.whole()
		}
		if got := render(nil); got != src {
			t.Fatalf("without edits it became\n%q, it was\n%q", got, src)
		}
		got := render(randomEdits(syntax, picks))
		if _, err := parser.ParseFile(token.NewFileSet(), "p.go", got, parser.SkipObjectResolution); err != nil {
			t.Fatalf("%v in\n%s\nmade of\n%s", err, got, src)
		}
		for _, group := range syntax.Comments {
			for _, c := range group.List {
				text := strings.TrimSpace(strings.TrimPrefix(c.Text, "//"))
				if !strings.Contains(got, strings.ReplaceAll(text, "*/", "* /")) && !strings.Contains(got, c.Text) {
					t.Fatalf("the comment %q is lost in\n%s\nmade of\n%s", c.Text, got, src)
				}
			}
		}
	})
}
