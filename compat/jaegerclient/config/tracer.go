// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opentracing/opentracing-go"

	otjaeger "github.com/ot2otel/ot2otel/compat/jaeger"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/transport"
)

// NewTracer returns a tracer of the configuration, and its closer, which sends the spans
// that are left. It touches no global. The tracer is a *compat.Tracer; where Disabled is
// true, a *opentracing.NoopTracer. An error names the field, option or variable that is
// wrong or can't be had.
func (c Configuration) NewTracer(options ...Option) (opentracing.Tracer, io.Closer, error) {
	return c.build(jaeger.NewTracer, options)
}

// New is NewTracer for a service of that name, unless it is empty.
//
// Deprecated: use NewTracer.
func (c Configuration) New(serviceName string, options ...Option) (opentracing.Tracer, io.Closer, error) {
	if serviceName != "" {
		c.ServiceName = serviceName
	}
	return c.NewTracer(options...)
}

// InitGlobalTracer makes a tracer as New does, and sets the globals of both APIs by
// jaeger.Install, so that code of OpenTelemetry makes spans of the same traces. Where
// Disabled is true it sets none.
func (c Configuration) InitGlobalTracer(serviceName string, options ...Option) (io.Closer, error) {
	if serviceName != "" {
		c.ServiceName = serviceName
	}
	install := jaeger.Install
	if c.Disabled {
		install = jaeger.NewTracer
	}
	_, closer, err := c.build(install, options)
	return closer, err
}

// maker is jaeger.NewTracer or jaeger.Install.
type maker func(string, jaeger.Sampler, jaeger.Reporter, ...jaeger.TracerOption) (opentracing.Tracer, io.Closer)

func (c Configuration) build(makes maker, options []Option) (opentracing.Tracer, io.Closer, error) {
	if c.Disabled {
		return &opentracing.NoopTracer{}, io.NopCloser(nil), nil
	}
	var opts Options
	for _, option := range options {
		if option != nil {
			option(&opts)
		}
	}
	if err := errors.Join(append(opts.errs, c.check())...); err != nil {
		return nil, nil, err
	}
	if c.Sampler == nil {
		c.Sampler = &SamplerConfig{Type: jaeger.SamplerTypeRemote, Param: defaultSamplingRate}
	}
	if c.Reporter == nil {
		c.Reporter = &ReporterConfig{}
	}
	sampler, err := c.sampler(&opts)
	if err != nil {
		return nil, nil, err
	}
	reporter := opts.reporter
	if reporter == nil {
		if reporter, err = c.Reporter.NewReporter(c.ServiceName, nil, opts.logger); err != nil {
			if opts.sampler == nil {
				sampler.Close()
			}
			return nil, nil, err
		}
	}
	more := append(opts.more, jaeger.TracerOptions.CustomHeaderKeys(c.Headers), jaeger.TracerOptions.Notes(c.notes(&opts)...))
	if opts.logger != nil {
		more = append(more, jaeger.TracerOptions.Logger(opts.logger))
	}
	if c.Gen128Bit {
		more = append(more, jaeger.TracerOptions.Gen128Bit(true))
	}
	for _, tag := range c.Tags {
		more = append(more, jaeger.TracerOptions.Tag(tag.Key, tag.Value))
	}
	tracer, closer := makes(c.ServiceName, sampler, reporter, more...)
	return tracer, closer, nil
}

// sampler returns the option's, or else the configuration's with the option's logger.
func (c Configuration) sampler(opts *Options) (jaeger.Sampler, error) {
	if opts.sampler != nil {
		return opts.sampler, nil
	}
	config := *c.Sampler
	if opts.logger != nil {
		config.Options = append([]jaeger.SamplerOption{jaeger.SamplerOptions.Logger(opts.logger)}, config.Options...)
	}
	return config.NewSampler(c.ServiceName, nil)
}

// check returns what can't be had.
func (c Configuration) check() error {
	var errs []error
	if c.ServiceName == "" {
		errs = append(errs, errors.New("config: no service name: set ServiceName, or "+envServiceName))
	}
	if c.BaggageRestrictions != nil {
		errs = append(errs, errors.New("config: baggage_restrictions is not supported: OpenTelemetry's baggage has no list of allowed keys; remove the setting"))
	}
	if c.Throttler != nil {
		errs = append(errs, errors.New("config: throttler is not supported: an agent can't limit debug traces of OpenTelemetry; remove the setting, and limit them in a collector"))
	}
	_, _, err := otjaeger.FormatsFromEnv()
	return errors.Join(append(errs, err)...)
}

