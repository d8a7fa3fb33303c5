// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/contrib/samplers/jaegerremote"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

const (
	// defaultSamplingRate is what a remote sampler has until it heard of its server.
	defaultSamplingRate = 0.001
	// defaultRefreshInterval and defaultMaxOperations are those of Jaeger's client.
	defaultRefreshInterval = time.Minute
	defaultMaxOperations   = 2000
)

// SamplerOption is an option of [NewRemotelyControlledSampler].
type SamplerOption func(*remoteOptions)

type remoteOptions struct {
	initial       Sampler
	logger        Logger
	url           string
	refresh       time.Duration
	maxOperations int
	fetcher       SamplingStrategyFetcher
	lateBinding   bool
}

// SamplerOptions has the options of [NewRemotelyControlledSampler].
var SamplerOptions SamplerOptionsFactory

// SamplerOptionsFactory makes options of [NewRemotelyControlledSampler].
type SamplerOptionsFactory struct{}

// Metrics is without effect.
func (SamplerOptionsFactory) Metrics(*Metrics) SamplerOption { return func(*remoteOptions) {} }

// MaxOperations is how many operations may have a strategy of their own at most; others
// share the default one. The default, also of 0 and less, is 2000.
func (SamplerOptionsFactory) MaxOperations(maxOperations int) SamplerOption {
	return func(o *remoteOptions) { o.maxOperations = maxOperations }
}

// OperationNameLateBinding can't be had, and the logger is told: OpenTelemetry decides when
// a span starts, by the name that it has then.
func (SamplerOptionsFactory) OperationNameLateBinding(enable bool) SamplerOption {
	return func(o *remoteOptions) { o.lateBinding = enable }
}

// InitialSampler decides until the server has answered once. The default samples 0.1 %.
func (SamplerOptionsFactory) InitialSampler(sampler Sampler) SamplerOption {
	return func(o *remoteOptions) { o.initial = sampler }
}

// Logger is told of what goes wrong. Without one otel.Handle is.
func (SamplerOptionsFactory) Logger(logger Logger) SamplerOption {
	return func(o *remoteOptions) { o.logger = logger }
}

// SamplingServerURL is the server's; the default is [DefaultSamplingServerURL].
func (SamplerOptionsFactory) SamplingServerURL(samplingServerURL string) SamplerOption {
	return func(o *remoteOptions) { o.url = samplingServerURL }
}

// SamplingRefreshInterval is the time between two requests. The default, also of 0 and
// less, is a minute.
func (SamplerOptionsFactory) SamplingRefreshInterval(samplingRefreshInterval time.Duration) SamplerOption {
	return func(o *remoteOptions) { o.refresh = samplingRefreshInterval }
}

// SamplingStrategyFetcher takes the place of requests to the server.
func (SamplerOptionsFactory) SamplingStrategyFetcher(fetcher SamplingStrategyFetcher) SamplerOption {
	return func(o *remoteOptions) { o.fetcher = fetcher }
}

// RemotelyControlledSampler asks a server for the strategy by which it samples: a share of
// all traces, a number of them a second, or a share for each operation. Make it with
// [NewRemotelyControlledSampler].
type RemotelyControlledSampler struct {
	sampler sdktrace.Sampler // within ParentBased
	remote  *jaegerremote.Sampler
	stop    context.CancelFunc
	closing sync.Once
}

// NewRemotelyControlledSampler returns a sampler that asks a server at once, and again at
// each interval, until it is closed. While the server is away the last strategy stays. It
// must be closed; closing the tracer does. The shares of a server's strategies are those of
// Jaeger's clients, but the traces that are chosen are others.
func NewRemotelyControlledSampler(serviceName string, opts ...SamplerOption) *RemotelyControlledSampler {
	var o remoteOptions
	for _, opt := range opts {
		opt(&o)
	}
	if o.lateBinding {
		handle(o.logger, errors.New("jaeger: OperationNameLateBinding can't be had: OpenTelemetry samples when a span starts; start spans with their names"))
	}
	ctx, stop := context.WithCancel(context.Background())
	if o.fetcher == nil {
		o.fetcher = newStrategyServer(ctx, cmp.Or(o.url, DefaultSamplingServerURL))
	}
	if o.refresh <= 0 {
		o.refresh = defaultRefreshInterval
	}
	if o.maxOperations <= 0 {
		o.maxOperations = defaultMaxOperations
	}
	if o.initial == nil {
		// This rate is within the limits.
		o.initial, _ = NewProbabilisticSampler(defaultSamplingRate)
	}
	news := &strategyNews{service: serviceName, logger: o.logger}
	remote := jaegerremote.New(serviceName,
		jaegerremote.WithInitialSampler(otelSampler(o.initial)),
		jaegerremote.WithMaxOperations(o.maxOperations),
		jaegerremote.WithSamplingRefreshInterval(o.refresh),
		jaegerremote.WithSamplingStrategyFetcher(checkedStrategies{o.fetcher, news}),
		jaegerremote.WithLogger(logr.New(news)),
	)
	return &RemotelyControlledSampler{sampler: sdktrace.ParentBased(jaegerTags{remote}), remote: remote, stop: stop}
}

// ShouldSample decides as the SDK asks for it: a span with a parent follows that.
func (s *RemotelyControlledSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	return s.sampler.ShouldSample(p)
}

// Description names the sampler.
func (s *RemotelyControlledSampler) Description() string { return s.sampler.Description() }

// IsSampled decides on a root.
func (s *RemotelyControlledSampler) IsSampled(id TraceID, operation string) (bool, []Tag) {
	return decide(s, id, operation)
}

// UpdateSampler asks the server now.
func (s *RemotelyControlledSampler) UpdateSampler() { s.remote.UpdateSampler() }

// Close ends the requests. The sampler decides by the last strategy from then on.
func (s *RemotelyControlledSampler) Close() {
	s.closing.Do(func() {
		s.stop() // a request on its way would hold Close
		s.remote.Close()
	})
}

// Equal returns false, as that of Jaeger's client.
func (s *RemotelyControlledSampler) Equal(Sampler) bool { return false }

// jaegerTags is contrib's sampler with the tags that Jaeger's client sets.
type jaegerTags struct{ sdktrace.Sampler }

func (s jaegerTags) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	result := s.Sampler.ShouldSample(p)
	if len(result.Attributes) == 0 {
		return result
	}
	attributes := make([]attribute.KeyValue, len(result.Attributes)) // the sampler's own are shared
	for i, kv := range result.Attributes {
		switch kv.Key {
		case "jaeger." + SamplerTypeTagKey:
			kv.Key = SamplerTypeTagKey
		case "jaeger." + SamplerParamTagKey:
			kv.Key = SamplerParamTagKey
		}
		attributes[i] = kv
	}
	result.Attributes = attributes
	return result
}
