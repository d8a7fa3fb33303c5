// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// edit is a text with parts of it replaced. It has no copy of the text until there
// is one.
type edit struct {
	out  strings.Builder
	kept int // how far the text is in out
	done bool

	steps int // how many bytes were looked at, for the tests of linear time
}

// replace replaces text[from:to]. What was replaced before stays; a secret beside
// another makes one.
func (e *edit) replace(text string, from, to int, by string) {
	from = max(from, e.kept)
	if to <= from || text[from:to] == by {
		return
	}
	if !e.done || from > e.kept || by == "" {
		e.out.WriteString(text[e.kept:from])
		e.out.WriteString(by)
	}
	e.kept, e.done = to, true
}

// passes bounds how often a text is looked at: what replaces a secret can make what
// is around it look like another.
const passes = 8

// settled calls hide until it finds nothing more to hide.
func settled(text string, hide func(string) string) string {
	for range passes {
		hidden := hide(text)
		if hidden == text {
			break
		}
		text = hidden
	}
	return text
}

// apply returns the text with its parts replaced.
func (e *edit) apply(text string) string {
	if !e.done {
		return text
	}
	e.out.WriteString(text[e.kept:])
	return e.out.String()
}
