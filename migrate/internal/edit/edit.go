// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// An Owner decides whether its edits are made.
type Owner interface {
	Edits() bool
	// Adapting is told that one of them writes an adapter between the two APIs.
	Adapting()
}

// An edit replaces one syntax node when its owner says so.
type edit struct {
	node  ast.Node
	Owner Owner
	// render returns the new text; nil deletes a statement or declaration with its line.
	render func(r *Renderer) string
	wraps  bool // goes around the other edits of the node
	Lists  bool // joins the options in the node: see spreadOptions
}

// start returns where the edit begins: a declaration goes with its doc comment.
func (e *edit) start() token.Pos {
	var doc *ast.CommentGroup
	switch n := e.node.(type) {
	case *ast.FuncDecl:
		doc = n.Doc
	case *ast.GenDecl:
		doc = n.Doc
	}
	if doc == nil || e.render != nil {
		return e.node.Pos()
	}
	return doc.Pos()
}

// A Renderer makes new text of a file for one set of converted sites.
type Renderer struct {
	*File
	names *names
	at    token.Pos // of the edit being rendered, to pick names against scope
	owner Owner     // of that edit
	base  *token.File
	open  map[*edit]bool
}

// Active returns the edit of a node that applies, or nil.
func (r *Renderer) Active(n ast.Node) *edit {
	for _, e := range r.ByNode[n] {
		if e.Owner.Edits() && !r.open[e] {
			return e
		}
	}
	return nil
}

func (r *Renderer) Offset(p token.Pos) int { return r.base.Offset(p) }

// Text returns the text of a node with the edits inside it.
func (r *Renderer) Text(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok {
		return lit.Value // which may be one that a rule has made
	}
	if e := r.Active(n); e != nil {
		return r.apply(e)
	}
	return r.Splice(r.Offset(n.Pos()), r.Offset(n.End()), n)
}

// Texts returns the texts of expressions as a list.
func (r *Renderer) Texts(list []ast.Expr) string { return strings.Join(r.Each(list), ", ") }

// Each returns the texts of expressions.
func (r *Renderer) Each(list []ast.Expr) []string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = r.Text(e)
	}
	return texts
}

func (r *Renderer) apply(e *edit) string {
	if e.render == nil {
		return strings.Join(r.comments(e.node), "\n")
	}
	at, owner := r.at, r.owner
	r.at, r.owner = e.node.Pos(), e.Owner
	r.open[e] = true
	s := e.render(r)
	delete(r.open, e)
	r.at, r.owner = at, owner
	return r.keepComments(e.node, s)
}

// Splice returns the source in [from, to) with the outermost edits under root.
func (r *Renderer) Splice(from, to int, root ast.Node) string {
	var outer []*edit
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if n != root {
			if e := r.Active(n); e != nil {
				outer = append(outer, e)
				return false
			}
		}
		return true
	})
	sort.Slice(outer, func(i, j int) bool { return outer[i].node.Pos() < outer[j].node.Pos() })
	var b strings.Builder
	for _, e := range outer {
		start, end := r.Offset(e.start()), r.Offset(e.node.End())
		if start < from || end > to {
			continue
		}
		text := ""
		if e.render == nil {
			start, end, text = r.deletion(start, end, from, r.comments(e.node))
		} else {
			text = r.apply(e)
		}
		r.names.keep(r.Source, from, start)
		b.Write(r.Source.Src[from:start])
		b.WriteString(text)
		from = end
	}
	if from < to {
		r.names.keep(r.Source, from, to)
		b.Write(r.Source.Src[from:to])
	}
	return b.String()
}

// deletion widens a statement's range to its whole lines. A comment at the end of
// the line stays, on a line of its own, and so do those inside.
func (r *Renderer) deletion(start, end, floor int, comments []string) (from, to int, text string) {
	src := r.Source.Src
	first := start
	for first > floor && (src[first-1] == ' ' || src[first-1] == '\t') {
		first--
	}
	last := end
	for last < len(src) && (src[last] == ' ' || src[last] == '\t') {
		last++
	}
	if len(comments) > 0 {
		text = strings.Join(comments, "\n") + "\n"
	}
	switch {
	case first > 0 && src[first-1] != '\n' || last >= len(src):
		return start, end, strings.Join(inline(comments), " ")
	case bytes.HasPrefix(src[last:], []byte("//")):
		return start, last, text
	case src[last] != '\n':
		return start, end, strings.Join(inline(comments), " ")
	}
	return first, last + 1, text
}

