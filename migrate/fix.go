// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	"golang.org/x/tools/go/analysis"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/journal"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
)

type (
	// FixOptions configures [Fix]. A nil pointer stands for the zero value.
	FixOptions = rewrite.FixOptions
	// Result says what [Fix] did, or would have done with DryRun.
	Result = rewrite.Result
	// Site is a use of OpenTracing, and what became of it.
	Site = rewrite.Site
	// Place is one place in the source with something to say about it.
	Place = rewrite.Place
	// A Trap is code that breaks silently at stage 1 of [Guide].
	Trap = inventory.Trap
	// Refusal is a use of OpenTracing that was left as it is.
	Refusal = rewrite.Refusal
	// A Cause is one reason at one place, with the uses of OpenTracing that it keeps.
	Cause = rewrite.Cause
	// Group is a flow group: everything that has to change its type together.
	Group = rewrite.Group
	// APIChange is an exported declaration whose type changed.
	APIChange = rewrite.APIChange
	// SkippedPackage is a package that was not looked at.
	SkippedPackage = rewrite.SkippedPackage
	// Counts are sums over a [Result].
	Counts = rewrite.Counts
	// A ForeignTracer is a place where a program makes a tracer of another implementation.
	ForeignTracer = inventory.ForeignTracer
	// Category is a reason why a use of OpenTracing stays as it is.
	Category = refusal.Category
)

const (
	// Guide is the address of MIGRATION.md.
	Guide = refusal.Guide
	// StageOne is the address of the part of [Guide] on the set-up of the tracer.
	StageOne = rewrite.StageOne
	// HTTPCompat and HTTPOTel are what code on go-stdlib's nethttp may become.
	HTTPCompat = rewrite.HTTPCompat
	HTTPOTel   = rewrite.HTTPOTel
	// StageOneFirst says what Result.ForeignTracers mean for a program.
	StageOneFirst = rewrite.StageOneFirst
	// KeepTracer says how to rewrite a program and keep such a tracer, by adding
	// [KeepTracerLines].
	KeepTracer = rewrite.KeepTracer
)

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
// set. Nothing is written with DryRun, not even what [Recover] would put back: that a run
// was interrupted is an error then. Otherwise all files are written together: an
// interruption leaves either the old tree or the new one. Only regular files below the
// module's root are written, none through a symbolic link, and none that changed since it
// was read. Errors are those of [Load], and those of Recover and of writing.
func Fix(ctx context.Context, opts *FixOptions, patterns ...string) (*Result, error) {
	return rewrite.Fix(ctx, opts, patterns...)
}

// Recover undoes a run of [Fix] that was cut short while it replaced the files of the
// module that dir belongs to, and returns the names of the files that it put back. What was
// being replaced is kept in the user's cache folder (see [os.UserCacheDir]).
func Recover(dir string) ([]string, error) { return journal.Recover(dir) }

// NewAnalyzer returns the rewriter as an analyzer of one package, for go vet
// -vettool, go fix -fixtool and other drivers of golang.org/x/tools/go/analysis.
// It converts the flow groups that do not leave the package: exported types stay,
// since their importers are not seen. A nil opts means the defaults; options that
// concern loading or writing have no effect. Whether the program still sets up a tracer
// of another library ([Result.ForeignTracers]) is not seen in one package: that stage 1 of
// [Guide] comes first is for the user to know.
//
// Each OpenTracing use that is or could be rewritten is a diagnostic; the first one
// of a file has the fix of the whole file. Messages are on one line, and have escapes such
// as \x1b for what can't be seen. The names of files are printed by the driver.
func NewAnalyzer(opts *FixOptions) *analysis.Analyzer { return rewrite.NewAnalyzer(opts) }

// Rules returns the names of the rules, for FixOptions.Only, sorted.
func Rules() []string { return rules.Names() }

// Categories lists every reason for which the rewriter leaves code as it is, by
// name. The slice is the caller's own.
func Categories() []*Category { return rules.Categories() }

// LookupCategory returns the category of a name, and whether there is one.
func LookupCategory(name string) (*Category, bool) { return rules.LookupCategory(name) }

// RefusalsMarkdown returns the categories as headings of a guide, each with its
// name as the anchor.
func RefusalsMarkdown() string { return rules.RefusalsMarkdown() }

// KeepTracerLines returns the lines of code that [KeepTracer] is about.
func KeepTracerLines() []string { return rewrite.KeepTracerLines() }
