// SPDX-License-Identifier: Apache-2.0

package config

import (
	"time"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

// defaultSamplingRate is what the remote sampler has until it heard of its server, where
// there is no SamplerConfig.
const defaultSamplingRate = 0.001

// Configuration makes tracers.
type Configuration struct {
	// ServiceName is the name of the service (JAEGER_SERVICE_NAME). It is required.
	ServiceName string `yaml:"serviceName"`

	// Disabled makes NewTracer return opentracing.NoopTracer (JAEGER_DISABLED).
	Disabled bool `yaml:"disabled"`

	// RPCMetrics is named at start (JAEGER_RPC_METRICS): the metrics of otelhttp and
	// otelgrpc take the place of those that Jaeger's client counted.
	RPCMetrics bool `yaml:"rpc_metrics"`

	// Gen128Bit is without effect (JAEGER_TRACEID_128BIT): trace IDs have 128 bits.
	Gen128Bit bool `yaml:"traceid_128bit"`

	// Tags are attributes of the resource (JAEGER_TAGS).
	Tags []opentracing.Tag `yaml:"tags"`

	// Sampler decides which traces are recorded. Nil is the remote one, with a share of
	// 0.1 % until it heard of its server.
	Sampler *SamplerConfig `yaml:"sampler"`

	// Reporter says where spans go. Nil is the agent on localhost.
	Reporter *ReporterConfig `yaml:"reporter"`

	// Headers names the headers of Jaeger's format. Nil are the usual ones.
	Headers *jaeger.HeadersConfig `yaml:"headers"`

	// BaggageRestrictions must be nil: see there.
	BaggageRestrictions *BaggageRestrictionsConfig `yaml:"baggage_restrictions"`

	// Throttler must be nil: see there.
	Throttler *ThrottlerConfig `yaml:"throttler"`
}

// SamplerConfig says which traces are recorded.
type SamplerConfig struct {
	// Type is "const", "probabilistic", "ratelimiting" or "remote", in any case
	// (JAEGER_SAMPLER_TYPE). Empty is "remote".
	Type string `yaml:"type"`

	// Param is the sampler's (JAEGER_SAMPLER_PARAM): 0 for none or another number for all
	// traces of const, a share from 0 to 1 of probabilistic, a number of traces a second of
	// ratelimiting, and the share of remote until it heard of its server. The zero value
	// samples nothing, or one trace of ratelimiting.
	Param float64 `yaml:"param"`

	// SamplingServerURL is the server of remote (JAEGER_SAMPLING_ENDPOINT). Empty is
	// http://127.0.0.1:5778/sampling.
	SamplingServerURL string `yaml:"samplingServerURL"`

	// SamplingRefreshInterval is the time between two requests to it
	// (JAEGER_SAMPLER_REFRESH_INTERVAL). 0 is a minute.
	SamplingRefreshInterval time.Duration `yaml:"samplingRefreshInterval"`

	// MaxOperations is how many operations may have a strategy of their own
	// (JAEGER_SAMPLER_MAX_OPERATIONS). 0 are 2000.
	MaxOperations int `yaml:"maxOperations"`

	// OperationNameLateBinding can't be had, which is said at start.
	OperationNameLateBinding bool `yaml:"operationNameLateBinding"`

	// Options are more options of the remote sampler.
	Options []jaeger.SamplerOption
}

// ReporterConfig says where spans go.
type ReporterConfig struct {
	// QueueSize is how many spans wait at most (JAEGER_REPORTER_MAX_QUEUE_SIZE). 0 are
	// OTEL_BSP_MAX_QUEUE_SIZE, else 2048.
	QueueSize int `yaml:"queueSize"`

	// BufferFlushInterval is how long a span waits for others at most
	// (JAEGER_REPORTER_FLUSH_INTERVAL). 0 is OTEL_BSP_SCHEDULE_DELAY, else a second.
	BufferFlushInterval time.Duration

	// LogSpans logs the IDs of each span, too, by the option Logger
	// (JAEGER_REPORTER_LOG_SPANS).
	LogSpans bool `yaml:"logSpans"`

	// LocalAgentHostPort is the address of an agent (JAEGER_AGENT_HOST and
	// JAEGER_AGENT_PORT), on whose host something takes OTLP. Empty is localhost.
	LocalAgentHostPort string `yaml:"localAgentHostPort"`

	// DisableAttemptReconnecting is without effect, as nothing is sent by UDP
	// (JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED).
	DisableAttemptReconnecting bool `yaml:"disableAttemptReconnecting"`

	// AttemptReconnectInterval is without effect, too
	// (JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL).
	AttemptReconnectInterval time.Duration

	// CollectorEndpoint is the URL of a collector (JAEGER_ENDPOINT). It has precedence over
	// LocalAgentHostPort.
	CollectorEndpoint string `yaml:"collectorEndpoint"`

	// User is sent to the collector with Password (JAEGER_USER).
	User string `yaml:"user"`

	// Password is that of User (JAEGER_PASSWORD).
	Password string `yaml:"password"`

	// HTTPHeaders are sent to the collector.
	HTTPHeaders map[string]string `yaml:"http_headers"`
}

// BaggageRestrictionsConfig is of a list of baggage keys that an agent keeps.
// OpenTelemetry has nothing like it: NewTracer returns an error where it is set.
type BaggageRestrictionsConfig struct {
	// DenyBaggageOnInitializationFailure allows no baggage until there is a list.
	DenyBaggageOnInitializationFailure bool `yaml:"denyBaggageOnInitializationFailure"`

	// HostPort is the agent's address.
	HostPort string `yaml:"hostPort"`

	// RefreshInterval is the time between two requests to it.
	RefreshInterval time.Duration `yaml:"refreshInterval"`
}

// ThrottlerConfig is of a limit for debug traces that an agent keeps. OpenTelemetry has
// nothing like it: NewTracer returns an error where it is set.
type ThrottlerConfig struct {
	// HostPort is the agent's address.
	HostPort string `yaml:"hostPort"`

	// RefreshInterval is the time between two requests to it.
	RefreshInterval time.Duration `yaml:"refreshInterval"`

	// SynchronousInitialization waits for the agent at the first span of an operation.
	SynchronousInitialization bool `yaml:"synchronousInitialization"`
}