// comments returns the comments inside a node.
func (r *Renderer) comments(n ast.Node) (all []string) {
	for _, group := range r.Source.Syntax.Comments {
		if group.Pos() < n.Pos() || group.End() > n.End() {
			continue
		}
		for _, c := range group.List {
			all = append(all, c.Text)
		}
	}
	return all
}

// inline returns comments as some that more code may follow on the line.
func inline(comments []string) []string {
	for i, c := range comments {
		if text, ok := strings.CutPrefix(c, "//"); ok {
			comments[i] = "/*" + strings.ReplaceAll(text, "*/", "* /") + " */"
		}
	}
	return comments
}

// keepComments puts comments that a rewritten node had inside, and that its new
// text lacks, in front of it.
func (r *Renderer) keepComments(n ast.Node, s string) string {
	lost := slices.DeleteFunc(r.comments(n), func(c string) bool { return strings.Contains(s, c) })
	if len(lost) == 0 {
		return s
	}
	if _, ok := n.(ast.Stmt); ok {
		return strings.Join(lost, "\n") + "\n" + s
	}
	return strings.Join(inline(lost), " ") + " " + s
}

// whole returns the new text of the file, its imports apart.
func (r *Renderer) whole() string {
	return r.Splice(0, len(r.Source.Src), r.Source.Syntax)
}

// Pkg returns the name by which the file refers to a package.
func (r *Renderer) Pkg(path string) string {
	if path == opentelemetry.CompatPath && r.owner != nil {
		r.owner.Adapting()
	}
	return r.names.pkg(r.Source, path, r.at)
}

// Compat is pkg for an adapter that another owner stands for.
func (r *Renderer) Compat() string { return r.names.pkg(r.Source, opentelemetry.CompatPath, r.at) }

func (r *Renderer) Trace(name string) string { return r.Pkg(opentelemetry.TracePath) + "." + name }

func (r *Renderer) Attribute(name string) string {
	return r.Pkg(opentelemetry.AttributePath) + "." + name
}

func (r *Renderer) Codes(name string) string { return r.Pkg(opentelemetry.CodesPath) + "." + name }

// Tracer returns the name of the package's tracer variable.
func (r *Renderer) Tracer() string { return r.names.tracer(r.Source, r.at) }

// Helper returns the name of a helper function in the package.
func (r *Renderer) Helper(name string) string { return r.names.helper(r.Source, name, r.at) }

// HelperCall renders a call of a helper on a span. Arguments that do not fit into the
// line stand on lines of their own.
func HelperCall(name, span string, args []string) string {
	text := name + "(" + strings.Join(append([]string{span}, args...), ", ") + ")"
	if len(text) > 100 || strings.Contains(text, "\n") {
		return name + "(" + span + ",\n" + strings.Join(args, ",\n") + ",\n)"
	}
	return text
}

// List joins arguments, on lines of their own when there are several or they are long.
func List(before string, args []string, after string) string {
	total := len(before) + len(after)
	multi := false
	for _, a := range args {
		total += len(a) + 2
		multi = multi || strings.Contains(a, "\n")
	}
	if len(args) > 1 && (total > 100 || len(args) > 3) || multi && len(args) > 1 {
		return before + "\n" + strings.Join(args, ",\n") + ",\n" + after
	}
	return before + strings.Join(args, ", ") + after
}

func Quote(s string) string { return strconv.Quote(s) }

func (r *Renderer) NewType(t opentelemetry.NewType) string {
	if t.Path == "" {
		return t.Name
	}
	return r.Pkg(t.Path) + "." + t.Name
}

// Operand is the text of an expression that a selector can follow.
func (r *Renderer) Operand(e ast.Expr) string {
	s := r.Text(e)
	switch ast.Unparen(e).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.FuncLit:
		return "(" + s + ")"
	}
	return s
}
