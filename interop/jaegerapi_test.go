// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/document"
)

const (
	jaegerClient = "github.com/uber/jaeger-client-go"
	jaegerTwin   = "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

const (
	whyNoThrift      = "Thrift is not sent"
	whyNoSamplerV2   = "OpenTelemetry decides once, when a span starts; a Sampler with IsSampled works"
	whyNoObserver    = "an sdktrace.SpanProcessor watches spans"
	whyAnyMetrics    = "any factory is accepted, so that the twin doesn't link jaeger-lib"
	whyOwnTracer     = "the tracer is compat's, so that all of compat works with it; it has StartSpan, Inject, Extract and Close"
	whyNoLock        = "a mutex that nobody locks from outside"
	whyOtherFormats  = "compat has the formats of the opentracing package"
	whyNoStrategies  = "contrib's sampler keeps the strategies, which come from the server"
	whyNoDebugLimits = "an agent's throttler and list of baggage keys have ended with it"
	whyOption        = "what an option changes has no name outside"
)

// jaegerDifferences are the names of jaeger-client-go's exported API that the twin has
// otherwise, or not at all, each with its reason. A name stands for its methods and
// fields, too, and "*." for any type. Code that uses a name that is missing does not
// compile.
var jaegerDifferences = map[string]string{
	"BuildJaegerProcessThrift": whyNoThrift,
	"BuildJaegerThrift":        whyNoThrift,
	"BuildZipkinThrift":        whyNoThrift,
	"ConvertLogsToJaegerTags":  whyNoThrift,

	"AdaptiveSamplerUpdater":                       whyNoSamplerV2,
	"ProbabilisticSamplerUpdater":                  whyNoSamplerV2,
	"RateLimitingSamplerUpdater":                   whyNoSamplerV2,
	"SamplerUpdater":                               whyNoSamplerV2,
	"SamplerV2":                                    whyNoSamplerV2,
	"SamplerV2Base":                                whyNoSamplerV2,
	"SamplingDecision":                             whyNoSamplerV2,
	"*.OnCreateSpan":                               whyNoSamplerV2,
	"*.OnFinishSpan":                               whyNoSamplerV2,
	"*.OnSetOperationName":                         whyNoSamplerV2,
	"*.OnSetTag":                                   whyNoSamplerV2,
	"RemotelyControlledSampler.Sampler":            whyNoSamplerV2,
	"SpanContext.ExtendedSamplingState":            whyNoSamplerV2,
	"SamplerOptions.Updaters":                      whyNoSamplerV2,
	"SamplerOptionsFactory.Updaters":               whyNoSamplerV2,
	"NewAdaptiveSampler":                           whyNoStrategies,
	"NewPerOperationSampler":                       whyNoStrategies,
	"PerOperationSampler":                          whyNoStrategies,
	"PerOperationSamplerParams":                    whyNoStrategies,
	"SamplingStrategyParser":                       whyNoStrategies,
	"SamplerOptions.SamplingStrategyParser":        whyNoStrategies,
	"SamplerOptionsFactory.SamplingStrategyParser": whyNoStrategies,

	"ContribObserver":                      whyNoObserver,
	"ContribSpanObserver":                  whyNoObserver,
	"Observer":                             whyNoObserver,
	"SpanObserver":                         whyNoObserver,
	"TracerOptions.Observer":               whyNoObserver,
	"TracerOptions.ContribObserver":        whyNoObserver,
	"TracerOptionsFactory.Observer":        whyNoObserver,
	"TracerOptionsFactory.ContribObserver": whyNoObserver,
	"config.Observer":                      "any value is accepted, and NewTracer returns an error: " + whyNoObserver,
	"config.ContribObserver":               "any value is accepted, and NewTracer returns an error: " + whyNoObserver,

	"Metrics":        whyAnyMetrics,
	"NewMetrics":     whyAnyMetrics,
	"config.Metrics": whyAnyMetrics,

	"Tracer":                  whyOwnTracer,
	"Process":                 whyOwnTracer,
	"ProcessSetter":           whyOwnTracer,
	"Reference":               whyOwnTracer,
	"SpanAllocator":           whyOwnTracer,
	"EnableFirehose":          "a span's flags are fixed when it starts",
	"SpanContext.SetFirehose": "a span's flags are fixed when it starts",
	"SelfRef":                 "a span gets its context from the SDK",

	"BinaryPropagator":      whyOtherFormats,
	"NewBinaryPropagator":   whyOtherFormats,
	"SpanContextFormat":     whyOtherFormats,
	"ZipkinSpanFormat":      whyOtherFormats,
	"ExtractableZipkinSpan": whyOtherFormats,
	"InjectableZipkinSpan":  whyOtherFormats,

	"TracerOptions.BaggageRestrictionManager":        whyNoDebugLimits,
	"TracerOptions.DebugThrottler":                   whyNoDebugLimits,
	"TracerOptionsFactory.BaggageRestrictionManager": whyNoDebugLimits,
	"TracerOptionsFactory.DebugThrottler":            whyNoDebugLimits,
	"TracerOptions.TimeNow":                          "the SDK has its own clock; opentracing.StartTime and FinishOptions set times",
	"TracerOptionsFactory.TimeNow":                   "the SDK has its own clock; opentracing.StartTime and FinishOptions set times",

	"SamplerOption": whyOption,
	"TracerOption":  whyOption,

	"*.RWMutex":  whyNoLock,
	"*.Lock":     whyNoLock,
	"*.TryLock":  whyNoLock,
	"*.Unlock":   whyNoLock,
	"*.RLock":    whyNoLock,
	"*.TryRLock": whyNoLock,
	"*.RUnlock":  whyNoLock,
	"*.RLocker":  whyNoLock,

	"NullLogger": "it is that of package log, with the same methods and one more",
	"StdLogger":  "it is that of package log, with the same methods and one more",
	"UDPTransportParams.AgentClientUDPParams": "its type is in this package; jaeger-client-go has it in a package of its own",
}

// TestJaegerAPI compares the exported API of jaeger-client-go with its twin's.
func TestJaegerAPI(t *testing.T) {
	twinAPI{
		original:    jaegerClient,
		twin:        jaegerTwin,
		folders:     []string{"", "/config", "/transport", "/log", "/zipkin"},
		differences: jaegerDifferences,
		same:        150,
	}.compare(t)
	document.Check(t, "../docs/jaeger.md", "missing", missingTable(), *updateDocs)
}

// missingTable has the names that differ, by their reasons.
func missingTable() string {
	names := make(map[string][]string)
	for name, why := range jaegerDifferences {
		names[why] = append(names[why], strings.TrimPrefix(name, "*."))
	}
	var rows []string
	for why, of := range names {
		slices.Sort(of)
		rows = append(rows, fmt.Sprintf("| `%s` | %s |\n", strings.Join(of, "`, `"), why))
	}
	slices.Sort(rows)
	return "| name | why, and what to do |\n|---|---|\n" + strings.Join(rows, "")
}
