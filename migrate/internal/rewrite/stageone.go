// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"fmt"
	"go/token"
	"path/filepath"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/adapter"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/mocktracer"
	"github.com/ot2otel/ot2otel/migrate/internal/twin"
)

// StageOneUses are the uses of which something becomes because stage 1 moves tests to the twin
// of mocktracer.
type StageOneUses struct {
	// Moved are those that move, and Freed others that have no reason to stay left, as far
	// as that shows before.
	Moved, Freed []token.Position
}

// stageOne is what stage 1 moves of the tests on mocktracer.
type stageOne struct {
	fixRun
	opts     FixOptions
	installs map[string]bool // whether a call moves that installs a mock, by its line
	folders  map[string]bool // whether mocks move, by the folders that have some
	all      bool            // whether they do in each of them
}

// stageOne plans stage 1. It returns nil where nothing of tests moves.
func (rw fixRun) stageOne(opts *FixOptions) *stageOne {
	one := &stageOne{fixRun: rw, opts: *opts, installs: make(map[string]bool), folders: make(map[string]bool), all: true}
	for _, m := range twin.New(rw.Code, rw.checker.Import).Moves {
		switch m.To {
		case opentelemetry.MockTwinPath:
			one.folders[filepath.Dir(m.File.Name)] = m.Moved()
			one.all = one.all && m.Moved()
		case twin.Installs:
			one.installs[one.line(m.Pos)] = m.Moved()
		}
	}
	if len(one.folders) == 0 && len(one.installs) == 0 {
		return nil
	}
	return one
}

func (one *stageOne) line(pos token.Pos) string {
	position := one.Position(pos)
	return fmt.Sprint(position.Filename, ":", position.Line)
}

// falls tells whether a reason to stay goes.
func (one *stageOne) falls(why *flow.Pin) bool {
	if one == nil {
		return false
	}
	switch why.Category {
	case mocktracer.Refused:
		moves, known := one.folders[filepath.Dir(one.Position(why.Pos).Filename)]
		return moves || one.all && !known
	case adapter.RefusedTestTracer, flow.RefusedSetUp:
		return one.installs[one.line(why.Pos)]
	}
	return false
}

// moves tells whether a use moves to the twin.
func (one *stageOne) moves(u *plan.Use) bool {
	if u.Sym.Path == opentracing.MocktracerPath {
		return one.folders[filepath.Dir(one.Position(u.Id.Pos()).Filename)]
	}
	return one.installs[one.line(u.Id.Pos())]
}

// uses returns what becomes of uses.
func (one *stageOne) uses() (uses StageOneUses) {
	if one == nil {
		return uses
	}
	for _, s := range one.Sites {
		for _, u := range s.Uses {
			if one.moves(u) {
				uses.Moved = append(uses.Moved, one.Position(u.Id.Pos()))
			}
		}
	}
	for _, s := range one.freed() {
		for _, u := range s.Uses {
			if !one.moves(u) {
				uses.Freed = append(uses.Freed, one.Position(u.Id.Pos()))
			}
		}
	}
	return uses
}

// freed returns the sites that are rewritten when the tests have moved. A reason may be due to
// others, as those of baggage are to code that stays, so the code is planned once more without
// the tracers of tests, if each of them moves.
func (one *stageOne) freed() (sites []*plan.Site) {
	for _, s := range one.Sites {
		if s.Refusal != nil && s.Refusal.Category == adapter.RefusedTestTracer && !one.falls(s.Refusal) {
			return one.Without(one.falls)
		}
	}
	one.opts.BreakTests = true
	then := one.again(&one.opts)
	for _, s := range then.Sites {
		if then.On(s) {
			sites = append(sites, s)
		}
	}
	return sites
}
