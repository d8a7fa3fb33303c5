// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A ModuleError says that a directory is in no module.
type ModuleError struct {
	Dir string
}

func (e *ModuleError) Error() string {
	return fmt.Sprintf("migrate: %s is not in a Go module: no go.mod in it or above it (run it in the module's directory, or make one with go mod init)", e.Dir)
}

// A PatternError says that patterns match no package.
type PatternError struct {
	Dir      string
	Patterns []string
	Reasons  []string // what the go command said, one per pattern that names nothing
	Instead  []string // in a workspace, the patterns that match all of it
}

func (e *PatternError) Error() string {
	msg := fmt.Sprintf("migrate: no package matches %s in %s", strings.Join(e.Patterns, " "), e.Dir)
	if len(e.Reasons) > 0 {
		msg += ": " + strings.Join(e.Reasons, "; ")
	}
	if len(e.Instead) > 0 {
		msg += " (the modules of the workspace are " + terminal.Command(e.Instead...) + ")"
	}
	return msg
}

// A PackageError is a package that does not compile.
type PackageError struct {
	ID     string // as in packages.Package: "p", or "p [p.test]" with its tests
	Path   string // import path; of an external test that of the package it tests
	Errors []packages.Error

	// TestsOnly is true where the package compiles without its tests, and is in
	// [Program.Packages] without them.
	TestsOnly bool
}

func (e *PackageError) Error() string {
	if len(e.Errors) == 0 {
		return fmt.Sprintf("migrate: package %s does not compile", e.ID)
	}
	msg := fmt.Sprintf("migrate: package %s does not compile: %v", e.ID, e.Errors[0])
	if n := len(e.Errors) - 1; n > 0 {
		msg += fmt.Sprintf(" (and %d more)", n)
	}
	return msg
}

// Texts returns the compile errors with files relative to the base of p, each once:
// the go command, the parser and the type checker may all have found the same.
func (e *PackageError) Texts(p *Program) []string {
	var texts []string
	places := make(map[string]bool)
	add := func(text string) {
		place := errorPlace(text)
		if place != "" && places[place] || slices.Contains(texts, text) {
			return
		}
		places[place] = true
		texts = append(texts, text)
	}
	var output []string // of the compiler, which go list passes on as one error
	for _, err := range e.Errors {
		if msg, ok := strings.CutPrefix(err.Msg, "# "); ok && (err.Pos == "" || err.Pos == "-") {
			lines := strings.Split(strings.TrimSpace(msg), "\n")
			output = append(output, lines[1:]...)
			continue
		}
		add(relativeError(p, err))
	}
	for _, line := range output {
		add(line)
	}
	return texts
}

// errorPlace returns the "file.go:line:column" that an error text begins with.
func errorPlace(text string) string {
	file, rest, ok := strings.Cut(text, ".go:")
	if !ok {
		return ""
	}
	place, _, ok := strings.Cut(rest, ": ")
	if !ok {
		return ""
	}
	return file + ".go:" + place
}

// compileErrors returns the errors of pkg. Where the type checker knows only that
// an import has no package, the go command knows why.
func compileErrors(pkg *packages.Package) []packages.Error {
	errs := slices.Clone(pkg.Errors)
	for i, err := range errs {
		rest, ok := strings.CutPrefix(err.Msg, "could not import ")
		if !ok {
			continue
		}
		path, _, _ := strings.Cut(rest, " ")
		if imp := pkg.Imports[path]; imp != nil && imp.Name == "" && len(imp.Errors) > 0 {
			errs[i].Msg = imp.Errors[0].Msg
		}
	}
	return errs
}

// A VendorError says that the vendor directory and go.mod disagree, so that the
// go command loads nothing.
type VendorError struct {
	Dir    string // of the module
	Detail string // what the go command said
}

func (e *VendorError) Error() string {
	return fmt.Sprintf("migrate: the vendor directory of %s does not agree with go.mod (run go mod vendor, or set GOFLAGS=-mod=mod to go by go.mod alone): %s", e.Dir, e.Detail)
}

// A GoCommandError says that the go command failed.
type GoCommandError struct {
	Command string // such as "list"
	Err     error
}

func (e *GoCommandError) Error() string {
	return fmt.Sprintf("migrate: go %s: %v", e.Command, e.Err)
}

func (e *GoCommandError) Unwrap() error { return e.Err }

// NewGoCommandError makes the error for a failed go command in mod.
func NewGoCommandError(mod *Module, command string, err error) error {
	if _, said, ok := strings.Cut(err.Error(), ": stderr: "); ok {
		err = errors.New(strings.TrimSpace(said)) // go/packages wraps what the go command said
	}
	if strings.Contains(err.Error(), "inconsistent vendoring") {
		return &VendorError{Dir: mod.Dir, Detail: firstLines(err.Error(), 3)}
	}
	if asGoMissing(err) {
		err = fmt.Errorf("the go command is needed to load packages: %w", err)
	}
	return &GoCommandError{Command: command, Err: err}
}

// firstLines returns at most n lines of s.
func firstLines(s string, n int) string {
	lines := strings.SplitN(strings.TrimSpace(s), "\n", n+1)
	if len(lines) > n {
		lines[n] = "…"
	}
	return strings.Join(lines, "\n")
}

// relativeError returns the text of a compile error with its file relative to the
// program's base.
func relativeError(p *Program, e packages.Error) string {
	if e.Pos == "" || e.Pos == "-" {
		return e.Msg
	}
	file, place, ok := strings.Cut(e.Pos, ".go:")
	if !ok {
		return e.Pos + ": " + e.Msg
	}
	return p.Rel(file+".go") + ":" + place + ": " + e.Msg
}

// asGoMissing says whether err is that there is no go command.
func asGoMissing(err error) bool {
	var pathErr *os.PathError
	return errors.As(err, &pathErr) || strings.Contains(err.Error(), "executable file not found")
}

// Summary returns the first line of the first text, and how many texts there are.
func Summary(texts []string) string {
	if len(texts) == 0 {
		return "no reason given"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(texts[0]), "\n")
	first = strings.TrimSuffix(first, "; to add it:") // what to add was on the next line
	if n := len(texts) - 1; n > 0 {
		first += fmt.Sprintf(" (and %d more)", n)
	}
	return first
}
