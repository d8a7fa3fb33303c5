// SPDX-License-Identifier: Apache-2.0

package migrate

// Category is a reason why a use of OpenTracing stays as it is.
type Category struct {
	// Name is the stable name, as in "own-span".
	Name string
	// Title is a heading.
	Title string
	// Why explains the reason.
	Why string
	// Todo says what to do by hand.
	Todo string
}

// Categories lists every reason for which the rewriter leaves code as it is.
func Categories() []Category { return nil }
