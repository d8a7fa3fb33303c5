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

// These are the addresses of MIGRATION.md and of docs/refusals.md, which has a heading for
// each category.
const (
	Guide     = docs + "MIGRATION.md"
	Reference = docs + "docs/refusals.md"

	docs = "https://github.com/ot2otel/ot2otel/blob/main/"
)

// Link returns the address of the category's heading in [Reference].
func (c *Category) Link() string { return Reference + "#" + c.Name }
