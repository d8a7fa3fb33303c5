// SPDX-License-Identifier: Apache-2.0

package printable

import (
	"fmt"
	"unicode/utf8"

	"github.com/ot2otel/ot2otel/internal/secret"
)

const (
	// MaxError is how many bytes the text of an [Error] has at most. It is
	// what a person reads of an answer, and no log is filled by it.
	MaxError = 1000
	// window is how much of a text is looked at.
	window = 64 << 10
)

// Error returns err with a text that may be printed: without what looks like a
// secret, as [Text] has it, and at most MaxError bytes long; a longer one ends
// with how long it was. The text is made once, at the call. What err wraps stays
// wrapped. An error whose text is fine comes back as it is, and so does nil.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return Reworded(err, err.Error())
}

// Reworded is [Error] with another text for err.
func Reworded(err error, text string) error {
	if text = clean(text); text == err.Error() {
		return err
	}
	return &reworded{text, err}
}

func clean(text string) string {
	whole := len(text)
	if whole > window {
		text = text[:boundary(text, window)]
	}
	text = Text(secret.Text(text))
	if whole <= window && len(text) <= MaxError {
		return text
	}
	more := fmt.Sprintf(" … (%d bytes)", whole)
	return text[:boundary(text, min(len(text), MaxError-len(more)))] + more
}

// boundary returns the last start of a character in s up to n.
func boundary(s string, n int) int {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

type reworded struct {
	text string
	err  error
}

func (e *reworded) Error() string { return e.text }
func (e *reworded) Unwrap() error { return e.err }

// Clip returns s for a message that quotes it: without secrets, and not longer
// than a line. It doesn't escape it: %q does.
func Clip(s string) string {
	s = secret.Text(s)
	if len(s) > maxQuoted {
		s = s[:boundary(s, maxQuoted)] + "…"
	}
	return s
}

// maxQuoted is how many bytes of a setting a message quotes.
const maxQuoted = 200
