// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"context"
	"fmt"
	"go/token"
	"maps"
	"slices"

	"golang.org/x/mod/module"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/journal"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// FixOptions configures [Fix]. A nil pointer stands for the zero value.
type FixOptions struct {
	// Stage is the stage of Guide that is taken: 1 moves set-ups and tests to the twins
	// of the packages that they are built on, 0 rewrites spans, 4 takes the twins and
	// compat out. The options that say how to rewrite spans have no effect at stages 1
	// and 4.
	Stage int
	// KeepNames keeps, at stage 4, the names of the spans that middlewares and interceptors
	// make. By default they are those of OpenTelemetry's.
	KeepNames bool
	// HTTP is what code on go-stdlib's nethttp becomes: HTTPCompat at stage 1, which leaves it
	// alone by default, and HTTPOTel at stage 4, which is the default there.
	HTTP string
	// Dir is the directory in which the patterns are resolved. Empty means the
	// current directory.
	Dir string
	// Tests also rewrites code that only tests use where the code under test stays
	// OpenTracing, in whole or in part. By default tests follow the code.
	Tests bool
	// BreakTests also rewrites code that a test looks at by a tracer that it brings:
	// mocktracer, another implementation's, one of its own. Such a test records no
	// spans of rewritten code, and may fail until it is changed. By default the code
	// that it looks at stays OpenTracing.
	BreakTests bool
	// Tags are build tags, as for go build -tags. Empty means none.
	Tags []string
	// Env is the environment of the go command. Nil means the process's own.
	Env []string
	// Only limits the rewrite to groups in which every use is handled by one of
	// these rules, by name (see Rules). Empty means all rules.
	Only []string
	// KeepAPI leaves exported signatures of importable packages OpenTracing.
	KeepAPI bool
	// RecordErrors turns logged errors that carry no event=error into
	// RecordError. It changes telemetry; each place is listed in
	// [Result.TelemetryChanges].
	RecordErrors bool
	// FollowsFrom says what a FollowsFrom reference without a ChildOf becomes:
	// "parent" (also the meaning of an empty string) makes it the parent and a
	// link, as compat does; "link" makes it a link only, of a new trace.
	FollowsFrom string
	// ShortTraceIDs writes the last 16 digits of a trace ID where the code took it as
	// text out of Jaeger's span context, which wrote 16 digits for 64-bit IDs. By
	// default it is written whole, with 32.
	ShortTraceIDs bool
	// MaxAdapters is the number of adapters a group may need before it is
	// refused instead. Zero means 3, or one for each 20 uses of OpenTracing in the
	// group where that is more; a negative number means none.
	MaxAdapters int
	// BeforeStage1 rewrites although there are [Result.ForeignTracers]. By default
	// nothing is written then, since the spans of rewritten code would be lost.
	BeforeStage1 bool
	// DryRun computes everything and writes nothing.
	DryRun bool
	// Approve is called before anything is written, if something is to be, with the
	// existing files that are to be replaced, by absolute path and sorted. An error of it
	// is the one of [Fix], which writes nothing then. Nil approves of everything.
	Approve func(ctx context.Context, files []string) error
}

// engine returns the options that concern rewriting.
func (o *FixOptions) engine() *plan.Options {
	return &plan.Options{
		Tests: o.Tests, BreakTests: o.BreakTests, Only: o.Only, RecordErrors: o.RecordErrors,
		FollowsFrom: o.FollowsFrom, ShortTraceIDs: o.ShortTraceIDs, MaxAdapters: o.MaxAdapters,
	}
}

