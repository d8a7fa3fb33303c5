// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/format"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// fileEdits are the edits of one file, by the nodes that they replace.
type fileEdits struct {
	file   *sourceFile
	byNode map[ast.Node][]*edit
}

func newFileEdits(f *sourceFile) *fileEdits {
	return &fileEdits{file: f, byNode: make(map[ast.Node][]*edit)}
}

// add replaces a node by what render makes of it.
func (e *fileEdits) add(owner editOwner, n ast.Node, render func(r *renderer) string) {
	e.byNode[n] = append(e.byNode[n], &edit{node: n, owner: owner, render: render})
}

// wrap adds an edit that goes around the other edits of a node.
func (e *fileEdits) wrap(owner editOwner, n ast.Node, render func(r *renderer) string) {
	all := e.byNode[n]
	i := 0
	for i < len(all) && all[i].wraps {
		i++
	}
	around := &edit{node: n, owner: owner, render: render, wraps: true}
	e.byNode[n] = append(all[:i:i], append([]*edit{around}, all[i:]...)...)
}

// moduleEdits are the edits of a module.
type moduleEdits struct {
	fset  *token.FileSet
	units []*unit
	files []*fileEdits
	names *names
	// errorFrom has the packages that declare ErrSpanContextNotFound for others, by those
	// that use it: see placeErrors.
	errorFrom map[*unit]string
}

// An output is the new text of one file.
type output struct {
	file *sourceFile // nil for a new file
	unit *unit
	name string
	text []byte
}

// render renders every file that changes.
func (m *moduleEdits) render() ([]*output, error) {
	m.names = newNames()
	m.names.errorFrom = m.errorFrom
	m.texts()
	m.names.fix()
	texts := m.texts()
	var outs []*output
	for _, e := range m.files {
		if text, ok := texts[e.file]; ok {
			outs = append(outs, &output{file: e.file, unit: e.file.unit, name: e.file.name, text: []byte(text)})
		}
	}
	outs, err := m.addShared(outs)
	if err != nil {
		return nil, err
	}
	for _, o := range outs {
		if o.file == nil {
			continue
		}
		if o.text, err = m.finish(o.file, o.text); err != nil {
			return nil, err
		}
	}
	return outs, nil
}

func (m *moduleEdits) texts() map[*sourceFile]string {
	texts := make(map[*sourceFile]string)
	for _, e := range m.files {
		if len(e.byNode) == 0 {
			continue
		}
		r := &renderer{fileEdits: e, names: m.names, base: m.fset.File(e.file.syntax.FileStart), open: make(map[*edit]bool)}
		if text := r.whole(); text != string(e.file.src) {
			texts[e.file] = text
		}
	}
	return texts
}

// finish mends a file's imports and its formatting.
func (m *moduleEdits) finish(f *sourceFile, text []byte) ([]byte, error) {
	droppable := make(map[importSpec][]string)
	for _, spec := range f.syntax.Imports {
		if names, ok := namesOf(f, spec); ok {
			droppable[specOf(spec)] = names
		}
	}
	var add []importSpec
	for path := range m.names.imports[f] {
		add = append(add, importSpec{m.names.chosen[f][path], path})
	}
	out, err := fixImports(text, add, droppable)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: the rewritten file does not parse, which is a bug in ot2otel: %w\n%s", f.name, err, text)
	}
	formatted, err := format.Source(out)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", f.name, err)
	}
	return formatted, nil
}

