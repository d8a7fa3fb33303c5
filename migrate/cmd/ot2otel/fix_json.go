// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/token"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/ot2otel/ot2otel/migrate"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// jsonVersion is the version of what fix and check print as JSON. Within a version, fields
// are added, never renamed, removed or given another meaning.
const jsonVersion = 1

// fixed is the result of fix for programs. Its slices are never null.
type fixed struct {
	Version int      `json:"version"`
	Stage   int      `json:"stage"`   // 0 for the spans
	Written bool     `json:"written"` // false with -diff, or where another stage comes first
	Uses    int      `json:"uses"`
	Done    int      `json:"rewritten"`
	Files   []string `json:"files"` // changed or new, relative to the module's root, with slashes
	Added   []string `json:"added"` // those of files that are new, which git commit -a leaves out
	Diff    string   `json:"diff,omitempty"`

	Stay       []fixedCause `json:"stay"`             // what keeps uses, those that hold back most first
	API        []fixedPlace `json:"apiChanges"`       // exported declarations whose types change
	Telemetry  []fixedPlace `json:"telemetryChanges"` // where spans differ from before
	Adapters   []fixedPlace `json:"adapters"`
	Providers  []fixedPlace `json:"providers"`      // tracers that stay, and record spans of rewritten code
	Comments   []fixedPlace `json:"comments"`       // that name OpenTracing where the code has none left
	Tracers    []fixedPlace `json:"foreignTracers"` // why stage 1 comes first
	Spans      []fixedPlace `json:"spans"`          // why stage 4 is too early
	Traps      []fixedPlace `json:"traps"`          // what breaks silently at stage 1
	ByHand     []fixedPlace `json:"byHand"`         // what stages 1 and 4 leave to do
	NotLooked  []fixedPlace `json:"notLookedAt"`    // packages and files
	GoGet      []string     `json:"goGet"`          // modules that the new code needs
	Outgrown   []string     `json:"outgrown"`       // those of them that are built on an OpenTelemetry from before v1
	GoGetTests []string     `json:"goGetFor"`       // packages whose imports to get with -t, after that
}

// fixedPlace is a place in the source and what there is to say of it. Line is 0 for a file
// or package as a whole.
type fixedPlace struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

type fixedCause struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Category string   `json:"category"`
	Reason   string   `json:"reason"`
	Link     string   `json:"link"`
	Uses     int      `json:"uses"`
	Places   []string `json:"places"`
}

// writeFixed writes the result of fix as JSON.
func writeFixed(w io.Writer, result *migrate.Result, stage int, written bool, diff []byte) error {
	rel := func(name string) string { return filepath.ToSlash(result.Rel(name)) }
	at := func(pos token.Position, text string) fixedPlace { return fixedPlace{rel(pos.Filename), pos.Line, text} }
	f := fixed{
		Version: jsonVersion, Stage: stage, Written: written,
		Uses: result.Counts.Sites, Done: result.Counts.Rewritten, Diff: string(diff),
		Files: []string{}, Added: []string{}, Stay: []fixedCause{}, API: []fixedPlace{}, Telemetry: []fixedPlace{}, Adapters: []fixedPlace{}, Providers: []fixedPlace{},
		Comments: []fixedPlace{}, Tracers: []fixedPlace{}, Spans: []fixedPlace{}, Traps: []fixedPlace{}, ByHand: []fixedPlace{}, NotLooked: []fixedPlace{},
		GoGet: append([]string{}, result.GoGet...), Outgrown: []string{}, GoGetTests: append([]string{}, result.GoGetFor...),
	}
	for _, name := range slices.Sorted(maps.Keys(result.Files)) {
		f.Files = append(f.Files, rel(name))
	}
	for _, name := range result.Added() {
		f.Added = append(f.Added, rel(name))
	}
	for _, m := range result.Outgrown {
		f.Outgrown = append(f.Outgrown, m.String())
	}
	for _, c := range result.Causes() {
		about, _ := migrate.LookupCategory(c.Category)
		f.Stay = append(f.Stay, fixedCause{rel(c.Pos.Filename), c.Pos.Line, c.Category, c.Reason, about.Link(), len(c.Uses), c.Places(rel)})
	}
	for _, c := range result.ExportedAPIChanges {
		f.API = append(f.API, at(c.Pos, c.Name+": "+c.Old+" → "+c.New))
	}
	for _, s := range result.TelemetryChanges {
		f.Telemetry = append(f.Telemetry, at(s.Pos, s.Note))
	}
	for _, s := range result.Adapters {
		f.Adapters = append(f.Adapters, at(s.Pos, s.Symbol))
	}
	for _, p := range result.Providers {
		f.Providers = append(f.Providers, at(p.Pos, "compat.ProviderOf records the spans of rewritten code with this tracer"))
	}
	for _, pos := range result.Comments {
		f.Comments = append(f.Comments, at(pos, "names OpenTracing"))
	}
	for _, t := range result.ForeignTracers {
		f.Tracers = append(f.Tracers, at(t.Pos, t.String()))
	}
	for _, p := range result.Spans {
		f.Spans = append(f.Spans, at(p.Pos, p.Text))
	}
	for _, t := range result.Traps {
		f.Traps = append(f.Traps, at(t.Pos, t.Text))
	}
	for _, p := range slices.Concat(result.Holds, result.Leftovers) {
		f.ByHand = append(f.ByHand, at(p.Pos, p.Text))
	}
	for _, s := range result.Skipped {
		f.NotLooked = append(f.NotLooked, fixedPlace{s.Path, 0, s.Reason})
	}
	for _, name := range result.Excluded {
		f.NotLooked = append(f.NotLooked, fixedPlace{filepath.ToSlash(name), 0, "build constraints exclude it"})
	}
	return terminal.WriteJSON(w, f)
}
