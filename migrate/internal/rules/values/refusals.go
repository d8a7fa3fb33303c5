// SPDX-License-Identifier: Apache-2.0

package values

import (
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

var RefusedTypeWithoutCounterpart = &refusal.Category{
	Name: "type-without-counterpart", Title: "A type without a counterpart",
	Why:  "OpenTelemetry has no type for this one.",
	Todo: "Use a type of your own, or remove it.",
}

var RefusedTagNameValue = &refusal.Category{
	Name: "tag-name-value", Title: "A tag name that is passed around",
	Why:  "The code uses a name from package ext for something other than setting a tag.",
	Todo: "Use the text, or an `attribute.Key`.",
}

var RefusedTagValue = &refusal.Category{
	Name: "tag-value", Title: "A tag that is passed around",
	Why:  "The tag or its value is not known here.",
	Todo: "Use an `attribute.KeyValue`.",
}

// Categories are the reasons for which this package leaves code as it is.
func Categories() []*refusal.Category {
	return []*refusal.Category{
		RefusedTypeWithoutCounterpart,
		RefusedTagNameValue,
		RefusedTagValue,
	}
}
