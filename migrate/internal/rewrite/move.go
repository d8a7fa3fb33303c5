// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/check"
	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/move"
	"github.com/ot2otel/ot2otel/migrate/internal/native"
	"github.com/ot2otel/ot2otel/migrate/internal/nethttp"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/twin"
)

// What code on go-stdlib's nethttp may become.
const (
	HTTPCompat = "compat"   // compat.Tracing, at stage 1
	HTTPOTel   = "otelhttp" // at stage 4
)

// A stage moves code, and is told where that does not compile.
type stage interface {
	Module() *edit.Module
	Blame(problems []types.Error) bool
}

// moved takes stage 1, which moves set-ups and tests to the twins, or stage 4, which takes
// these out. It writes nothing. program is a whole module with its tests, wanted are the
// packages of it that were named, nil for all.
func moved(ctx context.Context, program *source.Program, opts *FixOptions, wanted map[string]bool) (*Result, error) {
	if !slices.Contains([]string{"", HTTPCompat, HTTPOTel}, opts.HTTP) {
		return nil, fmt.Errorf("migrate: HTTP is %q, not %s or %s", opts.HTTP, HTTPCompat, HTTPOTel)
	}
	if err := program.LoadBuilds(ctx); err != nil {
		return nil, err
	}
	code := source.NewCode(program.Fset, source.ProgramUnits(program, wanted, false))
	code.Own, code.Program = program.OwnPaths(), program
	have := requirementsOf(ctx, program)
	checker := have.checker(program)
	var (
		outs []*edit.Output
		err  error
		run  *move.Run
		last *native.Run
	)
	rule := "native"
	if opts.Stage == 1 {
		rule = "twins"
		moves := twin.New(code, checker.Import)
		if opts.HTTP == HTTPCompat {
			nethttp.Plan(moves.Run)
		}
		run = moves.Run
		outs, err = checkedMoves(moves, checker)
	} else {
		last = native.New(code, &native.Options{KeepNames: opts.KeepNames})
		run = last.Run
		outs, err = checkedMoves(last, checker)
	}
	if err != nil {
		return nil, err
	}
	result := newResult(outs)
	result.moves(run, program, rule)
	if last != nil {
		result.native(last, program)
	}
	result.Root = source.ModuleDir(program)
	result.toGet(program, have, outs, checker.Stubs.Missing(outs))
	result.Vendored = program.Module.Vendored
	result.notLookedAt(program, wanted)
	return result, nil
}

// checkedMoves type-checks the moves until those that are left compile.
func checkedMoves(run stage, c *check.Checker) ([]*edit.Output, error) {
	for {
		outs, err := run.Module().Render()
		if err != nil {
			return nil, err
		}
		problems := c.Check(outs)
		for len(problems) > 0 && check.MendUnused(c, outs, problems) {
			problems = c.Check(outs)
		}
		if len(problems) == 0 {
			return outs, nil
		}
		if !run.Blame(problems) { // each time there are fewer moves left
			return nil, fmt.Errorf("migrate: the new code does not compile, so nothing was written; this is a bug in ot2otel: %w", problems[0])
		}
	}
}

// native notes what stage 4 says beside its moves. Nothing is written where spans are left.
func (r *Result) native(run *native.Run, program *source.Program) {
	at := func(f *source.File, pos token.Pos) token.Position { return run.Fset.PositionFor(pos, f.Cgo) }
	for _, s := range run.Spans() {
		r.Spans = append(r.Spans, Place{at(s.File, s.Pos), s.Symbol})
	}
	slices.SortStableFunc(r.Spans, func(a, b Place) int { return byPos(a.Pos, b.Pos) })
	r.Withheld = len(r.Spans) > 0
	r.Traps = nil // of stage 1
	r.Tidy = len(r.Files) > 0
}

// moves notes what moved and what stays.
func (r *Result) moves(run *move.Run, program *source.Program, rule string) {
	at := func(f *source.File, pos token.Pos) token.Position { return run.Fset.PositionFor(pos, f.Cgo) }
	onJaeger := make(map[string]bool) // files that move to the twin of Jaeger's client
	for _, m := range run.Moves {
		site := Site{Pos: at(m.File, m.Pos), Symbol: m.What, Rule: "twins", Note: m.To, Test: m.File.Test}
		switch {
		case m.Moved():
			r.Converted = append(r.Converted, site)
			onJaeger[m.File.Name] = onJaeger[m.File.Name] || m.To == opentelemetry.JaegerTwinPath
		case m.Wanted():
			r.Staying = append(r.Staying, site)
			for _, h := range m.Stays() {
				place := Place{site.Pos, h.Reason}
				if h.Pos.IsValid() {
					place.Pos = run.Fset.PositionFor(h.Pos, false)
				}
				r.Holds = append(r.Holds, place)
			}
		}
	}
	slices.SortStableFunc(r.Holds, func(a, b Place) int { return byPos(a.Pos, b.Pos) })
	r.Holds = slices.Compact(r.Holds)
	r.Counts.Sites, r.Counts.Rewritten = len(r.Converted)+len(r.Staying), len(r.Converted)
	for _, l := range run.Leftovers() {
		r.Leftovers = append(r.Leftovers, Place{at(l.File, l.Pos), l.Text})
	}
	slices.SortStableFunc(r.Leftovers, func(a, b Place) int { return byPos(a.Pos, b.Pos) })
	for _, c := range run.Changes() {
		r.TelemetryChanges = append(r.TelemetryChanges, Site{Pos: at(c.File, c.Pos), Symbol: c.What, Rule: rule, Note: c.Note, Test: c.File.Test})
	}
	slices.SortStableFunc(r.TelemetryChanges, func(a, b Site) int { return byPos(a.Pos, b.Pos) })
	for _, t := range inventory.Traps(program) {
		if t.Kind != inventory.TrapContext || !onJaeger[t.Pos.Filename] { // the twin's contexts have that type
			r.Traps = append(r.Traps, t)
		}
	}
}
