// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"path"

	"github.com/ot2otel/ot2otel/migrate/internal/baseline"
	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Progress says how far a migration has come since a baseline was written.
type Progress struct {
	Known     int `json:"known"`     // uses in the baseline
	Gone      int `json:"gone"`      // of those, uses that are no more
	New       int `json:"new"`       // uses that the baseline does not know
	Remaining int `json:"remaining"` // known - gone + new

	Folders []FolderProgress `json:"folders"` // by path; those without a known or new use are left out
}

// FolderProgress is the progress in the package of one folder.
type FolderProgress struct {
	Folder    string `json:"folder"` // relative, with slashes; "." is the root
	Known     int    `json:"known"`
	Gone      int    `json:"gone"`
	New       int    `json:"new"`
	Remaining int    `json:"remaining"`
}

// CompareBaseline sets r.Progress from a baseline of the program that r was made of.
func (r *Report) CompareBaseline(p *source.Program, b *baseline.Baseline) {
	folders := make(map[string]*FolderProgress)
	folder := func(file string) *FolderProgress {
		dir := path.Dir(file)
		return at(folders, dir, FolderProgress{Folder: dir})
	}
	diff := b.Compare(p, inventory.Uses(p))
	for key, n := range b.Counts {
		folder(key.File).Known += n
	}
	for _, e := range diff.Gone {
		folder(e.File).Gone += e.Known - e.Now
	}
	for _, e := range diff.New {
		folder(e.File).New += e.Now - e.Known
	}
	for _, f := range folders {
		f.Remaining = f.Known - f.Gone + f.New
	}
	r.Progress = &Progress{
		Known: b.Total(), Gone: diff.GoneUses(), New: diff.NewUses(),
		Remaining: b.Total() - diff.GoneUses() + diff.NewUses(),
		Folders:   sorted(folders, func(a, b FolderProgress) int { return cmp.Compare(a.Folder, b.Folder) }),
	}
}
