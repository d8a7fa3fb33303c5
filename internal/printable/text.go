// SPDX-License-Identifier: Apache-2.0

// Package printable makes texts safe to print, whoever wrote them: a service, a
// client of it, the backend that spans go to.
package printable

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns s with everything that isn't a printable character or a space as
// a Go escape: control characters, invalid UTF-8, and what changes the direction
// of a text. Quotes and backslashes stay as they are.
func Text(s string) string {
	safe := true
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			safe = false
			break
		}
	}
	if safe {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '\'':
			b.WriteRune(r)
		case r == utf8.RuneError:
			_, size := utf8.DecodeRuneInString(s[i:])
			b.WriteString(inner(s[i : i+size]))
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteString(inner(string(r)))
		}
	}
	return b.String()
}

// ASCII is Text for a terminal that has ASCII only.
func ASCII(s string) string {
	s = Text(s)
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// inner is strconv.Quote without the quotes.
func inner(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}
