// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"cmp"

	"github.com/ot2otel/ot2otel/compat/jaeger"
)

// HeadersConfig names the headers of Jaeger's format. An empty name is the default.
type HeadersConfig struct {
	// JaegerDebugHeader makes a trace a sampled debug trace; default "jaeger-debug-id".
	JaegerDebugHeader string `yaml:"jaegerDebugHeader"`

	// JaegerBaggageHeader gives baggage to a request that has no trace; default
	// "jaeger-baggage".
	JaegerBaggageHeader string `yaml:"jaegerBaggageHeader"`

	// TraceContextHeaderName has the trace context; default "uber-trace-id".
	TraceContextHeaderName string `yaml:"TraceContextHeaderName"`

	// TraceBaggageHeaderPrefix is what the headers of baggage items begin with; default
	// "uberctx-".
	TraceBaggageHeaderPrefix string `yaml:"traceBaggageHeaderPrefix"`
}

// ApplyDefaults sets the names that are empty, and returns c.
func (c *HeadersConfig) ApplyDefaults() *HeadersConfig {
	c.JaegerDebugHeader = cmp.Or(c.JaegerDebugHeader, JaegerDebugHeader)
	c.JaegerBaggageHeader = cmp.Or(c.JaegerBaggageHeader, JaegerBaggageHeader)
	c.TraceContextHeaderName = cmp.Or(c.TraceContextHeaderName, TraceContextHeaderName)
	c.TraceBaggageHeaderPrefix = cmp.Or(c.TraceBaggageHeaderPrefix, TraceBaggageHeaderPrefix)
	return c
}

// format returns the propagator of these headers, or of the usual ones for nil.
func (c *HeadersConfig) format(asText bool) jaeger.Propagator {
	p := jaeger.Propagator{TextMap: asText}
	if c != nil {
		p.JaegerDebugHeader, p.JaegerBaggageHeader = c.JaegerDebugHeader, c.JaegerBaggageHeader
		p.TraceContextHeaderName, p.TraceBaggageHeaderPrefix = c.TraceContextHeaderName, c.TraceBaggageHeaderPrefix
	}
	return p
}
