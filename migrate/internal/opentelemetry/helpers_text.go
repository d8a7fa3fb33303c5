// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"cmp"
	"regexp"
	"slices"
)

// Declarations returns the code of helpers under the names that were picked, and
// the paths it imports.
func Declarations(wanted []string, named, imports map[string]string) (string, []string) {
	all := Helpers()
	var code string
	var paths []string
	for _, name := range wanted {
		h := all[name]
		code += "\n" + h.code
		paths = append(paths, h.Imports...)
	}
	for _, name := range HelperNames() {
		if to := named[name]; to != "" && to != name {
			code = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(code, to)
		}
	}
	for path, name := range imports {
		if base := BaseName(path); base != name {
			code = regexp.MustCompile(`\b`+base+`\.`).ReplaceAllString(code, name+".")
		}
	}
	slices.Sort(paths)
	return code, slices.Compact(paths)
}

// WithNeeds adds the helpers that helpers need, and sorts.
func WithNeeds(wanted []string) []string {
	all := Helpers()
	for i := 0; i < len(wanted); i++ {
		wanted = append(wanted, all[wanted[i]].needs...)
		slices.Sort(wanted[i+1:])
		wanted = append(wanted[:i+1], slices.Compact(wanted[i+1:])...)
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	slices.SortStableFunc(wanted, func(a, b string) int {
		return cmp.Compare(cmp.Or(all[a].before, a), cmp.Or(all[b].before, b))
	})
	return wanted
}
