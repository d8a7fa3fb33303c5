// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"strings"
	"unicode/utf8"
)

// maxText bounds what is recorded of a text that a peer has sent, in bytes.
const maxText = 8 << 10

const ellipsis = "…"

// clip returns a text that a peer has sent as it is recorded: valid UTF-8, and no
// longer than maxText. What was cut ends in an ellipsis.
func clip(text string) string {
	if len(text) > maxText {
		text = text[:cut(text)] + ellipsis
	}
	return validUTF8(text)
}

// cut returns where a text that is too long is cut, before a character.
func cut(text string) int {
	end := maxText - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return end
}

// hideClipped hides the secrets of a text that is clipped before, so that what a peer
// sends beyond the limit costs nothing. The result may still be too long, as what
// stands for a secret can be longer than it.
func hideClipped(text string, hide func(string) string) string {
	if len(text) <= maxText {
		return hide(text)
	}
	// What tells a secret may be behind the cut: the '@' behind a password, and the
	// state beside a code.
	const beyond = "@tcp(h)/&state="
	hidden := hide(text[:cut(text)] + beyond)
	for i := range beyond {
		if kept, found := strings.CutSuffix(hidden, beyond[i:]); found {
			hidden = kept
			break
		}
	}
	return hidden + ellipsis
}
