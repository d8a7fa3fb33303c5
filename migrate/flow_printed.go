// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A printedField is a log.Field or a Tag that is printed, or goes into an empty
// interface, where it may be. The text of the attribute that it becomes is another one.
type printedField struct {
	file *sourceFile
	at   ast.Expr
	node *node
	name string
}

// printed notes that a value may be printed.
func (w *flowWalker) printed(value ast.Expr) {
	t := w.info.TypeOf(value)
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	name := openTracingType(t)
	if name != "log.Field" && name != tagType {
		return
	}
	if n := w.expr(value); n != nil {
		w.prints = append(w.prints, printedField{w.file, value, n, name})
	}
}

// notePrinted lists the places whose text changes. What is taken out of an empty
// interface again is not only printed there.
func (rw *rewriter) notePrinted() {
	read := make(map[string]bool)
	for name, hubs := range rw.hubs {
		for _, hub := range hubs {
			read[name] = read[name] || rw.reads[hub]
		}
	}
	for _, p := range rw.prints {
		if read[p.name] || rw.optionPlaces[p.at] || p.name == tagType && read["opentracing.StartSpanOption"] {
			continue
		}
		s := &site{file: p.file, pos: p.at.Pos(), symbol: p.name, rule: "types"}
		s.changes = "where this is printed, the text of an attribute is not that of " + p.name + "; the spans are the same"
		s.need(p.node)
		rw.sites = append(rw.sites, s)
	}
}

// prints tells whether a package only formats what it is given.
func prints(path string) bool {
	switch path {
	case "fmt", "log", "log/slog":
		return true
	}
	return false
}