// Result says what [Fix] did, or would have done with DryRun.
type Result struct {
	// Root is the folder of the module, as the go command names it.
	Root string
	// Files has the new content of every changed file by absolute path.
	// New files are in it too.
	Files map[string][]byte
	// before has the old content of those of Files that are not new.
	before map[string][]byte
	// Groups are the flow groups that were looked at, in source order.
	Groups []Group
	// Converted has one entry for each OpenTracing use that was rewritten or goes on
	// behind an adapter.
	Converted []Site
	// Adapters are the places where an adapter was inserted.
	Adapters []Site
	// Providers are the places where a tracer stays one of OpenTracing, and records the spans
	// of rewritten code by compat.ProviderOf.
	Providers []Site
	// Refusals has one entry for each OpenTracing use that stays, with the reason.
	// Packages that the patterns don't name are left out.
	Refusals []Refusal
	// ExportedAPIChanges are the exported declarations whose type changed.
	ExportedAPIChanges []APIChange
	// TelemetryChanges are places where the spans differ from before on purpose
	// (only by request, as with RecordErrors) or can't be kept.
	TelemetryChanges []Site
	// Comments are the places, in the old source, of comments that still name OpenTracing
	// in declarations that were rewritten and have none of it left.
	Comments []token.Position
	// ForeignTracers are the places where the module makes or installs a tracer that
	// spans of rewritten code do not get to: then stage 1 of Guide comes first.
	ForeignTracers []inventory.ForeignTracer
	// Withheld tells that Files were not written, or would not be without DryRun, because
	// of ForeignTracers or Spans.
	Withheld bool
	// Staying are the places that can't move at stage 1, Holds what keeps them, and
	// Leftovers what a person has to change beside the moves.
	Staying   []Site
	Holds     []Place
	Leftovers []Place
	// Spans are the uses of OpenTracing, neither in set-ups nor in tests, for which stage 4
	// is too early. Then nothing is written.
	Spans []Place
	// Tidy tells that go mod tidy takes modules out that the new code does not need.
	Tidy bool
	// Traps are the places that break silently at stage 1.
	Traps []inventory.Trap
	// Parts is what stays, and what holds it: the part with most uses outside of tests
	// first. Only [PlanOf] looks for it.
	Parts []Part
	// StageOne says what stage 1 does for uses. Only [PlanOf] looks for it.
	StageOne StageOneUses
	// GoGet are the module queries for packages that the new code needs and the
	// module can't build yet, in the form that go get takes:
	// "go.opentelemetry.io/otel@v1.47.0".
	GoGet []string
	// GoGetFor are the patterns of packages, relative to Root, whose imports go get has to
	// look at after that, with -t, so that go.sum has all that they need.
	GoGetFor []string
	// Outgrown are the modules of GoGet that are built on an OpenTelemetry from before v1,
	// with their versions: with the one of GoGet they compile in a later version only.
	Outgrown []module.Version
	// Vendored tells that the packages come out of the module's vendor directory,
	// which has to follow a change of go.mod.
	Vendored bool
	// Skipped are packages that weren't rewritten because they don't compile.
	Skipped []SkippedPackage
	// Excluded are files, relative to the module's root, that import OpenTracing and
	// were not looked at: build constraints exclude them, and no other build that
	// includes them could be loaded, or there are more than eight.
	Excluded []string
	// Nested are modules in folders of this one. They were not looked at.
	Nested []source.NestedModule
	// Workspace are the folders of the other modules of the workspace, if there is
	// one. They were not looked at, and may use what changed its type.
	Workspace []string
	// Counts sums up.
	Counts Counts
}

// Site is one place in the source.
type Site struct {
	// Pos is where it is in the old source; of a use, where the symbol's own name is.
	Pos token.Position
	// Symbol is the OpenTracing symbol, as in "opentracing.StartSpan".
	Symbol string
	// Rule is the name of the rule that applied.
	Rule string
	// Group is the index in [Result.Groups].
	Group int
	// Note says more where there is more to say. It may be empty.
	Note string
	// Adapted tells whether the symbol is still used there, behind an adapter.
	Adapted bool
	// Test tells whether the place is in a test file.
	Test bool
}

// Place is one place in the source with something to say about it.
type Place struct {
	// Pos is where it is in the old source.
	Pos token.Position
	// Text says what is to be known there.
	Text string
}

