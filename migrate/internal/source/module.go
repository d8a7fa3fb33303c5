// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// Licence returns the comment that every file of the package begins with, if it is
// about copyright.
func Licence(u *Unit) string {
	header := ""
	for i, f := range u.Files {
		first := ""
		if c := f.Syntax.Comments; len(c) > 0 && c[0].End() < f.Syntax.Package && c[0] != f.Syntax.Doc {
			first = string(f.Src[rw0(f, c[0].Pos()):rw0(f, c[0].End())])
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
func rw0(f *File, p token.Pos) int { return int(p - f.Syntax.FileStart) }

// ModuleRoot returns the folder of the module that dir is in, without symbolic links,
// or "" if it is in none. It looks above dir by the name that dir has, as the go command
// does: above what a symbolic link leads to may be another module.
func ModuleRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir) // of the current folder, $PWD
	if err != nil {
		return "", fmt.Errorf("migrate: %w", err)
	}
	for root := dir; ; root = filepath.Dir(root) {
		if info, err := os.Stat(filepath.Join(root, "go.mod")); err == nil && !info.IsDir() {
			if root, err = filepath.EvalSymlinks(root); err != nil {
				return "", fmt.Errorf("migrate: %w", err)
			}
			return root, nil
		}
		if root == filepath.Dir(root) {
			return "", nil
		}
	}
}

// A Module is a main module: one that is being migrated.
type Module struct {
	Path  string // module path
	Dir   string // absolute
	GoMod string // absolute path of its go.mod

	// Vendored is true when the go command builds from the vendor directory.
	Vendored bool

	// Nested are the modules in folders beneath Dir. Patterns such as ./... do not
	// reach into them.
	Nested []NestedModule

	// RequiresOpenTracing is true when go.mod requires opentracing-go, used or not.
	RequiresOpenTracing bool

	ignored   []string // the ignore directives of go.mod
	goVersion string   // of the go command
	setting   Setting  // what it builds for
}

// A NestedModule is a module in a folder of another.
type NestedModule struct {
	Path string // module path; "" when its go.mod has none
	Dir  string // absolute

	// OpenTracing is true when its go.mod requires the OpenTracing API.
	OpenTracing bool
}

// A Workspace is a go.work file in force.
type Workspace struct {
	File    string   // absolute path of go.work
	Modules []string // the directories that it uses, absolute
}

// patterns returns the patterns that match the packages of all modules of the
// workspace, for use in dir.
func (w *Workspace) patterns(dir string) []string {
	var all []string
	for _, module := range w.Modules {
		pattern := module + "/..."
		if rel, err := filepath.Rel(dir, module); err == nil {
			pattern = filepath.ToSlash(rel) + "/..."
			if filepath.IsLocal(rel) && rel != "." {
				pattern = "./" + pattern
			}
		}
		all = append(all, pattern)
	}
	return all
}

func (m *Module) dir(opts *LoadOptions) string {
	if dir, err := filepath.Abs(opts.Dir); err == nil {
		return dir
	}
	return m.Dir
}

// FindModule asks the go command for the main module and workspace of opts.Dir.
func FindModule(ctx context.Context, opts *LoadOptions) (*Module, *Workspace, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("migrate: %w", err)
	} else if !info.IsDir() {
		return nil, nil, fmt.Errorf("migrate: %s is not a directory", dir)
	}
	if err := irregularModuleFiles(dir); err != nil {
		return nil, nil, err
	}
	mod := &Module{Dir: dir}
	out, err := RunGo(ctx, opts, "env", "-json", "GOMOD", "GOWORK", "GOFLAGS", "GOVERSION", "GOOS", "GOARCH", "CGO_ENABLED")
	if err != nil {
		return nil, nil, NewGoCommandError(mod, "env", err)
	}
	var env struct{ GOMOD, GOWORK, GOFLAGS, GOVERSION, GOOS, GOARCH, CGO_ENABLED string }
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, nil, NewGoCommandError(mod, "env", err)
	}
	mod.goVersion = env.GOVERSION
	mod.setting = goSetting(env.GOOS, env.GOARCH, env.CGO_ENABLED, env.GOFLAGS, env.GOVERSION, opts.Tags)
	var work *Workspace
	if env.GOWORK != "" && env.GOWORK != "off" {
		if work, err = readWorkspace(env.GOWORK); err != nil {
			return nil, nil, err
		}
	}
	if env.GOMOD == "" || env.GOMOD == os.DevNull {
		if work == nil {
			return nil, nil, &ModuleError{Dir: dir}
		}
		// The root of a workspace need not be a module; its folder stands for it.
		mod.Dir = filepath.Dir(work.File)
	} else {
		mod.GoMod, mod.Dir = env.GOMOD, filepath.Dir(env.GOMOD)
		data, err := os.ReadFile(env.GOMOD)
		if err != nil {
			return nil, nil, fmt.Errorf("migrate: %w", err)
		}
		mod.Path = modfile.ModulePath(data)
		if parsed, err := modfile.ParseLax(env.GOMOD, data, nil); err == nil { // else the go command will say so
			for _, ignore := range parsed.Ignore {
				mod.ignored = append(mod.ignored, ignore.Path)
			}
			mod.RequiresOpenTracing = slices.ContainsFunc(parsed.Require, func(r *modfile.Require) bool { return r.Mod.Path == opentracing.OpenTracingPath })
		}
	}
	if err := linkedSums(mod, work, env.GOFLAGS); err != nil {
		return nil, nil, err
	}
	if err := IrregularSources(ctx, mod, work); err != nil {
		return nil, nil, err
	}
	vendorList := filepath.Join(mod.Dir, "vendor", "modules.txt")
	if _, err := os.Stat(vendorList); err == nil {
		// The go command vendors by default when there is a vendor directory.
		mod.Vendored = !strings.Contains(env.GOFLAGS, "-mod=mod") && !strings.Contains(env.GOFLAGS, "-mod=readonly")
	}
	if mod.Nested, err = nestedModules(mod); err != nil {
		return nil, nil, err
	}
	if work != nil { // ./... reaches into a module that the workspace uses
		mod.Nested = slices.DeleteFunc(mod.Nested, func(n NestedModule) bool {
			return slices.Contains(work.Modules, n.Dir)
		})
	}
	return mod, work, nil
}

