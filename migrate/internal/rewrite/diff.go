// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Rel returns the name of a file relative to the module's folder; as it is, where it is
// outside.
func (r *Result) Rel(file string) string {
	if rel, err := filepath.Rel(r.Root, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return file
}

// Added returns the files of r that are new, sorted.
func (r *Result) Added() (names []string) {
	for name := range r.Files {
		if _, exists := r.before[name]; !exists {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Diff returns the changes of r as a unified diff, which patch -p1 and git apply take:
// files in the order of their names, with the prefixes a/ and b/. name gives the name of
// a file, by its absolute path: with [Result.Rel] the diff is to be applied in the module's
// folder, wherever it was made; nil leaves it as it is. The lines of files are in it as
// they are, whatever they hold; names that are more than letters, digits and the like are
// quoted as git does.
func (r *Result) Diff(name func(file string) string) []byte {
	var all bytes.Buffer
	for _, file := range slices.Sorted(maps.Keys(r.Files)) {
		shown := file
		if name != nil {
			shown = name(file)
		}
		shown = filepath.ToSlash(shown)
		from, to := diffName("a/"+shown), diffName("b/"+shown)
		old, exists := r.before[file]
		if !exists {
			from = "/dev/null"
		}
		// Its first line, "diff a b", is not for programs.
		_, text, _ := bytes.Cut(diff.Diff(from, old, to, r.Files[file]), []byte("\n"))
		all.Write(text)
	}
	return all.Bytes()
}

// diffName returns a name as git writes it into the header of a diff: in quotes, with
// octal escapes, if it could be misread. After a name with a space comes a tab, so that
// patch does not take what follows for a date.
func diffName(name string) string {
	quoted := false
	var b strings.Builder
	for _, r := range []byte(name) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteByte(r)
			quoted = true
		case r < ' ' || r == 0x7f:
			b.WriteString(octal(r))
			quoted = true
		case r > 0x7f && !printableName(name):
			b.WriteString(octal(r))
			quoted = true
		default:
			b.WriteByte(r)
		}
	}
	switch {
	case quoted:
		return `"` + b.String() + `"`
	case strings.Contains(name, " "):
		return name + "\t"
	}
	return name
}

func octal(c byte) string { return `\` + string([]byte{'0' + c>>6, '0' + c>>3&7, '0' + c&7}) }

// printableName tells whether all letters of a name can be seen.
func printableName(name string) bool {
	return !strings.ContainsFunc(strings.ToValidUTF8(name, "\x00"), func(r rune) bool { return !strconv.IsPrint(r) })
}
