// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/build/constraint"
	"math/bits"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Systems that constraints name, each with the architectures that it is looked at on, the
// first where the constraint leaves it open.
var systems = map[string][]string{
	"aix": {"ppc64"}, "android": {"arm64", "amd64", "386", "arm"}, "darwin": {"arm64", "amd64"}, "dragonfly": {"amd64"},
	"freebsd": {"amd64", "arm64", "386", "arm", "riscv64"}, "illumos": {"amd64"}, "ios": {"arm64", "amd64"}, "js": {"wasm"},
	"linux":  {"amd64", "arm64", "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x"},
	"netbsd": {"amd64", "arm64", "386", "arm"}, "openbsd": {"amd64", "arm64", "386", "arm", "ppc64", "riscv64"},
	"plan9": {"amd64", "386", "arm"}, "solaris": {"amd64"}, "wasip1": {"wasm"}, "windows": {"amd64", "arm64", "386"},
}

// common are the systems that are tried where a constraint only says what it is not.
var common = []string{"linux", "windows", "darwin", "freebsd", "js"}

// constraintOf returns the build constraint of a file: that of its header and that of its
// name together; nil is none.
func constraintOf(name string, src []byte) constraint.Expr {
	expr := headerConstraint(src)
	for _, tag := range nameTags(name) {
		expr = and(expr, &constraint.TagExpr{Tag: tag})
	}
	return expr
}

func and(x, y constraint.Expr) constraint.Expr {
	if x == nil {
		return y
	}
	return &constraint.AndExpr{X: x, Y: y}
}

// CommonConstraint returns a constraint that holds in the builds that include one of the
// files, nil if that may be any.
func CommonConstraint(files []*File) (common constraint.Expr) {
	known := make(map[string]bool)
	for _, f := range files {
		expr := constraintOf(f.Name, f.Src)
		switch {
		case expr == nil:
			return nil
		case known[expr.String()]:
		case common == nil:
			common = expr
		default:
			common = &constraint.OrExpr{X: common, Y: expr}
		}
		known[expr.String()] = true
	}
	return common
}

func SameConstraint(a, b constraint.Expr) bool {
	return a == nil && b == nil || a != nil && b != nil && a.String() == b.String()
}

// headerConstraint returns the constraint in the comments before the package clause.
func headerConstraint(src []byte) constraint.Expr {
	var old constraint.Expr
	for line := range bytes.Lines(src) {
		text := strings.TrimSpace(string(line))
		switch {
		case constraint.IsGoBuild(text):
			if expr, err := constraint.Parse(text); err == nil {
				return expr
			}
		case constraint.IsPlusBuild(text):
			if expr, err := constraint.Parse(text); err == nil {
				old = and(old, expr)
			}
		case strings.HasPrefix(text, "package "):
			return old
		}
	}
	return old
}

// nameTags returns the system and the architecture that the name of a file asks for.
func nameTags(name string) (tags []string) {
	words := strings.Split(strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".go"), "_test"), "_")[1:]
	if n := len(words); n > 0 && isArchitecture(words[n-1]) {
		tags, words = append(tags, words[n-1]), words[:n-1]
	}
	if n := len(words); n > 0 && systems[words[n-1]] != nil {
		tags = append(tags, words[n-1])
	}
	return tags
}

func isArchitecture(word string) bool {
	for _, all := range systems {
		if slices.Contains(all, word) {
			return true
		}
	}
	return false
}

// constraintTags returns the tags that a constraint names.
func constraintTags(expr constraint.Expr) (tags []string) {
	switch x := expr.(type) {
	case *constraint.TagExpr:
		return []string{x.Tag}
	case *constraint.NotExpr:
		return constraintTags(x.X)
	case *constraint.AndExpr:
		return append(constraintTags(x.X), constraintTags(x.Y)...)
	case *constraint.OrExpr:
		return append(constraintTags(x.X), constraintTags(x.Y)...)
	}
	return nil
}

