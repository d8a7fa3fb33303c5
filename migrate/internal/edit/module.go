// SPDX-License-Identifier: Apache-2.0

package edit

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

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// File are the edits of one file, by the nodes that they replace.
type File struct {
	Source *source.File
	ByNode map[ast.Node][]*edit
}

func NewFile(f *source.File) *File {
	return &File{Source: f, ByNode: make(map[ast.Node][]*edit)}
}

// Add replaces a node by what render makes of it.
func (e *File) Add(owner Owner, n ast.Node, render func(r *Renderer) string) {
	e.ByNode[n] = append(e.ByNode[n], &edit{node: n, Owner: owner, render: render})
}

// Wrap adds an edit that goes around the other edits of a node.
func (e *File) Wrap(owner Owner, n ast.Node, render func(r *Renderer) string) {
	all := e.ByNode[n]
	i := 0
	for i < len(all) && all[i].wraps {
		i++
	}
	around := &edit{node: n, Owner: owner, render: render, wraps: true}
	e.ByNode[n] = append(all[:i:i], append([]*edit{around}, all[i:]...)...)
}

// Module are the edits of a module.
type Module struct {
	Fset  *token.FileSet
	Units []*source.Unit
	Files []*File
	names *names
	// ErrorFrom has the packages that declare ErrSpanContextNotFound for others, by those
	// that use it: see placeErrors.
	ErrorFrom map[*source.Unit]string
	// Reuse gives names of imports that go to those that come.
	Reuse bool
}

// An Output is the new text of one file.
type Output struct {
	File *source.File // nil for a new file
	Unit *source.Unit
	Name string
	Text []byte
}

// Render renders every file that changes.
func (m *Module) Render() ([]*Output, error) {
	m.names = newNames()
	m.names.errorFrom = m.ErrorFrom
	if m.Reuse {
		m.names.kept = make(map[*source.File][][2]int)
	}
	m.texts()
	m.names.fix()
	texts := m.texts()
	var outs []*Output
	for _, e := range m.Files {
		if text, ok := texts[e.Source]; ok {
			outs = append(outs, &Output{File: e.Source, Unit: e.Source.Unit, Name: e.Source.Name, Text: []byte(text)})
		}
	}
	outs, err := m.addShared(outs)
	if err != nil {
		return nil, err
	}
	for _, o := range outs {
		if o.File == nil {
			continue
		}
		if o.Text, err = m.finish(o.File, o.Text); err != nil {
			return nil, err
		}
	}
	return outs, nil
}

func (m *Module) texts() map[*source.File]string {
	texts := make(map[*source.File]string)
	for _, e := range m.Files {
		if len(e.ByNode) == 0 {
			continue
		}
		r := &Renderer{File: e, names: m.names, base: m.Fset.File(e.Source.Syntax.FileStart), open: make(map[*edit]bool)}
		if text := r.whole(); text != string(e.Source.Src) {
			texts[e.Source] = text
		}
	}
	return texts
}

// finish mends a file's imports and its formatting.
func (m *Module) finish(f *source.File, text []byte) ([]byte, error) {
	droppable := make(map[source.ImportSpec][]string)
	for _, spec := range f.Syntax.Imports {
		if names, ok := namesOf(f, spec); ok {
			if len(names) == 1 && m.names.gone[f][names[0]] {
				names = nil // who uses it means another one
			}
			droppable[source.SpecOf(spec)] = names
		}
	}
	var add []source.ImportSpec
	for path := range m.names.imports[f] {
		add = append(add, source.ImportSpec{Name: m.names.chosen[f][path], Path: path})
	}
	out, err := FixImports(text, add, droppable)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: the rewritten file does not parse, which is a bug in ot2otel: %w\n%s", f.Name, err, text)
	}
	formatted, err := format.Source(out)
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", f.Name, err)
	}
	return formatted, nil
}

