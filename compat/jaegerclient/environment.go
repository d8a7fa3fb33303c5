// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"os"
	"strconv"
)

// orVariable returns the value where it is set, above 0, else that of a variable, else the
// default. The SDK reports a variable that isn't a number.
func orVariable(value int, variable string, otherwise int) int {
	if value > 0 {
		return value
	}
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return otherwise
}
