// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// An importSpec is one import of a file.
type importSpec struct{ name, path string }

func (s importSpec) String() string {
	if s.name == "" || s.name == baseName(s.path) {
		return strconv.Quote(s.path)
	}
	return s.name + " " + strconv.Quote(s.path)
}

// fixImports adds the given imports to a file and removes those of the droppable
// names that nothing uses. Groups, order and comments of the block stay.
func fixImports(src []byte, add []importSpec, droppable map[string]string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool)
	for _, id := range file.Unresolved {
		used[id.Name] = true
	}
	e := &importEditor{src: src, file: fset.File(file.FileStart), syntax: file}
	anchor := "" // the path of the first removed import, whose group new ones join
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name, ok := droppable[path]
		if !ok || used[name] || spec.Name != nil && (spec.Name.Name == "_" || spec.Name.Name == ".") {
			continue
		}
		if slices.ContainsFunc(add, func(a importSpec) bool { return a.path == path }) {
			continue
		}
		if anchor == "" {
			anchor = path
		}
		e.remove = append(e.remove, spec)
	}
	for _, a := range add {
		if !slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool {
			return s.Path.Value == strconv.Quote(a.path) && (s.Name == nil || s.Name.Name == a.name)
		}) {
			e.add = append(e.add, a)
		}
	}
	slices.SortFunc(e.add, func(a, b importSpec) int { return strings.Compare(a.path, b.path) })
	e.add = slices.Compact(e.add)
	return e.apply(anchor), nil
}

// An importEditor changes the import declarations of one file as text.
type importEditor struct {
	src    []byte
	file   *token.File
	syntax *ast.File
	add    []importSpec
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

// A change replaces a range of the source.
type change struct {
	from, to int
	text     string
}

func applyChanges(src []byte, changes []change) []byte {
	slices.SortStableFunc(changes, func(a, b change) int { return a.from - b.from })
	var b bytes.Buffer
	at := 0
	for _, c := range changes {
		if c.from < at {
			continue
		}
		b.Write(src[at:c.from])
		b.WriteString(c.text)
		at = c.to
	}
	b.Write(src[at:])
	return b.Bytes()
}

func (e *importEditor) apply(anchor string) []byte {
	if len(e.add) == 0 && len(e.remove) == 0 {
		return e.src
	}
	var changes []change
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
				changes = append(changes, change{e.offset(gd.Pos()), e.offset(gd.End()), newBlock(e.add)})
				e.add = nil
				continue
			}
			from, to := e.lines(gd.Pos(), gd.End())
			if to < len(e.src) && e.src[to] == '\n' && from > 0 {
				to++ // the empty line after it
			}
			changes = append(changes, change{from, to, ""})
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
				changes = append(changes, change{from, to, ""})
			}
		}
	}
	changes = append(changes, e.insertions(block, anchor)...)
	return tidyBlock(applyChanges(e.src, changes))
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

func newBlock(add []importSpec) string {
	var std, other []string
	for _, a := range add {
		if isStd(a.path) {
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
func (e *importEditor) insertions(block *ast.GenDecl, anchor string) []change {
	if len(e.add) == 0 {
		return nil
	}
	if block == nil {
		return e.wrapSingle()
	}
	groups := e.groups(block)
	var changes []change
	var newStd, newOther []importSpec
	for _, a := range e.add {
		g := pickGroup(groups, a.path, anchor)
		if g == nil {
			if isStd(a.path) {
				newStd = append(newStd, a)
			} else {
				newOther = append(newOther, a)
			}
			continue
		}
		at := -1
		for _, s := range g {
			if path, _ := strconv.Unquote(s.Path.Value); path > a.path {
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
		changes = append(changes, change{at, at, "\t" + a.String() + "\n"})
	}
	if len(newStd) > 0 {
		at := e.offset(block.Lparen) + 1
		text := ""
		for _, a := range newStd {
			text += "\n\t" + a.String()
		}
		changes = append(changes, change{at, at, text + "\n"})
	}
	if len(newOther) > 0 {
		at := e.offset(block.Rparen)
		text := "\n"
		for _, a := range newOther {
			text += "\t" + a.String() + "\n"
		}
		changes = append(changes, change{at, at, text})
	}
	return changes
}

// wrapSingle adds imports to a file without a block: single imports become one.
func (e *importEditor) wrapSingle() []change {
	add := append([]importSpec(nil), e.add...)
	var changes []change
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
		path, _ := strconv.Unquote(spec.Path.Value)
		s := importSpec{path: path}
		if spec.Name != nil {
			s.name = spec.Name.Name
		}
		add = append(add, s)
		if first {
			first = false
			changes = append(changes, change{e.offset(gd.Pos()), e.offset(gd.End()), ""})
			continue
		}
		from, to := e.lines(gd.Pos(), gd.End())
		changes = append(changes, change{from, to, ""})
	}
	slices.SortFunc(add, func(a, b importSpec) int { return strings.Compare(a.path, b.path) })
	if len(changes) > 0 {
		changes[0].text = newBlock(add)
		return changes
	}
	at := e.offset(e.syntax.Name.End())
	for _, d := range e.syntax.Decls {
		if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.IMPORT && isCgo(gd) {
			at = e.offset(gd.End())
		}
	}
	return append(changes, change{at, at, "\n\n" + newBlock(add)})
}

// groups returns the imports of a block as they are set apart by empty lines.
func (e *importEditor) groups(block *ast.GenDecl) [][]*ast.ImportSpec {
	var groups [][]*ast.ImportSpec
	last := 0
	for _, s := range block.Specs {
		spec := s.(*ast.ImportSpec)
		start := spec.Pos()
		if spec.Doc != nil {
			start = spec.Doc.Pos()
		}
		line := e.file.Line(start)
		if len(groups) == 0 || line > last+1 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], spec)
		last = e.file.Line(spec.End())
	}
	return groups
}

// pickGroup returns the group for a path: with the standard library, with the
// import that it takes the place of, or with the most similar path.
func pickGroup(groups [][]*ast.ImportSpec, path, anchor string) []*ast.ImportSpec {
	var best []*ast.ImportSpec
	score := -1
	for _, g := range groups {
		std, shared, anchored := false, 0, false
		for _, s := range g {
			p, _ := strconv.Unquote(s.Path.Value)
			std = std || isStd(p) && p != "C"
			shared = max(shared, sharedElements(p, path))
			anchored = anchored || p == anchor && anchor != ""
		}
		if isStd(path) {
			if std {
				return g
			}
			continue
		}
		if std && shared == 0 && !anchored {
			allStd := true
			for _, s := range g {
				p, _ := strconv.Unquote(s.Path.Value)
				allStd = allStd && isStd(p)
			}
			if allStd {
				continue
			}
		}
		n := shared * 4
		if anchored {
			n += 2
		}
		if n > score {
			score, best = n, g
		}
	}
	return best
}

// sharedElements counts the first path elements that two import paths have in common.
func sharedElements(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// tidyBlock removes empty lines that removed imports left at the edges of a block,
// and double ones inside of it.
func tidyBlock(src []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly)
	if err != nil {
		return src
	}
	var changes []change
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
		changes = append(changes, change{from, to, body})
	}
	return applyChanges(src, changes)
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
	return applyChanges(src, []change{{at, at, "\n" + code}}), nil
}
