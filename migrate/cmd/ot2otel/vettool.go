// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/ot2otel/ot2otel/migrate"
)

// runsAsVetTool tells whether the go command calls: go vet -vettool=… and go fix
// -fixtool=… ask for the version and the flags, and then name a .cfg file.
func runsAsVetTool(args []string) bool {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-V=") || arg == "-flags" || strings.HasSuffix(arg, ".cfg") {
			return true
		}
	}
	return false
}

// vetTool does what the go command asks for, and exits.
func vetTool() { unitchecker.Main(migrate.NewAnalyzer(nil)) }
