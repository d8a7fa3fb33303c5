// SPDX-License-Identifier: Apache-2.0

package traceheader

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// The flags of Jaeger's format, a byte.
const (
	FlagSampled byte = 1 << iota
	FlagDebug
)

const (
	maxTraceDigits = 32
	maxSpanDigits  = 16
)

// MaxJaeger is the length of a trace header that is read. All percent-encoded it is
// shorter, without leading zeros of the flags.
const MaxJaeger = 256

var errMalformedJaeger = errors.New(`want "trace:span:parent:flags" in hexadecimal digits, at most 32, 16, 16 and 2`)

// ParseJaeger reads a trace header: {trace-id}:{span-id}:{parent-span-id}:{flags}
// (https://www.jaegertracing.io/sdk-migration/#propagation-format). The span context is
// invalid where an ID is zero.
func ParseJaeger(value string) (sc trace.SpanContext, flags byte, err error) {
	if len(value) > MaxJaeger {
		return sc, 0, errMalformedJaeger
	}
	if strings.Contains(value, "%") {
		if value, err = url.QueryUnescape(value); err != nil {
			return sc, 0, errMalformedJaeger
		}
	}
	traceText, rest, ok1 := strings.Cut(value, ":")
	spanText, rest, ok2 := strings.Cut(rest, ":")
	parentText, flagsText, ok3 := strings.Cut(rest, ":")
	high, low, ok4 := parseHex(traceText, maxTraceDigits)
	_, spanID, ok5 := parseHex(spanText, maxSpanDigits)
	_, _, ok6 := parseHex(parentText, maxSpanDigits)
	_, bits, ok7 := parseHex(flagsText, maxSpanDigits)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || !ok7 || bits > 0xff {
		return sc, 0, errMalformedJaeger
	}
	flags = byte(bits)
	return NewRemote(high, low, spanID, flags&FlagSampled != 0), flags, nil
}

// NewRemote returns a remote span context of Jaeger's IDs.
func NewRemote(high, low, spanID uint64, sampled bool) trace.SpanContext {
	config := trace.SpanContextConfig{Remote: true, TraceFlags: trace.TraceFlags(0).WithSampled(sampled)}
	binary.BigEndian.PutUint64(config.TraceID[:8], high)
	binary.BigEndian.PutUint64(config.TraceID[8:], low)
	binary.BigEndian.PutUint64(config.SpanID[:], spanID)
	return trace.NewSpanContext(config)
}

// parseHex reads a number of 1 to maxDigits hexadecimal digits, 32 at most.
func parseHex(text string, maxDigits int) (high, low uint64, ok bool) {
	if text == "" || len(text) > maxDigits {
		return 0, 0, false
	}
	for _, c := range []byte(text) {
		var digit byte
		switch {
		case '0' <= c && c <= '9':
			digit = c - '0'
		case 'a' <= c && c <= 'f':
			digit = c - 'a' + 10
		case 'A' <= c && c <= 'F':
			digit = c - 'A' + 10
		default:
			return 0, 0, false
		}
		high, low = high<<4|low>>60, low<<4|uint64(digit)
	}
	return high, low, true
}

// FormatJaeger writes a trace header.
func FormatJaeger(sc trace.SpanContext, flags byte) string {
	const digits = "0123456789abcdef"
	spanID := sc.SpanID()
	text := make([]byte, 0, maxTraceDigits+1+maxSpanDigits+len(":0:ff"))
	text = append(appendTraceID(text, sc.TraceID()), ':')
	text = append(hex.AppendEncode(text, spanID[:]), ":0:"...)
	if flags > 0xf {
		text = append(text, digits[flags>>4])
	}
	return string(append(text, digits[flags&0xf]))
}

// FormatTraceID writes a trace ID with 16 digits where they say all, as clients do that
// know no more.
func FormatTraceID(sc trace.SpanContext) string {
	return string(appendTraceID(nil, sc.TraceID()))
}

func appendTraceID(text []byte, id trace.TraceID) []byte {
	if binary.BigEndian.Uint64(id[:8]) == 0 {
		return hex.AppendEncode(text, id[8:])
	}
	return hex.AppendEncode(text, id[:])
}
