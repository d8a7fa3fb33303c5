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

// items are baggage items as they stand in a carrier, sorted by their keys and at most
// maxItems: of a sender's 10,000 the same are taken in each request, and no more are
// held.
type items struct {
	sorted []item
	more   bool // than maxItems, or than maxBaggageBytes
}

// item is a baggage item. Its name is its key in lower case.
type item struct {
	name string
	field
}

// add takes a field as an item. A field in the place of another is chosen as by
// field.replace.
func (s *items) add(name string, f field) {
	if len(s.sorted) == maxItems && name > s.sorted[maxItems-1].name {
		s.more = true
		return
	}
	at, found := slices.BinarySearchFunc(s.sorted, name, func(i item, name string) int { return strings.Compare(i.name, name) })
	if found {
		s.sorted[at].replace(f)
		return
	}
	if len(s.sorted) == maxItems {
		s.more = true
		s.sorted = s.sorted[:maxItems-1]
	}
	s.sorted = slices.Insert(s.sorted, at, item{name, f})
}

// addList takes the items of a header such as jaeger-baggage, "k1=v1, k2=v2", which is
// URL-encoded as a whole. Of a key that is there again, the last one stays.
func (s *items) addList(header, list string) {
	if len(list) > maxBaggageBytes {
		s.more = true
		return
	}
	text, err := url.QueryUnescape(list)
	if err != nil {
		report("%s: %.64q is left out: %w", header, list, err)
		return
	}
	malformed := false
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" || strings.Contains(value, "=") {
			malformed = true
			continue
		}
		s.add(key, field{key, value})
	}
	if malformed {
		report("%s: %.64q: what is not key=value is left out", header, list)
	}
}

// baggageReader makes baggage of items, within maxBaggageBytes.
type baggageReader struct {
	bag  baggage.Baggage
	left int  // of maxBaggageBytes
	some bool // some items were left out
}

// read adds items whose values decode reads; those that are there already stay.
func (r *baggageReader) read(s *items, decode func(string) string) {
	r.some = r.some || s.more
	for _, i := range s.sorted {
		if r.bag.Len() >= maxItems || len(i.name)+len(i.value) > r.left {
			r.some = true
			continue
		}
		member, err := baggage.NewMemberRaw(validUTF8(i.name), validUTF8(decode(i.value)))
		if err != nil || r.bag.Member(member.Key()).Key() != "" {
			continue
		}
		if bag, err := r.bag.SetMember(member); err == nil {
			r.bag = bag
			r.left -= len(i.name) + len(i.value)
		}
	}
}

// readBaggage makes the baggage of a carrier. Items of the first have precedence.
func readBaggage(first, second *items, decode func(string) string) baggage.Baggage {
	r := baggageReader{left: maxBaggageBytes}
	r.read(first, decode)
	r.read(second, verbatim)
	if r.some {
		report("baggage of a request is read in part: at most %d items and %d bytes, those whose keys come first", maxItems, maxBaggageBytes)
	}
	return r.bag
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