// Refusal is one OpenTracing use that was left as it is.
type Refusal struct {
	// Category is the stable name of the reason, a key of Categories.
	Category string
	// Pos is the place of the use: where the symbol's own name is.
	Pos token.Position
	// Symbol is the OpenTracing symbol used there.
	Symbol string
	// Reason is one sentence for a reader.
	Reason string
	// Cause is where the reason lies, when that is another place: a group is
	// converted as a whole, so one use can hold others back. It may be zero.
	Cause token.Position
	// Group is the index in [Result.Groups].
	Group int
	// Test tells whether the place is in a test file.
	Test bool
}

// Group is a flow group: everything that has to change its type together.
type Group struct {
	// Name is the first declaration or place of it.
	Name string
	// Pos is the first place of it.
	Pos token.Position
	// Converted tells whether the group was rewritten.
	Converted bool
	// Category is the reason why not, a key of Categories, or empty.
	Category string
	// Sites counts the OpenTracing uses, Packages the packages it reaches.
	Sites, Packages int
}

// APIChange is an exported declaration whose type changed.
type APIChange struct {
	// Pos is the place of the declaration.
	Pos token.Position
	// Name is the declaration, as in "example.com/app/store.(*DB).Query".
	Name string
	// Old and New are the OpenTracing and the OpenTelemetry types in it.
	Old, New string
}

// SkippedPackage is a package that was left alone as a whole.
type SkippedPackage struct {
	// Path is its import path.
	Path string
	// Reason is the first error.
	Reason string
}

// Counts are sums over a [Result].
type Counts struct {
	// Sites is the number of OpenTracing uses looked at, Rewritten those that
	// were rewritten, not counting those that go on by an adapter. They are counted
	// as NewReport does, apart from uses through aliases. The Test twins count the
	// share of them in test files.
	Sites, Rewritten         int
	TestSites, TestRewritten int
	// Groups and GroupsConverted count flow groups.
	Groups, GroupsConverted int
	// Files is the number of changed or new files.
	Files int
	// Refused counts refused uses by category.
	Refused map[string]int
}

