// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// An editOwner decides whether its edits are made.
type editOwner interface {
	edits() bool
	// adapting is told that one of them writes an adapter between the two APIs.
	adapting()
}

// An edit replaces one syntax node when its owner says so.
type edit struct {
	node  ast.Node
	owner editOwner
	// render returns the new text; nil deletes a statement with its line.
	render func(r *renderer) string
	wraps  bool // goes around the other edits of the node
	lists  bool // joins the options in the node: see spreadOptions
}

// A renderer makes new text of a file for one set of converted sites.
type renderer struct {
	*fileEdits
	names *names
	at    token.Pos // of the edit being rendered, to pick names against scope
	owner editOwner // of that edit
	base  *token.File
	open  map[*edit]bool
}

// active returns the edit of a node that applies, or nil.
func (r *renderer) active(n ast.Node) *edit {
	for _, e := range r.byNode[n] {
		if e.owner.edits() && !r.open[e] {
			return e
		}
	}
	return nil
}

func (r *renderer) offset(p token.Pos) int { return r.base.Offset(p) }

// text returns the text of a node with the edits inside it.
func (r *renderer) text(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok {
		return lit.Value // which may be one that a rule has made
	}
	if e := r.active(n); e != nil {
		return r.apply(e)
	}
	return r.splice(r.offset(n.Pos()), r.offset(n.End()), n)
}

// texts returns the texts of expressions as a list.
func (r *renderer) texts(list []ast.Expr) string { return strings.Join(r.each(list), ", ") }

// each returns the texts of expressions.
func (r *renderer) each(list []ast.Expr) []string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = r.text(e)
	}
	return texts
}

func (r *renderer) apply(e *edit) string {
	if e.render == nil {
		return strings.Join(r.comments(e.node), "\n")
	}
	at, owner := r.at, r.owner
	r.at, r.owner = e.node.Pos(), e.owner
	r.open[e] = true
	s := e.render(r)
	delete(r.open, e)
	r.at, r.owner = at, owner
	return r.keepComments(e.node, s)
}

// splice returns the source in [from, to) with the outermost edits under root.
func (r *renderer) splice(from, to int, root ast.Node) string {
	var outer []*edit
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if n != root {
			if e := r.active(n); e != nil {
				outer = append(outer, e)
				return false
			}
		}
		return true
	})
	sort.Slice(outer, func(i, j int) bool { return outer[i].node.Pos() < outer[j].node.Pos() })
	var b strings.Builder
	for _, e := range outer {
		start, end := r.offset(e.node.Pos()), r.offset(e.node.End())
		if start < from || end > to {
			continue
		}
		text := ""
		if e.render == nil {
			start, end, text = r.deletion(start, end, from, r.comments(e.node))
		} else {
			text = r.apply(e)
		}
		b.Write(r.file.src[from:start])
		b.WriteString(text)
		from = end
	}
	if from < to {
		b.Write(r.file.src[from:to])
	}
	return b.String()
}

// deletion widens a statement's range to its whole lines. A comment at the end of
// the line stays, on a line of its own, and so do those inside.
func (r *renderer) deletion(start, end, floor int, comments []string) (from, to int, text string) {
	src := r.file.src
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
func (r *renderer) comments(n ast.Node) (all []string) {
	for _, group := range r.file.syntax.Comments {
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
func (r *renderer) keepComments(n ast.Node, s string) string {
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
func (r *renderer) whole() string {
	return r.splice(0, len(r.file.src), r.file.syntax)
}

// pkg returns the name by which the file refers to a package.
func (r *renderer) pkg(path string) string {
	if path == compatPath && r.owner != nil {
		r.owner.adapting()
	}
	return r.names.pkg(r.file, path, r.at)
}

// compat is pkg for an adapter that another owner stands for.
func (r *renderer) compat() string { return r.names.pkg(r.file, compatPath, r.at) }

func (r *renderer) trace(name string) string     { return r.pkg(tracePath) + "." + name }
func (r *renderer) attribute(name string) string { return r.pkg(attributePath) + "." + name }
func (r *renderer) codes(name string) string     { return r.pkg(codesPath) + "." + name }

// tracer returns the name of the package's tracer variable.
func (r *renderer) tracer() string { return r.names.tracer(r.file, r.at) }

// helper returns the name of a helper function in the package.
func (r *renderer) helper(name string) string { return r.names.helper(r.file, name, r.at) }

// helperCall renders a call of a helper on a span. Arguments that do not fit into the
// line stand on lines of their own.
func helperCall(name, span string, args []string) string {
	text := name + "(" + strings.Join(append([]string{span}, args...), ", ") + ")"
	if len(text) > 100 || strings.Contains(text, "\n") {
		return name + "(" + span + ",\n" + strings.Join(args, ",\n") + ",\n)"
	}
	return text
}

// list joins arguments, on lines of their own when there are several or they are long.
func list(before string, args []string, after string) string {
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

func quote(s string) string { return strconv.Quote(s) }
