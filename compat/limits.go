// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"cmp"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
)

// What W3C's baggage header holds at most (W3C Baggage, section 3.3.2): receivers drop
// a longer one whole, and items beyond the number.
const (
	baggageField    = "baggage"
	maxW3CItems     = 64
	maxW3CBytes     = 8192
	maxEscapedBytes = 3 // what a byte of a value may become
)

// hasW3CBaggage reports whether a propagator writes that header.
func hasW3CBaggage(p propagation.TextMapPropagator) bool {
	return slices.Contains(p.Fields(), baggageField)
}

// fitsW3C reports whether the header can hold all items.
func fitsW3C(items []baggage.Member) bool {
	if len(items) > maxW3CItems {
		return false
	}
	atMost := len(items)
	for _, m := range items {
		if len(m.Properties()) > 0 {
			return encodedSize(items) <= maxW3CBytes
		}
		atMost += len(m.Key()) + 1 + maxEscapedBytes*len(m.Value())
	}
	return atMost <= maxW3CBytes || encodedSize(items) <= maxW3CBytes
}

func encodedSize(members []baggage.Member) int {
	size := len(members) - 1 // commas
	for _, m := range members {
		size += len(m.String())
	}
	return size
}

// fittingW3C returns those items that the header can hold, the smaller ones first. Each
// that can't go is reported once.
func (t *Tracer) fittingW3C(all []baggage.Member) baggage.Baggage {
	type sized struct {
		baggage.Member
		size int
	}
	var items []sized
	for _, m := range all {
		// One that isn't carried, for its key, takes no room.
		if size := len(m.String()); size > 0 {
			items = append(items, sized{m, size})
		}
	}
	slices.SortFunc(items, func(a, b sized) int {
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.Key(), b.Key()))
	})
	kept := make([]baggage.Member, 0, maxW3CItems)
	total := -1
	for _, item := range items {
		if len(kept) < maxW3CItems && total+1+item.size <= maxW3CBytes {
			total += 1 + item.size
			kept = append(kept, item.Member)
			continue
		}
		if t.reports.Load() >= maxReports {
			continue
		}
		t.reportOnce(fmt.Sprintf("compat: baggage item %.64q, %d bytes, is not sent: W3C's baggage header holds %d items and %d bytes; "+
			"shorten its value, or remove items", item.Key(), item.size, maxW3CItems, maxW3CBytes))
	}
	if fitting, err := baggage.New(kept...); err == nil {
		return fitting
	}
	return baggage.Baggage{} // not reached: they fit
}
