// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What the parts of a span take beside their texts: the SDK's structures, and
// what holds them here. Rounded up, so that many small spans count, too.
const (
	bytesOfSpan  = 1024
	bytesOfEvent = 128
	bytesOfLink  = 128
	bytesOfPair  = 80
	bytesOfText  = 16
)

// spanBytes estimates how many bytes an ended span holds. It looks at lengths
// only, and copies none but lists.
func spanBytes(span sdktrace.ReadOnlySpan) int {
	n := bytesOfSpan + len(span.Name()) + len(span.Status().Description) + pairsBytes(span.Attributes())
	for _, event := range span.Events() {
		n += bytesOfEvent + len(event.Name) + pairsBytes(event.Attributes)
	}
	for _, link := range span.Links() {
		n += bytesOfLink + pairsBytes(link.Attributes)
	}
	return n
}

func pairsBytes(pairs []attribute.KeyValue) int {
	n := 0
	for _, kv := range pairs {
		n += bytesOfPair + len(kv.Key) + valueBytes(kv.Value)
	}
	return n
}

// valueBytes is what a value holds beside itself.
func valueBytes(v attribute.Value) int {
	n := 0
	switch v.Type() {
	case attribute.STRING:
		n = len(v.AsString())
	case attribute.BOOLSLICE:
		n = len(v.AsBoolSlice())
	case attribute.INT64SLICE:
		n = 8 * len(v.AsInt64Slice())
	case attribute.FLOAT64SLICE:
		n = 8 * len(v.AsFloat64Slice())
	case attribute.STRINGSLICE:
		for _, s := range v.AsStringSlice() {
			n += bytesOfText + len(s)
		}
	case attribute.BYTESLICE:
		n = len(v.AsByteSlice())
	case attribute.SLICE:
		for _, element := range v.AsSlice() {
			n += bytesOfPair + valueBytes(element)
		}
	case attribute.MAP:
		n = pairsBytes(v.AsMap())
	}
	return n
}
