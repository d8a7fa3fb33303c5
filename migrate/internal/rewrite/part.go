// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"context"
	"go/token"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A Part is a part of the code that stays, whose uses hold each other back: one of them may
// have several reasons, and each one has to fall before all of the part goes through.
type Part struct {
	// Uses is how many uses of OpenTracing stay in it, and Code how many of these are
	// outside of tests.
	Uses, Code int
	// Steps are its walls, in the order in which most uses go through when they fall. They
	// are the first ones; More is the number of the walls besides. What only shows when
	// these are gone is not among them.
	Steps []Step
	More  int
}

// A Step is a set of walls of which each one holds the same uses back.
type Step struct {
	Walls []Wall
	// Alone is how many uses go through without these walls, and With how many without
	// these and all of the steps before.
	Alone, With int
}

// A Wall is the reasons of one category in one file.
type Wall struct {
	// Pos is the first place, and Places is how many there are.
	Pos    token.Position
	Places int
	// Category is a key of Categories.
	Category string
	Reason   string
	// StageOne tells that stage 1 takes it away.
	StageOne bool
}

// parts returns what stays, the part with most uses outside of tests first.
func (rw fixRun) parts(one *stageOne) (all []Part) {
	for _, p := range rw.Walls() {
		part := Part{Uses: p.Uses, Code: p.Code, More: p.More}
		for _, s := range p.Steps {
			step := Step{Alone: s.Alone, With: s.With}
			for _, w := range s.Walls {
				step.Walls = append(step.Walls, Wall{Pos: rw.Position(w.Pos), Places: w.Places, Category: w.Category.Name, Reason: w.Reason,
					StageOne: one.falls(w.Pin)})
			}
			part.Steps = append(part.Steps, step)
		}
		all = append(all, part)
	}
	return all
}

// explained is planned with Parts.
func explained(ctx context.Context, program *source.Program, opts *FixOptions, wanted map[string]bool) (*Result, error) {
	rw, result, err := planned(ctx, program, opts, wanted)
	if err == nil {
		one := rw.stageOne(opts)
		result.Parts, result.StageOne = rw.parts(one), one.uses()
	}
	return result, err
}
