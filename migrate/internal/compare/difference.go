// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/internal/secret"
)

// A Kind is a kind of difference.
type Kind string

// The kinds of differences, in the order of a report.
const (
	SpanLost    Kind = "span-lost"    // A has it, B does not
	SpanNew     Kind = "span-new"     // B has it, A does not
	SpanRenamed Kind = "span-renamed" // the same place and content, another name
	SpanMoved   Kind = "span-moved"   // beneath another span, or a root that was a child
	SpanParent  Kind = "span-parent"  // a root that has a parent outside of one of the recordings
	SpanTrace   Kind = "span-trace"   // in one trace with others in one of the recordings only

	SpanKind     Kind = "span-kind"
	Status       Kind = "status" // code or description
	SpanService  Kind = "service"
	DroppedCount Kind = "dropped" // what the limits of an SDK have dropped
	ScopeChanged Kind = "scope"   // only with Options.Scope

	AttributeLost  Kind = "attribute-lost" // also of events and links
	AttributeNew   Kind = "attribute-new"
	AttributeType  Kind = "attribute-type"
	AttributeValue Kind = "attribute-value"

	EventLost    Kind = "event-lost"
	EventNew     Kind = "event-new"
	EventRenamed Kind = "event-renamed"
	EventMoved   Kind = "event-moved" // to another span of the trace
	EventOrder   Kind = "event-order" // the same events of a span in another order

	LinkLost  Kind = "link-lost"
	LinkNew   Kind = "link-new"
	LinkMoved Kind = "link-moved" // to another span of the same name

	ResourceLost  Kind = "resource-lost" // an attribute of a resource
	ResourceNew   Kind = "resource-new"
	ResourceType  Kind = "resource-type"
	ResourceValue Kind = "resource-value"
)

// Kinds lists the kinds of differences.
func Kinds() []Kind {
	return []Kind{
		SpanLost, SpanNew, SpanRenamed, SpanMoved, SpanParent, SpanTrace,
		SpanKind, Status, SpanService, DroppedCount, ScopeChanged,
		AttributeLost, AttributeNew, AttributeType, AttributeValue,
		EventLost, EventNew, EventRenamed, EventMoved, EventOrder,
		LinkLost, LinkNew, LinkMoved,
		ResourceLost, ResourceNew, ResourceType, ResourceValue,
	}
}

// A Difference is one, as often as it was found: the same kind at spans with the same
// names above them. Values may differ from one time to the other, so A and B are those of
// the first.
type Difference struct {
	Kind  Kind `json:"kind"`
	Count int  `json:"count"`
	// Span has the names of the spans from the root to the one that differs, as they are
	// in A if it is there. Of a deep tree it has "…" and the last ones. A resource
	// has the name of its service instead.
	Span    []string `json:"span,omitempty"`
	Service string   `json:"service,omitempty"`
	// Event and Link are the event whose attribute differs, or that differs itself, and the
	// span that a link leads to.
	Event string `json:"event,omitempty"`
	Link  string `json:"link,omitempty"`
	// Key is that of an attribute.
	Key string `json:"key,omitempty"`
	// A and B say what is in each recording, "" for nothing.
	A string `json:"a,omitempty"`
	B string `json:"b,omitempty"`
	// LineA and LineB are where the spans are in the recordings, 0 for nowhere.
	LineA int `json:"lineA,omitempty"`
	LineB int `json:"lineB,omitempty"`
}

// isOfTexts tells whether differences of a kind are the same only if A and B are.
func (k Kind) isOfTexts() bool {
	switch k {
	case SpanRenamed, SpanMoved, SpanTrace, SpanKind, EventRenamed, EventMoved:
		return true
	}
	return false
}

// key is what the same differences have in common beside their texts.
func (d *Difference) key() string {
	key := []string{string(d.Kind), d.Service, d.Event, d.Link, d.Key}
	if d.Kind == AttributeType || d.Kind == ResourceType { // of each of the types
		typeA, _, _ := strings.Cut(d.A, " ")
		typeB, _, _ := strings.Cut(d.B, " ")
		key = append(key, typeA, typeB)
	}
	return strings.Join(key, "\x00")
}

// texts are the names that the same differences share, and that rows may differ in by a word.
func (d *Difference) texts() []string {
	texts := slices.Clone(d.Span)
	if d.Kind.isOfTexts() {
		texts = append(texts, d.A, d.B)
	}
	return texts
}

// maxPath is how many names a path has.
const maxPath = 8

// path returns the names from the root to n.
func (n *node) path() []string {
	var names []string
	for ; n != nil; n = n.parent {
		if len(names) == maxPath {
			names[maxPath-1] = "…"
			break
		}
		names = append(names, n.Name)
	}
	for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
		names[i], names[j] = names[j], names[i]
	}
	return names
}

// redacted returns d without what looks like a secret: it ends in logs of builds.
func (d *Difference) redacted() Difference {
	r := *d
	r.Span = make([]string, 0, len(d.Span))
	for _, name := range d.Span {
		r.Span = append(r.Span, secret.Text(name))
	}
	for _, text := range []*string{&r.Service, &r.Event, &r.Link, &r.Key, &r.A, &r.B} {
		*text = secret.Text(*text)
	}
	return r
}

// shown is the value of an attribute, redacted where its key says that it is a secret.
func shown(key string, v Value) string {
	if v.Text != "" && v.Type != "bool" && secret.Name(key) && !secret.Describes(key) {
		v.Text = secret.Redacted
	}
	return v.String()
}