// nearest returns the setting that includes a file and differs least from s.
func (s Setting) nearest(name string, src []byte) (best Setting, ok bool) {
	const maxOwn = 8 // tags of the module's own, each of which doubles what there is to try
	var goos, goarch, own []string
	cgo := bytes.Contains(src, []byte(`import "C"`))
	for _, tag := range SortedSet(constraintTags(constraintOf(name, src))) {
		switch {
		case tag == "ignore":
			return Setting{}, false // a program of its own, beside the package of its folder
		case tag == "cgo":
			cgo = true
		case tag == "unix":
			goos = append(goos, common...)
		case systems[tag] != nil:
			goos = append(append(goos, tag), common...)
		case isArchitecture(tag):
			goarch = append(goarch, tag, "amd64", "arm64")
		case tag != "gc" && tag != "gccgo" && !strings.HasPrefix(tag, "go1.") && len(own) < maxOwn:
			own = append(own, tag)
		}
	}
	cost := func(t Setting, n int) int {
		c := n
		if t.cgo != s.cgo {
			c += 10
		}
		if t.goarch != s.goarch {
			c += 10
		}
		if t.goos != s.goos {
			c += 100
			if i := slices.Index(goos, t.goos); i >= 0 {
				c += i
			}
		}
		return c
	}
	least := 0
	try := func(t Setting, n int) {
		if c := cost(t, n); !ok || c < least {
			if t.Includes(name, src) && (t.cgo || !bytes.Contains(src, []byte(`import "C"`))) {
				best, least, ok = t, c, true
			}
		}
	}
	for n := range 1 << len(own) {
		// A tag that is set for this build stays set where nothing is against it.
		change := make(map[string]bool)
		for i, tag := range own {
			if n&(1<<i) != 0 {
				change[tag] = !slices.Contains(s.tagList(), tag)
			}
		}
		t := s.with(change)
		for _, t := range t.systems(goos, goarch) {
			try(t, bits.OnesCount(uint(n)))
			if cgo {
				t.cgo = !t.cgo
				try(t, bits.OnesCount(uint(n)))
			}
		}
	}
	return best, ok
}

// systems returns the setting with all of the systems and architectures, itself first.
func (s Setting) systems(goos, goarch []string) []Setting {
	all := []Setting{s}
	for _, system := range append([]string{s.goos}, goos...) {
		for _, arch := range append([]string{s.goarch}, goarch...) {
			t := s
			if t.goos, t.goarch = system, arch; !slices.Contains(systems[system], arch) {
				if arch != s.goarch || len(systems[system]) == 0 {
					continue
				}
				t.goarch = systems[system][0]
			}
			t.cgo = t.cgo && t.goos == s.goos && t.goarch == s.goarch // without a compiler for the other one
			all = append(all, t)
		}
	}
	return all
}

// An ExcludedFile is a file that is not in the build of a program.
type ExcludedFile struct {
	Name, Path string // path is that of its package
	src        []byte
	Syntax     *ast.File // nil if it does not parse
	// Why says why it isn't in another build either.
	Why string
}

// maxSettings is how many more builds of a module are looked at.
const maxSettings = 8

// chooseSettings returns the settings that include most of the files, each with what it
// includes of those that no one before it does. It says of the other files why they are
// left out.
func chooseSettings(base Setting, files []*ExcludedFile, most int) (chosen []Setting, included [][]*ExcludedFile) {
	candidates := make(map[Setting][]*ExcludedFile) // those to which it is the nearest
	for _, f := range files {
		if s, ok := base.nearest(f.Name, f.src); ok {
			candidates[s] = append(candidates[s], f)
			f.Why = "it is in none of the " + strconv.Itoa(maxSettings) + " builds that are looked at"
		} else if slices.Contains(constraintTags(constraintOf(f.Name, f.src)), "ignore") {
			f.Why = "it is a program that is run on its own"
		} else {
			f.Why = "no build that can be made here includes it"
		}
	}
	order := make([]Setting, 0, len(candidates))
	for s := range candidates {
		order = append(order, s)
	}
	slices.SortFunc(order, func(a, b Setting) int {
		return cmp.Or(len(candidates[b])-len(candidates[a]), cmp.Compare(a.String(), b.String()))
	})
	order = order[:min(len(order), 4*most)]
	left := make(map[*ExcludedFile]bool)
	for _, s := range order {
		for _, f := range candidates[s] {
			left[f] = true
		}
	}
	for len(chosen) < most && len(left) > 0 {
		var best Setting
		var most []*ExcludedFile
		for _, s := range order {
			var in []*ExcludedFile
			for _, f := range files {
				if left[f] && s.Includes(f.Name, f.src) {
					in = append(in, f)
				}
			}
			if len(in) > len(most) {
				best, most = s, in
			}
		}
		if most == nil {
			break
		}
		for _, f := range most {
			delete(left, f)
			f.Why = ""
		}
		chosen, included = append(chosen, best), append(included, most)
	}
	return chosen, included
}