// addShared adds package tracers and helpers: to the one file that uses them, or to
// a file of their own.
func (m *moduleEdits) addShared(outs []*output) ([]*output, error) {
	for _, u := range m.units {
		tracerUses := m.names.tracers[u]
		if existingTracer(u) == m.names.fixed[u]["tracer"] && len(tracerUses) > 0 {
			tracerUses = nil
		}
		var wanted []string
		var users []*sourceFile // of the tracer and of helpers
		test := true
		for name, uses := range m.names.helpers[u] {
			if existingHelper(u, name) != "" && existingHelper(u, name) == m.names.fixed[u][name] {
				continue
			}
			wanted = append(wanted, name)
			for _, use := range uses {
				test = test && use.file.test
				users = append(users, use.file)
			}
		}
		wanted = withNeeds(wanted)
		wanted = slices.DeleteFunc(wanted, func(name string) bool {
			return existingHelper(u, name) != "" || name == notFoundHelper && m.names.importedError(u) != ""
		})
		for _, use := range tracerUses {
			test = test && use.file.test
			if !slices.Contains(users, use.file) {
				users = append(users, use.file)
			}
		}
		if len(tracerUses) == 0 && len(wanted) == 0 {
			continue
		}
		tracer := ""
		if len(tracerUses) > 0 {
			tracer = m.names.fixed[u]["tracer"]
		}
		common := commonConstraint(users)
		declaring := users
		if plain := slices.DeleteFunc(slices.Clone(users), func(f *sourceFile) bool { return f.test }); len(plain) == 1 && sameConstraint(common, commonConstraint(plain)) {
			declaring = plain
		}
		if len(declaring) == 1 && len(wanted) == 0 {
			f := declaring[0]
			i := slices.IndexFunc(outs, func(o *output) bool { return o.file == f })
			name := m.names.pkg(f, otelPath, f.syntax.Name.Pos())
			if m.names.chosen[f] == nil {
				m.names.chosen[f] = make(map[string]string)
			}
			if m.names.chosen[f][otelPath] == "" {
				m.names.chosen[f][otelPath] = importName(f, otelPath, []token.Pos{f.syntax.Name.Pos()}, nil)
				name = m.names.chosen[f][otelPath]
			}
			code := fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, name, u.path)
			text, err := addDeclaration(outs[i].text, code, false)
			if err != nil {
				return nil, fmt.Errorf("migrate: %s: %w", f.name, err)
			}
			outs[i].text = text
			continue
		}
		out, err := m.sharedFile(u, tracer, wanted, common, test)
		if err != nil {
			return nil, err
		}
		outs = append(outs, out)
	}
	return outs, nil
}

// sharedFile makes the file with a package's tracer and helpers, for the builds that a
// constraint tells, nil for all.
func (m *moduleEdits) sharedFile(u *unit, tracer string, wanted []string, builds constraint.Expr, test bool) (*output, error) {
	suffix := ".go"
	if test || strings.HasSuffix(u.pkg.Name(), "_test") {
		suffix = "_test.go"
	}
	dir := filepath.Dir(u.files[0].name)
	name := filepath.Join(dir, "otel"+suffix)
	for i := 2; m.taken(u, name); i++ {
		name = filepath.Join(dir, fmt.Sprintf("otel%d%s", i, suffix))
	}
	chosen := make(map[string]string)
	nameOf := func(path string) string {
		base := baseName(path)
		for i := 0; ; i++ {
			n := base
			if i > 0 {
				n = "otel" + base
			}
			if i > 1 {
				n = fmt.Sprintf("otel%s%d", base, i)
			}
			if !u.declares(n) {
				return n
			}
		}
	}
	all := helpers()
	for _, h := range wanted {
		for _, path := range all[h].imports {
			chosen[path] = nameOf(path)
		}
	}
	named := m.names.fixed[u]
	if path := m.names.importedError(u); path != "" && slices.Contains(wanted, "remoteSpanContext") {
		chosen[path] = nameOf(path)
		named = maps.Clone(named)
		named[notFoundHelper] = chosen[path] + ".ErrSpanContextNotFound"
	}
	code, _ := declarations(wanted, named, chosen)
	if tracer != "" {
		chosen[otelPath] = nameOf(otelPath)
		code = fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, chosen[otelPath], u.path) + code
	}
	var add []importSpec
	for path, n := range chosen {
		add = append(add, importSpec{n, path})
	}
	src := []byte("package " + u.pkg.Name() + "\n")
	if builds != nil {
		src = fmt.Appendf(nil, "//go:build %s\n\n%s", builds, src)
	}
	if header := licence(u); header != "" {
		src = append([]byte(header+"\n\n"), src...)
	}
	src, err := fixImports(src, add, nil)
	if err != nil {
		return nil, err
	}
	src, err = format.Source(fmt.Appendf(bytes.TrimRight(src, "\n"), "\n%s", code))
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", name, err)
	}
	return &output{unit: u, name: name, text: src}, nil
}

// taken tells whether a file of the package, or one that its build leaves out, has
// the name.
func (m *moduleEdits) taken(u *unit, name string) bool {
	return slices.ContainsFunc(u.files, func(f *sourceFile) bool { return f.name == name }) || exists(name)
}

// licence returns the comment that every file of the package begins with, if it is
// about copyright.
func licence(u *unit) string {
	header := ""
	for i, f := range u.files {
		first := ""
		if c := f.syntax.Comments; len(c) > 0 && c[0].End() < f.syntax.Package && c[0] != f.syntax.Doc {
			first = string(f.src[rw0(f, c[0].Pos()):rw0(f, c[0].End())])
		}
		if i > 0 && first != header {
			return ""
		}
		header = first
	}
	for _, word := range []string{"Copyright", "SPDX-License-Identifier", "License"} {
		if strings.Contains(header, word) && !strings.Contains(header, "//go:build") {
			return header
		}
	}
	return ""
}

// rw0 is the offset of a position in its file.
func rw0(f *sourceFile, p token.Pos) int { return int(p - f.syntax.FileStart) }
