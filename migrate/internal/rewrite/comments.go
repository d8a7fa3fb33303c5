// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// namesOpenTracing finds the name in a comment, in the spellings that are in use.
var namesOpenTracing = regexp.MustCompile(`(?i)open[- ]?tracing`)

// comments returns the places of comments that still name OpenTracing in declarations that
// were rewritten and have none of it left.
func (rw fixRun) comments(outs []*edit.Output) (places []token.Position) {
	for _, o := range outs {
		if o.File == nil {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, o.Name, o.Text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || !slices.ContainsFunc(file.Comments, namesIt) {
			continue
		}
		before := make(map[string]bool)
		for _, decl := range o.File.Syntax.Decls {
			before[declText(rw.Fset.File(o.File.Syntax.FileStart), o.File.Src, decl)] = true
		}
		rewritten := func(c *ast.CommentGroup) bool {
			i := slices.IndexFunc(file.Decls, func(decl ast.Decl) bool { return isOf(fset, c, decl) })
			if i < 0 {
				return c == file.Doc && !usesOpenTracing(file, file)
			}
			decl := file.Decls[i]
			return !usesOpenTracing(file, decl) && !before[declText(fset.File(file.FileStart), o.Text, decl)]
		}
		left := make(map[string][]bool) // by text, in order
		for _, c := range file.Comments {
			for _, line := range c.List {
				if namesOpenTracing.MatchString(line.Text) {
					left[line.Text] = append(left[line.Text], rewritten(c))
				}
			}
		}
		for _, c := range o.File.Syntax.Comments {
			for _, line := range c.List {
				if same := left[line.Text]; len(same) > 0 {
					left[line.Text] = same[1:]
					if same[0] {
						places = append(places, rw.Position(line.Pos()))
					}
				}
			}
		}
	}
	return places
}

func namesIt(c *ast.CommentGroup) bool {
	return slices.ContainsFunc(c.List, func(line *ast.Comment) bool { return namesOpenTracing.MatchString(line.Text) })
}

// isOf tells whether a comment is in or before a declaration, or behind it on its last line.
func isOf(fset *token.FileSet, c *ast.CommentGroup, decl ast.Decl) bool {
	start := decl.Pos()
	if doc := docOf(decl); doc != nil {
		start = doc.Pos()
	}
	return start <= c.Pos() && c.Pos() < decl.End() ||
		c.Pos() >= decl.End() && fset.PositionFor(c.Pos(), false).Line == fset.PositionFor(decl.End(), false).Line
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// declText returns the text of a declaration without what stands at the ends of lines.
func declText(file *token.File, src []byte, decl ast.Decl) string {
	return strings.Join(strings.Fields(string(src[file.Offset(decl.Pos()):file.Offset(decl.End())])), " ")
}

// usesOpenTracing tells whether a part of a file names a package of the OpenTracing API.
func usesOpenTracing(file *ast.File, part ast.Node) bool {
	names := make(map[string]bool)
	for _, spec := range file.Imports {
		if written := source.SpecOf(spec); opentracing.IsOpenTracing(written.Path) {
			if written.Name == "" {
				written.Name = opentracing.PackageName(written.Path)
			}
			names[written.Name] = true
		}
	}
	found := false
	ast.Inspect(part, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			id, is := sel.X.(*ast.Ident)
			found = found || is && names[id.Name]
		}
		return !found
	})
	return found
}
