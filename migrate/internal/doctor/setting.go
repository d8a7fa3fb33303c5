// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"maps"
	"slices"
	"strings"
)

// A setting is a variable that a manifest sets.
type setting struct {
	file  string
	line  int
	name  string
	value string
	// known is false where the value is somewhere else, or not to be shown.
	known bool
	// image is that of the container which has the variable, if that is seen.
	image string
	// beside are the variables of the same program.
	beside scope
}

// A scope has the variables that one list, map, or file sets.
type scope map[string]setting

// set adds a variable, if it is one that counts. A variable that is set twice has its last
// value.
func (s scope) set(name, value string, known bool, line int, image string) {
	if strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_") {
		s[name] = setting{line: line, name: name, value: value, known: known && !isSecret(name), image: image}
	}
}

// settings returns the variables in a scope that are Jaeger's, or name formats.
func (s scope) settings() (all []setting) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		set := s[name]
		if _, ok := lookupVariable(name); ok || name == propagatorsVariable {
			set.beside = s
			all = append(all, set)
		}
	}
	return all
}

// value returns the value of a variable, "" if it is not set or not known.
func (s scope) value(name string) string {
	if set := s[name]; set.known {
		return set.value
	}
	return ""
}

// lookup returns the setting of a variable, false for none. An empty value counts as none.
func (s scope) lookup(name string) (setting, bool) {
	set, ok := s[name]
	return set, ok && (!set.known || set.value != "")
}

// has tells whether one of the variables is set.
func (s scope) has(names ...string) bool {
	for _, name := range names {
		if _, ok := s[name]; ok {
			return true
		}
	}
	return false
}

// isSecret tells by its name that a value is not to be shown.
func isSecret(name string) bool {
	name = strings.ToUpper(name)
	for _, word := range []string{"PASSWORD", "PASSWD", "TOKEN", "SECRET", "KEY", "CREDENTIAL", "AUTH"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
