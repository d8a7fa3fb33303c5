// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

type (
	// LoadOptions says what [Load] loads. Nil means the defaults.
	LoadOptions = source.LoadOptions
	// A Program is a set of type-checked packages. It is not changed after [Load] and is
	// safe for concurrent reading.
	Program = source.Program
	// A Module is a main module: one that is being migrated.
	Module = source.Module
	// A ModuleError says that a directory is in no module.
	ModuleError = source.ModuleError
	// A PatternError says that patterns match no package.
	PatternError = source.PatternError
	// A PackageError is a package that does not compile.
	PackageError = source.PackageError
	// A VendorError says that the vendor directory disagrees with go.mod.
	VendorError = source.VendorError
	// A GoCommandError says that the go command failed.
	GoCommandError = source.GoCommandError
)

// Load type-checks the packages that match patterns, which are those of the go
// command; none means "./...", at the root of a workspace that is in no module all
// modules of the workspace. Files that build constraints exclude are not
// loaded. Dependencies are read as export data: only matched packages have syntax,
// and of those only the ones that have to do with OpenTracing: see
// Program.Packages.
//
// Errors are a [*ModuleError] when Dir is in no module, a [*PatternError] when no
// package matches, a [*VendorError] when the vendor directory disagrees with
// go.mod, and a [*GoCommandError] when the go command fails otherwise. Packages
// that do not compile are no error: see [Program.Broken]. Load writes nothing but
// the go command's own caches and, in a workspace, the sums that go.work.sum lacks.
func Load(ctx context.Context, opts *LoadOptions, patterns ...string) (*Program, error) {
	return source.Load(ctx, opts, flow.Concerns, patterns...)
}
