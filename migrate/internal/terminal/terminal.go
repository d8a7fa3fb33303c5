// SPDX-License-Identifier: Apache-2.0

// Package terminal writes text that somebody else chose to where a person reads it:
// names of files, packages and modules, and what other programs say about them. Such
// text must neither drive the terminal nor look like a line of the program's own.
package terminal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text returns s on one line, without anything that a terminal obeys or that hides
// what is written: control characters, line ends, marks that turn the direction of
// writing, invisible characters and bytes that are not UTF-8 become Go escapes such as
// \x1b and \u202e. A backslash stays as it is, so the result is for reading, not for
// getting s back.
func Text(s string) string { return escaped(s, "") }

// Lines is text of several lines, such as what the go command says. Printed by
// [Printf], its lines are escaped as [Text] does, apart from tabs, and all but the
// first are indented by a tab, so that none looks like a line of the program's own.
type Lines string

func (l Lines) text() string {
	lines := strings.Split(strings.TrimSpace(string(l)), "\n")
	for i, line := range lines {
		lines[i] = escaped(strings.TrimSuffix(strings.TrimLeft(line, "\t"), "\r"), "\t")
	}
	return strings.Join(lines, "\n\t")
}

// Printf prints as [fmt.Fprintf] does, with every argument escaped: as [Text] does it,
// or as [Lines] says. The format is the program's own and is printed as it is. Errors of w
// are dropped, as nothing could be said about them.
func Printf(w io.Writer, format string, args ...any) {
	shown := make([]any, len(args))
	for i, arg := range args {
		shown[i] = argument{arg}
	}
	_, _ = fmt.Fprintf(w, format, shown...)
}

// An argument is escaped after it was formatted, so it may be of any type.
type argument struct{ value any }

func (a argument) Format(f fmt.State, verb rune) {
	text := ""
	if lines, ok := a.value.(Lines); ok {
		text = lines.text()
	} else {
		text = Text(fmt.Sprintf(fmt.FormatString(f, verb), a.value))
	}
	_, _ = io.WriteString(f, text)
}

// Writer returns a writer that escapes what other programs print, as [Text] does but
// for tabs and line ends. A character that is split between two writes is escaped as
// bytes.
func Writer(w io.Writer) io.Writer { return writer{w} }

type writer struct{ to io.Writer }

func (w writer) Write(p []byte) (int, error) {
	text := strings.ReplaceAll(string(p), "\r\n", "\n")
	if _, err := io.WriteString(w.to, escaped(text, "\t\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escaped escapes all of s that can't be seen, but for the characters in kept.
func escaped(s, kept string) string {
	if clean(s, kept) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsPrint(r) || strings.ContainsRune(kept, r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	return b.String()
}

func clean(s, kept string) bool {
	for i, r := range s {
		if !strconv.IsPrint(r) && !strings.ContainsRune(kept, r) {
			return false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}
