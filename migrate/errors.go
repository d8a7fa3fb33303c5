// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"fmt"
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
	Path   string // import path
	Errors []packages.Error
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
