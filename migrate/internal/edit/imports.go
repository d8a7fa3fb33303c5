// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// FixImports adds the given imports to a file and removes those of the droppable,
// as they are spelt, of whose names the file uses none. Groups, order and comments
// of the block stay.
func FixImports(src []byte, add []source.ImportSpec, droppable map[source.ImportSpec][]string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if crowded(fset.File(file.FileStart), file) {
		// Several imports on a line: one each, before lines are added and removed.
		formatted, err := format.Source(src)
		if err != nil {
			return nil, err
		}
		src = formatted
		if file, err = parser.ParseFile(fset, "", src, parser.ParseComments); err != nil {
			return nil, err
		}
	}
	used := make(map[string]bool)
	for _, id := range file.Unresolved {
		used[id.Name] = true
	}
	e := &importEditor{src: src, file: fset.File(file.FileStart), syntax: file}
	anchor := "" // the path of the first import of OpenTracing or else of one that goes, whose group new ones join
	for _, spec := range file.Imports {
		written := source.SpecOf(spec)
		path := written.Path
		if opentracing.IsOpenTracing(path) && !opentracing.IsOpenTracing(anchor) {
			anchor = path
		}
		names, ok := droppable[written]
		if !ok || slices.ContainsFunc(names, func(name string) bool { return used[name] }) {
			continue
		}
		if slices.ContainsFunc(add, func(a source.ImportSpec) bool { return a.Path == path }) {
			continue
		}
		anchor = cmp.Or(anchor, path)
		e.remove = append(e.remove, spec)
	}
	for _, a := range add {
		if !slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool {
			return s.Path.Value == strconv.Quote(a.Path) && (s.Name == nil || s.Name.Name == a.Name)
		}) {
			e.add = append(e.add, a)
		}
	}
	slices.SortFunc(e.add, func(a, b source.ImportSpec) int { return strings.Compare(a.Path, b.Path) })
	e.add = slices.Compact(e.add)
	return e.apply(anchor), nil
}

// crowded tells whether an import shares its line with another or a parenthesis.
func crowded(lines *token.File, file *ast.File) bool {
	line := lines.Line(file.Name.Pos())
	for _, d := range file.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT {
			continue
		}
		if lines.Line(gd.Pos()) == line {
			return true
		}
		line = lines.Line(gd.Pos())
		if !gd.Lparen.IsValid() {
			continue
		}
		for _, s := range gd.Specs {
			if lines.Line(s.Pos()) == line {
				return true
			}
			line = lines.Line(s.End())
		}
		if len(gd.Specs) > 0 && lines.Line(gd.Rparen) == line {
			return true
		}
		line = lines.Line(gd.Rparen)
	}
	return false
}

// An importEditor changes the import declarations of one file as text.
type importEditor struct {
	src    []byte
	file   *token.File
	syntax *ast.File
	add    []source.ImportSpec
	remove []*ast.ImportSpec
}

func (e *importEditor) offset(p token.Pos) int { return e.file.Offset(p) }

// block returns the import declaration with parentheses that has most imports.
func (e *importEditor) block() *ast.GenDecl {
	var best *ast.GenDecl
	for _, d := range e.syntax.Decls {
		if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.IMPORT && gd.Lparen.IsValid() && !isCgo(gd) {
			if best == nil || len(gd.Specs) > len(best.Specs) {
				best = gd
			}
		}
	}
	return best
}

func isCgo(gd *ast.GenDecl) bool {
	return len(gd.Specs) == 1 && gd.Specs[0].(*ast.ImportSpec).Path.Value == `"C"`
}

func (e *importEditor) apply(anchor string) []byte {
	if len(e.add) == 0 && len(e.remove) == 0 {
		return e.src
	}
	var changes []Change
	gone := make(map[*ast.ImportSpec]bool)
	for _, spec := range e.remove {
		gone[spec] = true
	}
	block := e.block()
	for _, d := range e.syntax.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT || isCgo(gd) {
			continue
		}
		left := 0
		for _, s := range gd.Specs {
			if !gone[s.(*ast.ImportSpec)] {
				left++
			}
		}
		if left == 0 && len(gd.Specs) > 0 && (gd != block || len(e.add) == 0) {
			if !gd.Lparen.IsValid() && block == nil && len(e.add) > 0 {
				changes = append(changes, Change{e.offset(gd.Pos()), e.offset(gd.End()), newBlock(e.add)})
				e.add = nil
				continue
			}
			from, to := e.lines(gd.Pos(), gd.End())
			if to < len(e.src) && e.src[to] == '\n' && from > 0 {
				to++ // the empty line after it
			}
			changes = append(changes, Change{from, to, ""})
			continue
		}
		for _, s := range gd.Specs {
			if spec := s.(*ast.ImportSpec); gone[spec] {
				end := spec.End()
				if spec.Comment != nil {
					end = spec.Comment.End()
				}
				start := spec.Pos()
				if spec.Doc != nil {
					start = spec.Doc.Pos()
				}
				from, to := e.lines(start, end)
				changes = append(changes, Change{from, to, ""})
			}
		}
	}
	changes = append(changes, e.insertions(block, anchor)...)
	return tidyBlock(ApplyChanges(e.src, changes))
}

