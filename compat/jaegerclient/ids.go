// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"go.opentelemetry.io/otel/trace"
)

// TraceID is the ID of a trace, in two halves. Spans of this package have 128 bits; High
// is 0 where a peer sent 64.
type TraceID struct {
	High, Low uint64
}

// SpanID is the ID of a span.
type SpanID uint64

// TraceIDFromString parses up to 32 hexadecimal digits.
func TraceIDFromString(s string) (TraceID, error) {
	if len(s) > 32 {
		return TraceID{}, fmt.Errorf("jaeger: trace ID %.40q has more than 32 hexadecimal digits", s)
	}
	low, high := s, ""
	if n := len(s) - 16; n > 0 {
		high, low = s[:n], s[n:]
	}
	var id TraceID
	var err error
	if high != "" {
		if id.High, err = strconv.ParseUint(high, 16, 64); err != nil {
			return TraceID{}, fmt.Errorf("jaeger: trace ID %q: %w", s, err)
		}
	}
	if id.Low, err = strconv.ParseUint(low, 16, 64); err != nil {
		return TraceID{}, fmt.Errorf("jaeger: trace ID %q: %w", s, err)
	}
	return id, nil
}

// IsValid reports whether the ID is not zero.
func (t TraceID) IsValid() bool { return t != TraceID{} }

// String returns 32 hexadecimal digits, or 16 where High is 0.
func (t TraceID) String() string {
	if t.High == 0 {
		return fmt.Sprintf("%016x", t.Low)
	}
	return fmt.Sprintf("%016x%016x", t.High, t.Low)
}

// SpanIDFromString parses up to 16 hexadecimal digits.
func SpanIDFromString(s string) (SpanID, error) {
	if len(s) > 16 {
		return 0, fmt.Errorf("jaeger: span ID %.40q has more than 16 hexadecimal digits", s)
	}
	id, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0, fmt.Errorf("jaeger: span ID %q: %w", s, err)
	}
	return SpanID(id), nil
}

// String returns 16 hexadecimal digits.
func (s SpanID) String() string { return fmt.Sprintf("%016x", uint64(s)) }

func traceIDOf(id trace.TraceID) TraceID {
	return TraceID{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

func (t TraceID) otel() (id trace.TraceID) {
	binary.BigEndian.PutUint64(id[:8], t.High)
	binary.BigEndian.PutUint64(id[8:], t.Low)
	return id
}

func spanIDOf(id trace.SpanID) SpanID { return SpanID(binary.BigEndian.Uint64(id[:])) }

func (s SpanID) otel() (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], uint64(s))
	return id
}
