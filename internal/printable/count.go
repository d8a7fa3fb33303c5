// SPDX-License-Identifier: Apache-2.0

package printable

import "fmt"

// Spans returns how many spans there are, as text.
func Spans(n int64) string {
	if n == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", n)
}
