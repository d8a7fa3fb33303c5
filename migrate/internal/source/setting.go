// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"fmt"
	"go/build"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// A Setting is what build constraints ask for.
type Setting struct {
	goos, goarch string
	cgo          bool
	tags         string // sorted, separated by commas
	goVersion    string // of the go command, as "go1.26.1"
}

// goSetting is the setting that the go command has. Tags of the command line win over
// those of GOFLAGS.
func goSetting(goos, goarch, cgo, goFlags, goVersion string, tags []string) Setting {
	if len(tags) == 0 {
		for flag := range strings.FieldsSeq(goFlags) {
			flag = strings.TrimLeft(strings.Trim(flag, `'"`), "-")
			if list, ok := strings.CutPrefix(flag, "tags="); ok {
				tags = strings.FieldsFunc(strings.Trim(list, `'"`), func(r rune) bool { return r == ',' || r == ' ' })
			}
		}
	}
	return Setting{goos: goos, goarch: goarch, cgo: cgo == "1", tags: joinTags(tags), goVersion: goVersion}
}

func joinTags(tags []string) string { return strings.Join(SortedSet(slices.Clone(tags)), ",") }

func (s Setting) tagList() []string {
	return strings.FieldsFunc(s.tags, func(r rune) bool { return r == ',' })
}

// with returns the setting with tags switched on or off.
func (s Setting) with(tags map[string]bool) Setting {
	on := make(map[string]bool)
	for _, tag := range s.tagList() {
		on[tag] = true
	}
	maps.Copy(on, tags)
	maps.DeleteFunc(on, func(_ string, is bool) bool { return !is })
	s.tags = joinTags(slices.Collect(maps.Keys(on)))
	return s
}

// env returns the variables of the go command.
func (s Setting) env() []string {
	cgo := "0"
	if s.cgo {
		cgo = "1"
	}
	return []string{"GOOS=" + s.goos, "GOARCH=" + s.goarch, "CGO_ENABLED=" + cgo}
}

// String names the setting as a person would set it.
func (s Setting) String() string {
	words := s.env()
	if s.tags != "" {
		words = append(words, "-tags="+s.tags)
	}
	return strings.Join(words, " ")
}

// Includes tells whether the setting has a file in the build of its package.
func (s Setting) Includes(name string, src []byte) bool {
	ctxt := build.Default
	ctxt.GOOS, ctxt.GOARCH, ctxt.CgoEnabled, ctxt.BuildTags = s.goos, s.goarch, s.cgo, s.tagList()
	ctxt.UseAllFiles, ctxt.Compiler = false, "gc"
	var minor int
	if _, err := fmt.Sscanf(s.goVersion, "go1.%d", &minor); err == nil {
		ctxt.ReleaseTags = nil
		for i := range minor {
			ctxt.ReleaseTags = append(ctxt.ReleaseTags, fmt.Sprintf("go1.%d", i+1))
		}
	}
	ctxt.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(src)), nil }
	ok, err := ctxt.MatchFile(filepath.Dir(name), filepath.Base(name))
	return ok && err == nil
}
