// SPDX-License-Identifier: Apache-2.0

package baseline

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// BaselineName is the name of the baseline file in a module's root.
const BaselineName = ".ot2otel-baseline"

const baselineHeader = "ot2otel baseline v1"

// A Baseline is the OpenTracing that a code base is known to have: how often each
// file uses each symbol. Lines and columns are not in it, so it outlives every
// edit that neither adds nor removes a use; a package is the folder of its files.
//
// As text it is sorted, one line per file and symbol, so that it can be reviewed,
// and merged by line:
//
//	ot2otel baseline v1
//	internal/orders/service.go	opentracing.Span.SetTag	4
//
// The fields are separated by tabs. Empty lines and lines that begin with # are
// passed over. The name of a file is a Go string in double quotes if it would be
// misread, or seen as another one, without.
type Baseline struct {
	Counts map[baselineKey]int
}

type baselineKey struct {
	File   string // relative to Program.Base, with slashes
	symbol string
}

// NewBaseline returns the baseline of uses.
func NewBaseline(uses []inventory.Use) *Baseline {
	b := &Baseline{Counts: make(map[baselineKey]int)}
	for _, u := range uses {
		b.Counts[baselineKey{u.File, u.Symbol.String()}]++
	}
	return b
}

// ParseBaseline reads a baseline. name is what errors call it. An error names the
// line; input that is not a baseline of this version is refused as a whole.
func ParseBaseline(name string, r io.Reader) (*Baseline, error) {
	b := &Baseline{Counts: make(map[baselineKey]int)}
	scanner := bufio.NewScanner(r)
	header := false
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimRight(scanner.Text(), "\r")
		fail := func(format string, args ...any) error {
			return fmt.Errorf("migrate: %s:%d: %s", name, n, fmt.Sprintf(format, args...))
		}
		switch {
		case line == "" || line[0] == '#':
			continue
		case !header:
			if line != baselineHeader {
				return nil, fail("not a baseline: the first line is %q, want %q (write one with ot2otel check -write)", line, baselineHeader)
			}
			header = true
			continue
		case strings.HasPrefix(line, "<<<<<<<"), strings.HasPrefix(line, "======="), strings.HasPrefix(line, ">>>>>>>"):
			return nil, fail("a merge conflict (keep both sides' lines, or write the file anew with ot2otel check -write)")
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			return nil, fail("%q has %d fields, want 3 separated by tabs: file, symbol, count", line, len(fields))
		}
		count, err := strconv.Atoi(fields[2])
		if err != nil || count < 1 {
			return nil, fail("count %q is not a number above 0", fields[2])
		}
		file := fields[0]
		if unquoted, err := strconv.Unquote(file); err == nil && file[0] == '"' {
			file = unquoted
		}
		if file == "" || path.Clean(file) != file {
			return nil, fail("file %q is not a clean path with slashes", file)
		}
		key := baselineKey{file, fields[1]}
		if b.Counts[key] != 0 {
			return nil, fail("%s of %s is there twice", fields[1], file)
		}
		b.Counts[key] = count
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("migrate: %s: %w", name, err)
	}
	if !header {
		return nil, fmt.Errorf("migrate: %s is empty: the first line must be %q (write it with ot2otel check -write)", name, baselineHeader)
	}
	return b, nil
}

// Bytes returns the baseline as text, sorted by file and symbol.
func (b *Baseline) Bytes() []byte {
	var buf bytes.Buffer
	fmt.Fprintln(&buf, baselineHeader)
	fmt.Fprintln(&buf, "# Known uses of OpenTracing: file, symbol, count. ot2otel check fails on more; ot2otel check -write updates this file.")
	for _, key := range b.keys() {
		fmt.Fprintf(&buf, "%s\t%s\t%d\n", baselineName(key.File), key.symbol, b.Counts[key])
	}
	return buf.Bytes()
}

// baselineName returns the name of a file as a baseline has it.
func baselineName(file string) string {
	conflict := func(mark string) bool { return strings.HasPrefix(file, mark) }
	if terminal.Text(file) != file || slices.ContainsFunc([]string{"#", `"`, "<<<<<<<", "=======", ">>>>>>>"}, conflict) {
		return strconv.Quote(file)
	}
	return file
}

// Total returns the number of uses in the baseline.
func (b *Baseline) Total() int {
	total := 0
	for _, n := range b.Counts {
		total += n
	}
	return total
}

func (b *Baseline) keys() []baselineKey {
	return slices.SortedFunc(maps.Keys(b.Counts), compareKeys)
}

func compareKeys(a, b baselineKey) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.symbol, b.symbol))
}

// A BaselineEntry compares one symbol in one file with the baseline.
type BaselineEntry struct {
	File   string
	Symbol string
	Known  int             // uses in the baseline
	Now    int             // uses in the program
	Uses   []inventory.Use // the uses in the program; which of them are the known ones can't be told
}

// A BaselineDiff is what differs between a baseline and a program.
type BaselineDiff struct {
	New  []BaselineEntry // more uses than known, by file and symbol
	Gone []BaselineEntry // fewer uses than known, by file and symbol

	// GoneFiles are the files in Gone that do not exist any more.
	GoneFiles []string
}

// NewUses returns by how many uses the program exceeds the baseline.
func (d *BaselineDiff) NewUses() int {
	n := 0
	for _, e := range d.New {
		n += e.Now - e.Known
	}
	return n
}

// GoneUses returns by how many uses the baseline exceeds the program.
func (d *BaselineDiff) GoneUses() int {
	n := 0
	for _, e := range d.Gone {
		n += e.Known - e.Now
	}
	return n
}

// Compare compares the uses of p with the baseline. Entries of the baseline for
// files that p did not look at (outside its patterns, excluded by build
// constraints, in broken packages, tests when they were not asked for) are taken
// to be as they were, unless the file does not exist any more.
func (b *Baseline) Compare(p *source.Program, uses []inventory.Use) *BaselineDiff {
	now := make(map[baselineKey][]inventory.Use)
	for _, u := range uses {
		key := baselineKey{u.File, u.Symbol.String()}
		now[key] = append(now[key], u)
	}
	diff := &BaselineDiff{}
	looked := lookedAt(p)
	entry := func(key baselineKey) BaselineEntry {
		return BaselineEntry{File: key.File, Symbol: key.symbol, Known: b.Counts[key], Now: len(now[key]), Uses: now[key]}
	}
	for _, key := range slices.SortedFunc(maps.Keys(now), compareKeys) {
		if e := entry(key); e.Now > e.Known {
			diff.New = append(diff.New, e)
		}
	}
	for _, key := range b.keys() {
		e := entry(key)
		exists := looked[key.File] || stillThere(p, key.File)
		if e.Now >= e.Known || exists && !looked[key.File] {
			continue
		}
		diff.Gone = append(diff.Gone, e)
		if !exists {
			diff.GoneFiles = append(diff.GoneFiles, key.File)
		}
	}
	diff.GoneFiles = source.SortedSet(diff.GoneFiles)
	return diff
}

// Update returns the baseline for the uses of p, with the entries of b for files
// that p did not look at and that still exist.
func (b *Baseline) Update(p *source.Program, uses []inventory.Use) *Baseline {
	updated := NewBaseline(uses)
	looked := lookedAt(p)
	for key, n := range b.Counts {
		if !looked[key.File] && stillThere(p, key.File) {
			updated.Counts[key] = n
		}
	}
	return updated
}
