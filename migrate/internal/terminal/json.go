// SPDX-License-Identifier: Apache-2.0

package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON writes a value as indented JSON and a line end, in one write. Nothing in it is
// invisible, as [Text] has it.
func WriteJSON(w io.Writer, value any) error {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(visibleJSON(out.Bytes()))
	return err
}

// visibleJSON escapes what can't be seen in a JSON text, such as marks that turn the direction of
// writing, which may only be in strings. What is read back is the same.
func visibleJSON(data []byte) []byte {
	visible := make([]byte, 0, len(data))
	for _, r := range string(data) {
		switch {
		case r == '\n' || strconv.IsPrint(r):
			visible = utf8.AppendRune(visible, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			visible = fmt.Appendf(visible, `\u%04x\u%04x`, high, low)
		default:
			visible = fmt.Appendf(visible, `\u%04x`, r)
		}
	}
	return visible
}
