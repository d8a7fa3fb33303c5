// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"net/netip"

	"github.com/opentracing/opentracing-go"
)

// TracerOption is an option of [NewTracer].
type TracerOption func(*tracerOptions)

type tracerOptions struct {
	logger     Logger
	headers    *HeadersConfig
	tags       []Tag
	injectors  map[any]Injector
	extractors map[any]Extractor
	ids        idGenerator
	longIDs    bool

	maxTagValueLength int
	maxLogsPerSpan    int
	notes             []string // for the line at start
}

func (o *tracerOptions) note(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

// TracerOptions has the options of [NewTracer].
var TracerOptions TracerOptionsFactory

// TracerOptionsFactory makes options of [NewTracer].
type TracerOptionsFactory struct{}

// Logger is told, at start, where spans go and which settings changed their meaning, and
// later of what goes wrong. Without one otel.Handle is.
func (TracerOptionsFactory) Logger(logger Logger) TracerOption {
	return func(o *tracerOptions) { o.logger = logger }
}

// Metrics is without effect: see [Metrics].
func (TracerOptionsFactory) Metrics(m *Metrics) TracerOption {
	return func(o *tracerOptions) {
		if m != nil && m.factory != "" {
			o.note("nothing is counted by %s, set OTEL_GO_X_OBSERVABILITY=true for the SDK's metrics", m.factory)
		}
	}
}

// CustomHeaderKeys names the headers of Jaeger's format. Nil are the usual ones.
func (TracerOptionsFactory) CustomHeaderKeys(headerKeys *HeadersConfig) TracerOption {
	return func(o *tracerOptions) { o.headers = headerKeys }
}

// Injector adds a program's format to those that are injected, for the formats
// opentracing.HTTPHeaders and opentracing.TextMap; any other one is an error at start.
func (TracerOptionsFactory) Injector(format any, injector Injector) TracerOption {
	return func(o *tracerOptions) { o.injectors[format] = injector }
}

// Extractor adds a program's format to those that are extracted. What it finds has
// precedence over the other formats. The formats are those of Injector.
func (TracerOptionsFactory) Extractor(format any, extractor Extractor) TracerOption {
	return func(o *tracerOptions) { o.extractors[format] = extractor }
}

// Tag adds an attribute of the resource. A later one with the same key wins.
func (TracerOptionsFactory) Tag(key string, value any) TracerOption {
	return func(o *tracerOptions) { o.tags = append(o.tags, Tag{key, value}) }
}

// HostIPv4 is the value of the tag ip.
//
// Deprecated: use Tag.
func (TracerOptionsFactory) HostIPv4(hostIPv4 uint32) TracerOption {
	address := netip.AddrFrom4([4]byte{byte(hostIPv4 >> 24), byte(hostIPv4 >> 16), byte(hostIPv4 >> 8), byte(hostIPv4)})
	return TracerOptions.Tag(TracerIPTagKey, address.String())
}

// RandomNumber makes the IDs: the low half of a trace ID, and those of spans. It is called
// from any goroutine. Where it returns 0 again and again, the IDs are the SDK's.
func (TracerOptionsFactory) RandomNumber(randomNumber func() uint64) TracerOption {
	return func(o *tracerOptions) { o.ids.low = randomNumber }
}

// HighTraceIDGenerator makes the high half of trace IDs.
func (TracerOptionsFactory) HighTraceIDGenerator(highTraceIDGenerator func() uint64) TracerOption {
	return func(o *tracerOptions) { o.ids.high = highTraceIDGenerator }
}

// Gen128Bit is without effect: trace IDs have 128 bits. The line at start says so where it
// isn't true.
func (TracerOptionsFactory) Gen128Bit(gen128Bit bool) TracerOption {
	return func(o *tracerOptions) { o.longIDs = gen128Bit }
}

// MaxTagValueLength is the number of characters at which texts are cut, in attributes of
// spans and events. The default, also of 0, is OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT or
// OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT, else 256.
func (TracerOptionsFactory) MaxTagValueLength(maxTagValueLength int) TracerOption {
	return func(o *tracerOptions) { o.maxTagValueLength = maxTagValueLength }
}

// MaxLogsPerSpan is the number of events that a span keeps: the last ones, while Jaeger's
// client kept the first half, too. The default, also of 0, is the SDK's, 128.
func (TracerOptionsFactory) MaxLogsPerSpan(maxLogsPerSpan int) TracerOption {
	return func(o *tracerOptions) { o.maxLogsPerSpan = maxLogsPerSpan }
}

// PoolSpans is without effect.
func (TracerOptionsFactory) PoolSpans(bool) TracerOption { return func(*tracerOptions) {} }

// ZipkinSharedRPCSpan can't be had, which the line at start says where it is true: a server's
// span has an ID of its own in OpenTelemetry.
func (TracerOptionsFactory) ZipkinSharedRPCSpan(zipkinSharedRPCSpan bool) TracerOption {
	return func(o *tracerOptions) {
		if zipkinSharedRPCSpan {
			o.note("ZipkinSharedRPCSpan is ignored, a server's span has an ID of its own")
		}
	}
}

// NoDebugFlagOnForcedSampling is without effect: sampling.priority never sets the debug
// flag. The line at start says so where it is false.
func (TracerOptionsFactory) NoDebugFlagOnForcedSampling(noDebugFlagOnForcedSampling bool) TracerOption {
	return func(o *tracerOptions) {
		if !noDebugFlagOnForcedSampling {
			o.note("NoDebugFlagOnForcedSampling(false) is ignored, sampling.priority doesn't set the debug flag")
		}
	}
}

// Notes adds to the line at start.
func (TracerOptionsFactory) Notes(notes ...string) TracerOption {
	return func(o *tracerOptions) { o.notes = append(o.notes, notes...) }
}

// unsupported returns an error for a format that an Injector or an Extractor can't have.
func unsupported[T any](what string, by map[any]T) error {
	for format := range by {
		if format != opentracing.HTTPHeaders && format != opentracing.TextMap {
			return fmt.Errorf("jaeger: %s of the format %v is not supported: use opentracing.HTTPHeaders or opentracing.TextMap", what, format)
		}
	}
	return nil
}
