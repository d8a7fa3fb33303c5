// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"fmt"
	"strings"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
)

// newItem returns an item of baggage. A text that is not UTF-8 is made so; an item
// that baggage can't hold is reported: not under a lock, as the error handler may
// use the span.
func newItem(key, value string) (item baggage.Member, ok bool) {
	item, err := baggage.NewMemberRaw(validUTF8(key), validUTF8(value))
	if err != nil {
		otel.Handle(fmt.Errorf("compat: baggage item %q is dropped: %w", key, err))
	}
	return item, err == nil
}

// withItem returns bag with one item set. SetMember fails for the zero item alone.
func withItem(bag baggage.Baggage, item baggage.Member) baggage.Baggage {
	if changed, err := bag.SetMember(item); err == nil {
		return changed
	}
	return bag
}

// reportUncarried reports a key that the propagator in use drops without a word:
// in W3C's baggage header keys are tokens, and can't be escaped.
func (t *Tracer) reportUncarried(key string) {
	if isToken(key) || !hasW3CBaggage(t.propagator(opentracing.HTTPHeaders)) {
		return
	}
	t.reportOnce(fmt.Sprintf("compat: baggage item %.64q stays in this process: W3C's baggage header has only letters, digits and "+
		"!#$%%&'*+-.^_`|~ in a key; rename it, or set a propagator of another format", key))
}

// isToken reports whether text has no byte that a token of HTTP can't have (RFC
// 9110, section 5.6.2). The empty text, which baggage itself refuses, has none.
func isToken(text string) bool {
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// hasItem reports whether bag has an item with that key.
func hasItem(bag baggage.Baggage, key string) bool {
	return bag.Member(key).Key() != ""
}

// unionOf returns the items of both; on a repeated key first wins. Metadata is
// kept.
func unionOf(first, second baggage.Baggage) baggage.Baggage {
	if first.Len() == 0 {
		return second
	}
	var more []baggage.Member
	for _, member := range second.Members() {
		if !hasItem(first, member.Key()) {
			more = append(more, member)
		}
	}
	union, _ := addItems(first, more)
	return union
}

// contextBaggage returns the baggage that an outgoing request made with ctx has
// to carry: OpenTelemetry's baggage of ctx and the items of the active span that
// were set since.
//
// Baggage that OpenTelemetry code put into a context below the active span is a
// copy, so it hides what OpenTracing code sets on the span later. Three rules
// tell a stale item from one that was meant: an item that the copy lacks was
// taken away if the span had it at activation, and is newer than the copy
// otherwise; a value that equals the span's value at activation is stale; any
// other value was set by OpenTelemetry code and wins.
func contextBaggage(ctx context.Context) baggage.Baggage {
	bag := baggage.FromContext(ctx)
	active := activeIn(ctx)
	if active == nil {
		return bag
	}
	live := active.span.current().baggage()
	if bag.Len() == 0 || live.Len() == 0 {
		// Empty below a span with items: taken away, as by ContextWithoutBaggage.
		return bag
	}
	for _, item := range live.Members() {
		key := item.Key()
		copied := bag.Member(key)
		activated := active.activated.baggage().Member(key)
		switch {
		case copied.Key() == "" && activated.Key() != "":
			continue
		case copied.Key() != "" && (copied.Value() == item.Value() || copied.Value() != activated.Value()):
			continue
		}
		bag = withItem(bag, item)
	}
	return bag
}

// explicitItems returns the items of ctx that OpenTelemetry code set below the
// active span, not those that are the span's own.
func explicitItems(ctx context.Context) []baggage.Member {
	bag := baggage.FromContext(ctx)
	if bag.Len() == 0 {
		return nil
	}
	active := activeIn(ctx)
	if active == nil {
		return bag.Members()
	}
	live, activated := active.span.current().baggage(), active.activated.baggage()
	var explicit []baggage.Member
	for _, item := range bag.Members() {
		if item.Value() == live.Member(item.Key()).Value() && hasItem(live, item.Key()) {
			continue
		}
		if item.Value() == activated.Member(item.Key()).Value() && hasItem(activated, item.Key()) {
			continue
		}
		explicit = append(explicit, item)
	}
	return explicit
}
