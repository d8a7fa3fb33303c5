// SPDX-License-Identifier: Apache-2.0

package move

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Run moves the code of a program.
type Run struct {
	*source.Code
	Moves     []*Move // in source order, once they are sorted
	leftovers []Leftover
	changes   []Change
	Reach     map[string]map[string]bool // see source.Code.ReachAll
	Edits     []*edit.File
	// what the code does not compile with, where it doesn't
	with string
}

// NewRun returns a run without any move. An error of the new code says that it does not
// compile with something.
func NewRun(code *source.Code, with string) *Run {
	return &Run{Code: code, Reach: code.ReachAll(), with: with}
}

// A Move is a place that changes.
type Move struct {
	File *source.File
	Pos  token.Pos
	What string // as a person names it
	To   string
	Part *Part
}

// Moved tells whether the place changes.
func (m *Move) Moved() bool { return m.Part.Edits() }

// Stays returns why it does not.
func (m *Move) Stays() []Hold { return m.Part.Held() }

// Wanted tells whether the user's patterns name a package of the code that the place moves
// with.
func (m *Move) Wanted() bool { return m.Part.Wanted() }

// Add adds a move.
func (rw *Run) Add(m *Move) { rw.Moves = append(rw.Moves, m) }

// Sort puts the moves in source order.
func (rw *Run) Sort() {
	slices.SortStableFunc(rw.Moves, func(a, b *Move) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.Pos, b.Pos))
	})
}

// A Leftover is a place that a person has to change, or look at.
type Leftover struct {
	Part *Part
	File *source.File
	Pos  token.Pos
	Text string
}

// Leave adds a leftover.
func (rw *Run) Leave(l Leftover) { rw.leftovers = append(rw.leftovers, l) }

// Leftovers returns the places beside the moves that a person has to change.
func (rw *Run) Leftovers() []Leftover {
	return slices.DeleteFunc(slices.Clone(rw.leftovers), func(l Leftover) bool { return !l.Part.Edits() })
}

// A Change is a place where telemetry changes.
type Change struct {
	Part *Part
	File *source.File
	Pos  token.Pos
	What string // the function whose place another one takes
	Note string
}

// Change notes a place where telemetry changes.
func (rw *Run) Change(c Change) { rw.changes = append(rw.changes, c) }

// Changes returns those of code that changes.
func (rw *Run) Changes() []Change {
	return slices.DeleteFunc(slices.Clone(rw.changes), func(c Change) bool { return !c.Part.Edits() })
}

// Module returns the edits of all files.
func (rw *Run) Module() *edit.Module {
	return &edit.Module{Fset: rw.Fset, Units: rw.Units, Files: rw.Edits}
}

// Blame holds the parts that errors of the new code come from, each by its first error, and
// tells whether there are any.
func (rw *Run) Blame(problems []types.Error) bool {
	moving := slices.DeleteFunc(slices.Clone(rw.Moves), func(m *Move) bool { return !m.Part.Edits() })
	blamed := make(map[*Part]bool)
	for _, problem := range problems {
		pos := problem.Fset.PositionFor(problem.Pos, false) // line directives name any file
		reason := fmt.Sprintf("the code does not compile with %s: %s (%s:%d)", rw.with, problem.Msg, filepath.Base(pos.Filename), pos.Line)
		for _, m := range rw.near(moving, pos.Filename) {
			if p := m.Part.Root(); !blamed[p] {
				p.Hold(m.Pos, reason)
				blamed[p] = true
			}
		}
	}
	return len(blamed) > 0
}

// near returns those of moves that are nearest to a file: in it, in its package, in what that
// imports, or else all.
func (rw *Run) near(moves []*Move, name string) []*Move {
	dir := filepath.Dir(name)
	path := ""
	for _, u := range rw.Units {
		if slices.ContainsFunc(u.Files, func(f *source.File) bool { return f.Name == name }) {
			path = u.Path
		}
	}
	reach := rw.Reach[path]
	for _, is := range []func(*Move) bool{
		func(m *Move) bool { return m.File.Name == name },
		func(m *Move) bool { return filepath.Dir(m.File.Name) == dir },
		func(m *Move) bool { return reach[m.File.Unit.Path] },
		func(*Move) bool { return true },
	} {
		if found := slices.DeleteFunc(slices.Clone(moves), func(m *Move) bool { return !is(m) }); len(found) > 0 {
			return found
		}
	}
	return nil
}