// lines widens a range to whole lines where nothing else is on them.
func (e *importEditor) lines(start, end token.Pos) (int, int) {
	from, to := e.offset(start), e.offset(end)
	for from > 0 && (e.src[from-1] == ' ' || e.src[from-1] == '\t') {
		from--
	}
	for to < len(e.src) && (e.src[to] == ' ' || e.src[to] == '\t' || e.src[to] == ';' || e.src[to] == '\r') {
		to++
	}
	if to < len(e.src) && e.src[to] == '\n' {
		to++
	}
	return from, to
}

func newBlock(add []source.ImportSpec) string {
	var std, other []string
	for _, a := range add {
		if isStd(a.Path) {
			std = append(std, "\t"+a.String())
		} else {
			other = append(other, "\t"+a.String())
		}
	}
	sep := ""
	if len(std) > 0 && len(other) > 0 {
		sep = "\n"
	}
	lines := strings.Join(std, "\n")
	if len(std) > 0 {
		lines += "\n"
	}
	if len(other) > 0 {
		lines += sep + strings.Join(other, "\n") + "\n"
	}
	return "import (\n" + lines + ")"
}

// isStd tells whether a path is one of the standard library.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// insertions places each new import into the group that fits.
func (e *importEditor) insertions(block *ast.GenDecl, anchor string) []Change {
	if len(e.add) == 0 {
		return nil
	}
	if block == nil {
		return e.wrapSingle()
	}
	groups := e.groups(block)
	var changes []Change
	var newStd, newOther []source.ImportSpec
	for _, a := range e.add {
		g := pickGroup(groups, a.Path, anchor)
		if g == nil {
			if isStd(a.Path) {
				newStd = append(newStd, a)
			} else {
				newOther = append(newOther, a)
			}
			continue
		}
		at := -1
		for _, s := range g {
			if path, _ := strconv.Unquote(s.Path.Value); path > a.Path {
				start := s.Pos()
				if s.Doc != nil {
					start = s.Doc.Pos()
				}
				at, _ = e.lines(start, s.End())
				break
			}
		}
		if at < 0 {
			last := g[len(g)-1]
			end := last.End()
			if last.Comment != nil {
				end = last.Comment.End()
			}
			_, at = e.lines(last.Pos(), end)
		}
		changes = append(changes, Change{at, at, "\t" + a.String() + "\n"})
	}
	if len(newStd) > 0 {
		at := e.offset(block.Lparen) + 1
		var text strings.Builder
		for _, a := range newStd {
			text.WriteString("\n\t" + a.String())
		}
		changes = append(changes, Change{at, at, text.String() + "\n"})
	}
	if len(newOther) > 0 {
		at := e.offset(block.Rparen)
		var text strings.Builder
		text.WriteString("\n")
		for _, a := range newOther {
			text.WriteString("\t" + a.String() + "\n")
		}
		changes = append(changes, Change{at, at, text.String()})
	}
	return changes
}

// wrapSingle adds imports to a file without a block: single imports become one.
func (e *importEditor) wrapSingle() []Change {
	add := append([]source.ImportSpec(nil), e.add...)
	var changes []Change
	first := true
	for _, d := range e.syntax.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT || isCgo(gd) {
			continue
		}
		spec := gd.Specs[0].(*ast.ImportSpec)
		if slices.Contains(e.remove, spec) {
			continue
		}
		add = append(add, source.SpecOf(spec))
		if first {
			first = false
			changes = append(changes, Change{e.offset(gd.Pos()), e.offset(gd.End()), ""})
			continue
		}
		from, to := e.lines(gd.Pos(), gd.End())
		changes = append(changes, Change{from, to, ""})
	}
	slices.SortFunc(add, func(a, b source.ImportSpec) int { return strings.Compare(a.Path, b.Path) })
	if len(changes) > 0 {
		changes[0].Text = newBlock(add)
		return changes
	}
	at := e.offset(e.syntax.Name.End())
	for _, d := range e.syntax.Decls {
		if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.IMPORT && isCgo(gd) {
			at = e.offset(gd.End())
		}
	}
	return append(changes, Change{at, at, "\n\n" + newBlock(add)})
}

// tidyBlock removes empty lines that removed imports left at the edges of a block,
// and double ones inside of it.
func tidyBlock(src []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly)
	if err != nil {
		return src
	}
	var changes []Change
	tf := fset.File(file.FileStart)
	for _, d := range file.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT || !gd.Lparen.IsValid() {
			continue
		}
		from, to := tf.Offset(gd.Lparen)+1, tf.Offset(gd.Rparen)
		body := string(src[from:to])
		for strings.Contains(body, "\n\n\n") {
			body = strings.ReplaceAll(body, "\n\n\n", "\n\n")
		}
		for strings.HasPrefix(body, "\n\n") {
			body = body[1:]
		}
		for strings.HasSuffix(body, "\n\n") {
			body = body[:len(body)-1]
		}
		changes = append(changes, Change{from, to, body})
	}
	return ApplyChanges(src, changes)
}

// addDeclaration puts code behind the imports of a file, or at its end.
func addDeclaration(src []byte, code string, atEnd bool) ([]byte, error) {
	if atEnd {
		return fmt.Appendf(bytes.TrimRight(src, "\n"), "\n%s", code), nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	tf := fset.File(file.FileStart)
	at := tf.Offset(file.Name.End())
	for _, d := range file.Decls {
		at = max(at, tf.Offset(d.End()))
	}
	// A comment at the end of that line stays on it.
	for at < len(src) && src[at] != '\n' {
		at++
	}
	return ApplyChanges(src, []Change{{at, at, "\n" + code}}), nil
}
