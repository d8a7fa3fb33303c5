// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/document"
)

// situation is a row of the table in docs/http.md: a program that runs with each
// instrumentation on real connections.
type situation struct {
	name string
	// want is what compat has to do, in the words of measure.
	want    string
	measure func(*testing.T, *instrumentation) string
}

// TestHTTPTable runs every situation with compat, which must do what is wanted, and
// with its peers, and compares the table in the docs with what all of them did.
func TestHTTPTable(t *testing.T) {
	var table strings.Builder
	table.WriteString("| situation |")
	for _, in := range instrumentations {
		fmt.Fprintf(&table, " %s |", in.name)
	}
	table.WriteString("\n|---|" + strings.Repeat("---|", len(instrumentations)) + "\n")
	for _, rows := range [][]situation{serverSituations, connectionSituations, clientSituations} {
		for _, row := range rows {
			fmt.Fprintf(&table, "| %s |", row.name)
			for _, in := range instrumentations {
				var got string
				t.Run(row.name+"/"+in.name, func(t *testing.T) { got = row.measure(t, newInstrumentation(t, in.make)) })
				if in.name == "compat" && got != row.want {
					t.Errorf("%s: compat: %s, want %s", row.name, got, row.want)
				}
				fmt.Fprintf(&table, " %s |", got)
			}
			table.WriteString("\n")
		}
	}
	if t.Failed() {
		return // the table has holes
	}
	document.Check(t, "../docs/http.md", "http", table.String(), *updateDocs)
}
