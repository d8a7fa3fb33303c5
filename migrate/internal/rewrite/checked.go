// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/check"
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
)

// checked renders and type-checks until everything that is left compiles. A group
// whose code doesn't is refused, as a bug of ours.
func (rw fixRun) checked(c *check.Checker) ([]*edit.Output, error) {
	const rounds = 20
	for range rounds {
		outs, err := rw.ModuleEdits().Render()
		if err != nil {
			return nil, err
		}
		problems := c.Check(outs)
		for check.MendUnused(c, outs, problems) {
			problems = c.Check(outs)
		}
		if len(problems) == 0 {
			return outs, nil
		}
		if !rw.blame(c, problems) {
			return nil, fmt.Errorf("migrate: the rewritten code does not compile, so nothing was written; this is a bug in ot2otel: %w", problems[0])
		}
	}
	return nil, errors.New("migrate: the rewritten code does not compile, so nothing was written; this is a bug in ot2otel")
}

// blame refuses the groups whose edits are nearest to the errors.
func (rw fixRun) blame(c *check.Checker, problems []types.Error) bool {
	found := false
	for _, problem := range problems {
		pos := problem.Fset.PositionFor(problem.Pos, false) // line directives name any file
		i := slices.IndexFunc(rw.Order, func(p *plan.File) bool { return p.Source.Name == pos.Filename })
		message := fmt.Sprintf("the rewritten code would not compile (%s:%d: %s); please report it", rw.Shown(pos.Filename), pos.Line, problem.Msg)
		var near []*plan.Site
		if i >= 0 {
			near = rw.near(rw.Order[i], problem.Pos, c.Parsed[pos.Filename])
		} else {
			near = rw.inFolder(filepath.Dir(pos.Filename))
			if len(near) == 0 { // the go command's translation of a file that uses cgo is elsewhere
				near = rw.inFolder(filepath.Dir(problem.Fset.Position(problem.Pos).Filename))
			}
		}
		for _, s := range near {
			for _, n := range s.Nodes {
				if g := rw.Groups[n.Find()]; g.Refusal == nil {
					g.Refuse(&flow.Pin{Category: plan.RefusedInternalError, Pos: s.Pos, Reason: message})
					found = true
				}
			}
		}
	}
	if !found {
		// An error in a file without edits of its own: everything goes.
		for _, g := range rw.List {
			if g.Refusal == nil {
				found = true
				g.Refuse(&flow.Pin{Category: plan.RefusedInternalError, Pos: g.First(), Reason: "the rewritten code would not compile: " + problems[0].Msg})
			}
		}
	}
	rw.SpreadRefusals()
	return found
}

// inFolder returns the converted sites of a folder: those that a file which was added
// to it may be for.
func (rw fixRun) inFolder(dir string) []*plan.Site {
	var in []*plan.Site
	for _, s := range rw.Sites {
		if filepath.Dir(s.File.Name) == dir && rw.On(s) {
			in = append(in, s)
		}
	}
	return in
}

// near returns the converted sites of the declaration that an error is in, by name:
// the text has moved.
func (rw fixRun) near(p *plan.File, pos token.Pos, now *ast.File) []*plan.Site {
	name, n := "", 0
	if now != nil {
		name, n = enclosingDecl(now, pos)
	}
	var in, all []*plan.Site
	for _, s := range p.Sites {
		if !rw.On(s) {
			continue
		}
		all = append(all, s)
		if d, i := enclosingDecl(p.Source.Syntax, s.Pos); d == name && i == n {
			in = append(in, s)
		}
	}
	if len(in) > 0 {
		return in
	}
	return all
}

// enclosingDecl names the function that a position is in, and counts those of the
// same name before it.
func enclosingDecl(f *ast.File, pos token.Pos) (string, int) {
	count := make(map[string]int)
	for _, d := range f.Decls {
		name := "var"
		if fd, ok := d.(*ast.FuncDecl); ok {
			name = fd.Name.Name
			if fd.Recv != nil && len(fd.Recv.List) > 0 {
				name = types.ExprString(fd.Recv.List[0].Type) + "." + name
			}
		}
		if name == "var" {
			continue
		}
		if d.Pos() <= pos && pos < d.End() {
			return name, count[name]
		}
		count[name]++
	}
	return "", 0
}
