// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
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
}

func (e *PatternError) Error() string {
	msg := fmt.Sprintf("migrate: no package matches %s in %s", strings.Join(e.Patterns, " "), e.Dir)
	if len(e.Reasons) > 0 {
		msg += ": " + strings.Join(e.Reasons, "; ")
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

// Texts returns the compile errors with files relative to the base of p, each once.
func (e *PackageError) Texts(p *Program) []string {
	var texts []string
	for _, err := range e.Errors {
		if text := relativeError(p, err); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
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

// goCommandError makes the error for a failed go command in mod.
func goCommandError(mod *Module, command string, err error) error {
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