func readWorkspace(file string) (*Workspace, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	parsed, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	work := &Workspace{File: file}
	for _, use := range parsed.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		work.Modules = append(work.Modules, dir)
	}
	return work, nil
}

// skips reports whether patterns of the go command pass over dir, a folder beneath
// the module's root, and all that is in it.
func (m *Module) skips(dir string) bool {
	name := filepath.Base(dir)
	if name == "vendor" || name == "testdata" || name[0] == '.' || name[0] == '_' {
		return true
	}
	rel, err := filepath.Rel(m.Dir, dir)
	if err != nil {
		return false
	}
	rel = "/" + filepath.ToSlash(rel)
	return slices.ContainsFunc(m.ignored, func(path string) bool {
		if rooted, ok := strings.CutPrefix(path, "./"); ok {
			return rel == "/"+rooted
		}
		return strings.HasSuffix(rel, "/"+path) // at any depth
	})
}

// nestedModules finds the modules beneath that of mod, but for those in folders
// that the go command ignores too.
func nestedModules(mod *Module) ([]NestedModule, error) {
	var nested []NestedModule
	err := filepath.WalkDir(mod.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrPermission) {
				return fs.SkipDir // the go command skips it as well
			}
			return err
		}
		if !d.IsDir() || path == mod.Dir {
			return nil
		}
		if mod.skips(path) {
			return fs.SkipDir
		}
		data, err := os.ReadFile(filepath.Join(path, "go.mod"))
		if err != nil {
			return nil // no module here
		}
		nested = append(nested, NestedModule{
			Path:        modfile.ModulePath(data),
			Dir:         path,
			OpenTracing: bytes.Contains(data, []byte(opentracing.OpenTracingPath+" ")),
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("migrate: looking for nested modules: %w", err)
	}
	return nested, nil
}

// RunGo runs the go command and returns its standard output.
func RunGo(ctx context.Context, opts *LoadOptions, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = opts.Dir, Environ(opts)
	if dir, err := filepath.Abs(opts.Dir); err == nil {
		// As go/packages does: else two names of one folder are mixed where a
		// symbolic link leads to it.
		cmd.Env = append(cmd.Env, "PWD="+dir)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if msg := strings.TrimSpace(stderr.String()); msg != "" {
			return nil, errors.New(msg)
		}
		return nil, err
	}
	return stdout.Bytes(), nil
}