// Fix rewrites OpenTracing code of the packages that match the patterns, and of
// packages of the same module that have to change with them, to the
// OpenTelemetry API. What it can't rewrite safely it leaves as it is and lists in
// [Result.Refusals]. No pattern means "./...".
//
// Files that build constraints exclude are rewritten too, as far as up to eight more builds
// have them and these can be loaded: with other tags, for other systems, without cgo. What
// the rest mentions stays as it is.
//
// Before anything is written, every package that changes and every package of the
// module that imports one is type-checked with the new text.
//
// With Stage 1 it moves set-ups and tests to the twins instead; with Stage 4 it takes the
// twins and compat out again, where no spans of OpenTracing are left.
//
// Nothing is written where [Result.ForeignTracers] are set up, unless BeforeStage1 is
// set. Nothing is written with DryRun, not even what Recover would put back: that a run
// was interrupted is an error then. Otherwise all files are written together: an
// interruption leaves either the old tree or the new one. Only regular files below the
// module's root are written, none through a symbolic link, and none that changed since it
// was read. Errors are those of Load, and those of Recover and of writing.
func Fix(ctx context.Context, opts *FixOptions, patterns ...string) (*Result, error) {
	if opts == nil {
		opts = &FixOptions{}
	}
	if opts.DryRun {
		if err := journal.Interrupted(opts.Dir); err != nil {
			return nil, err
		}
	} else if _, err := journal.Recover(opts.Dir); err != nil {
		return nil, err
	}
	program, wanted, err := loadModule(ctx, opts, patterns)
	if err != nil {
		return nil, err
	}
	if !opts.DryRun {
		if err := journal.SameRoot(opts.Dir, source.ModuleDir(program)); err != nil {
			return nil, err
		}
	}
	var result *Result
	switch opts.Stage {
	case 0:
		_, result, err = planned(ctx, program, opts, wanted)
	case 1, 4:
		result, err = moved(ctx, program, opts, wanted)
	default:
		err = fmt.Errorf("migrate: there is no stage %d to be taken: Stage is 0, 1 or 4", opts.Stage)
	}
	if err != nil || opts.DryRun || result.Withheld || len(result.Files) == 0 {
		return result, err
	}
	if opts.Approve != nil {
		if err := opts.Approve(ctx, slices.Sorted(maps.Keys(result.before))); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return result, journal.WriteFiles(source.ModuleDir(program), result.Files, result.before)
}

// planned computes everything and writes nothing. program is a whole module with its
// tests, wanted are the packages of it that were named, nil for all.
func planned(ctx context.Context, program *source.Program, opts *FixOptions, wanted map[string]bool) (fixRun, *Result, error) {
	if err := program.LoadBuilds(ctx); err != nil {
		return fixRun{}, nil, err
	}
	have := requirementsOf(ctx, program)
	checker := have.checker(program)
	again := func(o *FixOptions) *plan.Run { return newPlan(program, o, wanted) }
	rw := fixRun{again(opts), checker, again}
	outs, err := rw.checked(checker)
	if err != nil {
		return fixRun{}, nil, err
	}
	result := rw.result(outs)
	result.Root = source.ModuleDir(program)
	result.Comments = rw.comments(outs)
	result.toGet(program, have, outs, checker.Stubs.Missing(outs))
	result.Vendored = program.Module.Vendored
	result.notLookedAt(program, wanted)
	result.ForeignTracers = rw.ForeignTracers()
	result.Withheld = len(result.ForeignTracers) > 0 && len(result.Files) > 0 && !opts.BeforeStage1
	return rw, result, nil
}

// PlanOf says what [Fix] would do with the packages of p, and writes nothing. Of opts,
// which may be nil, the fields count that say how to rewrite; what to load is said by
// p.Options.
//
// Fix looks at a whole module with its tests. Where p is none, since fewer packages
// or no tests were asked for, the module is loaded again.
func PlanOf(ctx context.Context, p *source.Program, opts *FixOptions) (*Result, error) {
	var o FixOptions
	if opts != nil {
		o = *opts
	}
	o.Dir, o.Tags, o.Env, o.DryRun = p.Options.Dir, p.Options.Tags, p.Options.Env, true
	switch {
	case len(p.Options.Overlay) > 0:
		return nil, fmt.Errorf("migrate: files of an overlay can't be rewritten")
	case p.Module.GoMod == "":
		return nil, fmt.Errorf("migrate: one module is rewritten at a time: run it in the folder of a module of the workspace")
	case p.Options.Tests && len(p.Patterns) == 1 && p.Patterns[0] == "./..." && source.SameDir(o.Dir, p.Module.Dir):
		return explained(ctx, p, &o, nil)
	}
	whole, wanted, err := loadModule(ctx, &o, p.Patterns)
	if err != nil {
		return nil, err
	}
	return explained(ctx, whole, &o, wanted)
}

// StageOne is the address of the part of Guide on the set-up of the tracer.
const StageOne = refusal.Guide + "#stage-1"

// StageOneFirst says what [Result.ForeignTracers] mean for a program.
const StageOneFirst = "The program sets up a tracer that is not OpenTelemetry's. Spans of rewritten code do not get there: they are lost, or in traces of their own."

// KeepTracer says how to rewrite a program and keep such a tracer, by adding
// KeepTracerLines.
const KeepTracer = "To keep that tracer, add these lines after opentracing.SetGlobalTracer. Spans of rewritten code then go to it."

// KeepTracerLines returns the lines of code.
func KeepTracerLines() []string {
	return []string{
		"otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))",
		"otel.SetTextMapPropagator(compat.PropagatorOf(opentracing.GlobalTracer()))",
	}
}
