// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// edit is a text with parts of it replaced. It has no copy of the text until there
// is one.
type edit struct {
	out  strings.Builder
	kept int // how far the text is in out
	done bool
}

// replace replaces text[from:to]. The calls for one text are in its order.
func (e *edit) replace(text string, from, to int, by string) {
	if text[from:to] == by {
		return
	}
	e.out.WriteString(text[e.kept:from])
	e.out.WriteString(by)
	e.kept, e.done = to, true
}

// apply returns the text with its parts replaced.
func (e *edit) apply(text string) string {
	if !e.done {
		return text
	}
	e.out.WriteString(text[e.kept:])
	return e.out.String()
}
