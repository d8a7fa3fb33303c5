// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// Option is an option of [Configuration.NewTracer].
type Option func(c *Options)

// Options are what options set.
type Options struct {
	logger   jaeger.Logger
	reporter jaeger.Reporter
	sampler  jaeger.Sampler
	more     []jaeger.TracerOption
	errs     []error
}

func (o *Options) add(more jaeger.TracerOption) { o.more = append(o.more, more) }

// Metrics takes any factory, such as one of jaeger-lib's, and is without effect, which is
// said at start: see jaeger.Metrics.
func Metrics(factory any) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.Metrics(jaeger.NewMetrics(factory, nil))) }
}

// Logger is told where spans go, which settings changed their meaning, and what goes wrong;
// and of each span where ReporterConfig.LogSpans is true. Without one otel.Handle is.
func Logger(logger jaeger.Logger) Option { return func(c *Options) { c.logger = logger } }

// Reporter takes the place of Configuration.Reporter.
func Reporter(reporter jaeger.Reporter) Option { return func(c *Options) { c.reporter = reporter } }

// Sampler takes the place of Configuration.Sampler.
func Sampler(sampler jaeger.Sampler) Option { return func(c *Options) { c.sampler = sampler } }

// Observer makes NewTracer return an error: OpenTelemetry has span processors in its place.
// It takes any value.
func Observer(_ any) Option { return func(c *Options) { c.refuseObserver("Observer") } }

// ContribObserver is the same as Observer.
func ContribObserver(_ any) Option {
	return func(c *Options) { c.refuseObserver("ContribObserver") }
}

func (o *Options) refuseObserver(name string) {
	o.errs = append(o.errs, fmt.Errorf("config: the option %s is not supported: remove it, and watch spans by an sdktrace.SpanProcessor", name))
}

// Gen128Bit is without effect: trace IDs have 128 bits.
func Gen128Bit(gen128Bit bool) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.Gen128Bit(gen128Bit)) }
}

// PoolSpans is without effect.
func PoolSpans(poolSpans bool) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.PoolSpans(poolSpans)) }
}

// ZipkinSharedRPCSpan can't be had, which is said at start where it is true.
func ZipkinSharedRPCSpan(zipkinSharedRPCSpan bool) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.ZipkinSharedRPCSpan(zipkinSharedRPCSpan)) }
}

// MaxTagValueLength is the number of characters at which texts are cut; see
// jaeger.TracerOptions.
func MaxTagValueLength(maxTagValueLength int) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.MaxTagValueLength(maxTagValueLength)) }
}

// NoDebugFlagOnForcedSampling is without effect: sampling.priority never sets the debug
// flag.
func NoDebugFlagOnForcedSampling(noDebugFlagOnForcedSampling bool) Option {
	return func(c *Options) {
		c.add(jaeger.TracerOptions.NoDebugFlagOnForcedSampling(noDebugFlagOnForcedSampling))
	}
}

// Tag adds an attribute of the resource. Configuration.Tags have precedence.
func Tag(key string, value any) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.Tag(key, value)) }
}

// Injector adds a format of the program's to those that are injected. It is for
// opentracing.HTTPHeaders and opentracing.TextMap.
func Injector(format any, injector jaeger.Injector) Option {
	return func(c *Options) {
		c.checkFormat("Injector", format)
		c.add(jaeger.TracerOptions.Injector(format, injector))
	}
}

// Extractor adds a format of the program's to those that are extracted, before the others.
// It is for the same formats as Injector.
func Extractor(format any, extractor jaeger.Extractor) Option {
	return func(c *Options) {
		c.checkFormat("Extractor", format)
		c.add(jaeger.TracerOptions.Extractor(format, extractor))
	}
}

// WithRandomNumber makes IDs of a program's numbers; see jaeger.TracerOptions.
func WithRandomNumber(f func() uint64) Option {
	return func(c *Options) { c.add(jaeger.TracerOptions.RandomNumber(f)) }
}

func (o *Options) checkFormat(option string, format any) {
	if format != opentracing.HTTPHeaders && format != opentracing.TextMap {
		o.errs = append(o.errs, fmt.Errorf("config: %s of the format %v is not supported: use opentracing.HTTPHeaders or opentracing.TextMap", option, format))
	}
}
