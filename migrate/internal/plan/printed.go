// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
)

// NotePrinted lists the places whose text changes. What is taken out of an empty
// interface again is not only printed there.
func (rw *Run) NotePrinted() {
	read := make(map[string]bool)
	for name, hubs := range rw.Hubs {
		for _, hub := range hubs {
			read[name] = read[name] || rw.Reads[hub]
		}
	}
	for _, p := range rw.Prints {
		if read[p.Name] || rw.OptionPlaces[p.At] || p.Name == opentracing.TagType && read["opentracing.StartSpanOption"] {
			continue
		}
		s := &Site{File: p.File, Pos: p.At.Pos(), Symbol: p.Name, Rule: "types"}
		s.Changes = "where this is printed, the text of an attribute differs from that of " + p.Name + "; the spans are the same"
		s.Need(p.Node)
		rw.Sites = append(rw.Sites, s)
	}
}
