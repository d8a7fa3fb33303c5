// SPDX-License-Identifier: Apache-2.0

package refusal

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

// Guide is the address of MIGRATION.md.
const Guide = "https://github.com/ot2otel/ot2otel/blob/main/MIGRATION.md"

// Link returns the address of the category's heading in [Guide].
func (c *Category) Link() string { return Guide + "#" + c.Name }