// addShared adds package tracers and helpers: to the one file that uses them, or to
// a file of their own.
func (m *Module) addShared(outs []*Output) ([]*Output, error) {
	for _, u := range m.Units {
		tracerUses := m.names.tracers[u]
		if existingTracer(u) == m.names.fixed[u]["tracer"] && len(tracerUses) > 0 {
			tracerUses = nil
		}
		var wanted []string
		var users []*source.File // of the tracer and of helpers
		test := true
		for name, uses := range m.names.helpers[u] {
			if ExistingHelper(u, name) != "" && ExistingHelper(u, name) == m.names.fixed[u][name] {
				continue
			}
			wanted = append(wanted, name)
			for _, use := range uses {
				test = test && use.file.Test
				users = append(users, use.file)
			}
		}
		wanted = opentelemetry.WithNeeds(wanted)
		wanted = slices.DeleteFunc(wanted, func(name string) bool {
			return ExistingHelper(u, name) != "" || name == opentelemetry.NotFoundHelper && m.names.importedError(u) != ""
		})
		for _, use := range tracerUses {
			test = test && use.file.Test
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
		common := source.CommonConstraint(users)
		declaring := users
		if plain := slices.DeleteFunc(slices.Clone(users), func(f *source.File) bool { return f.Test }); len(plain) == 1 && source.SameConstraint(common, source.CommonConstraint(plain)) {
			declaring = plain
		}
		if len(declaring) == 1 && len(wanted) == 0 {
			f := declaring[0]
			i := slices.IndexFunc(outs, func(o *Output) bool { return o.File == f })
			name := m.names.pkg(f, opentelemetry.OTelPath, f.Syntax.Name.Pos())
			if m.names.chosen[f] == nil {
				m.names.chosen[f] = make(map[string]string)
			}
			if m.names.chosen[f][opentelemetry.OTelPath] == "" {
				m.names.chosen[f][opentelemetry.OTelPath] = importName(f, opentelemetry.OTelPath, []token.Pos{f.Syntax.Name.Pos()}, nil, nil)
				name = m.names.chosen[f][opentelemetry.OTelPath]
			}
			code := fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, name, u.Path)
			text, err := addDeclaration(outs[i].Text, code, false)
			if err != nil {
				return nil, fmt.Errorf("migrate: %s: %w", f.Name, err)
			}
			outs[i].Text = text
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
func (m *Module) sharedFile(u *source.Unit, tracer string, wanted []string, builds constraint.Expr, test bool) (*Output, error) {
	suffix := ".go"
	if test || strings.HasSuffix(u.Pkg.Name(), "_test") {
		suffix = "_test.go"
	}
	dir := filepath.Dir(u.Files[0].Name)
	name := filepath.Join(dir, "otel"+suffix)
	for i := 2; m.taken(u, name); i++ {
		name = filepath.Join(dir, fmt.Sprintf("otel%d%s", i, suffix))
	}
	chosen := make(map[string]string)
	nameOf := func(path string) string {
		base := opentelemetry.BaseName(path)
		for i := 0; ; i++ {
			n := base
			if i > 0 {
				n = "otel" + base
			}
			if i > 1 {
				n = fmt.Sprintf("otel%s%d", base, i)
			}
			if !u.Declares(n) {
				return n
			}
		}
	}
	all := opentelemetry.Helpers()
	for _, h := range wanted {
		for _, path := range all[h].Imports {
			chosen[path] = nameOf(path)
		}
	}
	named := m.names.fixed[u]
	if path := m.names.importedError(u); path != "" && slices.Contains(wanted, "remoteSpanContext") {
		chosen[path] = nameOf(path)
		named = maps.Clone(named)
		named[opentelemetry.NotFoundHelper] = chosen[path] + ".ErrSpanContextNotFound"
	}
	code, _ := opentelemetry.Declarations(wanted, named, chosen)
	if tracer != "" {
		chosen[opentelemetry.OTelPath] = nameOf(opentelemetry.OTelPath)
		code = fmt.Sprintf("\nvar %s = %s.Tracer(%q)\n", tracer, chosen[opentelemetry.OTelPath], u.Path) + code
	}
	var add []source.ImportSpec
	for path, n := range chosen {
		add = append(add, source.ImportSpec{Name: n, Path: path})
	}
	src := []byte("package " + u.Pkg.Name() + "\n")
	if builds != nil {
		src = fmt.Appendf(nil, "//go:build %s\n\n%s", builds, src)
	}
	if header := source.Licence(u); header != "" {
		src = append([]byte(header+"\n\n"), src...)
	}
	src, err := FixImports(src, add, nil)
	if err != nil {
		return nil, err
	}
	src, err = format.Source(fmt.Appendf(bytes.TrimRight(src, "\n"), "\n%s", code))
	if err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", name, err)
	}
	return &Output{Unit: u, Name: name, Text: src}, nil
}

// taken tells whether a file of the package, or one that its build leaves out, has
// the name.
func (m *Module) taken(u *source.Unit, name string) bool {
	return slices.ContainsFunc(u.Files, func(f *source.File) bool { return f.Name == name }) || source.Exists(name)
}
