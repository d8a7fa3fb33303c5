// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"cmp"
	"slices"
)

// A Recording is what a program has recorded of its spans in one run.
type Recording struct {
	Name  string // of the file, for messages
	Spans []*Span
}

// A Span is what a recording says of a span, but for its times. Its IDs say only what
// belongs together.
type Span struct {
	Name        string
	Kind        string // internal, server, client, producer or consumer
	Status      string // unset, ok or error
	Description string // of the status
	Attributes  []Attribute
	Events      []Event
	Links       []Link
	Dropped     Dropped
	Resource    *Resource
	Scope       *Scope
	Line        int // where it begins in the recording, from 1

	key     spanKey
	parent  spanKey // its trace is that of the span, but for damaged spans
	up      *Span   // the parent, where the recording has it
	outside bool    // there is a parent that the recording does not have
}

type (
	traceID [16]byte
	spanID  [8]byte
	spanKey struct {
		trace traceID
		span  spanID
	}
)

// An Attribute is one of a span, an event, a link or a resource.
type Attribute struct {
	Key   string
	Value Value
}

// An Event is one of a span, in the order of recording.
type Event struct {
	Name       string
	Attributes []Attribute
	Dropped    int // attributes
}

// A Link is one of a span.
type Link struct {
	Attributes []Attribute
	Dropped    int // attributes

	key    spanKey
	target *Span  // nil where the recording does not have it
	name   string // what it leads to: the name of the target, or a word for where that is
}

// Names of links whose targets are not in the recording.
const (
	linkOutside = "(outside)"
	linkBeside  = "(outside, in the same trace)"
	linkKnown   = "(outside, in another trace of the recording)"
	linkNowhere = "(no span)" // of a link without an ID
)

// setName says what a link of s leads to; traces are those of the recording.
func (l *Link) setName(s *Span, traces map[traceID]bool) {
	switch {
	case l.target != nil:
		l.name = linkName(l.target.Name)
	case l.key.trace == (traceID{}) || l.key.span == (spanID{}):
		l.name = linkNowhere
	case l.key.trace == s.key.trace:
		l.name = linkBeside
	case traces[l.key.trace]:
		l.name = linkKnown
	default:
		l.name = linkOutside
	}
}

// Dropped counts what a span has lost to the limits of its SDK.
type Dropped struct{ Attributes, Events, Links int }

// A Resource is what has recorded a span.
type Resource struct{ Attributes []Attribute }

// service is the name of the service, "" for none.
func (r *Resource) service() string {
	for _, a := range r.Attributes {
		if a.Key == "service.name" {
			return a.Value.Text
		}
	}
	return ""
}

// A Scope is the instrumentation that has made a span.
type Scope struct {
	Name, Version, SchemaURL string
	Attributes               []Attribute
}

// sorted returns attributes by key, each once: the last one of a key counts, as in the
// SDK. It changes the slice.
func sorted(attributes []Attribute) []Attribute {
	slices.SortStableFunc(attributes, func(a, b Attribute) int { return cmp.Compare(a.Key, b.Key) })
	kept := attributes[:0]
	for i, a := range attributes {
		if i+1 == len(attributes) || attributes[i+1].Key != a.Key {
			kept = append(kept, a)
		}
	}
	return kept
}

// linked finds the parents of the spans and the targets of their links. It returns a
// span that is its own ancestor, nil if all is well.
func (r *Recording) linked() (loop *Span) {
	byKey := make(map[spanKey]*Span, len(r.Spans))
	traces := make(map[traceID]bool)
	for _, s := range r.Spans {
		byKey[s.key] = s
		traces[s.key.trace] = true
	}
	for _, s := range r.Spans {
		if s.parent.span != (spanID{}) {
			s.up = byKey[s.parent]
			s.outside = s.up == nil
		}
		for i := range s.Links {
			l := &s.Links[i]
			l.target = byKey[l.key]
			l.setName(s, traces)
		}
	}
	const underWay, fine = 1, 2
	state := make(map[*Span]int8, len(r.Spans))
	for _, s := range r.Spans {
		at := s
		for ; at != nil && state[at] == 0; at = at.up {
			state[at] = underWay
		}
		if at != nil && state[at] == underWay {
			return at
		}
		for at := s; at != nil && state[at] == underWay; at = at.up {
			state[at] = fine
		}
	}
	return nil
}
