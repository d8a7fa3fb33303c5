// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A goldenCase is one txtar file in testdata/golden: a small package of OpenTracing code, what
// has to become of it, and the spans that it records before and after.
//
// The comment at the top is its header: a title line, then
//
//	pattern: the pattern of rewriting that it stands for
//	trap:    what goes wrong there by hand
//	want:    rewritten
//	         rewritten with adapters N
//	         rewritten in part CATEGORY because …  (some groups are, others are refused)
//	         refused CATEGORY because …            (nothing is changed)
//	         unchanged because …                   (nothing to do, or nothing that may be done)
//	differs: because …                             (the spans may differ, and why that is right)
//	module:  apart                                 (a module of its own, for what would hold others back)
//
// A line that starts with a blank goes on with the line before. The files after it are the package
// golden.example/MODULE/NAME, whose files Run is called; want/FILE is a file after rewriting
// (only those that change), "spans" what the case records, "spans.after" that of the rewritten
// code where it differs.
type goldenCase struct {
	name   string
	path   string
	header []byte

	title, pattern, trap string
	want                 expectation
	differs              string
	module               string // by default "cases"

	files []txtar.File // as they were written
	after []txtar.File // as they are to be after rewriting: only those that change
	spans string
	// spansAfter is empty unless differs is set.
	spansAfter string
}

// An expectation is the parsed want line.
type expectation struct {
	kind     string // rewritten, in part, refused, unchanged
	adapters int
	category string
	because  string
}

var (
	wantRewritten = regexp.MustCompile(`^rewritten(?: with adapters (\d+))?$`)
	wantInPart    = regexp.MustCompile(`^rewritten in part (?:with adapters (\d+) )?([a-z-]+) because (.+)$`)
	wantRefused   = regexp.MustCompile(`^refused ([a-z-]+) because (.+)$`)
	wantUnchanged = regexp.MustCompile(`^unchanged because (.+)$`)
)

func parseExpectation(s string) (expectation, error) {
	if m := wantRewritten.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return expectation{kind: "rewritten", adapters: n}, nil
	}
	if m := wantInPart.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return expectation{kind: "in part", adapters: n, category: m[2], because: m[3]}, nil
	}
	if m := wantRefused.FindStringSubmatch(s); m != nil {
		return expectation{kind: "refused", category: m[1], because: m[2]}, nil
	}
	if m := wantUnchanged.FindStringSubmatch(s); m != nil {
		return expectation{kind: "unchanged", because: m[1]}, nil
	}
	return expectation{}, fmt.Errorf("want line %q is none of the known forms", s)
}

// parseGoldenCase reads a case; an incomplete header is an error, for a reader has to
// learn from it what the case is about.
func parseGoldenCase(path string) (*goldenCase, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ar := txtar.Parse(data)
	c := &goldenCase{
		name:   strings.TrimSuffix(filepath.Base(path), ".txtar"),
		path:   path,
		header: ar.Comment,
		module: "cases",
	}
	if err := c.parseHeader(string(ar.Comment)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, f := range ar.Files {
		switch {
		case f.Name == "spans":
			c.spans = string(f.Data)
		case f.Name == "spans.after":
			c.spansAfter = string(f.Data)
		case strings.HasPrefix(f.Name, "want/"):
			c.after = append(c.after, txtar.File{Name: strings.TrimPrefix(f.Name, "want/"), Data: f.Data})
		default:
			c.files = append(c.files, f)
		}
	}
	return c, nil
}

func (c *goldenCase) parseHeader(s string) error {
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \n")
		if rest := strings.TrimLeft(line, " \t"); rest != line && len(lines) > 0 {
			lines[len(lines)-1] += " " + rest
		} else if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return fmt.Errorf("no header")
	}
	c.title = lines[0]
	var want string
	for _, line := range lines[1:] {
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			return fmt.Errorf("header line %q has no key", line)
		}
		switch key {
		case "pattern":
			c.pattern = value
		case "trap":
			c.trap = value
		case "want":
			want = value
		case "differs":
			c.differs = value
		case "module":
			c.module = value
		default:
			return fmt.Errorf("header line %q: unknown key", line)
		}
	}
	if c.pattern == "" || c.trap == "" {
		return fmt.Errorf("the header lacks its pattern or its trap")
	}
	var err error
	c.want, err = parseExpectation(want)
	return err
}

// explain is what a failure prints first: what the case promises.
func (c *goldenCase) explain() string {
	return fmt.Sprintf("%s\n  pattern: %s\n  trap:    %s\n  want:    %s", c.title, c.pattern, c.trap, c.want)
}

func (e expectation) String() string {
	s := e.kind
	if e.adapters > 0 {
		s += fmt.Sprintf(" with %d adapters", e.adapters)
	}
	if e.category != "" {
		s += ", refused as " + e.category
	}
	if e.because != "" {
		s += " because " + e.because
	}
	return s
}

// write stores the case with new results, for -update.
func (c *goldenCase) write() error {
	ar := &txtar.Archive{Comment: c.header, Files: slices.Clone(c.files)}
	for _, f := range c.after {
		ar.Files = append(ar.Files, txtar.File{Name: "want/" + f.Name, Data: f.Data})
	}
	ar.Files = append(ar.Files, txtar.File{Name: "spans", Data: []byte(c.spans)})
	if c.spansAfter != "" {
		ar.Files = append(ar.Files, txtar.File{Name: "spans.after", Data: []byte(c.spansAfter)})
	}
	data := txtar.Format(ar)
	if old, err := os.ReadFile(c.path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return os.WriteFile(c.path, data, 0o644)
}

// readGoldenCases reads the cases whose names match filter, by name.
func readGoldenCases(t *testing.T, filter string) []*goldenCase {
	t.Helper()
	match, err := regexp.Compile(filter)
	if err != nil {
		t.Fatalf("-golden.case: %v", err)
	}
	paths, err := filepath.Glob(filepath.Join("testdata", "golden", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []*goldenCase
	for _, path := range paths {
		c, err := parseGoldenCase(path)
		if err != nil {
			t.Fatal(err)
		}
		if match.MatchString(c.name) {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		t.Fatalf("no case matches %q", filter)
	}
	return cases
}
