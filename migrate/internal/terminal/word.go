// SPDX-License-Identifier: Apache-2.0

package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Word returns s as one word of a command line that a person is to paste into a POSIX
// shell or fish. What can't be seen is written as in $'\033', which all but the oldest
// shells know. Those that don't, such as dash, take that for a dollar and a word in single
// quotes, so no quote is in it: they get another word, but one, and fish an error. A word that begins
// with a dash may be taken for a flag: see [Path].
func Word(s string) string {
	switch {
	case s != "" && s[0] != '=' && !strings.ContainsFunc(s, special): // zsh looks for a command of =name
		return s
	case clean(s, ""):
		// In single quotes a backslash is one to a POSIX shell, and an escape to fish.
		return "'" + strings.NewReplacer("'", `'"'"'`, `\`, `'"\\"'`).Replace(s) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case strconv.IsPrint(r) && r != '\'' && r != '\\' && !(r == utf8.RuneError && size == 1):
			b.WriteRune(r)
		default:
			for _, c := range []byte(s[:size]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		}
		s = s[size:]
	}
	b.WriteByte('\'')
	return b.String()
}

// Path is [Word] for the path of a file or folder, which no program takes for a flag.
func Path(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return Word(path)
}

// Command returns words as a command line.
func Command(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = Word(word)
	}
	return strings.Join(quoted, " ")
}

// special tells the characters that may mean something to a shell.
func special(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("_@%+=:,./-", r)
}
