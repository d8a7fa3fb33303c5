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

// A goldenCase is one txtar file in testdata beside the package that it is about: a small package of OpenTracing code, what
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
//	differs: because …                             (what it records may differ, and why that is right)
//	differs (SET-UP): because …                    (the same under another set-up than "sampled")
//	module:  apart                                 (a module of its own, for what would hold others back)
//	builds:  TAGS, GOOS=SYSTEM                     (other builds of it, see TestGoldenBuilds)
//
// A line that starts with a blank goes on with the line before. The files after it are the package
// golden.example/MODULE/NAME, whose files Run is called; want/FILE is a file after rewriting
// (only those that change), "spans" what the case records, "spans.after" that of the rewritten
// code where it differs. "SET-UP" and "SET-UP.after" are the same under another set-up, both only
// where they differ.
type goldenCase struct {
	name   string
	path   string
	header []byte

	title, pattern, trap string
	want                 expectation
	differs              map[setUp]string
	module               string   // by default "cases"
	builds               []string // build tags joined by +, or GOOS=system

	files []txtar.File // as they were written
	after []txtar.File // as they are to be after rewriting: only those that change
	// recorded and recordedAfter are what is recorded under a set-up as it was written and as
	// it was rewritten, the latter only where differs is set.
	recorded, recordedAfter map[setUp]string
}

// A setUp is what is installed while a case runs, one of setUps in testdata/goldenprogram. Under
// every one a case has to do the same before and after.
type setUp string

const (
	sampled   setUp = "sampled"           // compat with an SDK that records all spans
	absent    setUp = "nothing installed" // the no-op tracer and provider of a process that sets none
	unsampled setUp = "unsampled"         // compat with an SDK that records no span
)

var setUps = []setUp{sampled, absent, unsampled}

// section is the name of the section of a case that has what is recorded.
func (s setUp) section() string {
	if s == sampled {
		return "spans"
	}
	return string(s)
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

		differs:  make(map[setUp]string),
		recorded: make(map[setUp]string), recordedAfter: make(map[setUp]string),
	}
	if err := c.parseHeader(string(ar.Comment)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
files:
	for _, f := range ar.Files {
		for _, s := range setUps {
			switch f.Name {
			case s.section():
				c.recorded[s] = string(f.Data)
				continue files
			case s.section() + ".after":
				c.recordedAfter[s] = string(f.Data)
				continue files
			}
		}
		switch {
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
			c.differs[sampled] = value
		case "module":
			c.module = value
		case "builds":
			c.builds = strings.Split(value, ", ")
		default:
			i := slices.IndexFunc(setUps, func(s setUp) bool { return key == fmt.Sprintf("differs (%s)", s) })
			if i < 0 {
				return fmt.Errorf("header line %q: unknown key", line)
			}
			c.differs[setUps[i]] = value
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
	for _, s := range setUps {
		after, differs := c.recordedAfter[s]
		if s == sampled || differs {
			ar.Files = append(ar.Files, txtar.File{Name: s.section(), Data: []byte(c.recorded[s])})
		}
		if differs {
			ar.Files = append(ar.Files, txtar.File{Name: s.section() + ".after", Data: []byte(after)})
		}
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
	var paths []string
	for _, folder := range []string{"internal/*/testdata/*.txtar", "internal/rules/*/testdata/*.txtar"} {
		beside, err := filepath.Glob(filepath.FromSlash(folder))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, beside...)
	}
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var cases []*goldenCase
	for _, path := range paths {
		c, err := parseGoldenCase(path)
		if err != nil {
			t.Fatal(err)
		}
		if last := len(cases) - 1; last >= 0 && cases[last].name == c.name {
			t.Fatalf("%s and %s have one name", cases[last].path, path)
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

// goldenModules groups cases by the module that they are in.
func goldenModules(cases []*goldenCase) map[string][]*goldenCase {
	byModule := make(map[string][]*goldenCase)
	for _, c := range cases {
		byModule[c.module] = append(byModule[c.module], c)
	}
	return byModule
}