// notes returns the settings that are without effect, or easy to get wrong.
func (c Configuration) notes(opts *Options) (notes []string) {
	if c.RPCMetrics {
		notes = append(notes, "rpc_metrics is ignored, the metrics of otelhttp and otelgrpc take its place")
	}
	if opts.sampler == nil {
		kind := strings.ToLower(c.Sampler.Type)
		switch {
		case c.Sampler.Param != 0:
		case kind == jaeger.SamplerTypeConst, kind == jaeger.SamplerTypeProbabilistic:
			notes = append(notes, "the sampler "+kind+" with param 0 samples nothing")
		case kind == jaeger.SamplerTypeRemote, kind == "":
			notes = append(notes, "the sampler remote with param 0 samples nothing until its server answers")
		}
	}
	if opts.reporter != nil {
		return notes
	}
	if c.Reporter.DisableAttemptReconnecting || c.Reporter.AttemptReconnectInterval != 0 {
		notes = append(notes, "the settings for reconnecting are ignored, nothing is sent by UDP")
	}
	if c.Reporter.LogSpans && opts.logger == nil {
		notes = append(notes, "logSpans is ignored without the option Logger")
	}
	return notes
}

// NewSampler returns the sampler. The metrics are not used. An error says which type or
// parameter is wrong. A remote one asks its server from now on, until it is closed.
func (sc *SamplerConfig) NewSampler(serviceName string, _ *jaeger.Metrics) (jaeger.Sampler, error) {
	switch kind := strings.ToLower(sc.Type); kind {
	case jaeger.SamplerTypeConst:
		return jaeger.NewConstSampler(sc.Param != 0), nil
	case jaeger.SamplerTypeProbabilistic:
		return sc.newProbabilistic()
	case jaeger.SamplerTypeRateLimiting:
		return jaeger.NewRateLimitingSampler(sc.Param), nil
	case jaeger.SamplerTypeRemote, "":
		initial, err := sc.newProbabilistic()
		if err != nil {
			return nil, err
		}
		return jaeger.NewRemotelyControlledSampler(serviceName, append([]jaeger.SamplerOption{
			jaeger.SamplerOptions.InitialSampler(initial),
			jaeger.SamplerOptions.SamplingServerURL(sc.SamplingServerURL),
			jaeger.SamplerOptions.MaxOperations(sc.MaxOperations),
			jaeger.SamplerOptions.OperationNameLateBinding(sc.OperationNameLateBinding),
			jaeger.SamplerOptions.SamplingRefreshInterval(sc.SamplingRefreshInterval),
		}, sc.Options...)...), nil
	}
	return nil, fmt.Errorf("config: sampler type (%s) %.100q is not a sampler: use const, probabilistic, ratelimiting or remote", envSamplerType, sc.Type)
}

func (sc *SamplerConfig) newProbabilistic() (jaeger.Sampler, error) {
	sampler, err := jaeger.NewProbabilisticSampler(sc.Param)
	if err != nil {
		return nil, fmt.Errorf("config: sampler param (%s): %w", envSamplerParam, err)
	}
	return sampler, nil
}

// NewReporter returns the reporter, which sends by OTLP; see package jaeger for where to. The
// metrics are not used. The logger may be nil: otel.Handle is told then.
func (rc *ReporterConfig) NewReporter(_ string, _ *jaeger.Metrics, logger jaeger.Logger) (jaeger.Reporter, error) {
	sender, err := rc.newTransport()
	if err != nil {
		return nil, fmt.Errorf("config: reporter: %w", err)
	}
	reporter := jaeger.NewRemoteReporter(sender,
		jaeger.ReporterOptions.QueueSize(rc.QueueSize),
		jaeger.ReporterOptions.BufferFlushInterval(rc.BufferFlushInterval),
		jaeger.ReporterOptions.Logger(logger))
	if rc.LogSpans && logger != nil {
		reporter = jaeger.NewCompositeReporter(jaeger.NewLoggingReporter(logger), reporter)
	}
	return reporter, nil
}

func (rc *ReporterConfig) newTransport() (jaeger.Transport, error) {
	if rc.CollectorEndpoint == "" {
		return jaeger.NewUDPTransport(rc.LocalAgentHostPort, 0)
	}
	options := []transport.HTTPOption{transport.HTTPHeaders(rc.HTTPHeaders)}
	if rc.User != "" && rc.Password != "" {
		options = append(options, transport.HTTPBasicAuth(rc.User, rc.Password))
	}
	sender := transport.NewHTTPTransport(rc.CollectorEndpoint, options...)
	_, err := sender.Destination()
	return sender, err
}
