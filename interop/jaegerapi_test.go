// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"fmt"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
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

// reasonFor returns the rows that allow a difference.
func reasonFor(row string) (rows []string) {
	candidates := []string{row}
	if dot := strings.LastIndexByte(row, '.'); dot >= 0 {
		candidates = append(candidates, row[:dot], "*"+row[dot:])
	}
	for _, candidate := range candidates {
		if jaegerDifferences[candidate] != "" {
			rows = append(rows, candidate)
		}
	}
	return rows
}

// TestJaegerAPI compares the exported API of jaeger-client-go with its twin's.
func TestJaegerAPI(t *testing.T) {
	folders := []string{"", "/config", "/transport", "/log", "/zipkin"}
	var patterns []string
	for _, folder := range folders {
		patterns = append(patterns, jaegerClient+folder, jaegerTwin+folder)
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]*types.Package)
	for _, pkg := range loaded {
		if len(pkg.Errors) > 0 {
			t.Fatalf("%s: %v", pkg.PkgPath, pkg.Errors)
		}
		all[pkg.PkgPath] = pkg.Types
	}
	unused := maps.Clone(jaegerDifferences)
	same := 0
	for _, folder := range folders {
		before, after := exportedAPI(all[jaegerClient+folder]), exportedAPI(all[jaegerTwin+folder])
		if len(before) == 0 {
			t.Errorf("%s exports nothing; the check doesn't see it", jaegerClient+folder)
		}
		name := strings.TrimPrefix(folder, "/")
		for _, symbol := range slices.Sorted(maps.Keys(before)) {
			row := symbol
			if name != "" {
				row = name + "." + symbol
			}
			if before[symbol] == after[symbol] {
				same++
				continue
			}
			rows := reasonFor(row)
			for _, at := range rows {
				delete(unused, at)
			}
			if rows == nil {
				t.Errorf("%s\n\tis  %s\n\twas %s", row, after[symbol], before[symbol])
			}
		}
	}
	for _, row := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("there is a reason for %s, which is the same in the twin", row)
	}
	t.Logf("%d names are the same, %d rows are otherwise", same, len(jaegerDifferences))
	if same < 150 {
		t.Errorf("only %d names are the same", same)
	}
}

// exportedAPI returns the exported names of a package with their types as texts, in which
// the twin's packages are those of jaeger-client-go.
func exportedAPI(pkg *types.Package) map[string]string {
	api := make(map[string]string)
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.TypeName:
			addType(api, name, object.Type())
		case *types.Const:
			api[name] = "const " + typeText(object.Type()) + " = " + object.Val().ExactString()
		case *types.Var:
			api[name] = "var " + typeText(object.Type())
			addMethods(api, name, object.Type())
		default:
			api[name] = typeText(object.Type())
		}
	}
	return api
}

func addType(api map[string]string, name string, t types.Type) {
	switch under := t.Underlying().(type) {
	case *types.Struct:
		api[name] = "type struct"
		for i := range under.NumFields() {
			if field := under.Field(i); field.Exported() {
				api[name+"."+field.Name()] = fmt.Sprintf("field %s `%s`", typeText(field.Type()), reflect.StructTag(under.Tag(i)))
			}
		}
	case *types.Interface:
		api[name] = "type " + typeText(under)
		return
	default:
		api[name] = "type " + typeText(under)
	}
	addMethods(api, name, t)
}

// addMethods adds the methods that a value or its address has.
func addMethods(api map[string]string, name string, t types.Type) {
	if _, pointer := t.Underlying().(*types.Pointer); !pointer {
		t = types.NewPointer(t)
	}
	methods := types.NewMethodSet(t)
	for method := range methods.Methods() {
		if method := method.Obj(); method.Exported() {
			api[name+"."+method.Name()] = typeText(method.Type())
		}
	}
}

func typeText(t types.Type) string {
	if signature, ok := t.(*types.Signature); ok {
		t = withoutNames(signature)
	}
	text := types.TypeString(t, func(p *types.Package) string {
		path := strings.Replace(p.Path(), jaegerTwin, jaegerClient, 1)
		return strings.ReplaceAll(strings.ReplaceAll(path, "/", "."), "-", "_")
	})
	return strings.ReplaceAll(text, "interface{}", "any")
}

// withoutNames returns a function's type without the names of parameters and receiver.
func withoutNames(s *types.Signature) *types.Signature {
	strip := func(tuple *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range tuple.Variables() {
			vars = append(vars, types.NewParam(0, nil, "", v.Type()))
		}
		return types.NewTuple(vars...)
	}
	return types.NewSignatureType(nil, nil, nil, strip(s.Params()), strip(s.Results()), s.Variadic())
}
