// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/types"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A printedField is a log.Field or a Tag that is printed, or goes into an empty
// interface, where it may be. The text of the attribute that it becomes is another one.
type printedField struct {
	File *source.File
	At   ast.Expr
	Node *Node
	Name string
}

// printed notes that a value may be printed.
func (w *walker) printed(value ast.Expr) {
	t := w.Info.TypeOf(value)
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	name := opentracing.OpenTracingType(t)
	if name != "log.Field" && name != opentracing.TagType {
		return
	}
	if n := w.expr(value); n != nil {
		w.Prints = append(w.Prints, printedField{w.Source, value, n, name})
	}
}
