// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"go/ast"
	"go/types"
)

// A unit is one type-checked package as the rewriter sees it: from go/packages
// for a whole module, from a single analysis pass for one package.
type unit struct {
	path  string
	pkg   *types.Package
	info  *types.Info
	files []*sourceFile
	// wanted tells whether the user's patterns name the package.
	wanted bool
	// keepAPI leaves the exported signatures as they are.
	keepAPI bool
	// kept are names that code which does not compile mentions: what is exported
	// by one of them stays as it is.
	kept map[string]bool
	// home is the unit of the same package that the others add files of other builds to,
	// nil for that one; more are the others.
	home *unit
	more []*unit
	// otherBuild is set where the build is not that of the program.
	otherBuild bool
	// elsewhere are the files of the package that are in no unit.
	elsewhere []*ast.File
}

// all returns the units of the package, the one at home first.
func (u *unit) all() []*unit {
	if u.home != nil {
		return u.home.all()
	}
	return append([]*unit{u}, u.more...)
}

// allFiles returns the files of all of them.
func (u *unit) allFiles() (files []*sourceFile) {
	for _, build := range u.all() {
		files = append(files, build.files...)
	}
	return files
}

// A sourceFile is one file of a unit.
type sourceFile struct {
	name   string // absolute path
	syntax *ast.File
	src    []byte // with line feeds for line ends, which syntax has, too
	disk   []byte // as it is on disk
	unit   *unit
	test   bool
	// fixed is why the file may not be edited, or empty.
	fixed string
	// cgo tells whether it is what cgo made of the file that a person edits.
	cgo bool
}
