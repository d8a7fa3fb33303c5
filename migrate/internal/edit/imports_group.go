// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"cmp"
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

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

// sharedElements counts the first path elements that two import paths have in common. That
// both are on the same host of many projects says nothing.
func sharedElements(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n == 1 && (x[0] == "github.com" || x[0] == "gitlab.com" || x[0] == "bitbucket.org") {
		return 0
	}
	return n
}

// A Change replaces a range of the source; an empty one is an insertion.
type Change struct {
	From, To int
	Text     string
}

// ApplyChanges makes changes that don't overlap. What is inserted where another
// change begins stands before it.
func ApplyChanges(src []byte, changes []Change) []byte {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(a.From-b.From, min(a.To-a.From, 1)-min(b.To-b.From, 1))
	})
	var b bytes.Buffer
	at := 0
	for _, c := range changes {
		if c.From < at {
			continue
		}
		b.Write(src[at:c.From])
		b.WriteString(c.Text)
		at = c.To
	}
	b.Write(src[at:])
	return b.Bytes()
}
