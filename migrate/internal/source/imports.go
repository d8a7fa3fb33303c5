// SPDX-License-Identifier: Apache-2.0

package source

import (
	"go/ast"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// An ImportSpec is one import of a file.
type ImportSpec struct{ Name, Path string }

func (s ImportSpec) String() string {
	if s.Name == "" || s.Name == opentelemetry.BaseName(s.Path) && strings.HasSuffix(strings.TrimSuffix(s.Path, "-go"), s.Name) {
		return strconv.Quote(s.Path)
	}
	return s.Name + " " + strconv.Quote(s.Path)
}

// Renamed is the import of a package whose name is known: it is written where the path does
// not end in it, or where it was written before.
func (s ImportSpec) Renamed(name string) string {
	if s.Name == "" && opentelemetry.BaseName(s.Path) != name {
		s.Name = name
	}
	return s.String()
}

// SpecOf returns an import as it is spelt: without a name where none is written.
func SpecOf(spec *ast.ImportSpec) ImportSpec {
	path, _ := strconv.Unquote(spec.Path.Value)
	if spec.Name == nil {
		return ImportSpec{Path: path}
	}
	return ImportSpec{spec.Name.Name, path}
}
