// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
)

// What is read of a carrier's baggage.
const (
	maxItems        = 64
	maxBaggageBytes = 64 << 10
)

// items are the items of a carrier, sorted by their names and at most maxItems: of a
// sender's 10,000 the same are taken in each request, and no more are held.
type items struct {
	sorted    []item
	more      bool // than maxItems, or than maxBaggageBytes
	malformed bool // a list, or a part of one
}

// item is a baggage item by its name. It has either its value or the key at which a
// carrier has it.
type item struct{ name, key, value string }

// addKey takes an item of a carrier, whose name is what follows the prefix, in lower
// case. Of keys that differ in their case, the last one in the alphabet stays: the one
// in lower case.
func (s *items) addKey(prefix, key string) {
	if len(key) > maxBaggageBytes {
		s.more = true
		return
	}
	s.add(item{name: strings.ToLower(key[len(prefix):]), key: key})
}

func (s *items) add(added item) {
	full := len(s.sorted) == maxItems
	if full && added.name > s.sorted[maxItems-1].name {
		s.more = true
		return
	}
	at, found := slices.BinarySearchFunc(s.sorted, added.name, func(i item, name string) int { return strings.Compare(i.name, name) })
	switch {
	case found:
		if added.key >= s.sorted[at].key {
			s.sorted[at] = added
		}
		return
	case full:
		s.more = true
		s.sorted = s.sorted[:maxItems-1]
	}
	s.sorted = slices.Insert(s.sorted, at, added)
}

// addList takes the items of a header such as jaeger-baggage, "k1=v1, k2=v2", which is
// URL-encoded as a whole. Of a key that is there again, the last one stays. What is not
// key=value is left out.
func (s *items) addList(list string) {
	if len(list) > maxBaggageBytes {
		s.more = true
		return
	}
	text, err := url.QueryUnescape(list)
	if err != nil {
		s.malformed = true
		return
	}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, value, ok := strings.Cut(part, "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" || strings.Contains(value, "=") {
			s.malformed = true
			continue
		}
		s.add(item{name: key, value: value})
	}
}

// baggageReader makes baggage of items, within maxItems and maxBaggageBytes.
type baggageReader struct {
	bag  baggage.Baggage
	size int
	more bool // items were left out
}

// addFields adds the items of a carrier, whose values decode reads.
func (r *baggageReader) addFields(f *fields, decode func(string) string) {
	r.more = r.more || f.items.more
	for _, i := range f.items.sorted {
		r.add(i.name, lastValue(f.carrier, i.key), decode)
	}
}

// addList adds the items of a list.
func (r *baggageReader) addList(list *items) {
	r.more = r.more || list.more
	for _, i := range list.sorted {
		r.add(i.name, i.value, verbatim)
	}
}

// add adds one item, unless there is one of that name.
func (r *baggageReader) add(name, value string, decode func(string) string) {
	size := r.size + len(name) + len(value)
	if r.bag.Len() == maxItems || size > maxBaggageBytes {
		r.more = true
		return
	}
	member, err := baggage.NewMemberRaw(validUTF8(name), validUTF8(decode(value)))
	if err != nil || r.bag.Member(member.Key()).Key() != "" {
		return
	}
	if bag, err := r.bag.SetMember(member); err == nil {
		r.bag, r.size = bag, size
	}
}

// baggage returns what was added.
func (r *baggageReader) baggage() baggage.Baggage {
	if r.more {
		report("baggage of a request is read in part: at most %d items and %d bytes, those whose keys come first", maxItems, maxBaggageBytes)
	}
	return r.bag
}

// baggageOf returns the items of a carrier, as they are.
func baggageOf(f *fields) baggage.Baggage {
	var r baggageReader
	r.addFields(f, verbatim)
	return r.baggage()
}

// union returns the items of both; those of first have precedence.
func union(first, second baggage.Baggage) baggage.Baggage {
	if second.Len() == 0 {
		return first
	}
	for _, member := range first.Members() {
		if changed, err := second.SetMember(member); err == nil {
			second = changed
		}
	}
	return second
}

// injectBaggage writes the baggage of ctx, each item under its key after the prefix. What
// write refuses is left out, and reported.
func injectBaggage(ctx context.Context, carrier propagation.TextMapCarrier, prefix string, write func(key, value string) (string, bool)) {
	bag := baggage.FromContext(ctx)
	if bag.Len() == 0 {
		return
	}
	for _, member := range bag.Members() {
		value, ok := write(member.Key(), member.Value())
		if !ok {
			report("baggage item %.64q is not sent as a header %s…: it has characters that a header can't have; rename it, or encode its value", member.Key(), prefix)
			continue
		}
		carrier.Set(prefix+member.Key(), value)
	}
}

// encodedValue is how Jaeger's format has an item in HTTP: URL-encoded so that it is read
// the same as a query's and as a path's. Clients that decode URI components, as Node's,
// leave a plus sign alone.
func encodedValue(key, value string) (string, bool) {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20"), isToken(key)
}

// textMapValue is how it has one elsewhere.
func textMapValue(_, value string) (string, bool) { return value, true }

// plainValue is how formats without an encoding have an item in HTTP. net/http refuses to
// send a request with a header that has control characters.
func plainValue(key, value string) (string, bool) {
	return value, isToken(key) && !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// isToken reports whether text can be the end of a header's name (RFC 9110, section
// 5.6.2).
func isToken(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		alphanumeric := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !alphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

// decodeURL reads a value that is URL-encoded. One that isn't is kept, as Jaeger's
// clients do.
func decodeURL(value string) string {
	if !strings.ContainsAny(value, "%+") {
		return value
	}
	if decoded, err := url.QueryUnescape(value); err == nil {
		return decoded
	}
	return value
}

func verbatim(value string) string { return value }

func validUTF8(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
