// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"
	"unicode"
)

// textWidth is how many columns a terminal needs for s, which has no control
// characters in it: two for wide East Asian characters and emoji, none for
// combining marks.
func textWidth(s string) int {
	width := 0
	for _, r := range s {
		width += runeWidth(r)
	}
	return width
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300: // Latin, which is nearly everything
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1100 && r <= 0x115F, // Hangul Jamo
		r >= 0x2E80 && r <= 0xA4CF, // CJK, kana, Yi
		r >= 0xAC00 && r <= 0xD7A3, // Hangul
		r >= 0xF900 && r <= 0xFAFF, // CJK compatibility
		r >= 0xFE30 && r <= 0xFE6F, // CJK forms
		r >= 0xFF00 && r <= 0xFF60, // fullwidth
		r >= 0xFFE0 && r <= 0xFFE6,
		r >= 0x1F300 && r <= 0x1FAFF, // emoji
		r >= 0x20000 && r <= 0x3FFFD: // CJK extensions
		return 2
	}
	return 1
}

// clip shortens s to width columns; more stands for what was cut off.
func clip(s string, width int, more string) string {
	if textWidth(s) <= width {
		return s
	}
	room := width - textWidth(more)
	if room < 0 {
		return ""
	}
	for i, r := range s {
		if room -= runeWidth(r); room < 0 {
			return s[:i] + more
		}
	}
	return s
}

func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(width-textWidth(s), 0))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-textWidth(s), 0)) + s
}
