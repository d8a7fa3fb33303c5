// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	"github.com/ot2otel/ot2otel/migrate/internal/doctor"
)

type (
	// A Diagnosis is what there is to fix in a module before or after its migration, beside
	// its uses of OpenTracing, and what was not looked at.
	Diagnosis = doctor.Diagnosis
	// A Finding is something to fix: a place, a reason and the fix.
	Finding = doctor.Finding
	// A FindingKind is a sort of [Finding].
	FindingKind = doctor.Kind
	// A Gap is what was not looked at.
	Gap = doctor.Gap
)

// DiagnosisVersion is the version of the schema of a [Diagnosis] as JSON.
const DiagnosisVersion = doctor.Version

// Examine looks for what compiles and breaks a migration all the same: in the code of a
// program, in the go.mod files of its modules, and in the env files, Dockerfiles and YAML
// files below their root. docs/doctor.md lists what it finds. Nothing is run or written.
//
// p is nil where [Load] has failed; then the module of dir is looked at without its code, and
// variables are not judged. Errors are a [*ModuleError] when dir is in no module, and those
// of ctx and of reading the root. Whatever else can't be read or does not parse is among
// the Gaps.
func Examine(ctx context.Context, dir string, p *Program) (*Diagnosis, error) {
	return doctor.Examine(ctx, dir, p)
}
