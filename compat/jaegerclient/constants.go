// SPDX-License-Identifier: Apache-2.0

package jaeger

import "fmt"

const (
	// JaegerClientVersion is the version of the client that this package is the twin of.
	JaegerClientVersion = "Go-2.30.0"

	// JaegerClientVersionTagKey is the tag of that client's version. Spans of this package
	// have telemetry.sdk.version in its place.
	JaegerClientVersionTagKey = "jaeger.version"

	// JaegerDebugHeader is the header that makes a trace a sampled debug trace. Its value
	// is the tag of the same name on the root span.
	JaegerDebugHeader = "jaeger-debug-id"

	// JaegerBaggageHeader is the header by which a request without a trace has baggage.
	JaegerBaggageHeader = "jaeger-baggage"

	// TracerHostnameTagKey is the resource attribute of the host's name.
	TracerHostnameTagKey = "hostname"

	// TracerIPTagKey is the resource attribute of the host's IP address.
	TracerIPTagKey = "ip"

	// TracerUUIDTagKey is the resource attribute of a tracer's random ID.
	TracerUUIDTagKey = "client-uuid"

	// SamplerTypeTagKey is the attribute of a root span that names the sampler.
	SamplerTypeTagKey = "sampler.type"

	// SamplerParamTagKey is the attribute of a root span that has the sampler's parameter.
	SamplerParamTagKey = "sampler.param"

	// TraceContextHeaderName is the header of the trace context.
	TraceContextHeaderName = "uber-trace-id"

	// TracerStateHeaderName is the same.
	//
	// Deprecated: use TraceContextHeaderName.
	TracerStateHeaderName = TraceContextHeaderName

	// TraceBaggageHeaderPrefix is what the headers of baggage items begin with.
	TraceBaggageHeaderPrefix = "uberctx-"

	// SamplerTypeConst samples all traces, or none.
	SamplerTypeConst = "const"

	// SamplerTypeRemote asks a server for the sampling strategy.
	SamplerTypeRemote = "remote"

	// SamplerTypeProbabilistic samples each trace with the same probability.
	SamplerTypeProbabilistic = "probabilistic"

	// SamplerTypeRateLimiting samples up to a number of traces a second.
	SamplerTypeRateLimiting = "ratelimiting"

	// SamplerTypeLowerBound samples at least a number of traces a second.
	SamplerTypeLowerBound = "lowerbound"

	// DefaultUDPSpanServerHost is the host of an agent that isn't named.
	DefaultUDPSpanServerHost = "localhost"

	// DefaultUDPSpanServerPort is the port of an agent that isn't named.
	DefaultUDPSpanServerPort = 6831

	// DefaultSamplingServerPort is the port of an agent's sampling server.
	DefaultSamplingServerPort = 5778

	// DefaultMaxTagValueLength is the length at which texts are cut, in attributes of
	// spans and of their events.
	DefaultMaxTagValueLength = 256
)

// DefaultSamplingServerURL is the sampling server that is asked when none is named.
var DefaultSamplingServerURL = fmt.Sprintf("http://127.0.0.1:%d/sampling", DefaultSamplingServerPort)
