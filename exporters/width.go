// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// textWidth is how many columns a terminal needs for s, which has no control
// characters in it. What is one character to a reader counts once: a flag, a family,
// a letter with its accents. Characters whose width depends on the font, such as ±,
// are narrow.
func textWidth(s string) int { return displaywidth.String(s) }

// clip shortens s to width columns; more stands for what was cut off. It never cuts
// within a grapheme cluster.
func clip(s string, width int, more string) string {
	if textWidth(s) <= width {
		return s
	}
	if width < textWidth(more) {
		return ""
	}
	return displaywidth.TruncateString(s, width, more)
}

func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(width-textWidth(s), 0))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-textWidth(s), 0)) + s
}
