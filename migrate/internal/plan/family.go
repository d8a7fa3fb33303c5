// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"go/ast"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

// Rules are the rules of one family for one file. They are made before the file is
// visited, and live as long as the run: edits ask them when they are made.
type Rules interface {
	// Rows says what becomes of uses of symbols.
	Rows() []Rule
	// Visit handles syntax that is not a use of a symbol, before the rows see the uses in it.
	// It tells whether the node is done with, so that other families leave it alone.
	Visit(n ast.Node) bool
}

// A Family is a set of rules in one run of the engine.
type Family interface {
	// Survey looks at all files before any is visited.
	Survey()
	// Propose makes sites that begin in no file, when all files were visited.
	Propose()
	// Begin is told that all sites have their groups, and that these will be decided.
	Begin()
	// Judge returns why a group has to stay, or nil.
	Judge(g *Group) *flow.Pin
	// Spread is told that the refusals were spread to their neighbours.
	Spread()
	// Again refuses more groups, when all were judged, and tells whether there were any. It is
	// asked until no family has one.
	Again() bool
	// End is told that everything is decided.
	End()
}

// A Library is a family for a library that is built on OpenTracing. It stands beside those of
// the API, which don't know it.
type Library struct {
	// Claims are what it knows of the library's functions.
	Claims []flow.Claim
	// Categories are its own reasons for which code stays.
	Categories []*refusal.Category
	// Rules makes its rules for a file.
	Rules func(p *File) Rules
}

// Families are those that the engine works with.
type Families interface {
	// File makes the rules of a file, those first that visit it first.
	File(p *File) []Rules
	// Claims returns what the families know of functions outside of the code.
	Claims() []flow.Claim
	// All returns the families, each after those that it is built on.
	All() []Family
}

// Quiet is a family with nothing to say, for others to embed.
type Quiet struct{}

func (Quiet) Survey() {}

func (Quiet) Propose() {}

func (Quiet) Begin() {}

func (Quiet) Judge(*Group) *flow.Pin { return nil }

func (Quiet) Spread() {}

func (Quiet) Again() bool { return false }

func (Quiet) End() {}

// NoVisit is the half of Rules that some families don't have.
type NoVisit struct{}

func (NoVisit) Visit(ast.Node) bool { return false }
