// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/ast"

// fileRules are the rules of one family for one file. They are made before the file is
// visited, and live as long as the run: edits ask them when they are made.
type fileRules interface {
	// rows says what becomes of uses of symbols.
	rows() []rule
	// visit handles syntax that is not a use of a symbol, before the rows see the uses in it.
	// It tells whether the node is done with, so that other families leave it alone.
	visit(n ast.Node) bool
}

// A family is a set of rules in one run of the engine.
type family interface {
	// survey looks at all files before any is visited.
	survey()
	// propose makes sites that begin in no file, when all files were visited.
	propose()
	// begin is told that all sites have their groups, and that these will be decided.
	begin()
	// judge returns why a group has to stay, or nil.
	judge(g *group) *pin
	// spread is told that the refusals were spread to their neighbours.
	spread()
	// again refuses more groups, when all were judged, and tells whether there were any. It is
	// asked until no family has one.
	again() bool
	// end is told that everything is decided.
	end()
}

// families are those that the engine works with.
type families interface {
	// file makes the rules of a file, those first that visit it first.
	file(p *planner) []fileRules
	// claims returns what the families know of functions outside of the code.
	claims() []claim
	// all returns the families, each after those that it is built on.
	all() []family
}

// quiet is a family with nothing to say, for others to embed.
type quiet struct{}

func (quiet) survey()           {}
func (quiet) propose()          {}
func (quiet) begin()            {}
func (quiet) judge(*group) *pin { return nil }
func (quiet) spread()           {}
func (quiet) again() bool       { return false }
func (quiet) end()              {}

// noVisit is the half of fileRules that some families don't have.
type noVisit struct{}

func (noVisit) visit(ast.Node) bool { return false }
