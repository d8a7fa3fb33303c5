// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/ot2otel/ot2otel/migrate"
)

// runsAsVetTool tells whether the go command calls: go vet -vettool=… and go fix
// -fixtool=… ask for the version and the flags, and then name a .cfg file after flags.
func runsAsVetTool(args []string) bool {
	for i, arg := range args {
		if i == len(args)-1 && strings.HasSuffix(arg, ".cfg") {
			return true
		}
		if !strings.HasPrefix(arg, "-") {
			return false
		}
	}
	return len(args) == 1 && (strings.HasPrefix(args[0], "-V=") || args[0] == "-flags")
}

// vetTool does what the go command asks for, and exits.
func vetTool() { unitchecker.Main(migrate.NewAnalyzer(nil)) }
