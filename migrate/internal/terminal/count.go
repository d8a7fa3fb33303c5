// SPDX-License-Identifier: Apache-2.0

package terminal

import "fmt"

// Count returns how many there are of something: "1 file", "2 files".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
