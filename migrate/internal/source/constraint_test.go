// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNearestSetting(t *testing.T) {
	base := Setting{goos: "linux", goarch: "amd64", cgo: true, tags: "given", goVersion: "go1.26.1"}
	for _, tt := range []struct {
		file, header string
		want         string // "" is none
		explanation  string
	}{
		{"a.go", "//go:build debug", "GOOS=linux GOARCH=amd64 CGO_ENABLED=1 -tags=debug,given", "a tag is set beside those that are"},
		{"a.go", "//go:build !given", "GOOS=linux GOARCH=amd64 CGO_ENABLED=1", "a tag that is set is dropped where the file asks for that"},
		{"a.go", "//go:build a && (b || c) && !d", "GOOS=linux GOARCH=amd64 CGO_ENABLED=1 -tags=a,b,given", "no more tags than it needs"},
		{"a.go", "//go:build debug || windows", "GOOS=linux GOARCH=amd64 CGO_ENABLED=1 -tags=debug,given", "a tag is nearer than another system"},
		{"a_windows.go", "", "GOOS=windows GOARCH=amd64 CGO_ENABLED=0 -tags=given", "the name is a constraint"},
		{"a_windows_arm64_test.go", "", "GOOS=windows GOARCH=arm64 CGO_ENABLED=0 -tags=given", "with both parts, of a test"},
		{"a_arm64.go", "", "GOOS=linux GOARCH=arm64 CGO_ENABLED=0 -tags=given", "an architecture alone; cgo would need its compiler"},
		{"a.go", "//go:build !linux", "GOOS=windows GOARCH=amd64 CGO_ENABLED=0 -tags=given", "any other system"},
		{"a.go", "//go:build !unix", "GOOS=windows GOARCH=amd64 CGO_ENABLED=0 -tags=given", "one that is not of a kind"},
		{"a.go", "//go:build js && wasm", "GOOS=js GOARCH=wasm CGO_ENABLED=0 -tags=given", "the architecture comes with the system"},
		{"a_js.go", "", "GOOS=js GOARCH=wasm CGO_ENABLED=0 -tags=given", "also where it is not named"},
		{"a.go", "//go:build !cgo", "GOOS=linux GOARCH=amd64 CGO_ENABLED=0 -tags=given", "without cgo"},
		{"a.go", "// +build debug", "GOOS=linux GOARCH=amd64 CGO_ENABLED=1 -tags=debug,given", "the old form"},
		{"a.go", "//go:build ignore", "", "a program of its own"},
		{"a.go", "//go:build debug && !debug", "", "never"},
		{"a.go", "//go:build go1.99", "", "another version of Go"},
		{"a.go", "//go:build gccgo", "", "another compiler"},
	} {
		s, ok := base.nearest(tt.file, []byte(tt.header+"\n\npackage p\n"))
		got := ""
		if ok {
			got = s.String()
		}
		if got != tt.want {
			t.Errorf("%s %q: %q, want %q: %s", tt.file, tt.header, got, tt.want, tt.explanation)
		}
	}
}

func TestChooseSettings(t *testing.T) {
	base := Setting{goos: "linux", goarch: "amd64", goVersion: "go1.26.1"}
	files := func(headers ...string) (all []*ExcludedFile) {
		for i, header := range headers {
			all = append(all, &ExcludedFile{Name: fmt.Sprintf("f%d.go", i), src: []byte(header + "\n\npackage p\n")})
		}
		return all
	}
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("//go:build tag%02d", i))
	}
	for _, tt := range []struct {
		files       []*ExcludedFile
		want        []string
		left        int
		explanation string
	}{
		{files("//go:build a", "//go:build a && b", "//go:build b"), []string{"a,b"}, 0, "one build for what goes together"},
		{files("//go:build a && !b", "//go:build b"), []string{"a", "b"}, 0, "two for what does not"},
		{files("//go:build a", "//go:build ignore"), []string{"a"}, 1, "what no build includes is left"},
		{files(many...), []string{"tag00", "tag01", "tag02", "tag03", "tag04", "tag05", "tag06", "tag07"}, 4, "no more than eight"},
	} {
		settings, included := chooseSettings(base, tt.files, maxSettings)
		var got []string
		in := 0
		for i, s := range settings {
			got = append(got, s.tags)
			in += len(included[i])
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" || in+tt.left != len(tt.files) {
			t.Errorf("%s: %d files in builds of %d; tags (-want +got):\n%s", tt.explanation, in, len(tt.files), diff)
		}
		for _, f := range tt.files {
			if isIn := slices.ContainsFunc(included, func(list []*ExcludedFile) bool { return slices.Contains(list, f) }); isIn != (f.Why == "") {
				t.Errorf("%s: %s is in a build: %v, and the reason why not is %q", tt.explanation, f.Name, isIn, f.Why)
			}
		}
	}
}
