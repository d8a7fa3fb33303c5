// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"

	"golang.org/x/tools/go/packages"
)

// A parsedFile is what the parser made of a file.
type parsedFile struct {
	file *ast.File
	err  error
}

// parse parses a file. One that is kept is not parsed again for another variant of its
// package: its objects have the same place in all of them.
func (l *typeLoader) parse(name string, keep bool) (*ast.File, error) {
	if f, ok := l.files[name]; ok {
		return f.file, f.err
	}
	var f parsedFile
	f.file, f.err = l.parseFile(name)
	if l.outlines[name] && f.err == nil {
		outline(f.file)
	}
	if keep {
		l.files[name] = f
	}
	return f.file, f.err
}

func (l *typeLoader) parseFile(name string) (*ast.File, error) {
	src, err := l.read(name)
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(l.fset, name, src, parser.AllErrors|parser.ParseComments|parser.SkipObjectResolution)
}

// outline drops the bodies of functions that can do without, and the comments below
// the package clause.
func outline(file *ast.File) {
	for _, decl := range file.Decls {
		fd, ok := decl.(*ast.FuncDecl)
		switch {
		case !ok || fd.Body == nil || fd.Type.TypeParams != nil:
		case fd.Recv == nil && fd.Name.Name == "init":
			fd.Body.List = nil
		default:
			fd.Body = nil
		}
	}
	i := slices.IndexFunc(file.Comments, func(c *ast.CommentGroup) bool { return c.Pos() > file.Package })
	if i >= 0 {
		file.Comments = slices.Clone(file.Comments[:i])
	}
}

// Parse returns the syntax of a file: that of the program, or another one of a package
// that has no syntax. It may be called from several goroutines.
func (l *typeLoader) Parse(name string) (*ast.File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f, ok := l.files[name]; ok && !l.outlines[name] {
		return f.file, f.err
	}
	return l.parseFile(name)
}

// ParseImports returns a file with its import declarations, if not more.
func (l *typeLoader) ParseImports(name string) (*ast.File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f, ok := l.files[name]; ok {
		return f.file, f.err
	}
	src, err := l.read(name)
	if err != nil {
		return nil, err
	}
	return parser.ParseFile(l.fset, name, src, parser.ImportsOnly)
}

// read returns the text of a file, with line feeds for line ends.
func (l *typeLoader) read(name string) ([]byte, error) {
	if src, ok := l.opts.Overlay[name]; ok {
		return UnixLines(src), nil
	}
	src, err := os.ReadFile(name)
	return UnixLines(src), err
}

// A sourceCheck type-checks one package from source.
type sourceCheck struct {
	*typeLoader
	pkg *loadedPackage
	// whole says whether to check the bodies of functions, and to fill info.
	whole bool
	types *types.Package // filled

	files  []*ast.File
	info   *types.Info
	errors []packages.Error // in the order and the words of go/packages
}

func (c *sourceCheck) run(parse func(name string) (*ast.File, error)) {
	defer c.noteVersion()
	if len(c.pkg.CompiledGoFiles) == 0 && c.exported(c.pkg.Package) {
		c.errors = append(c.errors, packages.Error{Pos: "-", Msg: "sources missing for package " + c.pkg.ID, Kind: packages.ParseError})
		c.loadExported(c.pkg)
		return
	}
	for _, name := range c.pkg.CompiledGoFiles {
		file, err := parse(name)
		if file != nil {
			c.files = append(c.files, file)
		}
		if err != nil {
			c.note(err)
		}
	}
	conf := &types.Config{
		Importer: ImporterFunc(c.imported), Error: c.note, Sizes: c.pkg.TypesSizes,
		IgnoreFuncBodies: !c.whole,
		// Without some of its functions, a file may seem to import in vain.
		DisableUnusedImportCheck: slices.ContainsFunc(c.pkg.CompiledGoFiles, func(name string) bool { return c.outlines[name] }),
	}
	if m := c.pkg.Module; m != nil && m.GoVersion != "" {
		conf.GoVersion = "go" + m.GoVersion
	}
	if c.whole {
		c.info = &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
			Implicits: make(map[ast.Node]types.Object), Scopes: make(map[ast.Node]*types.Scope), Selections: make(map[*ast.SelectorExpr]*types.Selection),
		}
	}
	if err := types.NewChecker(conf, c.fset, c.types, c.info).Files(c.files); err != nil && len(c.errors) == 0 {
		c.note(err)
	}
	if c.whole {
		// Of the scopes only those of files are asked for, which know the ones inside.
		maps.DeleteFunc(c.info.Scopes, func(n ast.Node, _ *types.Scope) bool { _, is := n.(*ast.File); return !is })
		c.info.Scopes = maps.Clone(c.info.Scopes)
	}
}

func (c *sourceCheck) imported(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	imp := c.pkg.Imports[path]
	switch {
	case imp != nil:
		return c.load(c.packages[imp.ID])
	case c.packages[path] != nil:
		return nil, errors.New("import cycle") // which go/packages cuts
	}
	return nil, fmt.Errorf("no metadata for %s", path)
}

// note adds an error as go/packages would.
func (c *sourceCheck) note(err error) {
	var (
		list    scanner.ErrorList
		ofTypes types.Error
		ofFile  *fs.PathError
	)
	switch {
	case errors.As(err, &ofFile):
		c.errors = append(c.errors, packages.Error{Pos: ofFile.Path + ":1", Msg: ofFile.Err.Error(), Kind: packages.ParseError})
	case errors.As(err, &list):
		for _, e := range list {
			c.errors = append(c.errors, packages.Error{Pos: e.Pos.String(), Msg: e.Msg, Kind: packages.ParseError})
		}
	case errors.As(err, &ofTypes):
		c.errors = append(c.errors, packages.Error{Pos: ofTypes.Fset.Position(ofTypes.Pos).String(), Msg: ofTypes.Msg, Kind: packages.TypeError})
	default:
		c.errors = append(c.errors, packages.Error{Pos: "-", Msg: err.Error(), Kind: packages.UnknownError})
	}
}

// noteVersion says what errors may come from where the go command is newer than the
// type checker in use.
func (c *sourceCheck) noteVersion() {
	var of, own int
	if len(c.errors) == 0 {
		return
	}
	if _, err := fmt.Sscanf(c.goVersion, "go1.%d", &of); err != nil {
		return
	}
	if _, err := fmt.Sscanf(runtime.Version(), "go1.%d", &own); err != nil || own >= of {
		return
	}
	c.errors = append(c.errors, packages.Error{Pos: "-", Kind: packages.UnknownError, Msg: fmt.Sprintf("This application uses version go1.%d of the source-processing packages but runs version go1.%d of 'go list'. It may fail to process source files that rely on newer language features. If so, rebuild the application using a newer version of Go.", own, of)})
}
