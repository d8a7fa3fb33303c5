// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/document"
)

var updateDocs = flag.Bool("update", false, "write the tables in the docs anew")

const docs = "../../docs/propagation.md"

// TestMatrix measures every peer that is installed, and compares the tables in the docs
// with it. Rows of the others stay as they are there.
func TestMatrix(t *testing.T) {
	measured := make(map[string]map[notion]string)
	for _, start := range peers {
		t.Run(start.name, func(t *testing.T) {
			cells, err := start.measure(t.Context(), ".")
			if missing(err) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, direction := range directions {
				for _, n := range direction.notions {
					if cells[n] != works && !strings.HasPrefix(cells[n], "– (") {
						t.Errorf("%s: %s", n, cells[n])
					}
				}
			}
			measured[start.name] = cells
		})
	}
	if t.Failed() {
		return // the tables have holes
	}
	written, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	texts := tables(measured, func(table, peer string) string {
		_, rows, _ := strings.Cut(string(written), "<!-- "+table+": begin -->\n")
		rows, _, _ = strings.Cut(rows, "<!-- "+table+": end -->\n")
		for row := range strings.Lines(rows) {
			if strings.HasPrefix(row, "| "+peer+" |") {
				return row
			}
		}
		return "| " + peer + " | not measured yet |\n"
	})
	for name, text := range texts {
		document.Check(t, docs, name, text, *updateDocs)
	}
}
